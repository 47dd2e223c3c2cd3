"""What the desk remembers: PostgreSQL through asyncpg. Constant statements; one function is one statement."""
