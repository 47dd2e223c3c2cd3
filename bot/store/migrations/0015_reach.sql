-- How people answer texts, and how they want to be reached by night.

-- What a person writes back to a text: `1a` is about the incident of their code 1. `id` tells which was given last.
CREATE TABLE sms_code (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person text NOT NULL,
    code integer NOT NULL,
    incident bigint NOT NULL,
    UNIQUE (person, code),
    UNIQUE (person, incident)
);

-- By night, where it is otherwise; hours on the person's own wall clock.
ALTER TABLE personal_rule
    ADD night jsonb NOT NULL DEFAULT '{}',
    ADD night_start time NOT NULL DEFAULT '22:00',
    ADD night_end time NOT NULL DEFAULT '07:00';

-- Texts to `number` that we ask for, when their provider cannot call us: read up to here, last asked then (real time).
CREATE TABLE sms_inbox (
    number text PRIMARY KEY,
    begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    read_until timestamptz NOT NULL DEFAULT clock_timestamp(),
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE sms_heard (
    sid text PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX message_unsettled ON message (sent_at) WHERE kind IN ('sms', 'voice') AND state = 'sent';

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON sms_code, sms_inbox, sms_heard TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
