"""Capture's own tables and the statements on them; each statement takes a whole batch in binary arrays."""

from leadline_capture.pointer_table import MIGRATIONS as POINTERS

MIGRATIONS: tuple[tuple[str, str], ...] = (
    (
        "capture-1",
        """
        -- Who holds a match key: the row lock under which one person becomes one lead.
        CREATE TABLE reservation (key text COLLATE "C" PRIMARY KEY, holder uuid, detail bytea NOT NULL)
            WITH (fillfactor = 85);
        -- What became of each submission (digest: of its body), kept for ever: a replay changes nothing.
        CREATE TABLE submission (submission_id uuid PRIMARY KEY, digest bytea NOT NULL, lead_id uuid,
            outcome text NOT NULL, decided_at timestamptz NOT NULL);
        -- Acts of people who are not known yet, under each of their keys.
        CREATE TABLE held (key text COLLATE "C", act_id uuid, body bytea NOT NULL, until timestamptz NOT NULL,
            PRIMARY KEY (key, act_id));
        CREATE INDEX held_until ON held (until);
        """,
    ),
    (
        "capture-submissions-1",
        """
        -- Whose it is, and why it was kept apart: for who asks what became of it.
        ALTER TABLE submission ADD COLUMN source text, ADD COLUMN reason text;
        -- Submissions that became dead letters; a retried one stands in `submission` too, and that counts.
        CREATE TABLE buried (submission_id uuid PRIMARY KEY, source text NOT NULL, failure_class text NOT NULL,
            decided_at timestamptz NOT NULL);
        """,
    ),
    (
        "capture-quarantine-1",
        """
        -- What is kept apart, and what was released: few among very many, and asked for by people.
        CREATE INDEX submission_apart ON submission (decided_at) WHERE outcome = 'quarantined';
        CREATE INDEX submission_released ON submission (lead_id) WHERE outcome = 'released';
        """,
    ),
    *POINTERS,
    (
        "capture-alike-1",
        """
        -- Under which keys a lead is found by who looks like it; a key that very many share is not written any more.
        CREATE TABLE blocking (key bigint, lead_id uuid, PRIMARY KEY (key, lead_id));
        -- What it is compared by.
        CREATE TABLE looks (lead_id uuid PRIMARY KEY, body bytea NOT NULL);
        -- Leads that may be one person, for a person to decide; dismissed: they are not.
        CREATE TABLE suggestion (lead_id uuid, other uuid, reason text NOT NULL, score real, words text,
            found_at timestamptz NOT NULL, dismissed_at timestamptz, PRIMARY KEY (lead_id, other));
        CREATE INDEX suggestion_found ON suggestion (found_at DESC, lead_id, other) WHERE dismissed_at IS NULL;
        """,
    ),
)

# Locks new and existing keys in one order without writing existing rows: no dead rows, no deadlocks. Gives the new
# ones, inserted as they will most likely stand, which spares writing them twice; the next statement reads the others.
LOCK_KEYS = """INSERT INTO reservation (key, holder, detail)
    SELECT key, holder, detail FROM unnest(%b::text[], %b::uuid[], %b::bytea[]) AS wanted (key, holder, detail)
    ORDER BY key COLLATE "C" ON CONFLICT (key) DO UPDATE SET key = excluded.key WHERE false
    RETURNING key"""
READ_KEYS = "SELECT key, holder, detail FROM reservation WHERE key = ANY(%b::text[])"
# Keys found only now, after others were locked: never waits for them, so no two instances wait for each other. How many
# there are tells whether another instance has one.
FOLLOW_KEYS = """SELECT key, holder, detail FROM reservation WHERE key = ANY(%b::text[]) FOR UPDATE SKIP LOCKED"""
COUNT_KEYS = "SELECT count(*) FROM reservation WHERE key = ANY(%b::text[])"
READ_HELD = """SELECT key, body FROM (
    SELECT key, body, row_number() OVER (PARTITION BY key ORDER BY until DESC, act_id) AS place
    FROM held WHERE key = ANY(%b::text[])) AS newest WHERE place <= %b"""
