-- The desk's tables. Rows are the truth: a job of pgqueuer only wakes somebody up to look at them.

-- Time. `app_now()` is the only clock of the domain; tests and the demo shift it, `serve` may only read it.
CREATE TABLE desk_clock (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    shift interval NOT NULL DEFAULT '0'
);
INSERT INTO desk_clock DEFAULT VALUES;
-- STABLE so that `due_at <= app_now()` may use an index; a statement sees one value.
CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT clock_timestamp() + shift FROM desk_clock $$;

-- Intake -------------------------------------------------------------------------------------------------------
CREATE TABLE intake_body (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT app_now(),
    headers jsonb NOT NULL DEFAULT '{}',
    body bytea NOT NULL,
    state text NOT NULL DEFAULT 'stored' CHECK (state IN ('stored', 'understood', 'not_understood')),
    why jsonb
);
CREATE INDEX intake_body_unread ON intake_body (id) WHERE state = 'stored';

-- Incidents ----------------------------------------------------------------------------------------------------
CREATE TABLE incident (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    status text NOT NULL DEFAULT 'triggered' CHECK (status IN ('triggered', 'acknowledged', 'resolved')),
    priority text NOT NULL CHECK (priority IN ('P1', 'P2', 'P3')),
    title text NOT NULL,
    summary text NOT NULL DEFAULT '',
    environment text NOT NULL DEFAULT '',
    service text NOT NULL DEFAULT '',
    rule text NOT NULL,
    why jsonb NOT NULL,
    policy text NOT NULL,
    ladder jsonb NOT NULL,           -- the policy's levels as they were at opening: editing a policy breaks nothing
    round integer NOT NULL DEFAULT 1,
    alert_count integer NOT NULL DEFAULT 0,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT app_now(),
    changed_at timestamptz NOT NULL DEFAULT app_now(),
    acknowledged_by text,
    acknowledged_at timestamptz,
    resolved_by text,
    resolved_at timestamptz,
    card_version integer NOT NULL DEFAULT 1
);
CREATE INDEX incident_open ON incident (environment, service) WHERE status <> 'resolved';

CREATE TABLE alert (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident bigint REFERENCES incident,
    source text NOT NULL,
    dedup_key text NOT NULL,
    group_key text NOT NULL DEFAULT '',
    status text NOT NULL CHECK (status IN ('firing', 'resolved', 'recorded')),
    title text NOT NULL,
    text text NOT NULL DEFAULT '',
    severity text NOT NULL DEFAULT '',
    labels jsonb NOT NULL DEFAULT '{}',
    url text NOT NULL DEFAULT '',
    count integer NOT NULL DEFAULT 1,
    body bigint REFERENCES intake_body,
    first_seen timestamptz NOT NULL DEFAULT app_now(),
    last_seen timestamptz NOT NULL DEFAULT app_now(),
    resolved_at timestamptz
);
CREATE UNIQUE INDEX alert_open_once ON alert (source, dedup_key) WHERE status = 'firing';
CREATE INDEX alert_group ON alert (source, group_key) WHERE status = 'firing' AND group_key <> '';
CREATE INDEX alert_of_incident ON alert (incident);

CREATE TABLE escalation_level (
    incident bigint NOT NULL REFERENCES incident,
    round integer NOT NULL,
    position integer NOT NULL,
    name text NOT NULL,
    targets jsonb NOT NULL,
    due_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'fired', 'skipped', 'stopped')),
    fired_at timestamptz,
    why jsonb,
    PRIMARY KEY (incident, round, position)
);
CREATE INDEX escalation_level_due ON escalation_level (due_at) WHERE state = 'pending';

CREATE TABLE oncall_override (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schedule text NOT NULL,
    person text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at)
);

-- Runs ---------------------------------------------------------------------------------------------------------
CREATE TABLE run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action text NOT NULL,
    environment text NOT NULL,
    service text NOT NULL,
    incident bigint REFERENCES incident,
    plan text NOT NULL,              -- canonical JSON: jsonb would reorder it and its fingerprint would no longer fit
    fingerprint text NOT NULL,
    status text NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'approved', 'rejected', 'expired', 'refused',
        'cancelled', 'running', 'interrupted', 'succeeded', 'reverted', 'failed')),
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT app_now(),
    expires_at timestamptz NOT NULL,
    approved_by text,
    approved_at timestamptz,
    break_glass text,
    engine_id text NOT NULL DEFAULT '',
    cancel_asked boolean NOT NULL DEFAULT false,
    starts integer NOT NULL DEFAULT 0,
    lease_owner text,
    lease_until timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    outcome jsonb
);
CREATE UNIQUE INDEX run_active_once ON run (environment, service)
    WHERE status IN ('approved', 'running', 'interrupted');
CREATE INDEX run_requested ON run (expires_at) WHERE status = 'requested';

CREATE TABLE run_step (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run bigint NOT NULL REFERENCES run,
    name text NOT NULL,
    detail jsonb,
    started_at timestamptz NOT NULL DEFAULT app_now(),
    finished_at timestamptz
);
CREATE INDEX run_step_of_run ON run_step (run);

