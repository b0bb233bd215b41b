"""lifecycle.yaml is read strictly and as a whole; a mistake is told with its place, and all at once."""

from importlib.resources import files

import pytest

from leadline_runtime.core.lifecycle import Lifecycle, Wanted
from leadline_runtime.lifecycle import LIFECYCLE, build_lifecycle
from leadline_runtime.rules import RulesError, read_yaml

TEXT = (files("leadline_runtime") / "rules" / LIFECYCLE).read_text()


def built(text: str = TEXT) -> Lifecycle:
    return build_lifecycle(read_yaml(LIFECYCLE, text))


def test_the_shipped_file_says_what_the_defaults_say() -> None:
    rules = built()
    assert {stage: (each.within.total_seconds() / 3600, each.mode) for stage, each in rules.clocks.items()} == {
        "MQL": (24, "wall_rolled"), "SAL": (168, "wall"), "SQL": (336, "wall_rolled"),
    }  # fmt: skip
    stale = rules.stale
    assert [each.days for each in (stale.notice_after, stale.after, stale.unresponsive_after)] == [23, 30, 90]
    assert (rules.reentry.after.days, rules.reentry.points, rules.reentry.total) == (14, 20, 70)
    assert rules.confirmed_at_least == 3 and rules.reactivated_grades == {"A", "B"}


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Wanted("MQL", "SAL", "acting"), None),
        (Wanted("captured", "MQL", "routed"), None),
        (Wanted("MQL", "captured", "command"), "illegal"),
        (Wanted("MQL", "MQL", "command"), "already"),
        (Wanted("SAL", "SQL", "command", confirmed=2), "not_qualified"),
        (Wanted("SAL", "SQL", "command", confirmed=3), None),
        (Wanted("SQL", "nurture", "command"), "reason_required"),
        (Wanted("SQL", "nurture", "command", "no_decision"), None),
        (Wanted("SAL", "disqualified", "command", "other"), "note_required"),
        (Wanted("SAL", "disqualified", "command", "other", noted=True), None),
        (Wanted("customer", "nurture", "command", "bad_timing"), "illegal"),
        (Wanted("disqualified", "MQL", "command"), "illegal"),
        (Wanted("opportunity", "nurture", "stale"), "illegal"),
    ],
)
def test_which_transition_is_legal(wanted: Wanted, why: str | None) -> None:
    assert built().against(wanted) == why


@pytest.mark.parametrize(
    ("right", "wrong", "path", "said"),
    [
        ("reasons: [reject, disqualify]", "reasons: [rejekt]", "transitions.8.reasons", "rejekt is no list"),
        ("to: [SAL], by: [acting", "to: [MQL], by: [acting", "transitions.7", "leads from MQL to itself"),
        ("{from: [SQL], to: [opportunity], by: [command]}", "{from: [SAL], to: [SQL], by: [command]}", "transitions.11",
         "SAL to SQL by command stands in an earlier row"),
        ("notice_after: 23 d", "notice_after: 30 d", "stale.notice_after", "must be shorter than after"),
        ("opportunity: flag", "opportunity: nurture", "stale.then.opportunity", "leads from it to nurture"),
        ("note_required: [other]", "note_required: [oter]", "note_required", "oter is in no list"),
        ("unresponsive: [captured,", "unresponsive: [customer,", "stale.unresponsive", "from customer to disqualified"),
        ("SAL: {within: 7 d, mode: wall}", "SAL: {within: 0 d, mode: wall}", "clocks.SAL.within", "than nothing"),
        ("SAL: {within: 7 d, mode: wall}", "SAL: {within: 999 d, mode: wall}", "clocks.SAL.within", "than 366 d"),
        ("after: 30 d", "after: 4000 d", "stale.after", "longer than 3660 d"),
        ("  SAL: {within: 7 d", "  raw: {within: 7 d", "clocks.raw", "could only be broken"),
        ("[unresponsive, no_budget, bad_timing, wrong_fit]  #", "[silent]  #", "reentry.reopened", "silent is in no"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(right: str, wrong: str, path: str, said: str) -> None:
    assert right in TEXT
    with pytest.raises(RulesError) as caught:
        built(TEXT.replace(right, wrong, 1))
    assert any(fault.path == path and said in fault.problem for fault in caught.value.faults), caught.value


def test_a_stage_that_no_lead_comes_to_is_told() -> None:
    text = "\n".join(line for line in TEXT.splitlines() if "to: [archived]" not in line)
    with pytest.raises(RulesError, match="no lead ever comes to archived"):
        built(text)


def test_a_lost_deal_goes_by_its_reason() -> None:
    rules = built()
    assert [rules.lost_to(each) for each in ("competitor_chosen", "bad_timing", None)] == [
        "disqualified",
        "nurture",
        "nurture",
    ]
