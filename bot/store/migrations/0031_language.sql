-- In which language somebody wants to be spoken to, where they said so themselves; for all others the configuration says.
-- By Slack id: also people who are not in the configuration may choose.
CREATE TABLE person_language (
    slack_user text PRIMARY KEY,
    language text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    changed_at timestamptz NOT NULL DEFAULT app_now()
);

-- Nobody knows whether a try that was broken off had reached the provider: looked after before the next one.
ALTER TABLE message ADD COLUMN unsure boolean NOT NULL DEFAULT false;

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON person_language TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
