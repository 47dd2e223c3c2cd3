-- Runbooks under way: one row for each, one for each step taken. A desk that was killed goes on at the step.

CREATE TABLE procedure_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    procedure jsonb NOT NULL,                -- as it was when it began: a file edited later changes nothing here
    environment text NOT NULL DEFAULT '',
    service text NOT NULL DEFAULT '',
    given jsonb NOT NULL DEFAULT '{}',
    incident bigint REFERENCES incident (number),
    confirm text,                            -- the environment's name, typed: for steps that take a protected one away
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'succeeded', 'failed', 'cancelled')),
    begun_by text NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT app_now(),
    said jsonb,
    finished_at timestamptz,
    lease_owner text,
    lease_until timestamptz                  -- real time
);
CREATE UNIQUE INDEX procedure_run_once ON procedure_run (name, environment, service) WHERE state = 'running';
-- What begins by itself does so once for an incident.
CREATE UNIQUE INDEX procedure_run_automatic ON procedure_run (incident, name) WHERE begun_by = 'desk';
CREATE INDEX procedure_run_incident ON procedure_run (incident) WHERE incident IS NOT NULL;

CREATE TABLE procedure_step (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    procedure bigint NOT NULL REFERENCES procedure_run,
    position integer NOT NULL,
    visit integer NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'waiting', 'done', 'failed', 'skipped')),
    started_at timestamptz NOT NULL DEFAULT app_now(),
    finished_at timestamptz,
    by text,
    said jsonb,
    output text NOT NULL DEFAULT '',
    UNIQUE (procedure, position, visit)
);
-- Never two steps of one runbook at once.
CREATE UNIQUE INDEX procedure_step_one ON procedure_step (procedure) WHERE state IN ('running', 'waiting');

-- The run that a step asked for: once, however often the step is begun again after a crash.
ALTER TABLE run ADD COLUMN procedure_step bigint UNIQUE REFERENCES procedure_step;

ALTER TABLE message ADD COLUMN procedure bigint REFERENCES procedure_run;
CREATE UNIQUE INDEX message_runbook_card_waiting_once ON message (procedure, recipient)
    WHERE about = 'runbook_card' AND state = 'waiting';

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE ON procedure_run, procedure_step TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
