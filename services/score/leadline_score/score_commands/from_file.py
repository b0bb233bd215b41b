"""Leads from a file, judged and shown with all the arithmetic."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from leadline_runtime.command_errors import FAILED
from leadline_score.core.counterfactual import counterfactuals
from leadline_score.core.distances import distances
from leadline_score.core.exact import microseconds
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.scorecard import judge
from leadline_score.examples import differences
from leadline_score.score_commands.history import as_it_was
from leadline_score.score_commands.judged_view import Shown, data, draw
from leadline_score.score_commands.reading_leads import leads_in
from leadline_score.score_commands.rules_in_force import rules_of
from leadline_score.written_leads import WrittenLead, evidence_in


def show(file: str, rules: Path | None, as_of: datetime | None, *, what_if: bool, as_json: bool) -> None:
    """Judge the leads of a file and print them. Ends with exit code 1 if an example gives something else."""
    loaded = rules_of(rules)
    told: list[dict[str, Any]] = []
    failed = False
    for shown in _judged(file, loaded.rules, as_of, what_if=what_if):
        failed = failed or bool(shown.unexpected)
        if as_json:
            told.append(data(shown))
        else:
            draw(shown, loaded.ref)
    if as_json:
        print(json.dumps({"rules": loaded.ref.model_dump(), "leads": told}, indent=2, ensure_ascii=False))
    if failed:
        raise typer.Exit(FAILED)


def _judged(file: str, rules: ScoreRules, as_of: datetime | None, *, what_if: bool) -> Iterator[Shown]:
    for unread in leads_in(file):
        lead = unread.read()
        when = microseconds(as_of or lead.as_of or datetime.now(UTC))
        evidence = as_it_was(evidence_in(lead, unread.place), when, rules)
        verdict = judge(evidence, rules, when)
        expected = differences(verdict.card, lead.expect) if lead.expect else ()
        unexpected = tuple(f"{each.name} {each.words}" for each in expected)
        what = counterfactuals(evidence, rules, when) if what_if else None
        yield Shown(
            lead.called,
            verdict.card,
            distances(verdict, rules),
            what,
            _notes(lead),
            unexpected,
        )


def _notes(lead: WrittenLead) -> tuple[str, ...]:
    if not lead.left_out:
        return ()
    return (f"the file leaves out {', '.join(lead.left_out)}: what rules say of it is not in the score",)
