"""Two leads that are merged and taken apart: read in any order that Kafka allows, with messages that come when they
come, in the end the same is promised, answered and told, and nothing is told twice by one id."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_schemas.activity import LeadActivity
from leadline_schemas.lead import MergedInto
from leadline_schemas.sla import LeadSla
from tests.support.golden import instant
from tests.support.sla_story import DAY, HOUR, MINUTE, SECOND, act, request, routed
from tests.support.sla_two_leads import PART, ROOT, Event, Two, did, part, root, routed_part
from tests.unit.sla_monitor.test_laws import EXAMPLES

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
HOT: dict[str, Any] = {"temperature": "hot", "grade": "A1"}
COLD: dict[str, Any] = {"temperature": "cold", "grade": "D4"}
# Of the one nothing is due while it is read, of the other clocks end and breaches are told meanwhile.
LONG, SHORT = ("other", COLD), ("demo_request", HOT)
KINDS = ("email.sent", "call.connected", "chat.message", "SAL", "SQL", "nurture")
MERGED, ASKED, PARTED, AGAIN = 10, 20, 30, 40
acts = st.lists(st.tuples(st.integers(1, 45), st.sampled_from(KINDS), st.booleans()), max_size=4)


def written(
    done: list[tuple[int, str, bool]], last: int, kind: tuple[str, dict[str, Any]] = LONG
) -> list[tuple[int, Event]]:
    """What stands in the topics, with the minute: until the last of merge, request, unmerge, merge that happens."""
    asked, judged = kind
    first, of_part = request("r", asked, START), request("r2", asked, START + SECOND, origin=PART)
    as_part = request("r3", asked, START + ASKED * MINUTE, origin=PART, root=ROOT)
    one, both, three = (first,), (first, of_part), (first, of_part, as_part)

    def at(minute: int) -> Any:
        return START + minute * MINUTE

    found: list[tuple[int, Event]] = [
        (0, root(START, *one)), (0, part(START + SECOND, of_part)), (0, routed(START + 2 * SECOND, *one, **judged)),
        (0, routed_part(START + 2 * SECOND, of_part, **judged)),
        (MERGED, part(at(MERGED), revision=2, outcome="tombstone", merged_into=MergedInto(lead_id=ROOT, revision=2))),
        (MERGED, root(at(MERGED), *both, revision=2, aliases=(PART,))),
        (MERGED, routed(at(MERGED) + SECOND, *both, revision=2, captured=2, **judged)),
        (ASKED, root(at(ASKED), *three, revision=3, aliases=(PART,))),
        (ASKED, routed(at(ASKED) + SECOND, *three, revision=3, captured=3, **judged)),
        (PARTED, root(at(PARTED), *one, revision=4, parted_at=at(PARTED), passed_on=(as_part,))),
        (PARTED, part(at(PARTED), of_part, as_part, revision=3, parted_at=at(PARTED))),
        (PARTED, routed(at(PARTED) + SECOND, *one, revision=4, captured=4, **judged)),
        (PARTED, routed_part(at(PARTED) + SECOND, of_part, as_part, revision=2, captured=3, assignment=2, **judged)),
        (AGAIN, part(at(AGAIN), revision=4, outcome="tombstone", merged_into=MergedInto(lead_id=ROOT, revision=5))),
        (AGAIN, root(at(AGAIN), *three, revision=5, aliases=(PART,), parted_at=at(PARTED), passed_on=(as_part,))),
        (AGAIN, routed(at(AGAIN) + SECOND, *three, revision=5, captured=5, **judged)),
    ]  # fmt: skip
    found += [(minute, _act(n, *each)) for n, each in enumerate(done) if (minute := each[0]) <= last + 5]
    return sorted((each for each in found if each[0] <= last + 5), key=lambda each: each[0])


def _act(number: int, minute: int, kind: str, of_part: bool) -> Event:
    """Somebody did it, of what was a lead of its own then, or a part."""
    as_one = MERGED <= minute < PARTED or minute >= AGAIN
    revisions = [(AGAIN, 5), (PARTED, 4), (ASKED, 3), (MERGED, 2), (0, 1)]
    snapshot = next(revision for since, revision in revisions if minute >= since)
    origin = PART if of_part else ROOT
    more: dict[str, Any] = {"origin": origin}
    if kind in {"SAL", "SQL", "nurture"}:
        more |= {"stage": kind, "confirmed": ("budget", "need", "timeline")}
        more |= {"reason": "not_ready"} if kind == "nurture" else {}
    name = "stage.changed" if "stage" in more else kind
    done = act(f"act {number}", name, START + minute * MINUTE + number * SECOND, "ana", **more)
    return did(ROOT if as_one or not of_part else PART, done, snapshot)


def read_in_order(events: list[tuple[int, Event]]) -> Two:
    two = Two(START + HOUR)
    for _, event in events:
        two.reads(event)
        two.arrives()
    return two


def read_anyhow(events: list[tuple[int, Event]], chosen: Iterator[int]) -> Two:
    """Each topic of a lead in its order; whatever else comes in any, once both leads are known and routed."""
    two, topics = read_in_order([each for each in events if each[0] == 0]), dict[tuple[UUID, type], list[Event]]()
    for _, event in [each for each in events if each[0] > 0]:
        topics.setdefault((event.lead_id, type(event)), []).append(event)
    while any(topics.values()) or two.waiting:
        queues = [queue for queue in topics.values() if queue]
        which = next(chosen) % (len(queues) + len(two.waiting))
        if which < len(queues):
            two.reads(queues[which].pop(0))
        else:
            two.arrives_one(which - len(queues))
    return two


def promised(two: Two) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Who holds which promise to a customer, and how it stands."""
    return {
        (lead, each.cycle, each.target): (each.status, each.due_at if each.status == "open" else None, each.answered)
        for lead, state in two.states.items()
        for each in state.body.promises
        if each.clock == "customer" and each.status != "cancelled"
    }


