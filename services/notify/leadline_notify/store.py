"""Notify's own tables: notices from their decision to what became of them, whose turn it is, how endpoints stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from pydantic import TypeAdapter

from leadline_notify.core.content import Content
from leadline_notify.core.notices import About, Needless, Notice, Told
from leadline_runtime.core.values import dataclass
from leadline_runtime.decision import Grounds, LeadState
from leadline_runtime.items import Item
from leadline_runtime.transaction import Transaction

MIGRATIONS: Final[tuple[tuple[str, str], ...]] = (
    (
        "notify-1",
        """
        CREATE TABLE notice (
            id uuid PRIMARY KEY, event_id uuid, lead_id uuid, kind text NOT NULL, recipient text NOT NULL,
            channel text NOT NULL, endpoint text NOT NULL, subject text NOT NULL, any_time boolean NOT NULL,
            content text, status text NOT NULL DEFAULT 'waiting', reason text, held boolean NOT NULL DEFAULT false,
            digest uuid, made_at timestamptz NOT NULL, due_at timestamptz NOT NULL, gone_at timestamptz,
            try_at timestamptz, give_up_at timestamptz, attempts integer NOT NULL DEFAULT 0, fault text,
            ended_at timestamptz, lease uuid, leased_until timestamptz) WITH (fillfactor = 70);
        CREATE INDEX notice_waiting ON notice (due_at) WHERE status = 'waiting';
        CREATE INDEX notice_ready ON notice (endpoint, try_at) WHERE status = 'ready';
        CREATE INDEX notice_open ON notice (lead_id) WHERE status = 'waiting';
        CREATE INDEX notice_gone ON notice (recipient, channel, gone_at) WHERE gone_at IS NOT NULL;
        CREATE INDEX notice_digest ON notice (digest) WHERE digest IS NOT NULL;
        CREATE INDEX notice_dead ON notice (ended_at) WHERE status = 'dead';
        CREATE INDEX notice_ended ON notice (ended_at) WHERE ended_at IS NOT NULL;
        CREATE INDEX notice_told ON notice (lead_id, subject) WHERE kind = 'breached';
        COMMENT ON COLUMN notice.status IS
          'waiting (not due), ready (to be sent), sent, digested (told by the notice in digest), dropped, dead';
        COMMENT ON COLUMN notice.lease IS 'who is sending it, until leased_until by the machine''s own clock';
        CREATE TABLE turn (recipient text, channel text, lease uuid NOT NULL, leased_until timestamptz NOT NULL,
            PRIMARY KEY (recipient, channel)) WITH (fillfactor = 50);
        COMMENT ON TABLE turn IS 'which instance looks through what waits for a recipient';
        CREATE TABLE endpoint (name text PRIMARY KEY, address text NOT NULL DEFAULT '', disabled_at timestamptz,
            failing_since timestamptz, answered_at timestamptz, fault text) WITH (fillfactor = 50);
        COMMENT ON COLUMN endpoint.address IS 'a hash of it: another address is another endpoint';
        """,
    ),
    (
        "notify-2",
        """
        ALTER TABLE notice ADD breach uuid;
        COMMENT ON COLUMN notice.breach IS 'the breach that is told, or taken back';
        CREATE INDEX notice_breach ON notice (breach) WHERE breach IS NOT NULL;
        DROP INDEX notice_told;
        CREATE INDEX notice_give_up ON notice (give_up_at) WHERE status = 'ready';
        """,
    ),
    (
        "notify-3",
        """
        CREATE INDEX notice_due ON notice (recipient, channel, due_at, made_at) WHERE status = 'waiting';
        CREATE INDEX notice_made ON notice (made_at);
        """,
    ),
    ("notify-4", "CREATE INDEX notice_promise ON notice (subject) WHERE status = 'waiting'"),
)
_DROP: Final = """
    UPDATE notice SET status = 'dropped', reason = gone.reason, ended_at = %b::timestamptz
    FROM unnest(%b::{type}[], %b::text[], %b::text[], %b::text[]) AS gone (which, kind, recipient, reason)
    WHERE notice.status = 'waiting' AND notice.{column} = gone.which AND notice.kind = gone.kind
      AND (gone.recipient = '' OR notice.recipient = gone.recipient)
    RETURNING notice.reason"""
DROP: Final[Mapping[About, str]] = {
    "lead": _DROP.replace("{type}", "uuid").replace("{column}", "lead_id"),
    "promise": _DROP.replace("{type}", "text").replace("{column}", "subject"),
    "breach": _DROP.replace("{type}", "uuid").replace("{column}", "breach"),
}
MAKE: Final = """
    INSERT INTO notice (id, event_id, lead_id, kind, recipient, channel, endpoint, subject, any_time, content, due_at,
      breach, made_at)
    SELECT *, %b::timestamptz FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[],
      %b::text[], %b::text[], %b::boolean[], %b::text[], %b::timestamptz[], %b::uuid[])
    ON CONFLICT (id) DO NOTHING"""
# A breach may be read after it was taken back: it belongs to another lead by then, whose events are another lane's.
TAKEN_BACK: Final = """
    UPDATE notice SET status = 'dropped', reason = 'retracted', ended_at = made_at
    WHERE id = ANY(%b::uuid[]) AND status = 'waiting' AND EXISTS (
      SELECT FROM notice AS back WHERE back.breach = notice.breach AND back.kind = 'retracted')
    RETURNING reason"""
# A breach that nobody was told of need not be taken back.
UNSAID: Final = """
    UPDATE notice SET status = 'dropped', reason = 'nothing_to_take_back', ended_at = made_at
    WHERE id = ANY(%b::uuid[]) AND status = 'waiting' AND kind = 'retracted' AND NOT EXISTS (
      SELECT FROM notice AS told WHERE told.breach = notice.breach AND told.kind <> 'retracted'
        AND told.recipient = notice.recipient AND told.channel = notice.channel AND told.status <> 'dropped')"""
_CONTENT: Final = TypeAdapter(Content)


@dataclass(slots=True)
class NotifyView:
    """What the decisions of a batch told: notices by their ids, what is needless now, who could not be told.

    A notice that a later event of the same batch makes needless is never made.
    """

    now: datetime
    notices: dict[UUID, Notice] = field(default_factory=dict)
    needless: list[Needless] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def apply(self, delta: Told) -> None:
        """See leadline_runtime.step.View."""
        for each in delta.needless:
            gone = [one for one in self.notices.values() if each.covers(one)]
            self.dropped += [each.reason] * len(gone)
            for one in gone:
                del self.notices[one.id]
        self.needless += delta.needless
        self.notices.update((one.id, one) for one in delta.notices)
        self.dropped += ["no_contact"] * len(delta.unknown)


class Counters(Protocol):
    """Who counts what became of notices. A batch that has to be written again is counted again."""

    def made(self, notices: Iterable[Notice]) -> None: ...
    def dropped(self, reasons: Iterable[str]) -> None: ...


class NotifyStore:
    """Writes what a batch told."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters

    async def read(
        self, tx: Transaction, items: Sequence[Item], leads: dict[UUID, LeadState[Any]], grounds: Grounds
    ) -> NotifyView:
        """Nothing but the time."""
        return NotifyView(grounds.decided_at)

    async def write(self, tx: Transaction, view: NotifyView) -> None:
        """First drop what was needless before this batch's own notices, then make these."""
        for about, drop in DROP.items():
            rows = dict.fromkeys(row for each in view.needless if each.about == about for row in _needless(each))
            if rows:
                view.dropped += [reason for (reason,) in await tx.fetch(drop, (view.now, *_columns(rows)))]
        if made := view.notices.values():
            await tx.execute(MAKE, (view.now, *_columns(map(_row, made))))
            breaches = [each for each in made if each.breach is not None]
            if told := [each.id for each in breaches if each.content.kind != "retracted"]:
                view.dropped += [reason for (reason,) in await tx.fetch(TAKEN_BACK, (told,))]
            if taken_back := [each.id for each in breaches if each.content.kind == "retracted"]:
                await tx.execute(UNSAID, (taken_back,))
        self._counters.made(made)
        self._counters.dropped(view.dropped)


def content_text(content: Content) -> str:
    """The content as it is stored."""
    return _CONTENT.dump_json(content, exclude_defaults=True).decode()


def content_json(content: Content) -> dict[str, Any]:
    """The content as it is told to programs: what has a value."""
    found: dict[str, Any] = _CONTENT.dump_python(content, mode="json", exclude_defaults=True)
    return found


def content_of(text: str) -> Content:
    """The content that was stored. Raises ValidationError for what `content_text` did not make."""
    return _CONTENT.validate_json(text)


def _needless(each: Needless) -> Iterable[tuple[Any, ...]]:
    for kind in each.kinds:
        yield each.which, kind, each.recipient or "", each.reason


def _row(each: Notice) -> tuple[Any, ...]:
    content = each.content
    return (
        each.id, each.event_id, content.lead_id, content.kind, each.recipient, each.channel, each.endpoint,
        each.subject, each.any_time, content_text(content), each.due_at, each.breach,
    )  # fmt: skip


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
