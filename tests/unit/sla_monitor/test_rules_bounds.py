"""By rules that load every lead of any plausible date can be promised something, and what becomes of that be told."""

import copy
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from leadline_runtime.rules import LoadedRules, RulesError, read_yaml
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.rules import build
from tests.support.sla_pauses import pause
from tests.support.sla_story import DAY, HOUR, SECOND, Story, captured, request, routed, shipped_rules
from tests.unit.sla_monitor.test_laws import EXAMPLES
from tests.unit.sla_monitor.test_rules import CALENDARS, LIFECYCLE, SLA

Change = dict[tuple[Any, ...], Any]
RARELY = {"mon": ["09:00-09:30"]}  # 26 hours a year
LAST_DAY = datetime(2100, 12, 31, 23, 59, tzinfo=UTC)
NOBODY = {
    "name": "nobody", "type": "other", "outcome": "disqualified", "start": "2026-03-10T14:00:00Z", "policy": None
}  # fmt: skip


@cache
def shipped() -> dict[str, Any]:
    return {
        "sla.yaml": {**read_yaml("sla.yaml", SLA), "examples": [NOBODY]},
        "calendars.yaml": {**read_yaml("calendars.yaml", CALENDARS), "examples": []},
        "lifecycle.yaml": read_yaml("lifecycle.yaml", LIFECYCLE),
    }


def contents(changes: Change) -> dict[str, Any]:
    """The shipped files with something else at these places."""
    files = copy.deepcopy(shipped())
    for (*way, last), value in changes.items():
        place: Any = files
        for each in way:
            place = place[each]
        place[last] = value
    return files


def loaded(changes: Change) -> SlaRules:
    return build(contents(changes))


TARGET = ("sla.yaml", "policies", 9, "targets", "first_touch")  # of what is neither hot nor warm
US_EAST = ("calendars.yaml", "calendars", "us_east")


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        (
            {(*TARGET, "ladder"): [{"at": 10_000, "tell": ["manager"]}], (*TARGET, "within"): "4 d"},
            "sla.yaml: policies.9.targets.first_touch.ladder",
            "the step at 10000 % is reached 396 d after the due time: 366 d at most",
        ),
        (
            {(*US_EAST, "weekly"): RARELY, (*TARGET, "mode"): "working", (*TARGET, "within"): "12 d"},
            "sla.yaml: policies.9.targets.first_touch.within",
            "288 hours of open time are more than 10 years of calendar us_east, which is open ",
        ),
        (
            {(*US_EAST, "weekly"): RARELY, ("sla.yaml", "policies", 0, "reassign_after"): "300 h"},
            "sla.yaml: policies.0.reassign_after",
            "300 hours of open time are more than 10 years",
        ),
        (
            {(*US_EAST, "weekly"): RARELY, ("lifecycle.yaml", "clocks", "SAL"): {"within": "12 d", "mode": "working"}},
            "lifecycle.yaml: clocks.SAL.within",
            "288 hours of open time are more than 10 years",
        ),
        (
            {(*US_EAST, "weekly"): RARELY, (*US_EAST, "closed"): [f"2029-{m:02}-{d:02}" for m in range(1, 13)
             for d in range(1, 29)] + ["2029-01-29", "2029-10-29", "2029-04-30", "2029-07-30", "2029-12-31"]},
            "sla.yaml: policies.0.targets.first_email.within",
            "which is open 0 hours in 2029",
        ),
    ],
)  # fmt: skip
def test_what_no_calendar_has_time_for_is_told_with_its_place(changes: Change, place: str, said: str) -> None:
    with pytest.raises(RulesError) as told:
        loaded(changes)
    assert any(str(fault).startswith(place) and said in fault.problem for fault in told.value.faults), told.value


