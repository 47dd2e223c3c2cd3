-- The role that `serve` acts as: it may not rewrite the audit trail nor move the clock.
-- Roles belong to the whole cluster, hence "if not there yet"; a user who may not create roles goes on without
-- (the triggers on `audit` still hold), and `ecotrajet check` says so.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        CREATE ROLE ecotrajet_app NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of the cluster was first
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to create the role ecotrajet_app';
END $$;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ecotrajet_app') THEN
        EXECUTE format('GRANT ecotrajet_app TO %I', current_user);
        GRANT USAGE ON SCHEMA public TO ecotrajet_app;
        GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO ecotrajet_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ecotrajet_app;
        GRANT EXECUTE ON FUNCTION end_stuck_transactions TO ecotrajet_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON audit, audit_seal FROM ecotrajet_app;
        REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON desk_clock FROM ecotrajet_app;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to grant the role ecotrajet_app';
END $$;
