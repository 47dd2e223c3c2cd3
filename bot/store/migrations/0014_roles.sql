-- Who does what during an incident, and what was told of it to everybody.

CREATE TABLE incident_role (
    incident bigint NOT NULL REFERENCES incident (number),
    role text NOT NULL CHECK (role IN ('pilot', 'communication', 'scribe')),
    person text NOT NULL,
    given_by text NOT NULL,
    since timestamptz NOT NULL DEFAULT app_now(),
    PRIMARY KEY (incident, role)
);
CREATE INDEX incident_role_of ON incident_role (person);

-- `text` is empty for "nothing new". `public`: the status page shows it.
CREATE TABLE status_update (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident bigint NOT NULL REFERENCES incident (number),
    by text NOT NULL,
    at timestamptz NOT NULL DEFAULT app_now(),
    text text NOT NULL,
    public boolean NOT NULL
);
CREATE INDEX status_update_of ON status_update (incident, id);

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON incident_role, status_update TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
