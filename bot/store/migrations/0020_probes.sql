-- Probes: how each stands, when it is due, who looks; and what was seen.

CREATE TABLE probe (
    name text PRIMARY KEY,
    key text NOT NULL,                       -- a digest of what is looked at
    lease interval NOT NULL,                 -- so long a look may take at most
    due_at timestamptz,                      -- NULL: no longer in the configuration
    standing text NOT NULL DEFAULT 'unknown' CHECK (standing IN ('unknown', 'up', 'slow', 'down')),
    since timestamptz,
    failures int NOT NULL DEFAULT 0,         -- in a row
    slows int NOT NULL DEFAULT 0,
    certificate text NOT NULL DEFAULT 'unknown'
        CHECK (certificate IN ('unknown', 'fine', 'soon', 'near', 'expired')),
    certificate_until timestamptz,
    checked_at timestamptz,
    took interval,
    why jsonb,                               -- a phrase: what was wrong at the last look
    told_at timestamptz,                     -- when an alert last said so
    lease_owner text,
    lease_until timestamptz                  -- real time: a lease is about a process
);
CREATE INDEX probe_due ON probe (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE probe_result (
    probe text NOT NULL REFERENCES probe ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT app_now(),
    took interval,                           -- NULL: no answer
    well boolean NOT NULL
);
CREATE INDEX probe_result_of_probe ON probe_result (probe, at);

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON probe, probe_result TO ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
