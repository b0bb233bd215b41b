"""The statements of the senders. Each is a transaction of its own, so that none is open while an endpoint is called."""

from typing import Final

from leadline_runtime.clock import NOW

TIME: Final = f"SELECT {NOW}"
# Whose turn it is to be looked through: notices are due, and nobody else looks. So many at a look, each after the last.
RECIPIENTS: Final = """
    SELECT DISTINCT recipient, channel FROM notice
    WHERE status = 'waiting' AND due_at <= %b::timestamptz AND (recipient, channel) > (%b::text, %b::text)
    ORDER BY recipient, channel LIMIT %b::int"""
TAKE_TURN: Final = """
    INSERT INTO turn (recipient, channel, lease, leased_until)
    VALUES (%b::text, %b::text, %b::uuid, now() + interval '20 s')
    ON CONFLICT (recipient, channel) DO UPDATE SET lease = excluded.lease, leased_until = excluded.leased_until
      WHERE turn.leased_until < now()
    RETURNING lease"""
END_TURN: Final = "DELETE FROM turn WHERE recipient = %b::text AND channel = %b::text AND lease = %b::uuid"
DUE: Final = """
    SELECT id, line, held FROM notice
    WHERE status = 'waiting' AND recipient = %b::text AND channel = %b::text AND due_at <= %b::timestamptz
    ORDER BY due_at, number LIMIT %b::int"""
# Moved, not passed over: else those that wait for the morning stand before what waits for no hours. Some at a time, as
# with HOLD, until none is left.
POSTPONE: Final = """
    WITH moved AS (
      UPDATE notice SET due_at = %b::timestamptz
      WHERE status = 'waiting' AND id = ANY(ARRAY(
        SELECT id FROM notice
        WHERE status = 'waiting' AND recipient = %b::text AND channel = %b::text AND due_at <= %b::timestamptz
          AND NOT any_time LIMIT 5000))
      RETURNING id)
    SELECT count(*) FROM moved HAVING count(*) > 0"""
# What is still on its way counts as going out now: while nothing arrives no more than these pile up, and all else that
# happens meanwhile comes in one digest, without what is needless by then. Outside of his hours what waits for them is
# not on its way: it holds back nothing that is for any time.
GONE: Final = """
    SELECT gone_at FROM notice
    WHERE recipient = %b::text AND channel = %b::text AND gone_at > %b::timestamptz
      AND status NOT IN ('digested', 'ready')
    UNION ALL
    SELECT CASE WHEN aside THEN gone_at ELSE %b::timestamptz END FROM notice
    WHERE recipient = %b::text AND channel = %b::text AND endpoint = %b::text AND status = 'ready'
      AND (any_time OR %b::boolean)"""
RELEASE: Final = """
    UPDATE notice SET status = 'ready', gone_at = %b::timestamptz, try_at = %b::timestamptz,
      give_up_at = %b::timestamptz
    WHERE id = ANY(%b::uuid[]) AND status = 'waiting'"""
# Some at a time: however many there are, a statement takes no longer than the others can wait for it.
HOLD: Final = """
    WITH fresh AS (
      UPDATE notice SET held = true
      WHERE status = 'waiting' AND id = ANY(ARRAY(
        SELECT id FROM notice
        WHERE status = 'waiting' AND NOT held AND recipient = %b::text AND channel = %b::text
          AND due_at <= %b::timestamptz LIMIT 5000))
      RETURNING line)
    SELECT DISTINCT line FROM fresh"""
# One statement: a notice is never told by two digests, and never told by none.
DIGEST: Final = """
    WITH part AS (
      UPDATE notice SET status = 'digested', digest = %b::uuid, gone_at = %b::timestamptz, ended_at = %b::timestamptz
      WHERE id = ANY(%b::uuid[]) AND status = 'waiting' RETURNING endpoint, any_time, due_at)
    INSERT INTO notice (id, kind, recipient, channel, endpoint, subject, any_time, status, made_at, due_at, gone_at,
      try_at, give_up_at)
    SELECT %b::uuid, 'digest', %b::text, %b::text, min(endpoint), 'digest', bool_or(any_time), 'ready', %b::timestamptz,
      min(due_at), %b::timestamptz, %b::timestamptz, %b::timestamptz FROM part HAVING count(*) > 0
    RETURNING (SELECT count(*) FROM part)"""
# One look into an index for each, however much waits behind one that is not called now.
READY: Final = """
    SELECT name FROM unnest(%b::text[]) AS name
    WHERE EXISTS (SELECT FROM notice WHERE status = 'ready' AND endpoint = name AND try_at <= %b::timestamptz)"""
# Those that the rules do not have any more are found as well, each from the one before it.
NAMES: Final = """
    WITH RECURSIVE names AS (
      SELECT min(endpoint) AS name FROM notice WHERE status = 'ready'
      UNION ALL
      SELECT (SELECT min(endpoint) FROM notice WHERE status = 'ready' AND endpoint > names.name) FROM names
      WHERE names.name IS NOT NULL)
    SELECT name FROM names WHERE name IS NOT NULL"""
PARTS: Final = "SELECT id, content FROM notice WHERE digest = %b::uuid ORDER BY due_at, number LIMIT %b::int"
NUMBER: Final = "SELECT count(*) FROM notice WHERE digest = %b::uuid"
SENT: Final = """
    UPDATE notice SET status = 'sent', ended_at = %b::timestamptz, lease = NULL, leased_until = NULL, fault = NULL
    WHERE id = %b::uuid AND lease = %b::uuid RETURNING id"""
DEAD: Final = """
    UPDATE notice SET status = 'dead', reason = %b::text, fault = %b::text, ended_at = %b::timestamptz, lease = NULL,
      leased_until = NULL
    WHERE id = %b::uuid AND lease = %b::uuid RETURNING id"""
# What waited in vain behind others: its endpoint was not well enough to be called with it even once.
GIVE_UP: Final = """
    UPDATE notice SET status = 'dead', reason = 'given_up', ended_at = %b::timestamptz
    WHERE id IN (
      SELECT id FROM notice WHERE status = 'ready' AND give_up_at < %b::timestamptz - interval '1 min'
        AND (leased_until IS NULL OR leased_until < now()) LIMIT 500 FOR UPDATE SKIP LOCKED)
    RETURNING channel"""
STANDING: Final = "SELECT name, address, disabled_at IS NOT NULL FROM endpoint"
ANSWERED: Final = """
    INSERT INTO endpoint (name, address, answered_at) VALUES (%b::text, %b::text, %b::timestamptz)
    ON CONFLICT (name) DO UPDATE SET address = excluded.address, answered_at = excluded.answered_at,
      failing_since = NULL, disabled_at = NULL, fault = NULL"""
FAILED: Final = """
    INSERT INTO endpoint (name, address, failing_since, fault) VALUES (%b::text, %b::text, %b::timestamptz, %b::text)
    ON CONFLICT (name) DO UPDATE SET address = excluded.address, fault = excluded.fault,
      failing_since = coalesce(endpoint.failing_since, excluded.failing_since)"""
DISABLED: Final = """
    INSERT INTO endpoint (name, address, failing_since, disabled_at, fault)
    VALUES (%b::text, %b::text, %b::timestamptz, %b::timestamptz, 'gone')
    ON CONFLICT (name) DO UPDATE SET address = excluded.address, fault = 'gone',
      failing_since = coalesce(endpoint.failing_since, excluded.failing_since), disabled_at = excluded.disabled_at"""
