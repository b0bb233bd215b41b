"""The stages of a lead are a function of the set of what happened: neither order nor repetition changes them."""

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_schemas.activity import Activity
from tests.support.sla_story import DAY, MINUTE, Story, act, captured, routed
from tests.unit.sla_monitor.test_stages import DEMO, ROUTED, START

EXAMPLES = int(os.environ.get("LEADLINE_SLA_EXAMPLES", "60"))
laws = settings(max_examples=EXAMPLES, deadline=None)
STAGES = ("captured", "MQL", "SAL", "SQL", "opportunity", "customer", "nurture", "disqualified", "archived")
KINDS = (
    "stage.changed",
    "stage.changed",
    "email.sent",
    "deal.created",
    "deal.lost",
    "page.viewed",
    "assignment.accepted",
)
REASONS = (None, "not_ready", "wrong_fit", "bad_timing", "other", "because")
minutes = st.integers(-30, 600)


@st.composite
def acts(draw: st.DrawFn) -> Activity:
    """A command, a touch, a deal or an act of the lead."""
    number, at = draw(st.integers(0, 10**9)), START + draw(minutes) * MINUTE
    kind = draw(st.sampled_from(KINDS))
    by = None if kind == "page.viewed" else draw(st.sampled_from(("ana", "ben")))
    more: dict[str, object] = {"reason": draw(st.sampled_from(REASONS))}
    if kind == "stage.changed":
        more["stage"] = draw(st.sampled_from(STAGES))
        more["confirmed"] = draw(st.sets(st.sampled_from(("budget", "authority", "need", "timeline"))).map(sorted))
    if kind == "assignment.accepted":
        more["member"] = by
    return act(f"{number} {kind}", kind, at, by, **more)


scripts = st.lists(acts(), max_size=8, unique_by=lambda each: each.id)


def read(events: list[Activity]) -> Story:
    """All at once, late; routing stands where it was read."""
    story = Story(START + DAY)
    story.reads(captured(START, DEMO))
    story.reads(routed(ROUTED, DEMO))
    for each in events:
        story.reads(each)
    return story


def standing(story: Story) -> object:
    """Where the lead is, and what was said last of each transition."""
    last = {(e.activity or (e.way, e.occurred_at)): (e.to, e.kind in {"applied"}) for e in story.stages}
    return (story.stages[-1].stage, story.stages[-1].since, {each: said for each, said in last.items() if said[1]})


@laws
@given(scripts, st.data())
def test_neither_order_nor_repetition_changes_where_a_lead_is(script: list[Activity], data: st.DataObject) -> None:
    straight = read(sorted(script, key=lambda each: (each.occurred_at, each.id)))
    shuffled = data.draw(st.permutations(script))
    other = read([*shuffled, *data.draw(st.lists(st.sampled_from(script), max_size=4) if script else st.just([]))])
    assert standing(straight) == standing(other)


@laws
@given(scripts)
def test_each_word_is_told_once_and_what_is_reverted_was_applied(script: list[Activity]) -> None:
    story = read(script)
    ids = [each.stage_id for each in story.stages]
    assert len(set(ids)) == len(ids)
    applied: set[object] = set()
    for each in story.stages:
        if each.kind == "applied":
            applied.add(each.stage_id)
        if each.kind == "reverted":
            assert each.supersedes in applied
    before = len(story.stages)
    for repeated in script:
        story.reads(repeated)
    assert len(story.stages) == before, "a repeat says nothing"


@laws
@given(scripts, st.integers(0, 200))
def test_a_clock_of_a_stage_is_never_early_and_breaks_once(script: list[Activity], days: int) -> None:
    story = Story(START)
    story.reads(captured(START, DEMO))
    story.reads(routed(ROUTED, DEMO), ROUTED)
    for each in sorted(script, key=lambda one: (one.received_at, one.id)):
        story.reads(each, max(each.received_at, story.now))
    story.until(START + days * DAY)
    broken = [each for each in story.stage_clocks if each.kind == "breached"]
    assert all(each.detected_at >= each.due_at for each in broken)
    assert len({(each.cycle, each.target) for each in broken}) == len(broken)
    stale = [each for each in story.stages if each.kind == "stale" or each.way == "stale"]
    assert all(each.detected_at >= each.occurred_at for each in stale)
