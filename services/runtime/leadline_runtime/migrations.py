"""The tables, made and changed in order, each once, in the service's own schema."""

import hashlib

import psycopg
from psycopg import sql

Migrations = tuple[tuple[str, str], ...]

# fillfactor 85 leaves room for HOT updates: a lead's row changes several times in its first seconds.
# EXTERNAL: the frame is compressed already. `lane` is written only by a claim: a row updated each batch would bloat.
RUNTIME: Migrations = (
    (
        "runtime-1",
        """
        CREATE TABLE lane (lane integer PRIMARY KEY, owner uuid, suspect jsonb);
        CREATE TABLE outbox (lane integer, seq bigint, positions jsonb NOT NULL, frame bytea NOT NULL,
            rejected_in_a_row integer NOT NULL DEFAULT 0, PRIMARY KEY (lane, seq));
        ALTER TABLE outbox ALTER COLUMN frame SET STORAGE EXTERNAL;
        CREATE TABLE state (lead_id uuid PRIMARY KEY, lane integer NOT NULL, revision bigint NOT NULL,
            seen jsonb NOT NULL, merged_into uuid, merged_revision bigint, timer_at timestamptz, judge_at timestamptz,
            body bytea NOT NULL) WITH (fillfactor = 85);
        ALTER TABLE state ALTER COLUMN body SET STORAGE EXTENDED;
        CREATE INDEX state_timer ON state (lane, timer_at) WHERE timer_at IS NOT NULL;
        CREATE INDEX state_judge ON state (lane, judge_at) WHERE judge_at IS NOT NULL;
        CREATE TABLE inbox (lane integer, id uuid, lead_id uuid NOT NULL, body bytea NOT NULL, PRIMARY KEY (lane, id));
        CREATE TABLE clock (one boolean PRIMARY KEY DEFAULT true CHECK (one), at timestamptz NOT NULL,
            set_at timestamptz NOT NULL, rate double precision NOT NULL);
        """,
    ),
    # Bodies come compressed (bodies.py): the server need not try again.
    ("runtime-2", "ALTER TABLE state ALTER COLUMN body SET STORAGE EXTERNAL"),
    # The ids of the input topics that the lane's positions belong to; null until a claim has asked Kafka for them.
    ("runtime-3", "ALTER TABLE lane ADD COLUMN topics jsonb"),
)


class MigrationError(RuntimeError):
    """A migration that was applied reads differently now: applied migrations never change."""


def migrate(database_url: str, schema: str, migrations: Migrations) -> list[str]:
    """Apply what is missing, all in one transaction; gives the names applied. Safe to run by several at once."""
    applied: list[str] = []
    with psycopg.connect(database_url, connect_timeout=5) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('leadline migrations'))")
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
        connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(schema)))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, digest text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now())"
        )
        known: dict[str, str] = dict(connection.execute("SELECT name, digest FROM migration").fetchall())
        for name, statements in migrations:
            digest = hashlib.sha256(" ".join(statements.split()).encode()).hexdigest()
            if name in known:
                if known[name] != digest:
                    raise MigrationError(f"{schema}: migration {name} was changed after it had been applied")
                continue
            connection.execute(statements.encode())
            connection.execute("INSERT INTO migration (name, digest) VALUES (%s, %s)", (name, digest))
            applied.append(name)
    return applied
