"""What nobody was to work on and a person wants worked on: vetoes that are reversed, deals of leads that nobody has."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from leadline_route.core.snapshot import SCORED
from leadline_schemas.codec import decode, encode
from leadline_schemas.enriched import Account
from leadline_schemas.routed import LeadRouted
from leadline_schemas.scored import Override, Veto
from leadline_schemas.topics import LEAD_SCORED
from tests.unit.route.leads import Desk, Wish, at, scored, scored_record, stage_record
from tests.unit.route.test_handover import GRANTED

NOW = at("2026-03-10T15:00:02Z")
EVENING = at("2026-03-10T23:00:00Z")  # 19:00 in New York: nobody is there until the morning
HOUR = timedelta(hours=1)
COMPETITOR = Veto(id="competitor", effect="disqualify", why="rivalware.example is a competitor")
STUDENT = Veto(id="student", effect="nurture_only", why="title")
EMPLOYEE = Veto(id="employee", effect="disqualify", why="one of ours")


def vetoed(*vetoes: Veto, **more: Any) -> tuple[Desk, Wish]:
    """A demo request of a competitor's."""
    desk, lead = Desk(now=NOW), Wish(vetoes=vetoes or (COMPETITOR,), consent=[GRANTED], **more)
    first = desk.routed(scored_record(lead))
    assert (first.outcome, first.rule, first.owner) == ("disqualified", "veto", None)
    return desk, lead


def reopened(desk: Desk, lead: Wish) -> LeadRouted:
    return desk.routed(stage_record(lead.id, "captured", desk.now + HOUR, by="mia"), desk.now + HOUR)


def test_one_command_reverses_a_veto_and_the_hand_that_was_raised_reaches_a_person() -> None:
    desk, lead = vetoed()
    event = reopened(desk, lead)
    assert (event.outcome, event.cause, event.rule) == ("person", "reopened", "r6_us_east")
    assert event.owner is not None and event.counts_as_turn
    kept = desk.one(scored_record(replace(lead, total="60.000"), 2), desk.now + HOUR)
    assert kept.outcome.reason == "unchanged", "the veto is in the next scorecard as well"


@pytest.mark.parametrize(
    ("lead", "outcome"),
    [
        ({"type": "content_download"}, "nurture"),
        ({"vetoes": (COMPETITOR, STUDENT)}, "nurture"),
        ({"vetoes": (COMPETITOR, EMPLOYEE)}, "person"),
    ],
    ids=["who did not raise a hand", "a student's hand", "two vetoes"],
)
def test_reopened_it_is_routed_by_all_else_that_is_known(lead: dict[str, Any], outcome: str) -> None:
    desk, wish = vetoed(*lead.pop("vetoes", ()), **lead)
    event = reopened(desk, wish)
    assert (event.outcome, event.cause) == (outcome, "reopened")
    desk.one(scored_record(replace(wish, total="60.000"), 2), desk.now + HOUR)
    assert desk.states[wish.id].body.standing.outcome == outcome, "and stays so"


@pytest.mark.parametrize(
    ("wish", "said", "outcome"), [("content_download", True, "person"), ("demo_request", False, "nurture")]
)
def test_what_a_person_set_it_to_be_holds_as_without_the_veto(wish: str, said: bool, outcome: str) -> None:
    desk, lead = vetoed(type=wish)
    setting = Override(
        target="mql", value=said, computed=False, author="mia", reason="seen", since=NOW, until=NOW + 9 * HOUR
    )
    event = scored(lead, 2)
    card = event.scorecard.model_copy(update={"overrides": (setting,)})
    raw = encode(LEAD_SCORED, event.model_copy(update={"scorecard": card}))
    desk.one(replace(scored_record(lead, 2), raw=raw, value=decode(SCORED, raw)), NOW)
    assert reopened(desk, lead).outcome == outcome


def test_a_veto_that_comes_later_counts() -> None:
    desk, lead = vetoed(type="content_download")
    assert reopened(desk, lead).outcome == "nurture"
    again = desk.routed(scored_record(replace(lead, vetoes=(COMPETITOR, EMPLOYEE)), 2), desk.now + HOUR)
    assert (again.outcome, again.reason) == ("disqualified", "employee")


