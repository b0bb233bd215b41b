"""team.yaml and routing.yaml: what ships is right, and every fault names its path and what would be right."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from leadline_route.core.rulebook import Give
from leadline_route.rules import SPEC, build
from leadline_runtime.rules import RulesError, read_yaml, rules_files
from tests.support.golden import golden
from tests.unit.route.leads import shipped


@cache
def _read() -> dict[str, Any]:
    found = rules_files(SPEC, None)
    return {name: read_yaml(name, source.read_text(encoding="utf-8")) for name, source in found.items()}


def contents() -> dict[str, Any]:
    """The files that ship, as read; to be changed at will."""
    return deepcopy(_read())


def fault(change: Callable[[dict[str, Any], dict[str, Any]], None]) -> str:
    """The error after a change to (team, routing)."""
    found = contents()
    change(found["team.yaml"], found["routing.yaml"])
    with pytest.raises(RulesError) as error:
        build(found)
    return str(error.value)


def test_the_company_of_the_design_ships() -> None:
    company, team = golden()["company"], shipped().team
    assert sorted(team.members) == [each["id"] for each in company["members"]]
    for each in company["members"]:
        member = team.members[each["id"]]
        assert member.skills == frozenset(each["skills"])
        assert (member.caps.open, member.caps.day) == (each["caps"]["open"], each["caps"]["day"])
        assert member.days.zone.key == each["zone"]
    for pool, weights in golden()["pools"].items():
        assert team.pools[pool].weights == weights
        assert team.pools[pool].manager == company["managers"][pool]


def test_the_rules_of_the_design_ship_in_their_order() -> None:
    ids = [rule.id for rule in shipped().rules]
    wanted = [each["id"] for each in golden()["company"]["route_rules"]]
    assert [each for each in ids if each in wanted] == wanted
    assert ids[0] == "veto"


def test_territories_and_countries_of_the_design() -> None:
    team, policy = shipped().team, shipped().channels
    for country in golden()["served_countries"]:
        found = team.territory_of({"country": country})
        assert found is not None
        assert found.id == ("us_east" if country in ("US", "CA") else "emea")
    for state in golden()["eastern_states"]:
        assert team.territory_of({"country": "US", "state": state}) is team.territories[0]
    assert set(golden()["opt_in_countries"]) <= policy.opt_in_countries
    assert policy.asking_types == frozenset(golden()["hand_raise_types"])
    assert all(each.calendar.name == each.id for each in team.territories)


def test_a_territory_without_a_calendar_has_the_companys() -> None:
    assert shipped().default_calendar.name == "us_east"


def no_fallback(team: dict[str, Any], routing: dict[str, Any]) -> None:
    del routing["rules"][-1]


def shadowed(team: dict[str, Any], routing: dict[str, Any]) -> None:
    routing["rules"][4].pop("when")
    routing["rules"][4] = {"id": "all", "pools": ["emea"]}


def unknown_pool(team: dict[str, Any], routing: dict[str, Any]) -> None:
    routing["rules"][-1]["pools"] = ["nowhere"]


def unknown_field(team: dict[str, Any], routing: dict[str, Any]) -> None:
    routing["rules"][0]["when"] = {"vetoo": "disqualify"}


def two_actions(team: dict[str, Any], routing: dict[str, Any]) -> None:
    routing["rules"][0]["pools"] = ["emea"]


def twice(team: dict[str, Any], routing: dict[str, Any]) -> None:
    routing["rules"][1]["id"] = "veto"


def wrong_example(team: dict[str, Any], routing: dict[str, Any]) -> None:
    routing["examples"][-1]["rule"] = "r5_emea"


def strange_example(team: dict[str, Any], routing: dict[str, Any]) -> None:
    routing["examples"][-1]["lead"] = {"planet": "Mars"}


def both_laws(team: dict[str, Any], routing: dict[str, Any]) -> None:
    routing["channels"]["opt_in_countries"].append("US")


def no_law(team: dict[str, Any], routing: dict[str, Any]) -> None:
    del routing["channels"]["unknown"]["opt_in"]


def strange_territory(team: dict[str, Any], routing: dict[str, Any]) -> None:
    routing["rules"][4]["pools_by_territory"]["mars"] = ["emea"]


def strange_skill(team: dict[str, Any], routing: dict[str, Any]) -> None:
    routing["rules"][5]["skill_field"] = "tongue"


def heavy(team: dict[str, Any], routing: dict[str, Any]) -> None:
    team["pools"]["us_east"]["members"]["ana"] = 11


def half(team: dict[str, Any], routing: dict[str, Any]) -> None:
    team["pools"]["us_east"]["members"]["ana"] = 1.5


def stranger(team: dict[str, Any], routing: dict[str, Any]) -> None:
    team["pools"]["us_east"]["members"]["zoe"] = 1


def no_manager(team: dict[str, Any], routing: dict[str, Any]) -> None:
    team["managers"] = ["noor"]


def both(team: dict[str, Any], routing: dict[str, Any]) -> None:
    team["managers"].append("ana")


def uncapped(team: dict[str, Any], routing: dict[str, Any]) -> None:
    del team["members"]["ana"]["caps"]["open"]


def back_before(team: dict[str, Any], routing: dict[str, Any]) -> None:
    team["members"]["fay"]["absences"][0]["back"] = team["members"]["fay"]["absences"][0]["from"]


def bad_hours(team: dict[str, Any], routing: dict[str, Any]) -> None:
    team["members"]["ana"]["hours"] = {"mon-fri": ["18:00-09:00"]}


def bad_holidays(team: dict[str, Any], routing: dict[str, Any]) -> None:
    team["members"]["ana"]["holidays"] = "mars"


def nowhere_at_home(team: dict[str, Any], routing: dict[str, Any]) -> None:
    team["members"]["ana"]["territory"] = "mars"


def no_pool_there(team: dict[str, Any], routing: dict[str, Any]) -> None:
    team["territories"]["emea"]["pool"] = "mars"


def wrong_shift(team: dict[str, Any], routing: dict[str, Any]) -> None:
    team["examples"][0]["available"] = False


def nobody_example(team: dict[str, Any], routing: dict[str, Any]) -> None:
    team["examples"][0]["member"] = "zoe"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (no_fallback, ("routing.yaml: rules.9 (r8_us_unknown)", "the last rule is the fallback: it needs `pools`")),
        (shadowed, ("rules.4 (all)", "no rule after it is ever reached")),
        (unknown_pool, ("rules.10 (r9_fallback).pools", "nowhere is no pool; known: anyone, emea")),
        (unknown_field, ("rules.0 (veto).when", "did you mean veto")),
        (two_actions, ("rules.0", "exactly one of `then`, `pools`, `pools_by_territory`")),
        (twice, ("rules", "has veto twice")),
        (wrong_example, ("examples.14 (nobody knows where)", "r9_fallback")),
        (strange_example, ("examples.14 (nobody knows where).lead", "planet is no field")),
        (both_laws, ("channels.opt_out_countries", "US is among opt_in_countries too")),
        (no_law, ("channels.unknown", "opt_in is missing")),
        (strange_territory, ("rules.4 (r3_enterprise).pools_by_territory", "mars is none of emea, us_east, us_west")),
        (strange_skill, ("rules.5 (r4_emea_language).skill_field", "is no field of a lead")),
        (heavy, ("team.yaml: pools.us_east.members.ana", "less than or equal to 10")),
        (half, ("team.yaml: pools.us_east.members.ana", "integer")),
        (stranger, ("pools.us_east.members.zoe", "is no member; known: ana, ben")),
        (no_manager, ("pools.us_east.manager", "is none of the managers; known: noor")),
        (both, ("managers", "ana is a member too")),
        (uncapped, ("pools.anyone.members.ana", "needs caps.open")),
        (back_before, ("members.fay.absences.0.back", "must be later than `from`")),
        (bad_hours, ("team.yaml: members.ana.hours", "ends before it starts")),
        (bad_holidays, ("members.ana.holidays", "is no calendar of calendars.yaml (known: always, emea")),
        (nowhere_at_home, ("members.ana.territory", "is none of emea, us_east, us_west")),
        (no_pool_there, ("territories.emea.pool", "is no pool")),
        (wrong_shift, ("examples.0 (ana on a Friday evening until six).available", "the file makes ana on")),
        (nobody_example, ("examples.0 (ana on a Friday evening until six).member", "is no member")),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_fault_is_told_with_its_path_and_what_would_be_right(
    change: Callable[[dict[str, Any], dict[str, Any]], None], words: tuple[str, str]
) -> None:
    told = fault(change)
    assert all(each in told for each in words), told


def test_a_pool_without_a_manager_and_a_rule_that_queues() -> None:
    found = contents()
    found["team.yaml"]["pools"]["anyone"].pop("manager")
    found["routing.yaml"]["rules"][-1]["nobody"] = {"then": "queue"}
    last = build(found).rules[-1].action
    assert isinstance(last, Give)
    assert (last.nobody.then, last.nobody.hold_up_to.total_seconds()) == ("queue", 0)


def test_the_files_are_part_of_the_package() -> None:
    assert {each.name for each in files("leadline_route").joinpath("rules").iterdir()} >= {"team.yaml", "routing.yaml"}


def test_everything_that_is_wrong_is_told_at_once_and_nothing_that_follows_from_it() -> None:
    """Fifteen faults of both files: of members, pools, territories, limits, rules, channels and an example."""
    found = contents()
    team, routing = found["team.yaml"], found["routing.yaml"]
    team["members"]["ana"] |= {"hours": {"someday": ["09:00-18:00"]}, "holidays": "atlantis"}
    team["members"]["ana"]["caps"] = {"open": 9, "segment": {"c": {"day": 1}}}
    team["members"]["ben"]["absences"] = [{"from": "2026-03-02", "back": "2026-03-02", "reason": "leave"}]
    team["members"]["cleo"] |= {"territory": "moon", "caps": {"open": 9, "segment": {"a": {"day": 1}, "b": {"day": 1}}}}
    team["pools"]["emea"]["members"] |= {"zoe": 1, "yan": 1}
    team["pools"]["us_west"]["manager"] = "zoe"
    team["territories"]["us_east"]["when"] = {"colour": "red"}
    team["examples"].append({"name": "odd", "member": "dev", "at": "2026-03-10T17:00:00Z", "available": False})
    routing["rules"][4]["when"] = {"shoe_size": 43}
    routing["rules"][6]["pools"] = ["nowhere"]
    routing["channels"]["opt_out_countries"] = ["US", "DE"]
    with pytest.raises(RulesError) as error:
        build(found)
    assert [(each.file, each.path) for each in error.value.faults] == [
        ("team.yaml", "members.ana.holidays"),
        ("team.yaml", "members.ana.hours"),
        ("team.yaml", "members.ben.absences.0.back"),
        ("team.yaml", "members.cleo.territory"),
        ("team.yaml", "pools.us_west.manager"),
        ("team.yaml", "pools.emea.members.zoe"),
        ("team.yaml", "pools.emea.members.yan"),
        ("team.yaml", "territories.us_east.when.colour"),
        ("team.yaml", "examples.7 (odd).available"),
        ("team.yaml", "members.ana.caps.segment.c"),
        ("team.yaml", "members.cleo.caps.segment.a"),
        ("team.yaml", "members.cleo.caps.segment.b"),
        ("routing.yaml", "rules.4 (r3_enterprise).when.shoe_size"),
        ("routing.yaml", "rules.6 (r5_emea).pools"),
        ("routing.yaml", "channels.opt_out_countries"),
    ]


def test_a_team_is_judged_also_if_the_rules_cannot_be_read() -> None:
    found = contents()
    found["routing.yaml"]["colour"] = "red"
    found["team.yaml"]["pools"]["emea"]["members"]["zoe"] = 1
    with pytest.raises(RulesError) as error:
        build(found)
    assert [each.path for each in error.value.faults] == ["colour", "pools.emea.members.zoe"]


def test_every_example_that_fails_is_told() -> None:
    found = contents()
    for index in (1, 3):
        found["routing.yaml"]["examples"][index]["rule"] = "r9_fallback"
    with pytest.raises(RulesError) as error:
        build(found)
    assert [each.path.split(" ")[0] for each in error.value.faults] == ["examples.1", "examples.3"]


def test_a_first_promise_that_a_calendar_has_no_time_for_is_told() -> None:
    found = contents()
    found["calendars.yaml"]["calendars"]["emea"]["weekly"] = {"mon": ["09:00-09:30"]}
    found["calendars.yaml"]["examples"] = []
    found["routing.yaml"]["first_due"]["cold"] = {"within": "12 d", "mode": "working"}
    with pytest.raises(RulesError, match="288 hours of open time are more than 10 years of calendar emea") as error:
        build(found)
    assert "first_due.cold.within" in {each.path for each in error.value.faults}
    assert "longer than 366 d" in fault(lambda team, routing: routing["first_due"].update(hot={"within": "9999999 d"}))
