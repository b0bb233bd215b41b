"""The door's tables in capture's schema, as (name, SQL): applied after the runtime's, by whichever process is first."""

from typing import Final

MIGRATIONS: Final[tuple[tuple[str, str], ...]] = (
    (
        "edge-1",
        """
        CREATE TABLE api_key (id text PRIMARY KEY, secret_sha256 bytea NOT NULL, name text NOT NULL,
            source text NOT NULL, scopes text[] NOT NULL, trusted boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz, revoked_at timestamptz);
        CREATE TABLE idempotency (submission_id uuid PRIMARY KEY, body_sha256 bytea NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now());
        CREATE INDEX idempotency_created_at ON idempotency (created_at);
        """,
    ),
    (
        "edge-publishable-keys",
        """
        ALTER TABLE api_key ADD COLUMN origins text[] NOT NULL DEFAULT '{}',
            ADD COLUMN pages text[] NOT NULL DEFAULT '{}';
        """,
    ),
    (
        "edge-key-rotation-and-rates",
        """
        ALTER TABLE api_key ADD COLUMN former_sha256 bytea, ADD COLUMN former_until timestamptz,
            ADD COLUMN rate double precision CHECK (rate > 0), ADD COLUMN burst integer CHECK (burst > 0);
        """,
    ),
)
