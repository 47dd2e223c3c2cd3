"""The demo's own databases of its application, so that `/ecotrajet db prod` has something to say."""

from collections.abc import Mapping
from typing import Final

import asyncpg

from bot.store.embedded import EmbeddedPostgres

TABLES: Final = """
CREATE TABLE stations (id int PRIMARY KEY, name text NOT NULL, bikes int NOT NULL);
INSERT INTO stations SELECT i, 'Station ' || i, i % 30 FROM generate_series(1, 20000) i;
ALTER TABLE stations ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON stations FOR SELECT USING (true);
CREATE TABLE user_alerts (id int PRIMARY KEY, mail text NOT NULL);
CREATE TABLE schema_versions (version text PRIMARY KEY, applied_at timestamptz NOT NULL);
ALTER TABLE schema_versions ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON schema_versions FOR SELECT USING (true);
INSERT INTO schema_versions VALUES ('20250101000001', '2025-01-06'), ('20250102000001', '2025-01-13');
"""
NOT_IN_PROD: Final = "INSERT INTO schema_versions VALUES ('20250103000001', '2025-01-20')"


async def fresh(server: EmbeddedPostgres) -> Mapping[str, str]:
    """Environment -> URL. Production lacks the last migration, and forgot to protect one table."""
    urls = {}
    admin = await asyncpg.connect(server.url_of("postgres"))
    try:
        for environment in ("staging", "prod"):
            name = f"ecotrajet_demo_{environment}"
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await admin.execute(f'CREATE DATABASE "{name}"')
            urls[environment] = server.url_of(name)
    finally:
        await admin.close()
    for environment, url in urls.items():
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(TABLES + (NOT_IN_PROD if environment == "staging" else ""))
        finally:
            await connection.close()
    return urls