def test_a_person_who_disqualifies_it_after_all_makes_the_veto_count_again() -> None:
    desk, lead = vetoed()
    assert reopened(desk, lead).outcome == "person"
    gone = desk.routed(stage_record(lead.id, "disqualified", desk.now + HOUR, reason="no_need"), desk.now + HOUR)
    assert gone.outcome == "disqualified" and desk.states[lead.id].body.standing.lifted == ()
    assert reopened(desk, lead).outcome == "person", "until somebody reopens it once more"


def test_what_the_lead_does_itself_reverses_no_veto() -> None:
    desk, lead = vetoed()
    record = stage_record(lead.id, "captured", NOW + HOUR, way="act")
    assert desk.one(record, NOW + HOUR).outcome.kind == "dropped"


def below(**more: Any) -> tuple[Desk, Wish]:
    """A download that is below the threshold: nobody has it."""
    desk, lead = Desk(now=NOW), Wish(type="content_download", mql=False, total="30.000", consent=[GRANTED], **more)
    assert desk.routed(scored_record(lead)).outcome == "nurture"
    return desk, lead


@pytest.mark.parametrize("stage", ["opportunity", "customer"])
def test_a_deal_of_a_lead_that_nobody_has_is_its_maker_s(stage: str) -> None:
    desk, lead = below()
    event = desk.routed(stage_record(lead.id, stage, NOW + HOUR, by="cleo", way="deal"), NOW + HOUR)
    assert (event.outcome, event.owner, event.cause, event.rule) == ("person", "cleo", "reopened", "deal")
    assert event.manager == "mia" and not event.counts_as_turn
    standing = desk.states[lead.id].body.standing
    assert standing.stage == stage and not standing.counted, "it is no lead that has to be answered"


def test_a_deal_that_a_crm_made_is_of_who_has_the_account_else_of_whose_turn_it_is() -> None:
    desk, lead = below(account=Account(domain="shop.example", owner="dev", status="named"))
    event = desk.routed(stage_record(lead.id, "opportunity", NOW + HOUR, by="crm", way="deal"), NOW + HOUR)
    assert event.owner == "dev"
    desk, lead = below()
    event = desk.routed(stage_record(lead.id, "opportunity", NOW + HOUR, by="crm", way="deal"), NOW + HOUR)
    assert event.outcome == "person" and event.pool == "us_east" and event.counts_as_turn


def held() -> tuple[Desk, Wish]:
    """A demo request of the evening: it is held for the pool until the morning."""
    desk, lead = Desk(), Wish(start=EVENING, consent=[GRANTED])
    assert desk.routed(scored_record(lead), EVENING).outcome == "held"
    return desk, lead


def test_a_deal_of_a_lead_that_waits_for_the_morning_is_its_maker_s_and_nobody_s_turn() -> None:
    desk, lead = held()
    before = desk.owed("us_east")
    event = desk.routed(stage_record(lead.id, "opportunity", EVENING + HOUR, by="cleo", way="deal"), EVENING + HOUR)
    assert (event.outcome, event.owner, event.rule, event.assignment) == ("person", "cleo", "deal", 1)
    assert desk.states[lead.id].timer_at is None and desk.pools["us_east"].held == 0
    assert desk.owed("us_east") == before


def test_a_deal_of_nobody_in_particular_leaves_it_waiting_where_it_was() -> None:
    desk, lead = held()
    rings = desk.states[lead.id].timer_at
    record = stage_record(lead.id, "opportunity", EVENING + HOUR, by="crm", way="deal")
    assert desk.one(record, EVENING + HOUR).outcome.reason == "kept"
    assert desk.states[lead.id].timer_at == rings and desk.pools["us_east"].held == 1


def test_a_deal_in_the_past_gives_the_lead_to_nobody() -> None:
    desk, lead = below()
    record = stage_record(lead.id, "opportunity", NOW + HOUR, by="cleo", way="deal")
    past = replace(record, value=record.value.model_copy(update={"historical": True}))
    assert desk.one(past, NOW + HOUR).outcome.kind == "dropped"


def test_a_lead_that_somebody_has_stays_his_whoever_made_the_deal() -> None:
    desk = Desk(now=NOW)
    lead = Wish(consent=[GRANTED])
    assert desk.routed(scored_record(lead)).owner == "ana"
    record = stage_record(lead.id, "opportunity", NOW + HOUR, by="cleo", way="deal")
    assert desk.one(record, NOW + HOUR).outcome.reason == "kept"
    assert desk.states[lead.id].body.standing.owner == "ana"
