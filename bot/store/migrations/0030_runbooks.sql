-- A freeze of the configuration that was told when it began; `over_at` once its end was told, or needed no telling.
CREATE TABLE freeze_told (
    key text NOT NULL,                       -- of the window in the configuration
    since timestamptz NOT NULL,              -- this occurrence of it
    until timestamptz NOT NULL,
    environments text[] NOT NULL,
    why text NOT NULL DEFAULT '',
    over_at timestamptz,
    PRIMARY KEY (key, since)
);
CREATE INDEX freeze_told_going ON freeze_told (key) WHERE over_at IS NULL;

-- Somebody follows a log, in their own messages, for a few minutes. `shown`: its last lines, secrets hidden.
CREATE TABLE log_tail (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    environment text NOT NULL,
    service text NOT NULL,
    word text NOT NULL DEFAULT '',           -- only lines that hold it
    person text NOT NULL,
    recipient text NOT NULL,
    since timestamptz NOT NULL DEFAULT app_now(),
    until timestamptz NOT NULL,
    look_at timestamptz NOT NULL DEFAULT app_now(),
    shown text NOT NULL DEFAULT '',
    problem jsonb,                           -- why there are no lines
    ended_at timestamptz,
    stopped boolean NOT NULL DEFAULT false   -- by them, before its time
);
CREATE INDEX log_tail_due ON log_tail (look_at) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX log_tail_once ON log_tail (person) WHERE ended_at IS NULL;

ALTER TABLE message ADD COLUMN tail bigint REFERENCES log_tail;
CREATE INDEX message_tail ON message (tail, id) WHERE about = 'tail';
CREATE UNIQUE INDEX message_tail_waiting_once ON message (tail) WHERE about = 'tail' AND state = 'waiting';

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON freeze_told, log_tail TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
