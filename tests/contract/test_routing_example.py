"""The company in docs/examples/routing: a user who checks it finds it good, and it deals leads as it says."""

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from leadline_console.app import build
from leadline_route.core.rulebook import Rulebook
from leadline_route.rules import SPEC
from leadline_runtime.rules import load_rules
from leadline_schemas.enriched import Account
from tests.unit.house.sources import ROOT
from tests.unit.route.leads import Desk, Wish, at, candidates, scored_record

FOLDER = ROOT / "docs/examples/routing"
MORNING, MUNICH = at("2026-03-10T15:00:00Z"), at("2026-03-11T10:00:00Z")


def content(name: str) -> Any:
    """One of the files."""
    return YAML(typ="safe").load((FOLDER / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The company's rules, as route loads them."""
    return load_rules(SPEC, FOLDER).rules


def checked(folder: Path) -> tuple[int, str]:
    """`leadline rules check FOLDER`."""
    done = CliRunner().invoke(build(), ["rules", "check", str(folder), "--json"])
    return done.exit_code, done.stdout


def test_a_user_who_checks_it_finds_nothing_wrong_and_nothing_odd() -> None:
    code, said = checked(FOLDER)
    (told,) = json.loads(said)["checked"]
    assert (code, told["service"], told["faults"], told["warnings"]) == (0, "route", [], [])
    assert {"team.yaml", "routing.yaml"} <= set(told["files"])


def test_each_rule_but_the_owners_has_an_example_and_each_possibility_a_place() -> None:
    routing, team = content("routing.yaml"), content("team.yaml")
    assert {each["id"] for each in routing["rules"]} - {each["rule"] for each in routing["examples"]} == {"owner"}
    asked = json.dumps([each.get("when") for each in routing["rules"]])
    for field in ("segments", "time", "postal_code", "parent_account", "language", "interest"):
        assert f'"{field}"' in asked
    assert {"by_skill", "least_loaded"} <= {each.get("strategy") for each in team["pools"].values()}
    assert routing["ownership"] == {"counts_as_turn": True, "owner_away": "keep"}


def test_an_example_that_no_longer_holds_is_found(tmp_path: Path) -> None:
    for name in ("team.yaml", "routing.yaml"):
        text = (FOLDER / name).read_text(encoding="utf-8").replace('["80000", "85999"]', '["81000", "85999"]')
        (tmp_path / name).write_text(text, encoding="utf-8")
    code, said = checked(tmp_path)
    assert code == 1
    assert "the first postal code of Munich" in said


def test_large_companies_go_to_alice_and_bruno_until_their_limits_and_then_to_the_others(book: Rulebook) -> None:
    desk = Desk(book)
    for number in range(4):
        wish = Wish(f"large {number}", start=MORNING, employees=2000, state="NY")
        desk.routed(scored_record(wish), MORNING)
    assert [event.owner for event in desk.events] == ["alice", "bruno", "alice", "chloe"]
    assert "day cap of segment enterprise 2 of 2" in candidates(desk.events[-1])["alice"]
    small = desk.routed(scored_record(Wish("small", start=MORNING, employees=80, state="NY")), MORNING)
    assert small.owner in {"alice", "bruno"}


def test_german_goes_to_who_speaks_it_well_enough(book: Rulebook) -> None:
    event = Desk(book).routed(scored_record(Wish(country="DE", state=None, language="de", start=MUNICH)), MUNICH)
    assert event.rule == "own_language"
    assert event.owner in {"emil", "flora"}
    assert candidates(event)["greta"].startswith("missing skill: de at least 2")


def test_who_owns_an_account_pays_with_a_turn_for_its_next_lead(book: Rulebook) -> None:
    account = Account(domain="acme.example", name="Acme", status="customer", owner="bruno")
    event = Desk(book).routed(scored_record(Wish(account=account, start=MORNING)), MORNING)
    assert (event.owner, event.rule, event.pool) == ("bruno", "owner", "us_east")
    assert event.balance_after["bruno"].startswith("-")
