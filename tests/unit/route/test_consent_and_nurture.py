"""Nobody is given a lead that withdrew; what is in nurture comes back when it qualifies (rules B1.9, B6.3)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from leadline_schemas.consent import ConsentRecord
from leadline_schemas.enriched import Account
from tests.unit.route.leads import Desk, Wish, act_record, at, lapse_record, request_of, scored_record, stage_record
from tests.unit.route.test_golden_routes import wish_of

NOW = at("2026-03-10T15:00:00Z")
MINUTE = timedelta(minutes=1)


def says(state: Any, *purposes: Any) -> list[ConsentRecord]:
    return [ConsentRecord(purpose=each, channel="any", state=state, since=NOW) for each in purposes]


WITHDRAWN = says("withdrawn", "respond", "marketing")


@pytest.mark.parametrize("kind", ["demo_request", "content_download"])
def test_who_withdrew_is_given_to_nobody(kind: Any) -> None:
    desk = Desk(now=NOW)
    event = desk.routed(scored_record(Wish(start=NOW, type=kind, mql=True, consent=WITHDRAWN)))
    assert (event.outcome, event.rule, event.owner) == ("parked", "r0_unlawful", None)
    assert event.reason == "no_lawful_contact (marketing by e-mail withdrawn)"
    assert not any(each.allowed for each in event.allowed_channels)


def test_not_even_to_the_owner_of_its_account() -> None:
    desk = Desk(now=NOW)
    account = Account(domain="somewhere.example", status="customer", owner="fay")
    assert desk.routed(scored_record(Wish(start=NOW, account=account, consent=WITHDRAWN))).outcome == "parked"


def test_withdrawing_marketing_alone_does_not_stop_the_answer_to_who_asked() -> None:
    desk = Desk(now=NOW)
    event = desk.routed(scored_record(Wish(start=NOW, consent=says("withdrawn", "marketing"))))
    assert (event.outcome, event.owner) == ("person", "ana")


def test_an_owner_keeps_the_lead_and_is_told_what_he_may_not_use_any_more() -> None:
    desk, lead = Desk(now=NOW), Wish(start=NOW)
    desk.routed(scored_record(lead))
    event = desk.routed(scored_record(replace(lead, consent=WITHDRAWN), 2), NOW + MINUTE)
    assert (event.owner, event.assignment, event.reason) == ("ana", 1, "owner kept, no turn")
    assert not any(each.allowed for each in event.allowed_channels)


@pytest.mark.parametrize("way", ["decline", "lapse", "release"])
def test_if_the_owner_lets_it_go_nobody_else_gets_it(way: str) -> None:
    desk, lead = Desk(now=NOW), Wish(start=NOW)
    desk.routed(scored_record(lead))
    desk.routed(scored_record(replace(lead, consent=WITHDRAWN), 2), NOW + MINUTE)
    desk.now += MINUTE
    given = {
        "decline": act_record(lead.id, "assignment.declined", desk.now, "ana", reason="overloaded"),
        "lapse": lapse_record(lead.id, 1, "ana", desk.now),
        "release": act_record(lead.id, "assignment.released", desk.now, "ana", reason="vacation"),
    }
    event = desk.routed(given[way])
    assert (event.outcome, event.owner, desk.members["ana"].open) == ("parked", None, 0)
    for kind, more in (("claimed", {}), ("reassigned", {"member": "ben"})):
        desk.now += MINUTE
        desk.one(act_record(lead.id, f"assignment.{kind}", desk.now, "ben", **more))
        assert desk.outcomes[-1].reason in ("not_assignable", "not_waiting")


@pytest.mark.parametrize("stage", ["MQL", "opportunity"])
def test_nobody_who_withdrew_in_nurture_goes_back_to_who_had_it(stage: str) -> None:
    desk, lead = Desk(now=NOW), Wish(start=NOW)
    desk.routed(scored_record(lead))
    desk.routed(stage_record(lead.id, "nurture", NOW + MINUTE, reason="not_ready"), NOW + MINUTE)
    desk.one(scored_record(replace(lead, consent=WITHDRAWN), 2), NOW + 2 * MINUTE)
    way = "command" if stage == "MQL" else "deal"
    desk.one(stage_record(lead.id, stage, NOW + 3 * MINUTE, way=way), NOW + 3 * MINUTE)
    standing = desk.states[lead.id].body.standing
    assert (standing.had, standing.outcome, standing.owner) == ("ana", "parked", None)


def test_nor_by_a_hand_that_it_raises_later_without_saying_yes() -> None:
    desk, lead = Desk(now=NOW), Wish(start=NOW)
    desk.routed(scored_record(lead))
    desk.routed(stage_record(lead.id, "nurture", NOW + MINUTE, reason="not_ready"), NOW + MINUTE)
    demo = request_of(replace(lead, name="demo", start=NOW + 2 * MINUTE))
    asks = replace(lead, consent=WITHDRAWN, requests=(request_of(lead), demo))
    event = desk.routed(scored_record(asks, 2), NOW + 2 * MINUTE)
    assert (event.outcome, event.owner) == ("parked", None)


def test_consent_given_again_brings_it_to_a_person() -> None:
    desk, lead = Desk(now=NOW), Wish(start=NOW, consent=WITHDRAWN)
    desk.routed(scored_record(lead))
    granted = [replace_since(each) for each in says("granted", "respond")]
    event = desk.routed(scored_record(replace(lead, consent=granted), 2), NOW + MINUTE)
    assert (event.outcome, event.owner) == ("person", "ana")


def replace_since(record: ConsentRecord) -> ConsentRecord:
    return record.model_copy(update={"since": NOW + MINUTE})


def test_a_golden_lead_in_nurture_comes_back_when_its_score_crosses() -> None:
    """G9, 59.333 and in nurture, reaches 70 a week later."""
    below = wish_of("G9")
    desk = Desk(now=below.start + MINUTE)
    first = desk.routed(scored_record(below))
    assert (first.outcome, first.owner) == ("nurture", None)
    desk.now = at("2026-03-17T15:00:00Z")
    event = desk.routed(scored_record(replace(below, mql=True, total="71.000", fast_track=False), 2))
    assert (event.outcome, event.cause, event.assignment) == ("person", "scored", 1)
    assert event.owner in ("ana", "ben", "cleo") and event.counts_as_turn
    assert desk.members[event.owner].open == 1


def test_what_was_put_aside_is_an_open_lead_again_for_who_is_given_it() -> None:
    desk, lead = Desk(now=NOW), Wish(start=NOW)
    desk.routed(scored_record(lead))
    desk.one(stage_record(lead.id, "nurture", NOW + MINUTE), NOW + MINUTE)
    assert desk.members["ana"].open == 0
    given = act_record(lead.id, "assignment.reassigned", NOW + 2 * MINUTE, "mia", member="ben", reason="back_again")
    assert desk.routed(given, NOW + 2 * MINUTE).owner == "ben"
    assert desk.members["ben"].open == 1
    assert desk.states[lead.id].body.standing.stage == "MQL"


def test_falling_below_and_out_again_takes_no_lead_from_a_person() -> None:
    desk, lead = Desk(now=NOW), Wish(start=NOW)
    desk.routed(scored_record(lead))
    assert desk.one(scored_record(replace(lead, mql=False), 2)).outcome.reason == "unchanged"