CREATE TABLE evidence (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run bigint REFERENCES run,
    incident bigint REFERENCES incident,
    taken_at timestamptz NOT NULL DEFAULT app_now(),
    content jsonb NOT NULL
);

CREATE TABLE deployment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    environment text NOT NULL,
    service text NOT NULL,
    engine_id text NOT NULL DEFAULT '',
    image_id text NOT NULL,
    reference text NOT NULL DEFAULT '',
    digests jsonb NOT NULL DEFAULT '[]',
    version text NOT NULL DEFAULT '',
    container_id text NOT NULL DEFAULT '',
    first_seen timestamptz NOT NULL DEFAULT app_now(),
    last_seen timestamptz NOT NULL DEFAULT app_now(),
    healthy_since timestamptz,
    healthy_until timestamptz,
    source text NOT NULL DEFAULT 'observed',
    actor text NOT NULL DEFAULT ''
);
CREATE INDEX deployment_of_service ON deployment (environment, service, last_seen DESC);

-- Messages -----------------------------------------------------------------------------------------------------
CREATE TABLE message (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('slack', 'sms', 'voice', 'email')),
    about text NOT NULL,
    recipient text NOT NULL,
    person text,
    incident bigint REFERENCES incident,
    run bigint REFERENCES run,
    round integer NOT NULL DEFAULT 0,
    level integer NOT NULL DEFAULT 0,
    level_name text NOT NULL DEFAULT '',
    attempt integer NOT NULL DEFAULT 1,
    body jsonb NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sending', 'sent', 'delivered', 'failed', 'dropped')),
    due_at timestamptz NOT NULL DEFAULT app_now(),
    starts integer NOT NULL DEFAULT 0,
    lease_owner text,
    lease_until timestamptz,          -- real time: a lease is about processes, not about the story's clock
    provider_id text,
    why jsonb,
    queued_at timestamptz NOT NULL DEFAULT app_now(),
    sent_at timestamptz
);
CREATE UNIQUE INDEX message_page_once ON message (incident, round, level, person, kind, attempt) WHERE about = 'page';
-- A card shows what the rows say when it leaves, so one waiting edit covers every change made meanwhile.
CREATE UNIQUE INDEX message_card_waiting_once ON message (incident, recipient) WHERE about = 'card' AND state = 'waiting';
CREATE UNIQUE INDEX message_run_card_waiting_once ON message (run, recipient)
    WHERE about = 'run_card' AND state = 'waiting';
CREATE INDEX message_due ON message (due_at) WHERE state = 'waiting';
CREATE INDEX message_leased ON message (lease_until) WHERE state = 'sending';
CREATE INDEX message_provider ON message (kind, provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX message_of_incident ON message (incident);

-- Where a card stands in Slack, so that it is edited and not posted again.
CREATE TABLE card (
    subject text NOT NULL,            -- 'incident:42' or 'run:7'
    channel text NOT NULL,            -- as addressed: 'incidents'
    channel_id text NOT NULL,
    ts text NOT NULL,
    PRIMARY KEY (subject, channel)
);

-- Doors --------------------------------------------------------------------------------------------------------
CREATE TABLE delivery (
    door text NOT NULL,
    id text NOT NULL,
    at timestamptz NOT NULL DEFAULT app_now(),
    PRIMARY KEY (door, id)
);

-- Audit --------------------------------------------------------------------------------------------------------
CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT app_now(),
    actor text NOT NULL,
    actor_name text NOT NULL,
    door text NOT NULL,
    did text NOT NULL,
    incident bigint,
    run bigint,
    subject text NOT NULL DEFAULT '',
    why jsonb,
    result text NOT NULL DEFAULT ''
);
CREATE INDEX audit_of_incident ON audit (incident, id) WHERE incident IS NOT NULL;
CREATE INDEX audit_of_run ON audit (run, id) WHERE run IS NOT NULL;

-- The hash chain over audit rows, in order of sealing (the worker seals each second, so that intake is not serialised).
CREATE TABLE audit_seal (
    position bigint PRIMARY KEY,
    audit bigint NOT NULL UNIQUE REFERENCES audit,
    hash text NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Ends transactions of a replica that hangs between two of its statements: they hold rows against the others. The time
-- limit for idle transactions does not see one that stopped between Parse and Execute ("active", waiting for its client).
CREATE FUNCTION end_stuck_transactions(older_than interval) RETURNS bigint LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog AS $$
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'ecotrajet' AND pid <> pg_backend_pid()
       AND wait_event = 'ClientRead' AND state IN ('active', 'idle in transaction')
       AND xact_start < clock_timestamp() - older_than AND state_change < clock_timestamp() - older_than
    $$;
REVOKE EXECUTE ON FUNCTION end_stuck_transactions FROM PUBLIC;

-- Calendar jobs: one row per slot, so that two replicas' metronomes fire once.
CREATE TABLE cron_fire (
    name text NOT NULL,
    slot text NOT NULL,
    fired_at timestamptz NOT NULL DEFAULT app_now(),
    PRIMARY KEY (name, slot)
);
