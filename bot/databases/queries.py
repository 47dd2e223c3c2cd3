"""What is asked of PostgreSQL 15 and later, Supabase's included. Every name is written out: search_path is theirs."""

SERVER = """
SELECT current_setting('server_version') AS version, clock_timestamp() AS now, pg_is_in_recovery() AS standby,
       r.rolsuper OR pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all,
       r.rolsuper OR EXISTS (
           SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public'
              AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')) AS may_write
  FROM pg_catalog.pg_roles r WHERE r.rolname = current_user
"""

# pg_blocking_pids stops the lock manager for a moment: asked only of those that wait.
SESSIONS = """
WITH waiting AS MATERIALIZED (
    SELECT DISTINCT ON (l.pid) l.pid, l.mode, l.waitstart, l.locktype,
           CASE WHEN l.database = d.oid THEN l.relation::regclass::text END AS relation
      FROM pg_catalog.pg_locks l, pg_catalog.pg_database d
     WHERE NOT l.granted AND d.datname = current_database() ORDER BY l.pid, l.waitstart)
SELECT a.pid, coalesce(a.application_name, '') AS application, coalesce(a.usename, '') AS role,
       coalesce(a.state, '') AS state, coalesce(a.query, '') AS query,
       greatest(clock_timestamp() - CASE WHEN a.state = 'active' THEN a.query_start ELSE a.state_change END,
                interval '0') AS since,
       CASE WHEN w.pid IS NULL THEN '{}'::int[] ELSE pg_blocking_pids(a.pid) END AS blocked_by,
       greatest(clock_timestamp() - w.waitstart, interval '0') AS waits,
       CASE WHEN w.pid IS NULL THEN '' ELSE concat_ws(' ', w.mode, coalesce(w.relation, w.locktype)) END AS lock
  FROM pg_catalog.pg_stat_activity a LEFT JOIN waiting w ON w.pid = a.pid
 WHERE a.datname = current_database() AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
"""

CONNECTIONS = """
SELECT coalesce(state, '') AS state, coalesce(nullif(application_name, ''), usename, '') AS application,
       count(*)::int AS n
  FROM pg_catalog.pg_stat_activity
 WHERE backend_type IN ('client backend', 'walsender') AND pid <> pg_backend_pid() GROUP BY 1, 2
"""

LIMITS = """
SELECT current_setting('max_connections')::int AS most, current_setting('superuser_reserved_connections')::int
         + coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved
"""

STATEMENTS_SCHEMA = """
SELECT quote_ident(n.nspname) FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
 WHERE e.extname = 'pg_stat_statements'
"""

STATEMENTS = """
SELECT query, calls, mean_exec_time AS mean,
       100 * total_exec_time / greatest(sum(total_exec_time) OVER (), 0.001) AS share
  FROM {schema}.pg_stat_statements
 WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
 ORDER BY mean_exec_time DESC LIMIT 10
"""

TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) AS name, pg_total_relation_size(c.oid) AS total,
       pg_indexes_size(c.oid) AS indexes, coalesce(s.n_live_tup, 0) AS rows, coalesce(s.n_dead_tup, 0) AS dead,
       count(*) OVER () AS count, pg_database_size(current_database()) AS database
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
 WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY 2 DESC LIMIT 10
"""

UNUSED = """
SELECT format('%I.%I', s.schemaname, s.indexrelname) AS name, format('%I.%I', s.schemaname, s.relname) AS table,
       pg_relation_size(s.indexrelid) AS size, s.idx_scan AS scans
  FROM pg_catalog.pg_stat_user_indexes s JOIN pg_catalog.pg_index i ON i.indexrelid = s.indexrelid
 WHERE s.idx_scan = 0 AND NOT i.indisunique AND pg_relation_size(s.indexrelid) >= 1048576
 ORDER BY 3 DESC LIMIT 5
"""

# Supabase's own list wins over the guide's: `supabase db push` writes it.
MIGRATION_TABLES = ("supabase_migrations.schema_migrations", "public.schema_versions")
MIGRATIONS = """
SELECT t.version::text AS version, coalesce(to_jsonb(t) ->> 'name', '') AS name,
       coalesce(to_jsonb(t) ->> 'applied_at', '') AS applied_at FROM {table} t
"""

RLS = """
SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relrowsecurity AS on,
       EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid) AS policies,
       EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname IN ('anon', 'authenticated')
                  AND has_table_privilege(r.oid, c.oid, 'SELECT')) AS world
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public' AND NOT EXISTS (
     SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
        AND d.deptype = 'e') ORDER BY 1
"""

UPKEEP = """
SELECT (SELECT max(age(datfrozenxid)) FROM pg_catalog.pg_database) AS xid_age, s.deadlocks,
       coalesce(100.0 * s.blks_hit / nullif(s.blks_hit + s.blks_read, 0), 100)::float8 AS hits
  FROM pg_catalog.pg_stat_database s WHERE s.datname = current_database()
"""
WAL = "SELECT sum(size)::bigint FROM pg_ls_waldir()"
REPLICATION = """
SELECT coalesce(nullif(application_name, ''), client_addr::text, pid::text) AS name, true AS active,
       coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::bigint AS behind
  FROM pg_catalog.pg_stat_replication
 UNION ALL
SELECT slot_name::text, active, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint
  FROM pg_catalog.pg_replication_slots WHERE NOT active ORDER BY behind DESC LIMIT 5
"""
