-- An incident that is part of a larger one, and goes on by itself.
CREATE TABLE incident_parent (
    incident bigint PRIMARY KEY REFERENCES incident (number),
    parent bigint NOT NULL REFERENCES incident (number) CHECK (parent <> incident),
    by text NOT NULL,
    at timestamptz NOT NULL DEFAULT app_now()
);
CREATE INDEX incident_parent_of ON incident_parent (parent);

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON incident_parent TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
