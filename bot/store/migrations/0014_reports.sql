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

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON report TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
