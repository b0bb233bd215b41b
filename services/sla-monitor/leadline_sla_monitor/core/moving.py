"""Taking up what another lead's custodian held, and giving away what is no longer this lead's. Nothing is decided here.

A promise has one custodian at each instant: it goes from one known lead to another only as a message.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from leadline_runtime.core.values import replace
from leadline_sla_monitor.core.acts import Act, bounded
from leadline_sla_monitor.core.asked import MOST_ASKED, Asked, with_ahead
from leadline_sla_monitor.core.calendar_order import of_both, still_waiting
from leadline_sla_monitor.core.known import Joined, Known
from leadline_sla_monitor.core.life import Life, Move, life_of, parted_lives
from leadline_sla_monitor.core.life import united_lives as _lives
from leadline_sla_monitor.core.managers import united_managers
from leadline_sla_monitor.core.moved import Moved
from leadline_sla_monitor.core.promise import Promise

MOST_BEGUN = 200
Thing = TypeVar("Thing", Asked, Act, Promise, Move)


def given_away(lead: UUID, known: Known, at: datetime) -> tuple[Known, Moved]:
    """All that a lead held that became part of another `at`; its own decisions and owners' clocks end with it."""
    staying = tuple(each for each in known.promises if each.clock != "customer")
    customers = tuple(each for each in known.promises if each.clock == "customer")
    pending = _together(known.pending)
    moved = Moved(
        asked=_asked(_named(known.asked, lead), pending.asked),
        acts=_acts(_named(known.acts, lead), pending.acts),
        promises=_promises(_named(customers, lead), pending.promises),
        opened=tuple(dict((*known.opened, *pending.opened)).items()),
        merged_at=at,
        managers=known.managers,
        calendar_order=of_both(still_waiting(known.calendar_order), pending.calendar_order),
        life=_lives(replace(known.life, moves=_named(known.life.moves, lead), left=(), off_list=None), pending.life),
    )
    left = replace(
        known, asked=(), acts=(), promises=staying, joined=(), pending=(), begun=_begun(known, moved.asked),
        life=Life(off_list=known.life.off_list),
        calendar_order=None if moved.calendar_order else known.calendar_order,
    )  # fmt: skip
    return left, moved


def _together(pending: Iterable[Moved]) -> Moved:
    found = Moved()
    for each in pending:
        found = Moved(
            _asked(found.asked, each.asked), _acts(found.acts, each.acts),
            _promises(found.promises, each.promises), (*found.opened, *each.opened), None,
            life=_lives(found.life, each.life), calendar_order=of_both(found.calendar_order, each.calendar_order),
        )  # fmt: skip
    return found


def with_moved(lead: UUID, known: Known, moved: Moved, named: int) -> Known:
    """What is known, with what came. `named`: the lead's revision from which on it lists where that comes from."""
    opened = dict(known.opened)
    promised = {each.cycle for each in moved.promises}
    for cycle, _ in moved.opened:
        if cycle in promised and cycle not in opened:
            opened[cycle] = max(opened.values(), default=0) + 1
    united = _promises(known.promises, _own(moved.promises, lead))
    promises = tuple(replace(each, number=opened.get(each.cycle, each.number)) for each in united)
    both = with_ahead(_asked(known.asked, _own(moved.asked, lead)), known.ahead)
    asked = sorted(both, key=lambda a: (a.start, a.id))[-MOST_ASKED:]
    here = {each.id for each in asked}
    acts = _acts(known.acts, _own(moved.acts, lead))
    return replace(
        known,
        asked=tuple(asked),
        acts=bounded(acts, (each.start for each in asked)),
        promises=promises,
        opened=tuple(opened.items())[-MOST_ASKED:],
        joined=_joined(known, moved.origins - {lead}, named, moved.merged_at),
        managers=united_managers(known.managers, moved.managers),
        calendar_order=of_both(known.calendar_order, moved.calendar_order),
        life=_lives(known.life, replace(moved.life, moves=_own(moved.life.moves, lead))),
        ahead=tuple([each for each in known.ahead if each.id not in here]),
    )


def joining(known: Known, origin: UUID, named: int) -> Known:
    """Something of this origin is here, and from this revision on the lead lists it."""
    return replace(known, joined=_joined(known, {origin}, named, None))


def _joined(known: Known, origins: Iterable[UUID], named: int, at: datetime | None) -> tuple[Joined, ...]:
    found = {each.origin: each for each in known.joined}
    for origin in origins:
        old = found.get(origin)
        found[origin] = Joined(origin, max(named, old.named if old else 0), at or (old.at if old else None))
    return tuple(found[origin] for origin in sorted(found))


def parted(lead: UUID, known: Known) -> tuple[Known, dict[UUID, Moved]]:
    """What belongs to an origin that the snapshot does not list goes back to it, unless its merge is yet to be read."""
    named = {each.origin: each.named for each in known.joined}
    foreign = Moved(known.asked, known.acts, known.promises, life=known.life).origins - {lead, *known.aliases}
    gone = {each for each in foreign if named.get(each, 0) <= known.snapshot}
    if not known.snapshot or not gone:
        return known, {}
    opened = {cycle for cycle, _ in known.opened}
    messages = {
        origin: Moved(
            asked=tuple(each for each in known.asked if each.origin == origin),
            acts=tuple(each for each in known.acts if each.origin == origin),
            promises=tuple(each for each in known.promises if each.origin == origin and each.clock != "owner"),
            opened=tuple((p.cycle, p.number) for p in known.promises if p.origin == origin and p.cycle in opened),
            life=life_of(known.life, origin),
            calendar_order=still_waiting(known.calendar_order),
        )
        for origin in sorted(gone)
    }
    asked = tuple(each for each in known.asked if each.origin not in gone)
    left = replace(
        known,
        asked=asked,
        acts=tuple(each for each in known.acts if each.origin not in gone),
        promises=tuple(each for each in known.promises if each.origin not in gone or each.clock == "owner"),
        joined=tuple(each for each in known.joined if each.origin not in gone),
        begun=_begun(known, (each for each in known.asked if each.origin in gone)),
        life=parted_lives(known.life, gone),
    )
    return left, messages


def _begun(known: Known, given: Iterable[Asked]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys((*known.begun, *(each.id for each in given))))[-MOST_BEGUN:]


def _named(things: Iterable[Thing], lead: UUID) -> tuple[Thing, ...]:
    return tuple(each if each.origin is not None else replace(each, origin=lead) for each in things)


def _own(things: Iterable[Thing], lead: UUID) -> tuple[Thing, ...]:
    return tuple(replace(each, origin=None) if each.origin == lead else each for each in things)


def _asked(one: Iterable[Asked], other: Iterable[Asked]) -> tuple[Asked, ...]:
    """By id; the one that knows how it was routed."""
    found: dict[UUID, Asked] = {}
    for each in (*one, *other):
        if each.id not in found or found[each.id].routed_at is None:
            found[each.id] = each
    return tuple(found.values())


def _acts(one: Iterable[Act], other: Iterable[Act]) -> tuple[Act, ...]:
    return tuple({each.id: each for each in (*other, *one)}.values())


def _promises(one: Iterable[Promise], other: Iterable[Promise]) -> tuple[Promise, ...]:
    return tuple({each.key: each for each in (*one, *other)}.values())
