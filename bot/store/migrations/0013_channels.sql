-- What the desk keeps in Slack besides messages: Home tabs that somebody opened, and a channel for an incident.

-- `shown`: a digest of what was published last; looked at again while it was opened not long ago.
CREATE TABLE home_tab (
    slack_user text PRIMARY KEY,
    opened_at timestamptz NOT NULL DEFAULT app_now(),
    looked_at timestamptz,
    shown text NOT NULL DEFAULT ''
);

-- One for an incident at most. Its name is decided, and written down, before Slack is asked to make it: whoever dies
-- between making and remembering finds it again by that name.
CREATE TABLE incident_channel (
    incident bigint PRIMARY KEY REFERENCES incident (number),
    state text NOT NULL DEFAULT 'wanted' CHECK (state IN ('wanted', 'open', 'archived', 'failed')),
    automatic boolean NOT NULL DEFAULT false,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT app_now(),
    since timestamptz NOT NULL DEFAULT clock_timestamp(),  -- real time: Slack tells when a channel was made
    name text NOT NULL DEFAULT '',
    channel_id text NOT NULL DEFAULT '',
    topic text NOT NULL DEFAULT '',
    invited text[] NOT NULL DEFAULT '{}',
    pinned text NOT NULL DEFAULT '',
    starts integer NOT NULL DEFAULT 0,
    look_at timestamptz DEFAULT app_now(),                 -- NULL: nothing to do there until something happens
    lease_until timestamptz,                               -- real time
    lease_owner text,
    why jsonb
);
CREATE INDEX incident_channel_due ON incident_channel (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX incident_channel_asked ON incident_channel (asked_at) WHERE automatic;
CREATE UNIQUE INDEX incident_channel_once ON incident_channel (channel_id) WHERE channel_id <> '';

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON home_tab, incident_channel TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
