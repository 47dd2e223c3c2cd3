-- How somebody wants to be reached, where they said so: {"P1": [["slack", 0], ["voice", 300]], …}, delays in seconds.
CREATE TABLE personal_rule (
    person text PRIMARY KEY,
    steps jsonb NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT app_now()
);

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON personal_rule TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
