"""docs/scoring.md holds: its lead scores what it says, its rules are read, its commands exist."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer

from leadline_console.app import build
from leadline_runtime.rules import read_yaml
from leadline_score.core.known import FACT_FIELDS
from leadline_score.rules_file import ActRuleFile, DecayFile, FitRuleFile, ScoringFile
from tests.unit.house.sources import ROOT
from tests.unit.score.commands import runner

PAGE = (ROOT / "docs" / "scoring.md").read_text("utf-8")


def block(language: str, holds: str) -> str:
    """The code block that holds this."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return next(each for each in blocks if holds in each)


def test_the_lead_of_the_page_gives_what_the_page_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "demo.json"
    file.write_text(block("json", "VP Operations"))
    (tried,) = json.loads(runner(monkeypatch)("test", file, "--json"))["leads"]  # code 0: as expected
    told = {
        (each["why"].partition(";")[0], each["counted"])
        for dimension in ("fit", "intent")
        for each in tried["scorecard"][dimension]["contributions"]
    }
    assert ("pricing page on Fri 6 Mar", "0.000") in told and ("pricing page on Mon 9 Mar", "10.000") in told
    rows = [row for row in PAGE.splitlines() if row.startswith("| ") and row.count("|") == 8 and "raw" not in row]
    counted = sum(int(row.split("|")[6].strip(" *")) for row in rows if row.split("|")[2].strip().isdigit())
    assert counted == 130 and tried["scorecard"]["unclipped_total"] == "130.000"


def test_the_rules_of_the_page_are_read() -> None:
    rules: Any = read_yaml("page", block("yaml", "size:"))
    FitRuleFile.model_validate(rules["size"])
    acts: Any = read_yaml("page", block("yaml", "pricing_page:"))
    rule = ActRuleFile.model_validate(acts["pricing_page"])
    assert set(ActRuleFile.model_fields) - {"request"} == rule.model_fields_set
    for written in re.findall(r"^\| `(\{(?:half_life|linear|steps)[^`]*)`", PAGE, re.MULTILINE):
        DecayFile.model_validate(read_yaml("page", written))


def test_every_key_and_every_fact_is_named() -> None:
    for name in (*ScoringFile.model_fields, *FACT_FIELDS):
        assert re.search(rf"\b{name}\b", PAGE), name


def test_the_commands_of_the_page_exist() -> None:
    groups = typer.main.get_command(build()).commands  # type: ignore[attr-defined]
    for group, command in set(re.findall(r"`leadline (rules|score) (\w+)", PAGE)):
        assert command in groups[group].commands, f"{group} {command}"
