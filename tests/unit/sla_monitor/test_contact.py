"""Contact rate: by cohorts of leads given to a person, in any order of events, with immature ones apart."""

import random
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from hypothesis import given, settings
from hypothesis import strategies as some

from leadline_schemas.activity import LeadActivity
from leadline_schemas.codec import decode, encode
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_ROUTED
from leadline_sla_monitor.core.contact import Contacted, Contacts, ToldOfAct, ToldOfOwner
from leadline_sla_monitor.sla_commands.reporting import TOLD_OF_ACT, TOLD_OF_OWNER
from tests.support.golden import instant
from tests.support.sla_story import DAY, HOUR, NAMES, act, basis, request, routed

MONDAY = instant("2026-03-02T14:00:00Z")
LATER = MONDAY + 60 * DAY
Events = list[ToldOfOwner | ToldOfAct]


def lead(name: str) -> UUID:
    return uuid5(NAMES, f"contact {name}")


def owned(name: str, at: datetime, *aliases: str, revision: int = 1, **more: Any) -> ToldOfOwner:
    """As it stands in the log: somebody has the lead since then."""
    event = routed(at, request(name, "demo_request", at), revision=revision, **more)
    captured = event.scored.enriched.captured.model_copy(update={"aliases": tuple(map(lead, aliases))})
    enriched = event.scored.enriched.model_copy(update={"captured": captured})
    scored = event.scored.model_copy(update={"enriched": enriched})
    event = event.model_copy(update={"lead_id": lead(name), "scored": scored})
    return decode(TOLD_OF_OWNER, encode(LEAD_ROUTED, event))


def did(name: str, kind: str, at: datetime, by: str | None = "ana", **more: Any) -> ToldOfAct:
    said = act(f"{name} {kind} {at}", kind, at, by, **more)
    return decode(TOLD_OF_ACT, encode(LEAD_ACTIVITY, LeadActivity(
        lead_id=lead(name), revision=1, basis=basis(at), activity=said
    )))  # fmt: skip


def contacts(*events: ToldOfOwner | ToldOfAct) -> Contacts:
    found = Contacts()
    for each in events:
        if isinstance(each, ToldOfOwner):
            found.take_routed(each)
        else:
            found.take_act(each)
    return found


def rate(*events: ToldOfOwner | ToldOfAct, now: datetime = LATER) -> Contacted:
    return contacts(*events).rates(MONDAY, MONDAY + 30 * DAY, now, "policy")[""]


def test_talk_both_ways_within_14_days_counts_and_nothing_else() -> None:
    for kind, by, counts in (
        ("call.connected", "ana", True), ("meeting.held", "ana", True), ("email.replied", None, True),
        ("chat.message", None, True), ("chat.message", "ana", False), ("email.sent", "ana", False),
        ("call.attempted", "ana", False), ("meeting.booked", None, False), ("email.replied", "automation", False),
    ):  # fmt: skip
        found = rate(owned("one", MONDAY), did("one", kind, MONDAY + 13 * DAY, by))
        assert (found.assigned, found.contacted_mature) == (1, counts), kind
        assert rate(owned("one", MONDAY), did("one", kind, MONDAY + 15 * DAY, by)).contacted == 0, kind


def test_leads_given_less_than_14_days_ago_are_in_no_rate_yet() -> None:
    events: Events = [owned("old", MONDAY), did("old", "call.connected", MONDAY + HOUR), owned("older", MONDAY + HOUR),
              owned("young", MONDAY + 10 * DAY), did("young", "call.connected", MONDAY + 10 * DAY)]  # fmt: skip
    found = rate(*events, now=MONDAY + 20 * DAY)
    assert (found.assigned, found.contacted, found.mature, found.rate, found.young) == (3, 2, 2, 0.5, 1)
    assert rate(*events, now=MONDAY + DAY).rate is None


def test_who_got_it_first_and_where_it_came_from() -> None:
    found = contacts(
        owned("one", MONDAY), owned("one", MONDAY + DAY, revision=2, owner="ben"), owned("two", MONDAY, owner="ben"),
        did("one", "call.connected", MONDAY + 2 * DAY, "ben"),
    )  # fmt: skip
    by_owner = found.rates(MONDAY, LATER, LATER, "owner")
    assert {name: (each.assigned, each.rate) for name, each in by_owner.items()} == {
        "": (2, 0.5), "ana": (1, 1.0), "ben": (1, 0.0),
    }  # fmt: skip
    assert found.rates(MONDAY, LATER, LATER, "source")["other"].assigned == 2


def test_leads_that_are_one_person_are_one() -> None:
    events: Events = [owned("a", MONDAY), owned("b", MONDAY + DAY), owned("a", MONDAY, "b", revision=2),
              did("b", "email.replied", MONDAY + 2 * DAY, None)]  # fmt: skip
    assert rate(*events) == Contacted(1, 1, 1, 1)
    apart = [*events, owned("a", MONDAY, revision=3)]
    assert rate(*apart) == Contacted(2, 1, 2, 1)


def test_a_lead_of_which_only_a_later_assignment_was_read_was_given_before() -> None:
    assert rate(owned("one", MONDAY + DAY, assignment=2), owned("two", MONDAY + DAY)).assigned == 1
    assert rate(owned("one", MONDAY), owned("one", MONDAY + DAY, revision=2, assignment=2)).assigned == 1


def test_a_lead_that_became_part_of_one_that_became_part_of_a_third_is_the_third() -> None:
    events: Events = [owned("a", MONDAY), owned("b", MONDAY + HOUR, "a"), owned("c", MONDAY + DAY, "b"),
              did("a", "email.replied", MONDAY + 2 * DAY, None)]  # fmt: skip
    for mixed in (events, events[::-1]):
        assert rate(*mixed) == Contacted(1, 1, 1, 1)


@settings(max_examples=20)
@given(seed=some.integers(0, 2**32))
def test_order_and_repeats_change_nothing(seed: int) -> None:
    rng = random.Random(seed)
    events: Events = []
    for n in range(rng.randrange(1, 7)):
        at = MONDAY + rng.randrange(0, 40) * DAY
        merged = [f"lead {n + 1}"] if rng.random() < 0.3 else []
        events.append(owned(f"lead {n}", at, owner=rng.choice(["ana", "ben"])))
        events.append(owned(f"lead {n}", at, *merged, revision=2))
        events.append(did(f"lead {n}", rng.choice(["call.connected", "email.sent"]), at + rng.randrange(0, 20) * DAY))
    mixed = events + rng.choices(events, k=5)
    rng.shuffle(mixed)
    now = MONDAY + 30 * DAY
    assert contacts(*mixed).rates(MONDAY, now, now, "owner") == contacts(*events).rates(MONDAY, now, now, "owner")
