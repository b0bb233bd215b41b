"""The way of a lead through the stages: what moves it, what does not and why, and the clocks of the stages."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from leadline_schemas.activity import Activity
from leadline_schemas.stage import LeadStage
from leadline_sla_monitor.app import STEP
from leadline_sla_monitor.core.course import course
from leadline_sla_monitor.core.life import Life, Move, united_lives
from tests.support.golden import instant
from tests.support.sla_story import (
    DAY,
    HOUR,
    LEAD,
    MINUTE,
    SECOND,
    Story,
    act,
    captured,
    merged,
    named,
    request,
    routed,
    shipped_rules,
)

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
ROUTED = START + 2 * SECOND
DEMO = request("r", "demo_request", START)
QUALIFIED = ("budget", "need", "timeline")
OTHER = named("another lead")


def mql(**route: Any) -> Story:
    """An MQL of ana's."""
    story = Story(START)
    story.reads(captured(START, DEMO))
    story.reads(routed(ROUTED, DEMO, **route), ROUTED)
    return story


def to(stage: str, minute: int, by: str = "ana", **more: Any) -> Activity:
    """Somebody orders a stage."""
    return act(f"{stage} {minute}", "stage.changed", START + minute * MINUTE, by, stage=stage, **more)


def did(story: Story, *acts: Activity) -> Story:
    """Read one after the other, each when it happened."""
    for each in acts:
        story.reads(each, max(each.occurred_at, story.now))
    return story


def stage(story: Story) -> str:
    """Where the lead is by the newest word."""
    return story.stages[-1].stage


def clocks(story: Story) -> list[tuple[str, str]]:
    """What became of the clocks of stages."""
    return [(each.target, each.kind) for each in story.stage_clocks]


def told(story: Story) -> list[tuple[str, str | None, str | None]]:
    """What became of each transition: kind, stage wanted, why not."""
    return [(each.kind, each.to, each.why) for each in story.stages]


def test_what_routing_makes_of_a_lead_is_its_first_stage() -> None:
    for outcome, expected in (("person", "MQL"), ("held", "MQL"), ("queue", "MQL"), ("nurture", "nurture")):
        assert stage(mql(outcome=outcome)) == expected
    assert not mql(outcome="parked").stages, "it stays captured"
    vetoed = mql(outcome="disqualified", reason="competitor")
    assert (stage(vetoed), vetoed.stages[-1].stage_reason) == ("disqualified", "competitor")


def test_the_owners_first_touch_accepts_and_nobody_elses_does() -> None:
    story = did(mql(), act("c", "call.attempted", START + MINUTE, "zoe"))
    assert stage(story) == "MQL"
    did(story, act("d", "email.sent", START + 2 * MINUTE, "automation"))
    assert stage(story) == "MQL"
    did(story, act("e", "email.sent", START + 3 * MINUTE, "ana"))
    accepted = story.stages[-1]
    assert (accepted.stage, accepted.way, accepted.author, accepted.since) == (
        "SAL",
        "acting",
        "ana",
        START + 3 * MINUTE,
    )
    assert clocks(story) == [("MQL", "armed"), ("SAL", "armed"), ("MQL", "met")], "left; SAL has a week"


def test_an_earlier_touch_that_is_read_later_is_the_one_that_accepted() -> None:
    later, earlier = (act(f"m{n}", "email.sent", START + n * MINUTE, "ana") for n in (3, 1))
    story = did(mql(), later, earlier)
    assert told(story)[1:] == [("applied", "SAL", None), ("applied", "SAL", None), ("reverted", "SAL", "already")]
    assert story.stages[-1].since == START + MINUTE
    assert story.stages[-1].supersedes == story.stages[1].stage_id


def test_only_the_owner_accepts_by_command() -> None:
    other = act("a", "assignment.accepted", START + MINUTE, "ben", member="ben")
    own = act("b", "assignment.accepted", START + 2 * MINUTE, "ana", member="ana")
    story = did(mql(), other, own)
    assert told(story)[1:] == [("not_applied", "SAL", "not_the_owner"), ("applied", "SAL", None)]
    assert story.stages[1].told == ("ben",)


@pytest.mark.parametrize(
    ("reason", "note", "why"),
    [("not_ready", None, None), ("wrong_fit", None, None), (None, None, "reason_required"),
     ("because", None, "unknown_reason"), ("other", None, "note_required"), ("other", "he said so", None)],
)  # fmt: skip
def test_an_mql_is_rejected_for_a_reason_of_the_list(reason: str | None, note: str | None, why: str | None) -> None:
    story = did(mql(), to("nurture", 5, reason=reason, note=note))
    assert told(story)[-1] == ("applied" if why is None else "not_applied", "nurture", why)
    assert stage(story) == ("nurture" if why is None else "MQL")


