"""The table of pointers in capture's schema. Its rows are written by capture's step and worked off by fetchers."""

from typing import Final

# `body` is the pointer; `fetched` what came for it, kept until Kafka has it, so that a repeat has the same bytes.
MIGRATIONS: Final[tuple[tuple[str, str], ...]] = (
    (
        "capture-pointers-1",
        """
        CREATE TABLE pointer (pointer_id uuid PRIMARY KEY, source text NOT NULL, body bytea NOT NULL,
            received_at timestamptz NOT NULL, attempts integer NOT NULL DEFAULT 0, next_at timestamptz NOT NULL,
            trouble text NOT NULL DEFAULT '', content_type text, fetched bytea, done_at timestamptz);
        CREATE INDEX pointer_next ON pointer (next_at) WHERE done_at IS NULL;
        CREATE INDEX pointer_done ON pointer (done_at) WHERE done_at IS NOT NULL;
        """,
    ),
)

# The step: told again, it is the same row, also when it is done: vendors repeat their notices for days.
POINT: Final = """INSERT INTO pointer (pointer_id, source, body, received_at, next_at)
    SELECT p, s, b, r, now() FROM unnest(%b::uuid[], %b::text[], %b::bytea[], %b::timestamptz[]) AS new (p, s, b, r)
    ON CONFLICT DO NOTHING"""

# A lease instead of a lock held during a request: if this process dies, another takes the row when the lease is over.
TAKE: Final = """UPDATE pointer SET next_at = now() + %b::interval WHERE pointer_id IN (
        SELECT pointer_id FROM pointer WHERE done_at IS NULL AND next_at <= now() AND NOT source = ANY(%b::text[])
        ORDER BY next_at LIMIT %b FOR UPDATE SKIP LOCKED)
    RETURNING pointer_id, body, received_at, attempts, content_type, fetched"""
KEEP: Final = "UPDATE pointer SET content_type = %b, fetched = %b WHERE pointer_id = %b"
DONE: Final = "UPDATE pointer SET done_at = now(), fetched = NULL WHERE pointer_id = %b"
FORGET: Final = "DELETE FROM pointer WHERE done_at < now() - interval '30 days'"
FAILED: Final = """UPDATE pointer SET attempts = attempts + 1, trouble = %b, next_at = now() + %b::interval
    WHERE pointer_id = %b"""

WAITING: Final = """SELECT source, count(*), min(received_at), count(*) FILTER (WHERE attempts > 0) FROM pointer
    WHERE done_at IS NULL GROUP BY source ORDER BY source"""
LIST: Final = """SELECT pointer_id, source, received_at, attempts, next_at, trouble FROM pointer
    WHERE done_at IS NULL ORDER BY received_at LIMIT %b"""
RETRY: Final = """UPDATE pointer SET next_at = now() WHERE done_at IS NULL AND (%b = '' OR source = %b)
    RETURNING true"""
