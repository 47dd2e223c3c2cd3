-- Backups of the services' databases: one row per slot, whoever does it.

CREATE TABLE backup (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    slot text NOT NULL,                      -- the local date, or manual:N
    kind text NOT NULL CHECK (kind IN ('daily', 'weekly', 'monthly', 'manual', 'test')),
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
    starts integer NOT NULL DEFAULT 0,
    asked_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT app_now(),
    finished_at timestamptz,
    owner text,
    lease_until timestamptz,                 -- real time
    object text NOT NULL DEFAULT '',
    bytes bigint NOT NULL DEFAULT 0,
    sha256 text NOT NULL DEFAULT '',
    facts jsonb NOT NULL DEFAULT '{}',       -- rows:checksum of each table in the dump's snapshot
    why text NOT NULL DEFAULT '',
    deleted_at timestamptz,                  -- kept long enough
    UNIQUE (name, slot)
);
CREATE INDEX backup_under_way ON backup (id) WHERE state IN ('queued', 'running');

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE ON backup TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
