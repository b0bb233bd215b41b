"""What is probably not meant in a rules file that may be used: told with its path, found by trying all cases."""

from copy import deepcopy
from typing import Any

import pytest

from leadline_score.rules import FILE, compile_rules
from leadline_score.rules_file import ScoringFile
from leadline_score.rules_warnings import warnings
from tests.unit.score.test_rules import SHIPPED, put


def warned(*changes: tuple[str, Any]) -> list[str]:
    content = deepcopy(SHIPPED)
    for path, value in changes:
        put(path, value)(content)
    rules = compile_rules(ScoringFile.model_validate(content))
    return [str(each).removeprefix("scoring.yaml: ") for each in warnings({FILE: content}, rules)]


def test_nothing_is_to_be_said_of_what_ships() -> None:
    assert warned() == []


VISIT_FIRST = {
    "any_page": {"points": 1, "kind": "page.viewed", "words": "page"},
    **SHIPPED["intent"]["groups"]["evaluation"]["rules"],
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("fit/groups/company/rules/size/levels/0/when", {"employees": {"gte": 1}}), [
            f"fit.groups.company.rules.size.levels.{place}: never counts: what fits it fits a level before it; "
            "put the narrower level first" for place in (1, 2, 3, 4)
        ]),
        (("fit/groups/company/rules/size/levels/1/when", {"employees": {"gte": 60, "lt": 60}}), [
            "fit.groups.company.rules.size.levels.1: never counts: what fits it fits a level before it; "
            "put the narrower level first"
        ]),
        (("intent/groups/evaluation/rules", VISIT_FIRST), [
            f"intent.groups.{path}: never counts: an act that it speaks of counts under any_page; "
            "put the narrower rule first"
            for path in ("evaluation.rules.pricing_page", "evaluation.rules.key_page", "web.rules.site_visit")
        ]),
        (("intent/groups/web/rules/site_visit/when", {"purpose": "no such purpose"}), [
            "intent.groups.web.rules.site_visit: never counts: an act that it speaks of counts under no rule; "
            "put the narrower rule first"
        ]),
        (("fit/groups/role/cap", 10), [
            "fit.groups.role.rules.title: gives up to 15 points, of which the group's cap lets 10 count"
        ]),
        (("intent/groups/sales/cap", 18), [
            "intent.groups.sales.rules.meeting_attended: gives 20 points, of which the group's cap lets 18 count"
        ]),
        (("fit/penalty_floor", -30), [
            "fit.penalties.disposable_address: takes 40 points; penalty_floor lets 30 count"
        ]),
        (("fit/cap", 45), ["bands.letter.A: is out of reach: fit is 45 at most, and it takes 50"]),
        (("bands/mql/preset", "strict"), []),
        (("total", {"cap": 65}), [
            "bands.presets.standard: is out of reach: the total is 65 at most, and it takes 70"
        ]),
        (("bands/pql/group", "web"), ["bands.pql: is out of reach: the group is 5 at most, and it takes 20"]),
    ],
)  # fmt: skip
def test_what_never_counts_and_what_is_out_of_reach_is_told(change: tuple[str, Any], said: list[str]) -> None:
    assert warned(change) == said
