"""The laws of judging again (hypothesis): whatever comes when, new rules say one thing once, and say it to nobody."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_runtime.rules import LoadedRules
from leadline_schemas.enriched import Effective
from leadline_schemas.lead import Lead
from leadline_schemas.scored import LeadScored
from leadline_score.core.rulebook import ScoreRules
from tests.unit.score.builders import Desk, act, asked, at, loaded, preset, scored, snapshot
from tests.unit.score.test_laws import histories

START = at("01-05T05:00:00")
GOOD = Effective(country="US", employees=200, industry="retail", domain_class="corporate")
RULES: dict[str, Callable[[], LoadedRules[ScoreRules]]] = {
    "standard": loaded,
    "eager": lambda: preset("eager"),
    "strict": lambda: preset("strict"),
}
steps = st.lists(st.sampled_from(["act", "act", "act", "pass", "pass", "alarm", *RULES]), max_size=16)


def begun(rules: str = "standard") -> Desk:
    desk = Desk()
    desk.rules = RULES[rules]()
    first = act("download", "content.downloaded", START, request_type="content_download")
    desk.snapshot(snapshot(START, Lead(), GOOD, [first], requests=(asked("download", "content_download", START),)))
    return desk


def told(desk: Desk) -> list[LeadScored]:
    return [event for decision in desk.decisions for event in scored(decision)]


def says(event: LeadScored) -> dict[str, Any]:
    return event.scorecard.model_dump(exclude={"as_of", "explanation"})


def lives(acts: list[Any], ways: list[str]) -> tuple[Desk, int]:
    """A lead acts, its alarm rings, rules are published and the pass comes by, in this order; how often they were."""
    desk, waiting, published = begun(), list(acts), 0
    for way in ways:
        if way == "act" and waiting:
            desk.act(waiting.pop(0))
        elif way == "pass":
            desk.rejudge()
        elif way == "alarm" and desk.state is not None and desk.state.timer_at is not None:
            desk.alarm()
        elif way in RULES:
            desk.rules = RULES[way]()
            published += 1
    desk.rejudge()
    return desk, published


@settings(max_examples=30)
@given(histories(6), steps)
def test_a_publish_is_told_at_most_once_and_opens_no_request(acts: list[Any], ways: list[str]) -> None:
    desk, published = lives(sorted(acts, key=lambda each: each.received_at), ways)
    events = told(desk)
    changes = [event for event in events if event.cause == "rules_change"]
    assert len(changes) <= published
    before = {event.revision: event for event in events}
    for event in changes:
        assert event.requests == before[event.revision - 1].requests
        newly = event.scorecard.mql and not before[event.revision - 1].scorecard.mql
        assert newly <= (event.review is not None), "who newly qualifies is on the list"
    assert [event.revision for event in events] == list(range(1, len(events) + 1))
    assert desk.rejudge().events == (), "a pass after the pass finds nothing to say"


@settings(max_examples=30)
@given(histories(6), steps)
def test_who_is_judged_again_stands_as_if_the_rules_had_always_been_these(acts: list[Any], ways: list[str]) -> None:
    ordered = sorted(acts, key=lambda each: each.received_at)
    ways = [way for way in ways if way != "alarm"]  # each rules' own alarms ring at times of their own
    desk, _ = lives(ordered, ways)
    other = begun(next((way for way in reversed(ways) if way in RULES), "standard"))
    for each in ordered[: ways.count("act")]:
        other.act(each)
    assert says(told(desk)[-1]) == says(told(other)[-1])


@settings(max_examples=30)
@given(histories(6), steps)
def test_nobody_is_called_to_a_lead_that_waits_for_a_persons_word(acts: list[Any], ways: list[str]) -> None:
    events = told(lives(sorted(acts, key=lambda each: each.received_at), ways)[0])
    for before, event in pairwise(events):
        if event.review is not None:
            assert event.requests == before.requests
        if before.review is not None and event.review is None:
            assert event.cause == "act" or not event.scorecard.mql