def test_an_example_of_a_calendar_that_could_never_be_due_is_told() -> None:
    example = {
        "name": "never", "calendar": "us_east", "start": "2026-03-10T14:00:00Z", "duration": "300 h",
        "due": "2026-03-10T14:00:00Z",
    }  # fmt: skip
    with pytest.raises(RulesError, match=r"calendars.yaml: examples.0 \(never\).duration: 300 hours of open time"):
        loaded({(*US_EAST, "weekly"): RARELY, ("calendars.yaml", "examples"): [example]})


LENGTHS = st.sampled_from([1, 2, 30, 90, 365, 366, 367, 3660, 9_999_999])
DURATIONS = st.builds(lambda number, unit: f"{number} {unit}", LENGTHS, st.sampled_from(["s", "min", "h", "d"]))
HOURS = st.sampled_from([["00:00-24:00"], ["09:00-18:00"], ["09:00-10:00"], ["23:59-24:00"]])
WEEKS = st.dictionaries(st.sampled_from(["mon-fri", "sat", "sun"]), HOURS, min_size=1)
MODES = st.sampled_from(["working", "wall", "wall_rolled"])
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def changed(draw: st.DrawFn) -> Change:
    """The shipped files with two or three numbers of somebody who knows no measure."""
    ladder = [{"at": 100, "tell": ["owner"]}, {"at": draw(st.integers(101, 10_000)), "tell": ["manager"]}]
    of_target: Change = {
        (*TARGET, "within"): draw(DURATIONS), (*TARGET, "mode"): draw(MODES), (*TARGET, "ladder"): ladder,
    }  # fmt: skip
    others: Change = {
        (*US_EAST, "weekly"): draw(WEEKS),
        ("sla.yaml", "policies", 9, "reassign_after"): draw(DURATIONS),
        ("sla.yaml", "pauses", "longest"): draw(st.integers(1, 30)),
        ("sla.yaml", "cycles", "pre_contacted"): draw(DURATIONS),
        ("sla.yaml", "grace"): draw(DURATIONS),
        ("lifecycle.yaml", "clocks", "MQL"): {"within": draw(DURATIONS), "mode": draw(MODES)},
        ("lifecycle.yaml", "stale", "unresponsive_after"): draw(DURATIONS),
        ("lifecycle.yaml", "stale", "archive_after"): draw(DURATIONS),
    }
    some = draw(st.lists(st.sampled_from(sorted(others, key=str)), unique=True, max_size=3))
    return {**of_target, **{place: others[place] for place in some}}


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changed(), TIMES, st.integers(1, 100))
def test_by_what_loads_every_lead_is_promised_something(changes: Change, start: datetime, paused: int) -> None:
    try:
        rules = loaded(changes)
    except RulesError:
        event("does not load")
        return
    event("loads")
    _lives_through_it(rules, start, paused)


def test_the_longest_that_may_be_promised_is_due_on_the_last_day_too() -> None:
    changes: Change = {
        (*TARGET, "within"): "366 d", (*TARGET, "mode"): "working",
        (*TARGET, "ladder"): [{"at": 200, "tell": ["owner"]}],
        (*US_EAST, "weekly"): {"mon-fri": ["09:00-13:00"]},
        ("sla.yaml", "policies", 9, "reassign_after"): "366 d", ("sla.yaml", "pauses", "longest"): 30,
        ("lifecycle.yaml", "stale", "unresponsive_after"): "3660 d",
        ("lifecycle.yaml", "stale", "archive_after"): "3660 d",
    }  # fmt: skip
    _lives_through_it(loaded(changes), LAST_DAY, 100)


def _lives_through_it(rules: SlaRules, start: datetime, paused: int) -> None:
    """Asked, routed, paused, and left alone for as long as anything can take: the story fails by any dead letter."""
    asked = request("r", "other", start)
    story = Story(start, rules=LoadedRules(rules, shipped_rules().ref))
    story.reads(captured(start, asked))
    story.reads(routed(start + SECOND, asked, temperature="cold"))
    story.reads(pause(start + SECOND, start + paused * HOUR))
    story.until(start + 30 * 366 * DAY)
    assert {"armed"} <= {each.kind for each in story.of("first_touch")}
