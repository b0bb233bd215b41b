"""The words of a scorecard: every point has a reason, and the line adds up."""

from datetime import timedelta
from typing import Any

import pytest

from leadline_schemas.activity import Activity
from leadline_schemas.scored import Scorecard
from leadline_score.core.exact import microseconds
from leadline_score.core.scorecard import Evidence, judge
from tests.support.golden import golden_lead
from tests.unit.score.builders import Desk, act, asked, at, loaded
from tests.unit.score.golden import golden_snapshot

NOON = at("03-12T16:00:00")


def card(known: dict[str, Any], *acts: Activity, requests: tuple[Any, ...] = ()) -> Scorecard:
    evidence = Evidence(known, acts, requests, fits=((0, 0),))
    return judge(evidence, loaded().rules, microseconds(NOON)).card


def view(day: int, hour: int = 14, tag: str | None = "pricing") -> Activity:
    return act(f"{tag} {day} {hour}", "page.viewed", at(f"03-{day:02}T{hour:02}:00:00"), tag=tag)


@pytest.mark.parametrize(
    ("lead", "name", "line"),
    [
        ("G2", "g2-1", "100 = VP Operations 15 + 400 employees 20 + target industry 25 + budget stated 5 + "
                       "within 3 months 5 + demo request 30 + pricing page on 2 days this week 20 (of 40, capped) + "
                       "integration guide 10, 130 capped at 100"),
        ("G3", "g3-1", "30 = free mail provider -5 + demo request 30, fit not below 0; industry unknown, worth up to "
                       "25, employees unknown, worth up to 20, title unknown, worth up to 15"),
        ("G9", "g9-6", "59 (59.333) = Operations Analyst 3 + 30 employees 10 + target industry 25 + download 5 + "
                       "webinar attended 10 + webinar registration 3 + e-mail click 3.333 (a second click on Sun 1 Mar "
                       "not counted); 10.667 below MQL"),
        ("G10", "g10-1", "60 = CFO 15 + 600 employees 20 + target industry 25"),
    ],
)  # fmt: skip
def test_the_line_adds_up_in_plain_words(lead: str, name: str, line: str) -> None:
    known = golden_snapshot(lead, name)
    if lead == "G2":  # the guide has a name; the file gives none
        acts = [
            each.model_copy(update={"name": "integration-guide"}) if each.kind == "content.downloaded" else each
            for each in known.captured.acts
        ]
        known = known.model_copy(update={"captured": known.captured.model_copy(update={"acts": tuple(acts)})})
    desk = Desk()
    desk.snapshot(known)
    assert desk.last.scorecard.explanation == line


def test_every_contribution_says_what_it_was_when_and_what_became_of_its_points() -> None:
    desk = Desk()
    desk.snapshot(golden_snapshot("G2", "g2-1"))
    assert [each.why for each in desk.last.scorecard.intent.contributions] == [
        "demo request on Tue 10 Mar",
        "pricing page on Thu 5 Mar; counts 0: pricing page is capped at 30",
        "pricing page on Fri 6 Mar; counts 0: intent is capped at 60",
        "pricing page on Mon 9 Mar",
        "pricing page on Tue 10 Mar",
        "download on Mon 9 Mar",
    ]


def test_a_group_cap_a_fading_and_a_penalty_floor_are_said() -> None:
    old = act("old", "content.downloaded", NOON - timedelta(days=37))
    news = [act(f"new {day}", "webinar.attended", at(f"03-{day:02}T15:00:00")) for day in (10, 11)]
    found = card({}, old, *news)
    assert [each.why for each in found.intent.contributions] == [
        "download on Tue 3 Feb; faded from 10 to 5; counts 0: content is capped at 20",
        "webinar attended on Tue 10 Mar",
        "webinar attended on Wed 11 Mar",
    ]
    bad = [
        act("u", "consent.withdrawn", NOON - timedelta(hours=3), purpose="marketing"),
        act("b", "email.bounced", NOON - timedelta(hours=2)),
        view(12, 15, "careers"),
    ]
    worse = card({}, *bad)
    assert [each.why for each in worse.intent.contributions] == [
        "unsubscribed on Thu 12 Mar",
        "hard bounce on Thu 12 Mar; counts -5: penalties take 40 at most",
        "careers page on Thu 12 Mar",
    ]
    assert worse.explanation.startswith("0 = unsubscribed -20 + hard bounce -5 (of -10, capped) + careers page -15")
    assert ", intent not below 0" in worse.explanation


