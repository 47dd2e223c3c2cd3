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

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON sms_code TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
