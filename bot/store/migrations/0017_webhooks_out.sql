-- Webhooks out: what others are told of what happens here, written by the transaction in which it happens.

-- Which events are wanted by whom, as the configuration says (LIKE patterns): `serve` writes it when it starts.
CREATE TABLE webhook_subscription (
    name text PRIMARY KEY,
    events text[] NOT NULL
);

CREATE TABLE webhook_out (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hook text NOT NULL,
    audit bigint NOT NULL REFERENCES audit,
    event text NOT NULL,
    body jsonb NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'dropped')),
    due_at timestamptz NOT NULL DEFAULT app_now(),
    starts integer NOT NULL DEFAULT 0,
    lease_owner text,
    lease_until timestamptz,                 -- real time
    why text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT app_now(),
    done_at timestamptz,
    UNIQUE (hook, audit)
);
CREATE INDEX webhook_out_open ON webhook_out (hook, id) WHERE state IN ('waiting', 'sending');

-- Every act leaves an audit line in its own transaction, whoever writes it and however many at once: this is the one
-- place where nothing is forgotten. What a webhook itself does tells no webhook.
CREATE FUNCTION webhooks_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO webhook_out (hook, audit, event, body)
    SELECT s.name, f.id, f.did, jsonb_build_object(
        'at', f.at, 'by', jsonb_build_object('id', f.actor, 'name', f.actor_name, 'door', f.door),
        'subject', f.subject, 'why', f.why, 'result', f.result, 'run', f.run,
        'incident', CASE WHEN i.number IS NULL THEN NULL ELSE jsonb_build_object(
            'number', i.number, 'status', i.status, 'priority', i.priority, 'title', i.title,
            'environment', i.environment, 'service', i.service, 'opened_at', i.opened_at,
            'acknowledged_by', i.acknowledged_by, 'acknowledged_at', i.acknowledged_at,
            'resolved_by', i.resolved_by, 'resolved_at', i.resolved_at) END)
      FROM fresh f
      JOIN webhook_subscription s ON f.did LIKE ANY (s.events)
      LEFT JOIN incident i ON i.number = f.incident
     WHERE f.did NOT LIKE 'webhook.%'
     ORDER BY f.id;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_webhooks_out AFTER INSERT ON audit
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION webhooks_out();

-- It costs each statement some 80 microseconds, so that it sleeps while nobody wants to know: intake pays for nothing.
ALTER TABLE audit DISABLE TRIGGER audit_webhooks_out;
CREATE FUNCTION webhooks_listen(wanted boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_catalog, pg_temp SET lock_timeout = '3s' AS $$
BEGIN
    IF wanted = (SELECT tgenabled = 'D' FROM pg_trigger
                  WHERE tgrelid = 'audit'::regclass AND tgname = 'audit_webhooks_out') THEN
        IF wanted THEN
            ALTER TABLE audit ENABLE TRIGGER audit_webhooks_out;
        ELSE
            ALTER TABLE audit DISABLE TRIGGER audit_webhooks_out;
        END IF;
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION webhooks_listen FROM PUBLIC;

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_subscription, webhook_out TO ecotrajet_app;
        GRANT EXECUTE ON FUNCTION webhooks_listen TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
