-- What goes with deployments: freezes, product's word about an image, the minutes after.

CREATE TABLE deploy_freeze (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    environment text NOT NULL,
    by text NOT NULL,
    since timestamptz NOT NULL DEFAULT app_now(),
    until timestamptz NOT NULL,
    reason text NOT NULL DEFAULT '',
    ended_by text,
    ended_at timestamptz
);
CREATE UNIQUE INDEX deploy_freeze_once ON deploy_freeze (environment) WHERE ended_at IS NULL;

-- "I have tried this very image there": asked for first, `by` NULL until somebody says so.
CREATE TABLE validation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    environment text NOT NULL,
    service text NOT NULL,
    image_id text NOT NULL,
    image text NOT NULL,                     -- what people call it
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT app_now(),
    by text,
    at timestamptz,
    UNIQUE (environment, service, image_id)
);

-- `look_at`: when whichever replica is first looks again. `restarts`: those that are behind it.
CREATE TABLE deployment_watch (
    run bigint PRIMARY KEY REFERENCES run,
    environment text NOT NULL,
    service text NOT NULL,
    image_id text NOT NULL,
    container_id text NOT NULL,
    restarts integer NOT NULL DEFAULT 0,
    until timestamptz NOT NULL,
    look_at timestamptz NOT NULL DEFAULT app_now(),
    state text NOT NULL DEFAULT 'watching' CHECK (state IN ('watching', 'well', 'ill', 'over')),
    why jsonb
);
CREATE INDEX deployment_watch_due ON deployment_watch (look_at) WHERE state = 'watching';

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON deploy_freeze, validation, deployment_watch TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