def test_sql_needs_three_of_four_recorded_by_people_and_they_add_up() -> None:
    story = did(mql(), to("SAL", 1), to("SQL", 2, confirmed=("budget", "need")))
    assert told(story)[-1] == ("not_applied", "SQL", "not_qualified")
    did(story, to("SQL", 3, confirmed=("timeline",)))
    assert (stage(story), story.stages[-1].confirmed, story.stages[-1].status) == ("SQL", QUALIFIED, "qualified")


def test_what_is_illegal_is_not_applied_and_says_so_once() -> None:
    story = did(mql(), to("opportunity", 1), to("customer", 2))
    assert told(story)[1:] == [("not_applied", "opportunity", "illegal"), ("not_applied", "customer", "illegal")]
    assert story.reads(to("customer", 2)).kind == "duplicate"


def test_a_late_command_is_put_where_it_belongs_in_time() -> None:
    """SQL was refused; that the lead was accepted before is read later."""
    story = did(mql(), to("SQL", 10, confirmed=QUALIFIED))
    assert told(story)[-1] == ("not_applied", "SQL", "illegal")
    did(story, to("SAL", 5))
    assert told(story)[2:] == [("applied", "SAL", None), ("applied", "SQL", None)]
    assert {each.stage for each in story.stages[2:]} == {"SQL"}, "each word says where the lead is by all that is known"
    did(story, to("nurture", 3, reason="not_ready"))
    assert [(e.kind, e.to, e.why) for e in story.stages[4:]] == [
        ("applied", "nurture", None), ("reverted", "SAL", "illegal"), ("reverted", "SQL", "illegal"),
    ]  # fmt: skip
    assert stage(story) == "nurture"


def test_a_crms_own_names_are_no_stages_and_a_lead_orders_none() -> None:
    story = did(
        mql(),
        to("4", 1),
        to("nurture", 2, reason="not_ready").model_copy(update={"actor": act("x", "other", START).actor}),
    )
    assert len(story.stages) == 1


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("competitor_chosen", "disqualified"), ("no_budget", "nurture"), ("bad_timing", "nurture"), (None, "nurture")],
)
def test_a_deal_makes_an_opportunity_and_a_lost_one_goes_by_its_reason(reason: str | None, expected: str) -> None:
    story = did(mql(), act("d", "deal.created", START + HOUR, "ana"))
    assert (stage(story), story.stages[-1].status) == ("opportunity", "in_pipeline")
    did(story, act("l", "deal.lost", START + DAY, "ana", reason=reason))
    assert stage(story) == expected


def test_a_customer_stays_one_whatever_is_asked_or_routed() -> None:
    story = did(mql(), act("w", "deal.won", START + HOUR, "ana"))
    again = request("r2", "demo_request", START + DAY)
    story.reads(captured(again.start, DEMO, again, revision=2), again.start)
    story.reads(routed(again.start, DEMO, again, revision=2), again.start)
    assert stage(story) == "customer" and again.id in {e.cycle for e in story.told}, "a new cycle all the same"


def test_the_status_says_how_it_stands() -> None:
    story = did(mql(), act("c", "email.sent", START + MINUTE, "ana"))
    assert [each.status for each in story.stages] == ["new", "contacted"]
    did(
        story,
        act("r", "email.replied", START + HOUR),
        to("SQL", 90, confirmed=QUALIFIED),
        to("nurture", 95, reason="bad_timing"),
    )
    assert [each.status for each in story.stages[-2:]] == ["qualified", "nurture"]
    assert did(mql(), act("c", "call.connected", START + MINUTE, "ana")).stages[-1].status == "in_conversation"


def test_the_clock_of_an_mql_runs_a_day_into_working_time_and_its_breach_is_told_to_both() -> None:
    story = mql()
    story.until(START + 2 * DAY)
    armed, breached = story.stage_clocks
    assert (armed.target, armed.policy, armed.start, armed.due_at) == ("MQL", None, ROUTED, ROUTED + DAY)
    assert (breached.kind, breached.told, breached.provisional) == ("breached", ("ana", "mia"), False)
    assert breached.detected_at == breached.due_at
    did(story, act("c", "call.attempted", ROUTED + DAY, "ana"))
    assert clocks(story)[2:] == [("SAL", "armed"), ("MQL", "breach_retracted")], "at exactly the due time is in time"


