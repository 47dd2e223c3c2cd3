-- What the desk keeps in Slack besides messages: Home tabs that somebody opened.

-- `shown`: a digest of what was published last; looked at again while it was opened not long ago.
CREATE TABLE home_tab (
    slack_user text PRIMARY KEY,
    opened_at timestamptz NOT NULL DEFAULT app_now(),
    looked_at timestamptz,
    shown text NOT NULL DEFAULT ''
);

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON home_tab TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
