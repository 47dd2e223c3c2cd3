-- Silences and maintenance windows, signs of life, corrections of priorities.

-- Windows planned in Slack; those of the configuration file are not here. Weekly, in wall time.
CREATE TABLE maintenance_window (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    matcher jsonb NOT NULL,
    days integer[] NOT NULL,                 -- Monday is 0
    starts time NOT NULL,
    ends time NOT NULL,
    zone text NOT NULL,
    reason text NOT NULL DEFAULT '',
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT app_now(),
    ended_by text,
    ended_at timestamptz
);

-- A silence, or one occurrence of a window. What it kept quiet is in `silenced_alert`.
CREATE TABLE silence (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    matcher jsonb NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    reason text NOT NULL DEFAULT '',
    origin text NOT NULL DEFAULT '',         -- the window's key; '' when somebody asked for it
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT app_now(),
    begun boolean NOT NULL DEFAULT false,    -- its beginning was told
    critical_told boolean NOT NULL DEFAULT false,
    closed_at timestamptz,                   -- nothing more is kept quiet by it
    ended_by text,                           -- by whom, when before its time
    settled_at timestamptz                   -- what still fired has become incidents
);
CREATE UNIQUE INDEX silence_occurrence_once ON silence (origin, starts_at) WHERE origin <> '';
CREATE INDEX silence_open ON silence (starts_at) WHERE closed_at IS NULL;
CREATE INDEX silence_unsettled ON silence (id) WHERE settled_at IS NULL;

-- A firing alert without an incident, because of a silence. `environment` and `service` as its sender said them.
CREATE TABLE silenced_alert (
    alert bigint PRIMARY KEY REFERENCES alert,
    silence bigint NOT NULL REFERENCES silence,
    environment text NOT NULL DEFAULT '',
    service text NOT NULL DEFAULT '',
    priority text NOT NULL DEFAULT ''
);
CREATE INDEX silenced_alert_of_silence ON silenced_alert (silence);

-- Signs of life. `due_at`: when it is missed; NULL while it is missed, or no longer watched.
CREATE TABLE heartbeat (
    name text PRIMARY KEY,
    period interval NOT NULL,
    grace interval NOT NULL,
    run_within interval NOT NULL,            -- from start to success
    watched_since timestamptz NOT NULL DEFAULT app_now(),
    state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'alive', 'running', 'missed', 'overrun', 'failed')),
    due_at timestamptz,
    last_seen timestamptz,                   -- the last success
    last_ping timestamptz,
    started_at timestamptz,                  -- of the run under way
    pings bigint NOT NULL DEFAULT 0
);
CREATE INDEX heartbeat_due ON heartbeat (due_at) WHERE due_at IS NOT NULL;

-- What people changed a priority to; three like ones make a rule to propose.
CREATE TABLE correction (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident bigint NOT NULL REFERENCES incident,
    rule text NOT NULL,
    source text NOT NULL,
    service text NOT NULL,
    was text NOT NULL,
    became text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL DEFAULT app_now()
);
CREATE INDEX correction_like ON correction (rule, source, service, was, became);
CREATE TABLE rule_proposal (
    rule text NOT NULL,
    source text NOT NULL,
    service text NOT NULL,
    was text NOT NULL,
    became text NOT NULL,
    at timestamptz NOT NULL DEFAULT app_now(),
    PRIMARY KEY (rule, source, service, was, became)
);

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON maintenance_window, silence, silenced_alert, heartbeat, correction,
            rule_proposal TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