def test_what_a_day_is_is_said_in_the_company_s_zone() -> None:
    late = act("late", "content.downloaded", at("03-11T03:30:00"))  # Tuesday 23:30 in New York
    assert card({}, late).intent.contributions[0].why == "download on Tue 10 Mar"


def test_several_views_of_one_day_are_counted_in_the_line() -> None:
    line = card({}, view(12, 10), view(12, 11), view(12, 12)).explanation
    assert line.startswith("10 = pricing page 10 (2 more views not counted)")


def test_what_nothing_is_left_of_is_told_as_such() -> None:
    gone = act("gone", "email.clicked", NOON - timedelta(days=31))
    found = card({}, gone)
    assert [each.why for each in found.intent.not_counted] == ["so long ago that nothing is left of it"]
    assert found.intent.contributions == ()
    assert found.explanation.startswith("0: nothing known yet that counts")


def test_the_missing_minimum_is_named() -> None:
    ideal = {"title": "CEO", "employees": 200, "industry": "logistics", "budget": "1", "timeline_months": 1}
    found = card(ideal, act("click", "email.clicked", NOON))
    assert (found.display, found.mql) == (75, False)
    assert found.explanation.endswith("; intent 5 of the 10 that an MQL needs")


def test_gaps_are_what_is_unknown_not_what_is_a_misfit() -> None:
    misfit = card({"title": "Clerk", "employees": 3, "industry": "mining", "timeline_months": 12, "country": "BR"})
    unknown = card({})
    assert [(gap.fact, gap.worth_up_to) for gap in misfit.gaps] == [("budget", 5)]
    assert [(gap.fact, gap.worth_up_to) for gap in unknown.gaps] == [
        ("title", 15), ("employees", 20), ("industry", 25), ("budget", 5), ("timeline", 5),
    ]  # fmt: skip
    assert (misfit.fit.known, unknown.fit.known) == ("-14.000", "0.000")
    assert misfit.fit.contributions[-1].why == "BR is not served"


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("VP, Operations", "decision_maker"), ("Co-Founder & CTO", "decision_maker"), ("Head of IT", "decision_maker"),
        ("Geschäftsführerin", "decision_maker"), ("Directrice commerciale", "decision_maker"),
        ("Growth Manager", "manager"), ("Product Owner", "manager"), ("Team Lead Logistics", "manager"),
        ("Assistant to the CEO", "practitioner"), ("Operations Analyst", "practitioner"),
        ("VPN engineer", "practitioner"), ("Student", None), ("Job seeker", None),
    ],
)  # fmt: skip
def test_titles(title: str, rule: str | None) -> None:
    found = [each.rule for each in card({"title": title}).fit.contributions if each.group == "role"]
    assert found == ([f"fit.role.{rule}"] if rule else [])


def test_a_hand_raise_waits_for_its_time_too() -> None:
    later = asked("demo", "demo_request", NOON + timedelta(minutes=2))
    assert not card({}, requests=(later,)).hand_raise
    evidence = Evidence({}, (), (later,))
    verdict = judge(evidence, loaded().rules, microseconds(NOON))
    assert verdict.pending == microseconds(later.start)


def test_only_the_lead_s_own_words_suggest_an_sql() -> None:
    expected = golden_lead("G2")["expect"]["score"]
    desk = Desk()
    desk.snapshot(golden_snapshot("G2", "g2-1"))
    assert desk.last.scorecard.sql_suggested is expected["sql_suggested"] is True