READ_SUBMITTED = """SELECT submission_id, digest, lead_id, outcome FROM submission
    WHERE submission_id = ANY(%b::uuid[])"""

WRITE_KEYS = """UPDATE reservation SET holder = new.holder, detail = new.detail
    FROM unnest(%b::text[], %b::uuid[], %b::bytea[]) AS new (key, holder, detail) WHERE reservation.key = new.key"""
# Fewer rows than given: another instance decided the same submission meanwhile (an outside producer may write it to two
# partitions); then the batch is decided again, with what that one wrote.
WRITE_SUBMITTED = """INSERT INTO submission (submission_id, digest, lead_id, outcome, source, reason, decided_at)
    SELECT s, h, l, o, f, r, %b::timestamptz
    FROM unnest(%b::uuid[], %b::bytea[], %b::uuid[], %b::text[], %b::text[], %b::text[]) AS new (s, h, l, o, f, r)
    ORDER BY s ON CONFLICT DO NOTHING RETURNING true"""
WRITE_BURIED = """INSERT INTO buried (submission_id, source, failure_class, decided_at)
    SELECT s, f, c, %b::timestamptz FROM unnest(%b::uuid[], %b::text[], %b::text[]) AS new (s, f, c) ORDER BY s
    ON CONFLICT (submission_id) DO UPDATE
    SET failure_class = excluded.failure_class, decided_at = excluded.decided_at"""
HOLD = """INSERT INTO held (key, act_id, body, until)
    SELECT * FROM unnest(%b::text[], %b::uuid[], %b::bytea[], %b::timestamptz[]) ON CONFLICT DO NOTHING"""
RELEASE = "DELETE FROM held USING unnest(%b::text[], %b::uuid[]) AS old (k, a) WHERE key = old.k AND act_id = old.a"
# What nobody claimed in time, and the blank keys it was held under. SKIP LOCKED: never waits, never out of rank.
FORGET = """WITH gone AS (DELETE FROM held WHERE (key, act_id) IN (
        SELECT key, act_id FROM held WHERE until < %b::timestamptz ORDER BY until LIMIT 500 FOR UPDATE SKIP LOCKED)
        RETURNING key),
    blank AS (SELECT key FROM reservation WHERE key IN (SELECT key FROM gone) AND holder IS NULL AND detail = ''
        AND NOT EXISTS (SELECT FROM held WHERE held.key = reservation.key AND until >= %b::timestamptz)
        FOR UPDATE SKIP LOCKED)
    DELETE FROM reservation USING blank WHERE reservation.key = blank.key"""

# The leads under each key and what they are compared by; of a key that too many have one row without a lead. Reads by
# the primary keys alone, at most so many rows a key, whatever the planner believes of the tables' sizes.
READ_LOOKALIKES = """WITH found AS MATERIALIZED (
        SELECT key, ARRAY(SELECT lead_id FROM blocking WHERE blocking.key = wanted.key
            ORDER BY lead_id LIMIT 1 + %b::int) AS leads FROM unnest(%b::bigint[]) AS wanted (key)),
    few AS (SELECT key, unnest(leads) AS lead_id FROM found WHERE cardinality(leads) <= %b::int)
    SELECT key, lead_id, (SELECT body FROM looks WHERE looks.lead_id = few.lead_id) FROM few
    UNION ALL SELECT key, NULL, NULL FROM found WHERE cardinality(leads) > %b::int"""
WRITE_LOOKS = """INSERT INTO looks (lead_id, body) SELECT * FROM unnest(%b::uuid[], %b::bytea[])
    ON CONFLICT (lead_id) DO UPDATE SET body = excluded.body"""
WRITE_BLOCKING = """INSERT INTO blocking (key, lead_id) SELECT * FROM unnest(%b::bigint[], %b::uuid[])
    ON CONFLICT DO NOTHING"""
SUGGEST = """INSERT INTO suggestion (found_at, lead_id, other, reason, score, words)
    SELECT %b::timestamptz, l, o, r, s, w FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::float8[], %b::text[])
    AS new (l, o, r, s, w) ON CONFLICT DO NOTHING"""
