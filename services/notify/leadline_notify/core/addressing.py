"""From a happening to notices: whom the rules name for it, over which of his ways, not before his hours."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from leadline_notify.core.book import Contact, KindRules, NotifyRules
from leadline_notify.core.notices import Notice, notice_id
from leadline_notify.core.telling import Telling
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Addressed:
    """The notices of one event; `unknown`: who was to be told and is no contact, or has none of the channels."""

    notices: tuple[Notice, ...]
    unknown: tuple[str, ...]


def addressed(tellings: Iterable[Telling], rules: NotifyRules, event_id: UUID, now: datetime) -> Addressed:
    """At most one notice for an event, a recipient and a channel: of what he would be told twice only the first."""
    notices: dict[UUID, Notice] = {}
    unknown: dict[str, None] = {}
    for telling in tellings:
        kind = rules.kinds.get(telling.content.kind)
        for name in _names(telling, kind) if kind is not None else ():
            contact = rules.contact(name)
            made = _notices(telling, kind, contact, event_id, now) if kind and contact else []
            if not made:
                unknown[name] = None
            for each in made:
                notices.setdefault(each.id, each)
    return Addressed(tuple(notices.values()), tuple(unknown))


def called(rules: NotifyRules) -> frozenset[str]:
    """The endpoints by which somebody can be told; mail among them if somebody has an address."""
    return frozenset(contact.endpoint(channel) for contact in rules.contacts.values() for channel in contact.ways)


def _names(telling: Telling, kind: KindRules) -> Iterable[str]:
    named = [who for role in kind.to for who in telling.people.get(role, ())]
    # Whom nobody concerned is told of concerns nobody else either: the system's own promise, a canary.
    return dict.fromkeys([*named, *kind.also]) if named else ()


def _notices(
    telling: Telling, kind: KindRules, contact: Contact, event_id: UUID, now: datetime
) -> list[Notice]:  # fmt: skip
    content = telling.content
    any_time = content.cause is not None and content.cause in kind.any_time
    due_at = now if any_time else contact.opening(now)
    return [
        Notice(
            id=notice_id(event_id, contact.name, channel), event_id=event_id, recipient=contact.name, channel=channel,
            endpoint=contact.endpoint(channel), subject=telling.subject, due_at=due_at,
            any_time=any_time, content=content, breach=telling.breach,
        )
        for channel in kind.by
        if channel in contact.ways
    ]  # fmt: skip
