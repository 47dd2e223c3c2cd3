-- What was seen of a database is kept beside what was seen of containers; and when secrets were last changed.

ALTER TABLE evidence ADD COLUMN kind text NOT NULL DEFAULT 'container' CHECK (kind IN ('container', 'database'));

-- Recorded in Slack; the configuration's own date counts too, the later of the two.
CREATE TABLE secret_rotation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    rotated_on date NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL DEFAULT app_now()
);
CREATE INDEX secret_rotation_of ON secret_rotation (name, rotated_on DESC);

-- One row for each thing said: a reminder is given once, by whichever replica comes first.
CREATE TABLE secret_reminder (
    name text NOT NULL,
    due_on date NOT NULL,
    stage text NOT NULL CHECK (stage IN ('soon', 'due')),
    at timestamptz NOT NULL DEFAULT app_now(),
    PRIMARY KEY (name, due_on, stage)
);

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT ON secret_rotation, secret_reminder TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
