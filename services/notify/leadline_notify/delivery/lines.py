"""The statements that keep the order in which somebody is told: notices stand in lines (column `line`: to a program one
for each lead, to a person one for all), and of each line only the first is sent. What is for any time does not wait for
what waits for the morning, nor anything for what is refused for its own sake.
"""
# ruff: noqa: S608 - only our own text is put together

from typing import Final


def _goes_before(first: str, second: str) -> str:
    return f"""
      {first}.status = 'ready' AND {second}.status = 'ready' AND {first}.recipient = {second}.recipient
      AND {first}.channel = {second}.channel AND {first}.endpoint = {second}.endpoint AND {first}.line = {second}.line
      AND {first}.any_time >= {second}.any_time AND NOT {first}.aside
      AND ({first}.gone_at, {first}.number) < ({second}.gone_at, {second}.number)"""


# Only the first of each line.
_CLAIM: Final = f"""
    UPDATE notice SET lease = %b::uuid, leased_until = now() + %b::interval, attempts = attempts + 1
    WHERE id IN (
      SELECT id FROM notice AS one
      WHERE status = 'ready' AND endpoint = %b::text AND try_at <= %b::timestamptz
        AND (leased_until IS NULL OR leased_until < now()){{more}}
        AND (aside OR NOT EXISTS (SELECT FROM notice AS before WHERE {_goes_before("before", "one")}))
      ORDER BY try_at, number LIMIT %b::int FOR UPDATE OF one SKIP LOCKED)
    RETURNING id, kind, recipient, channel, endpoint, line, any_time, content, due_at, attempts, give_up_at"""
CLAIM: Final = _CLAIM.format(more="")
NEXT: Final = _CLAIM.format(more=" AND recipient = %b::text AND channel = %b::text AND line = %b::text")
# What stands before others is tried with them: else what is new would wait for the late try of what is old.
HURRY: Final = """
    UPDATE notice SET try_at = %b::timestamptz
    WHERE id IN (
      SELECT id FROM notice
      WHERE status = 'ready' AND recipient = %b::text AND channel = %b::text AND line = ANY(%b::text[]) AND NOT aside
        AND (any_time OR %b::boolean) AND try_at > %b::timestamptz AND (leased_until IS NULL OR leased_until < now())
      FOR UPDATE SKIP LOCKED)"""
# Those behind it wait with it, and their time for trying stands still when its own does.
AGAIN: Final = f"""
    WITH one AS (SELECT * FROM notice WHERE id = %b::uuid AND lease = %b::uuid FOR UPDATE),
    told AS (
      UPDATE notice SET try_at = %b::timestamptz, give_up_at = %b::timestamptz, fault = %b::text, lease = NULL,
        leased_until = NULL, attempts = notice.attempts - %b::int, aside = notice.aside OR %b::boolean
      FROM one WHERE notice.id = one.id RETURNING notice.id, notice.try_at, notice.give_up_at, notice.aside),
    behind AS (
      SELECT after.id, told.try_at, told.give_up_at - one.give_up_at AS still FROM told, one, notice AS after
      WHERE NOT told.aside AND {_goes_before("one", "after")}
      FOR UPDATE OF after SKIP LOCKED),
    moved AS (
      UPDATE notice SET try_at = greatest(notice.try_at, behind.try_at), give_up_at = notice.give_up_at + behind.still
      FROM behind WHERE notice.id = behind.id)
    SELECT id FROM told"""
