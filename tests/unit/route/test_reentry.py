"""What was put aside comes back with a hand raise at once, by its score late and for new reasons (B6.3, B6.7)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from leadline_route.core.snapshot import SCORED
from leadline_route.reentry import new_points
from leadline_schemas.codec import decode, encode
from leadline_schemas.routed import LeadRouted
from leadline_schemas.scored import Contribution, LeadScored
from leadline_schemas.topics import LEAD_SCORED
from tests.unit.route.leads import Desk, Wish, at, request_of, scored, scored_record, stage_record
from tests.unit.route.test_handover import GRANTED

REJECTED = at("2026-03-16T15:00:00Z")
DAY = timedelta(days=1)
# The example of the rules: a click and three looks at the prices after the rejection.
CLICK = ("intent.email.click", at("2026-03-20T15:00:00Z"), 5)
PRICES = [("intent.evaluation.pricing_page", at(f"2026-{day}T11:00:00Z"), 10) for day in ("03-31", "04-01")]
BEFORE = ("intent.hand_raise.demo_request", at("2026-03-10T15:00:00Z"), 30)


def gave(*contributions: tuple[str, datetime, int]) -> tuple[Contribution, ...]:
    return tuple(
        Contribution(rule=rule, group=rule.rsplit(".", 1)[0], event=None, at=moment, raw=raw, decayed=str(raw),
                     after_rule=str(raw), after_group=str(raw), counted=str(raw), why="it happened")
        for rule, moment, raw in contributions
    )  # fmt: skip


def rejected(reason: str = "not_ready", stage: str = "nurture", **more: Any) -> tuple[Desk, Wish]:
    """A download that made an MQL of ana's, which she rejected."""
    desk = Desk(now=at("2026-03-10T15:00:02Z"))
    lead = Wish(type="content_download", mql=True, total="85.000", consent=[GRANTED], **more)
    assert desk.routed(scored_record(lead)).owner == "ana"
    event = desk.routed(stage_record(lead.id, stage, REJECTED, reason=reason), REJECTED)
    assert (event.outcome, event.owner, event.released) == (stage, None, "ana")
    assert desk.members["ana"].open == 0
    return desk, lead


def judged(wish: Wish, revision: int, as_of: datetime, *given: tuple[str, datetime, int]) -> LeadScored:
    """A scorecard to whose intent these acts gave something."""
    event = scored(wish, revision)
    intent = event.scorecard.intent.model_copy(update={"contributions": gave(*given)})
    card = event.scorecard.model_copy(update={"as_of": as_of, "intent": intent})
    return event.model_copy(update={"scorecard": card})


def asking(lead: Wish, start: datetime) -> Wish:
    """The lead, which asks for a demo besides."""
    demo = request_of(replace(lead, name="demo", type="demo_request", start=start))
    return replace(lead, requests=(request_of(lead), demo))


def again(
    desk: Desk, lead: Wish, revision: int, moment: datetime, *given: tuple[str, datetime, int]
) -> LeadRouted | None:
    """A new scorecard, and what routing tells of it."""
    record = scored_record(lead, revision)
    raw = encode(LEAD_SCORED, judged(lead, revision, moment, BEFORE, *given))
    told = len(desk.events)
    desk.one(replace(record, raw=raw, value=decode(SCORED, raw)), moment)
    return desk.events[-1] if len(desk.events) > told else None


def test_the_example_of_the_rules() -> None:
    desk, lead = rejected()
    assert again(desk, lead, 2, CLICK[1], CLICK) is None, "a click is 5 points, and four days are not 14"
    assert again(desk, lead, 3, PRICES[0][1], CLICK, PRICES[0]) is None, "15 new"
    back = again(desk, lead, 4, PRICES[1][1], CLICK, *PRICES)
    assert back is not None and (back.outcome, back.owner, back.rule) == ("person", "ana", "reentry")
    assert not back.counts_as_turn and desk.states[lead.id].body.standing.stage == "MQL"
    assert desk.members["ana"].open == 1


@pytest.mark.parametrize(
    ("days", "total", "points", "returns"),
    [(14, "70.000", 20, True), (13, "90.000", 60, False), (30, "69.999", 60, False), (30, "90.000", 19, False)],
)
def test_each_of_the_three_is_needed(days: int, total: str, points: int, returns: bool) -> None:
    desk, lead = rejected()
    moment = REJECTED + days * DAY
    told = again(desk, replace(lead, total=total), 2, moment, ("intent.web.visit", REJECTED + DAY, points))
    assert (told is not None and told.outcome == "person") == returns


def test_a_hand_raise_comes_back_at_once_and_to_who_had_it() -> None:
    desk, lead = rejected()
    hour = REJECTED + timedelta(hours=1)
    asks = asking(lead, hour)
    event = again(desk, asks, 2, hour)
    assert event is not None and (event.outcome, event.owner) == ("person", "ana")
    assert "had it before" in str(event.reason)


@pytest.mark.parametrize("reason", ["wrong_person", "wrong_territory"])
def test_not_to_who_had_it_if_it_was_not_for_him(reason: str) -> None:
    desk, lead = rejected(reason)
    hour = REJECTED + timedelta(hours=1)
    asks = asking(lead, hour)
    event = again(desk, asks, 2, hour)
    assert event is not None and event.outcome == "person" and event.rule != "reentry"


