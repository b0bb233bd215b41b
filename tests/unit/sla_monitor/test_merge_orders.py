"""Two leads that are merged and taken apart: read in any order that Kafka allows, with messages that come when they
come, in the end the same is promised, answered and told, and nothing is told twice by one id."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_schemas.lead import MergedInto
from leadline_schemas.sla import LeadSla
from tests.support.golden import instant
from tests.support.sla_story import DAY, HOUR, MINUTE, SECOND, act, request, routed
from tests.support.sla_two_leads import PART, ROOT, Event, Two, did, part, root, routed_part
from tests.unit.sla_monitor.test_laws import EXAMPLES

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
COLD: dict[str, Any] = {"temperature": "cold", "grade": "D4"}  # two days for an answer: nothing is due while it is read
FIRST = request("r", "other", START)
OF_PART = request("r2", "other", START + SECOND, origin=PART)
AS_PART = request("r3", "other", START + 20 * MINUTE, origin=PART, root=ROOT)
KINDS = ("email.sent", "call.connected", "chat.message", "SAL", "SQL", "nurture")
MERGED, ASKED, PARTED, AGAIN = 10, 20, 30, 40
acts = st.lists(st.tuples(st.integers(1, 45), st.sampled_from(KINDS), st.booleans()), max_size=4)


def written(done: list[tuple[int, str, bool]], last: int) -> list[tuple[int, Event]]:
    """What stands in the topics, with the minute: until the last of merge, request, unmerge, merge that happens."""
    one, both, three = (FIRST,), (FIRST, OF_PART), (FIRST, OF_PART, AS_PART)

    def at(minute: int) -> Any:
        return START + minute * MINUTE

    found: list[tuple[int, Event]] = [
        (0, root(START, *one)), (0, part(START + SECOND, OF_PART)), (0, routed(START + 2 * SECOND, *one, **COLD)),
        (0, routed_part(START + 2 * SECOND, OF_PART, **COLD)),
        (MERGED, part(at(MERGED), revision=2, outcome="tombstone", merged_into=MergedInto(lead_id=ROOT, revision=2))),
        (MERGED, root(at(MERGED), *both, revision=2, aliases=(PART,))),
        (MERGED, routed(at(MERGED) + SECOND, *both, revision=2, captured=2, **COLD)),
        (ASKED, root(at(ASKED), *three, revision=3, aliases=(PART,))),
        (ASKED, routed(at(ASKED) + SECOND, *three, revision=3, captured=3, **COLD)),
        (PARTED, root(at(PARTED), *one, revision=4, parted_at=at(PARTED), passed_on=(AS_PART,))),
        (PARTED, part(at(PARTED), OF_PART, AS_PART, revision=3, parted_at=at(PARTED))),
        (PARTED, routed(at(PARTED) + SECOND, *one, revision=4, captured=4, **COLD)),
        (PARTED, routed_part(at(PARTED) + SECOND, OF_PART, AS_PART, revision=2, captured=3, assignment=2, **COLD)),
        (AGAIN, part(at(AGAIN), revision=4, outcome="tombstone", merged_into=MergedInto(lead_id=ROOT, revision=5))),
        (AGAIN, root(at(AGAIN), *three, revision=5, aliases=(PART,), parted_at=at(PARTED), passed_on=(AS_PART,))),
        (AGAIN, routed(at(AGAIN) + SECOND, *three, revision=5, captured=5, **COLD)),
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
