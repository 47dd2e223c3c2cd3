-- What becomes due for an incident besides its levels, and who was asked to help.

-- Kinds: see bot/sla.py. Those of an acknowledgement hold for one `round` only.
CREATE TABLE incident_due (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident bigint NOT NULL REFERENCES incident,
    round integer NOT NULL,
    kind text NOT NULL,
    due_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'fired', 'stopped')),
    fired_at timestamptz
);
CREATE UNIQUE INDEX incident_due_once ON incident_due (incident, kind) WHERE state = 'pending';
CREATE INDEX incident_due_due ON incident_due (due_at) WHERE state = 'pending';
CREATE INDEX incident_due_of_incident ON incident_due (incident);

-- Somebody was asked by somebody. `takes_over`: the incident is theirs as soon as they answer.
CREATE TABLE responder (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident bigint NOT NULL REFERENCES incident,
    person text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT app_now(),
    takes_over boolean NOT NULL DEFAULT false,
    answered_at timestamptz
);
CREATE UNIQUE INDEX responder_asked_once ON responder (incident, person) WHERE answered_at IS NULL;
CREATE INDEX responder_of_incident ON responder (incident);

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON incident_due, responder TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