def stages(two: Two) -> dict[UUID, str]:
    """Where each lead is that is one of its own, by the newest word."""
    alone = [lead for lead in (ROOT, PART) if two.states[lead].body.over is None]
    return {lead: two.stages(lead)[-1].stage for lead in alone}


def decided(two: Two) -> set[str]:
    """How the requests' decisions stand: by the last word about each, whichever lead it is of by then."""
    told = [each.event for each in two.emitted if isinstance(each.event, LeadSla)]
    return set({event.cycle: event.kind for event in told if event.clock == "decision"}.values())


def routed_requests(two: Two) -> dict[UUID, set[UUID]]:
    """Which requests each lead knows to be routed."""
    return {lead: {each.id for each in state.body.asked if each.routed_at} for lead, state in two.states.items()}


@settings(max_examples=8 * EXAMPLES, deadline=None)
@given(acts, st.sampled_from((MERGED, ASKED, PARTED, AGAIN)), st.randoms(use_true_random=False))
def test_in_whatever_order_it_is_read_the_same_is_so_in_the_end(
    done: list[tuple[int, str, bool]], last: int, chance: Any
) -> None:
    events = written(done, last)
    expected = read_in_order(events)
    found = read_anyhow(events, iter(lambda: chance.randrange(10_000), None))
    if last < AGAIN:  # what was merged again before it was read that it had left never began anew
        assert promised(found) == promised(expected)
    assert stages(found) == stages(expected)
    assert routed_requests(found) == routed_requests(expected)
    for two in (expected, found):
        two.until(START + 40 * DAY)
        assert not two.waiting and not any(state.body.pending for state in two.states.values())
        assert not [p for state in two.states.values() for p in state.body.promises if p.status == "open"]
        assert decided(two) <= {"met", "breach_retracted", "resolved_late"}
        assert max(Counter(two.ids()).values()) == 1, "each word has an id of its own"


def when(event: Event) -> datetime:
    """When it stands in its topic."""
    return event.activity.received_at if isinstance(event, LeadActivity) else event.basis.decided_at


def read_as_time_passes(events: list[tuple[int, Event]], chance: Random) -> Two:
    """Each some time after it was written, while clocks run out."""
    two, topics = Two(START), dict[tuple[UUID, type], list[Event]]()
    for _, event in events:
        topics.setdefault((event.lead_id, type(event)), []).append(event)
    while (queues := [queue for queue in topics.values() if queue]) or two.waiting:
        ready = [queue for queue in queues if when(queue[0]) <= two.now]
        if not (ready or two.waiting) or chance.random() < 0.15:
            to_come = [when(queue[0]) for queue in queues if when(queue[0]) > two.now]
            later = two.now + chance.choice((1, 5, 20)) * MINUTE
            two.until(min(to_come) if to_come and chance.random() < 0.8 else later)
            continue
        which = chance.randrange(len(ready) + len(two.waiting))
        if which < len(ready):
            two.reads(ready[which].pop(0))
        else:
            two.arrives_one(which - len(ready))
    return two


@settings(max_examples=8 * EXAMPLES, deadline=None)
@given(acts, st.sampled_from((MERGED, ASKED, PARTED, AGAIN)), st.integers(0, 2**32))
def test_whatever_is_due_meanwhile_every_promise_ends_and_each_word_is_told_once(
    done: list[tuple[int, str, bool]], last: int, seed: int
) -> None:
    two = read_as_time_passes(written(done, last, SHORT), Random(seed))
    two.until(START + 40 * DAY)
    assert not any(state.body.pending for state in two.states.values())
    assert not [p for state in two.states.values() for p in state.body.promises if p.status == "open"]
    told = [each.event for each in two.emitted if isinstance(each.event, LeadSla)]
    newest = {(event.clock, event.cycle, event.target): event.kind for event in told if event.clock == "customer"}
    assert not set(newest.values()) & {"armed", "warned"}, "whichever lead it is of by then, it was told how it ended"
    breaches = Counter(event.supersedes for event in told if event.kind == "breach_retracted")
    assert max(Counter(two.ids()).values()) == 1 and max(breaches.values(), default=1) == 1