def test_a_clock_of_a_stage_ends_with_the_lead() -> None:
    story = mql()
    at = START + HOUR
    story.reads(captured(at, DEMO, revision=2, outcome="tombstone", merged_into=merged()), at)
    assert (story.stage_clocks[-1].kind, story.stage_clocks[-1].reason) == ("cancelled", "merged")
    erased = mql()
    erased.reads(captured(at, revision=2, outcome="tombstone"), at)
    assert erased.stage_clocks[-1].reason == "erased" and not erased.state.body.life.moves


def test_a_second_time_in_a_stage_is_a_clock_of_its_own() -> None:
    story = did(mql(), to("nurture", 1, reason="not_ready"))
    story.reads(routed(START + HOUR, DEMO, revision=2, outcome="nurture", cause="stage"), START + HOUR)
    story.reads(routed(START + DAY, DEMO, revision=3, assignment=2), START + DAY)
    assert [(e.kind, e.cycle_number) for e in story.stage_clocks] == [("armed", 1), ("met", 1), ("armed", 2)]


def test_historical_leads_have_stages_and_no_clocks() -> None:
    story = Story(START)
    old = request("old", "demo_request", START - 60 * DAY, historical=True)
    story.reads(captured(START, old))
    story.reads(to("SAL", -80_000, historical=True))
    story.reads(to("MQL", -90_000, historical=True))
    assert stage(story) == "SAL" and not story.stage_clocks
    assert not any(each.told for each in story.stages) and story.stages[-1].historical


def test_the_oldest_moves_are_forgotten_and_where_they_led_is_not() -> None:
    story = did(mql(), to("SAL", 1))
    for number in range(60):
        did(story, to("customer", 10 + number))
    life = story.state.body.life
    assert len(life.moves) == 50 and life.past is not None and life.past.stage == "SAL"
    before = len(story.stages)
    did(story, to("nurture", 2, reason="bad_timing"), to("SAL", 1))
    assert len(story.stages) == before, "older than all that is kept: perhaps a repeat"
    assert did(story, to("SQL", 200, confirmed=QUALIFIED)).stages[-1].stage == "SQL"


def test_a_quiet_lead_takes_little() -> None:
    story = mql(outcome="nurture")
    body = story.state.body
    assert len(body.life.moves) == 1

    assert len(STEP.body.encode(body)) < 1500


def test_every_word_of_a_stage_says_whose_it_is() -> None:
    story = did(mql(), to("SAL", 1, by="mia"))
    event: LeadStage = story.stages[-1]
    assert (event.lead_id, event.owner, event.manager, event.author) == (LEAD, "ana", "mia", "mia")
    assert event.occurred_at == START + MINUTE and event.detected_at - event.occurred_at < timedelta(seconds=1)


def test_what_became_part_of_a_lead_brings_its_transitions_and_says_nothing_of_the_whole_by_its_routing() -> None:
    here = did(mql(), to("SAL", 1))
    theirs = (
        Move(named("their nurture"), START, "nurture", "routed", origin=OTHER, told="applied", turn=1),
        Move(named("their order"), START + HOUR, "nurture", "command", by="zoe", reason="bad_timing", origin=OTHER),
    )
    life = united_lives(here.state.body.life, Life(moves=theirs, acted=(START + HOUR,)))
    assert life.acted_at == START + HOUR and all(each.told == "" for each in life.moves[-2:])
    found = course(LEAD, life, here.state.body.acts, here.state.body.routings, shipped_rules().rules.lifecycle)
    assert [(each.stage, each.way) for each in found.entries] == [
        ("captured", None), ("MQL", "routed"), ("SAL", "command"), ("nurture", "command"),
    ]  # fmt: skip
    assert united_lives(life, Life(moves=theirs)).moves == life.moves


def test_a_lead_that_was_known_before_its_stages_were_kept_has_one_from_its_next_routing_on() -> None:
    story = mql()
    state = story.state
    old = replace(state.body, life=Life(), promises=tuple(p for p in state.body.promises if p.clock != "stage"))
    story.states[LEAD] = state.having(body=old)
    at = START + DAY
    story.reads(routed(at, DEMO, revision=2, temperature="warm", territory="us_west"), at)
    assert (stage(story), story.stages[-1].since) == ("MQL", at)
    assert clocks(story)[-1] == ("MQL", "armed")
