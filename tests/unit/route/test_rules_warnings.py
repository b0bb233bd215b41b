"""What rules check warns of: what no lead reaches, who gets nothing, what nobody can."""

from typing import Any

from leadline_route.rules import build
from leadline_route.rules_warnings import warnings
from tests.unit.route.test_rules_files import contents


def warned(*rules: dict[str, Any], **team: Any) -> list[str]:
    """The warnings of the shipped files with these rules before those of pools, and these parts of the team."""
    found = contents()
    found["routing.yaml"]["rules"][4:4] = list(rules)
    found["routing.yaml"]["examples"] = found["routing.yaml"]["examples"][-1:]
    for part, change in team.items():
        found["team.yaml"][part] = {**change, **found["team.yaml"][part]} if part == "territories" else {
            **found["team.yaml"][part], **change,
        }  # fmt: skip
    return [str(each) for each in warnings(found, build(found))]


def test_what_ships_has_nothing_to_warn_of() -> None:
    found = contents()
    assert warnings(found, build(found)) == []


def test_a_rule_behind_wider_ones_and_one_that_nothing_fits() -> None:
    told = warned(
        {"id": "de", "when": {"country": "DE"}, "pools": ["emea"], "skills": ["de"]},
        {"id": "at", "when": {"country": "AT"}, "pools": ["emea"]},
        {"id": "both", "when": {"country": {"in": ["DE", "AT"]}, "employees": {"gte": 50}}, "pools": ["emea"]},
        {"id": "none", "when": {"employees": {"gt": 100, "lt": 50}}, "pools": ["emea"]},
    )
    assert len(told) == 2
    assert told[0].startswith("routing.yaml: rules.6: both never counts: what fits it fits ")
    assert told[1] == "routing.yaml: rules.7: none never counts: its conditions contradict each other"


def test_behind_a_verdict_a_rule_with_pools_still_counts_for_leads_that_a_person_let_go() -> None:
    assert warned({"id": "late", "when": {"mql": False, "country": "DE"}, "pools": ["emea"]}) == []
    told = warned({"id": "late", "when": {"mql": False, "country": "DE"}, "then": "nurture"})
    assert told == [
        "routing.yaml: rules.4: late never counts: what fits it fits r2_below before it; put the narrower one first"
    ]


def test_pools_of_territories_take_only_the_leads_of_these() -> None:
    narrow = {"id": "b", "when": {"employees": {"gte": 5000}, "territory": "emea"}, "pools": ["emea"]}
    wide = {"id": "a", "when": {"employees": {"gte": 1000}}, "pools_by_territory": {"us_east": ["us_east"]}}
    assert warned(wide, narrow) == []
    told = warned({**wide, "pools_by_territory": {"emea": ["emea"]}}, narrow)
    assert [each.partition(" ")[2] for each in told] == [
        "rules.5: b never counts: what fits it fits a before it; put the narrower one first"
    ]


def test_at_certain_times_a_rule_takes_only_what_comes_then() -> None:
    night: dict[str, Any] = {"id": "night", "when": {"time": {"outside": "emea"}, "country": "DE"}, "pools": ["emea"]}
    day: dict[str, Any] = {"id": "day", "when": {"country": "DE", "employees": 5}, "pools": ["emea"]}
    assert warned(night, day) == []
    assert len(warned(night, {**day, "when": {**day["when"], "time": {"outside": "emea"}}})) == 1


def test_people_pools_territories_and_skills_that_lead_nowhere() -> None:
    zoe = {"zone": "UTC", "hours": {"mon-fri": ["09:00-17:00"]}}
    told = warned(
        {"id": "dutch", "when": {"country": "NL"}, "pools": ["emea"], "skills": {"de": {"at_least": 4}}},
        members={"zoe": zoe, "yan": {**zoe, "active": False}},
        pools={"empty": {"members": {"yan": 1}, "manager": "mia"}},
        territories={"benelux": {"when": {"country": "NL", "language": "nl"}, "pool": "emea"},
                     "dutch": {"when": {"country": "NL", "language": "nl", "employees": {"gte": 5}}, "pool": "emea"}},
    )  # fmt: skip
    assert told == [
        "routing.yaml: rules.4.skills: dutch asks for the skill de at least 4, which nobody of emea has",
        "team.yaml: territories.dutch: dutch never counts: what fits it fits benelux before it; "
        "put the narrower one first",
        "team.yaml: pools.empty: empty has no active member: its leads go to mia",
        "team.yaml: members.zoe: zoe is in no pool: no rule ever gives him a lead",
        "team.yaml: pools.empty: empty is named by no rule and no territory: it is never dealt in",
    ]
