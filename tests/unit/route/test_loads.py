"""When a lead is among its owner's open ones; and that no lead goes round for ever (rules B4.2, B4.8)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.route.leads import Desk, Wish, act_record, lapse_record, scored_record, stage_record
from tests.unit.route.test_ladder import MORNING, QUARTER, WISH, assigned


def test_an_sql_is_no_longer_among_the_open_leads_and_is_not_reassigned() -> None:
    desk, first = assigned()
    desk.one(stage_record(first.lead_id, "SQL", desk.now + timedelta(minutes=1)))
    assert desk.members["ana"].open == 0
    assert desk.one(lapse_record(first.lead_id, 1, "ana", desk.now + QUARTER)).outcome.reason == "unchanged"
    desk.one(stage_record(first.lead_id, "SAL", desk.now + timedelta(minutes=2)))
    assert desk.members["ana"].open == 1
    late = stage_record(first.lead_id, "nurture", desk.now + timedelta(seconds=30))
    assert desk.one(late).outcome.reason == "stale_command", "told late, but said before"


@pytest.mark.parametrize("stage", ["opportunity", "customer"])
def test_a_deal_takes_the_lead_from_the_open_ones_and_reopening_brings_it_back(stage: str) -> None:
    desk, first = assigned()
    desk.one(stage_record(first.lead_id, stage, desk.now + timedelta(minutes=1), way="deal"))
    assert (desk.members["ana"].open, desk.states[first.lead_id].body.standing.stage) == (0, stage)
    desk.one(stage_record(first.lead_id, "MQL", desk.now + timedelta(minutes=2)))
    assert desk.members["ana"].open == 1


def test_the_load_goes_down_when_a_lead_is_disqualified_and_up_again_when_it_is_reopened() -> None:
    desk, first = assigned()
    for minute, (stage, load) in enumerate((("disqualified", 0), ("MQL", 1), ("nurture", 0), ("SAL", 1)), 1):
        desk.one(stage_record(first.lead_id, stage, desk.now + timedelta(minutes=minute)))
        assert desk.members["ana"].open == load


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(("lapse", "decline", "release")), min_size=30, max_size=30),
    st.sampled_from((WISH, replace(WISH, employees=5000), replace(WISH, country=None, state=None))),
    st.sampled_from((MORNING, MORNING + timedelta(hours=8))),
)
def test_however_it_is_declined_or_let_lapse_it_ends_at_the_manager(
    moves: list[str], lead: Wish, began: datetime
) -> None:
    desk = Desk(now=began)
    desk.routed(scored_record(lead))
    had: list[str] = []
    for move in moves:
        standing = desk.states[lead.id].body.standing
        if standing.outcome == "held":
            desk.one(desk.timer(lead.id))
            continue
        if standing.outcome == "queue" or standing.owner in desk.book.team.managers:
            break
        owner = standing.owner or ""
        assert owner not in had, "nobody is offered it twice"
        had.append(owner)
        desk.now += timedelta(minutes=1)
        if move == "lapse":
            desk.one(lapse_record(lead.id, standing.assignment, owner, desk.now))
        elif move == "decline":
            desk.one(act_record(lead.id, "assignment.declined", desk.now, owner, reason="overloaded"))
        else:
            desk.one(act_record(lead.id, "assignment.released", desk.now, owner, reason="workload"))
    else:
        raise AssertionError("it goes round and round")
    assert len(had) <= len(desk.book.team.members)
