"""The course of a lead's score: what happened between two acts is seen though nobody looked then (rules B3.7)."""

from datetime import timedelta

import pytest

from leadline_score.core.exact import microseconds
from leadline_score.core.scorecard import Evidence, judge
from tests.unit.score.builders import act, at, loaded

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ASKED = at("03-02T15:00:00")
DEMO = act("demo", "form.submitted", ASKED, request_type="demo_request")  # 30: digit 1, until it falls below 25


@pytest.mark.parametrize(
    ("days", "grade"),
    [
        (14, "D1"),  # 25.5 are left: the click comes while the band holds
        (20, "D2"),  # 22.2 are left: the band was left on day 14.9, and 27.2 do not enter it again
        (50, "D3"),  # 11.1 are left, 16.1 with the click: digit 2 was left on day 34.2, and 20 would enter it
    ],
)
def test_a_band_that_was_left_between_two_acts_is_entered_only_at_its_enter_value(days: int, grade: str) -> None:
    click = act("click", "email.clicked", ASKED + days * DAY)
    card = judge(Evidence({}, [DEMO, click]), loaded().rules, microseconds(click.occurred_at + HOUR)).card
    assert card.grade == grade


def test_what_was_left_and_entered_again_counts_as_entered_twice() -> None:
    lead = {"employees": 200, "industry": "logistics"}  # 45
    again = act("again", "form.submitted", ASKED + 100 * DAY, request_type="demo_request")
    evidence = Evidence(lead, [DEMO, again], fits=((0, 45_000),))
    card = judge(evidence, loaded().rules, microseconds(again.occurred_at + HOUR)).card
    assert (card.mql_by_score, card.mql_entry) == (True, 2)
