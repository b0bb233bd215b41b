"""Leads from a file, judged and shown with all the arithmetic."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from leadline_runtime.command_errors import FAILED
from leadline_runtime.core.values import dataclass
from leadline_runtime.rules import LoadedRules
from leadline_schemas.codec import encode_model
from leadline_score.core.distances import Distance, distances
from leadline_score.core.exact import microseconds, text
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.scorecard import Verdict, judge
from leadline_score.examples import differences
from leadline_score.score_commands.reading_leads import leads_in
from leadline_score.score_commands.rules_in_force import rules_of
from leadline_score.score_commands.terminal import terminal
from leadline_score.scorecard_table import draw_distances, draw_scorecard
from leadline_score.written_leads import WrittenLead, evidence_in


@dataclass(frozen=True, slots=True)
class Tried:
    """A lead of the file with its judgement, and where that is not what its author expects."""

    lead: WrittenLead
    place: str
    verdict: Verdict
    bands: tuple[Distance, ...]
    unexpected: tuple[str, ...]


def show(file: str, rules: Path | None, as_of: datetime | None, *, as_json: bool) -> None:
    """Judge the leads of a file and print them. Ends with exit code 1 if an example gives something else."""
    loaded = rules_of(rules)
    told: list[dict[str, Any]] = []
    failed = False
    for tried in _tried(file, loaded.rules, as_of):
        failed = failed or bool(tried.unexpected)
        if as_json:
            told.append(_data(tried))
        else:
            _draw(tried, loaded)
    if as_json:
        print(json.dumps({"rules": loaded.ref.model_dump(), "leads": told}, indent=2, ensure_ascii=False))
    if failed:
        raise typer.Exit(FAILED)


def _tried(file: str, rules: ScoreRules, as_of: datetime | None) -> Iterator[Tried]:
    for unread in leads_in(file):
        lead, place = unread.read(), unread.place
        when = as_of or lead.as_of or datetime.now(UTC)
        verdict = judge(evidence_in(lead, place), rules, microseconds(when))
        expected = differences(verdict.card, lead.expect) if lead.expect else ()
        unexpected = tuple(f"{each.name} {each.words}" for each in expected)
        yield Tried(lead, place, verdict, distances(verdict, rules), unexpected)


def _data(tried: Tried) -> dict[str, Any]:
    lead = tried.lead
    return {
        "name": lead.name,
        "lead_id": str(lead.lead_id) if lead.lead_id else None,
        "scorecard": json.loads(encode_model(tried.verdict.card)),
        "bands": [
            {**each._asdict(), "missing": text(each.missing)}
            | {name: text(getattr(each, name)) for name in ("value", "enter", "leave")}
            for each in tried.bands
        ],
        "unexpected": tried.unexpected,
        "left_out": lead.left_out,
    }


def _draw(tried: Tried, loaded: LoadedRules[ScoreRules]) -> None:
    console = terminal()
    console.print(f"[bold]{tried.lead.called}[/] by rules {loaded.ref.version} ({loaded.ref.digest})", markup=True)
    draw_scorecard(tried.verdict.card, console)
    draw_distances(tried.bands, console)
    if tried.lead.left_out:
        console.print(
            f"    left out of the file: {', '.join(tried.lead.left_out)}; rules that ask it see it as unknown"
        )
    for each in tried.unexpected:
        console.print(f"    not as expected: {each}", style="red", markup=False)
    console.print()
