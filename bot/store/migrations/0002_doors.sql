-- What senders made for other tools tell besides alerts.

-- Something was changed on purpose (a deployment, a setting): shown near incidents, never a page.
CREATE TABLE change_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    summary text NOT NULL,
    origin text NOT NULL DEFAULT '',
    environment text NOT NULL DEFAULT '',
    service text NOT NULL DEFAULT '',
    details jsonb NOT NULL DEFAULT '{}',
    url text NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL DEFAULT app_now(),
    received_at timestamptz NOT NULL DEFAULT app_now()
);
CREATE INDEX change_event_of_service ON change_event (environment, service, changed_at DESC);

-- Opsgenie's clients ask later what became of a request.
CREATE TABLE door_request (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    action text NOT NULL,
    alias text NOT NULL,
    alert bigint REFERENCES alert,
    success boolean NOT NULL,
    status text NOT NULL,
    at timestamptz NOT NULL DEFAULT app_now()
);
CREATE INDEX door_request_at ON door_request (at);
CREATE INDEX door_request_alias ON door_request (source, alias, at DESC) WHERE alert IS NOT NULL;

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON change_event, door_request TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
