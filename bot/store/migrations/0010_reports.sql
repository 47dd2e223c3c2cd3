-- What people said when they declared an incident: the guide's four questions, and the message it came from.

CREATE TABLE report (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident bigint NOT NULL REFERENCES incident (number),
    by text NOT NULL,
    at timestamptz NOT NULL DEFAULT app_now(),
    what text NOT NULL,
    since text NOT NULL DEFAULT '',
    who text NOT NULL DEFAULT '',
    place text NOT NULL DEFAULT '',
    link text NOT NULL DEFAULT ''
);
CREATE INDEX report_incident ON report (incident, id);

-- How it ended, in the words of whoever closed it; an incident that was reopened has several.
CREATE TABLE resolution (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident bigint NOT NULL REFERENCES incident (number),
    by text NOT NULL,
    at timestamptz NOT NULL DEFAULT app_now(),
    cause text NOT NULL DEFAULT '',
    fix text NOT NULL DEFAULT '',
    impact text NOT NULL DEFAULT ''
);
CREATE INDEX resolution_incident ON resolution (incident, id);

-- What is left to do after an incident.
CREATE TABLE task (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident bigint NOT NULL REFERENCES incident (number),
    by text NOT NULL,
    at timestamptz NOT NULL DEFAULT app_now(),
    title text NOT NULL,
    done_by text,
    done_at timestamptz
);
CREATE INDEX task_incident ON task (incident, id);
CREATE INDEX task_to_do ON task (id) WHERE done_at IS NULL;

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON report, resolution, task TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