@pytest.mark.parametrize(
    ("reason", "returns"),
    [("unresponsive", True), ("no_budget", True), ("bad_timing", True), ("wrong_fit", True),
     ("competitor", False), ("spam", False), ("do_not_contact", False)],
)  # fmt: skip
def test_disqualified_a_hand_raise_reopens_it_or_a_person_decides(reason: str, returns: bool) -> None:
    desk, lead = rejected(reason, "disqualified")
    hour = REJECTED + timedelta(hours=1)
    asks = asking(lead, hour)
    event = again(desk, asks, 2, hour)
    assert event is not None
    if returns:
        assert (event.outcome, event.owner) == ("person", "ana")
    else:
        assert event.outcome == "disqualified" and "a person decides" in str(event.reason)
        reopened = desk.routed(stage_record(lead.id, "captured", hour + DAY, by="mia"), hour + DAY)
        assert (reopened.outcome, reopened.cause) == ("person", "reopened")


def test_disqualified_no_score_brings_it_back() -> None:
    desk, lead = rejected("wrong_fit", "disqualified")
    moment = REJECTED + 60 * DAY
    told = again(desk, lead, 2, moment, ("intent.web.visit", REJECTED + DAY, 60))
    assert told is None or told.outcome == "disqualified"


def test_what_turned_out_not_to_be_put_aside_goes_back_to_who_had_it() -> None:
    desk, lead = rejected()
    event = desk.routed(stage_record(lead.id, "SAL", REJECTED + timedelta(hours=1), kind="reverted"), REJECTED + DAY)
    assert (event.owner, event.cause) == ("ana", "reopened")


def test_a_wrong_territory_gives_the_turn_back() -> None:
    desk = Desk(now=at("2026-03-16T15:00:00Z"))
    lead = Wish(start=desk.now, consent=[GRANTED])
    before = desk.owed("us_east")
    desk.routed(scored_record(lead))
    event = desk.routed(stage_record(lead.id, "nurture", desk.now + DAY, reason="wrong_territory"), desk.now + DAY)
    assert event.turn_returned is not None and desk.owed("us_east") == before


def test_only_points_of_intent_by_later_acts_are_new() -> None:
    more = (CLICK, ("intent.penalty.careers", REJECTED + DAY, -15))
    raw = encode(LEAD_SCORED, judged(Wish(), 1, REJECTED + 2 * DAY, BEFORE, *more))
    assert new_points(raw, REJECTED) == 5


def test_who_came_back_by_the_score_and_waits_for_the_morning_does_not_fall_back_in_the_night() -> None:
    desk, lead = rejected("wrong_person")
    night = at("2026-04-02T04:00:00Z")
    held = again(desk, lead, 2, night, CLICK, *PRICES)
    assert held is not None and held.outcome == "held"
    less = again(desk, replace(lead, total="69.500"), 3, night + timedelta(hours=1), CLICK, *PRICES)
    assert less is None or less.outcome == "held"


def test_a_person_makes_an_mql_of_a_lead_that_was_below_the_threshold() -> None:
    desk = Desk(now=at("2026-03-10T15:00:02Z"))
    lead = Wish(type="content_download", mql=False, total="30.000", consent=[GRANTED])
    assert desk.routed(scored_record(lead)).outcome == "nurture"
    record = stage_record(lead.id, "MQL", REJECTED, by="mia")
    past = record.value.model_copy(update={"historical": True, "revision": 1})
    assert desk.one(replace(record, value=past), REJECTED).outcome.kind == "dropped", "history routes nobody"
    given = desk.routed(record, REJECTED)
    assert (given.outcome, given.cause) == ("person", "reopened") and given.owner is not None


def test_a_person_who_brings_it_back_gives_it_to_another_if_it_was_not_for_who_had_it() -> None:
    desk, lead = rejected("wrong_person")
    event = desk.routed(stage_record(lead.id, "MQL", REJECTED + DAY, by="mia"), REJECTED + DAY)
    assert event.outcome == "person" and event.counts_as_turn


def test_a_reject_that_is_read_after_the_next_hand_raise_puts_nobody_aside_for_long() -> None:
    desk = Desk(now=at("2026-03-10T15:00:02Z"))
    lead = Wish(type="content_download", mql=True, total="85.000", consent=[GRANTED])
    assert desk.routed(scored_record(lead)).owner == "ana"
    asked_at = REJECTED + timedelta(hours=1)
    again(desk, asking(lead, asked_at), 2, asked_at)  # she still has it: nothing moves
    late = asked_at + timedelta(hours=1)
    aside = desk.routed(stage_record(lead.id, "nurture", REJECTED, reason="not_ready"), late)
    assert (aside.outcome, aside.released) == ("nurture", "ana")
    back = desk.routed(desk.timer(lead.id))
    assert (back.outcome, back.owner, back.rule, desk.now - late) == ("person", "ana", "reentry", timedelta.resolution)
    assert desk.states[lead.id].timer_at is None


def test_who_was_put_aside_and_did_not_ask_again_is_not_looked_at() -> None:
    desk, lead = rejected()
    assert desk.states[lead.id].timer_at is None


def test_a_disqualification_that_turns_out_to_have_been_none_leaves_the_lead_in_nurture() -> None:
    desk, lead = rejected()
    assert desk.routed(stage_record(lead.id, "disqualified", REJECTED + DAY, reason="spam")).outcome == "disqualified"
    late = stage_record(lead.id, "nurture", REJECTED + 2 * DAY, kind="reverted", reason="not_ready")
    back = desk.routed(late, REJECTED + 2 * DAY)
    assert (back.outcome, back.owner) == ("nurture", None)
