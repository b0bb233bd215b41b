"""A judgement as these commands show it: the scorecard, the bands, and what a reader should know."""

import json
from typing import Any

from rich.console import Console
from rich.text import Text

from leadline_runtime.command_scored import draw_scorecard
from leadline_runtime.command_terminal import terminal
from leadline_runtime.core.values import dataclass
from leadline_schemas.codec import encode_model
from leadline_schemas.event import RulesRef
from leadline_schemas.scored import Scorecard
from leadline_score.bands_view import draw_distances
from leadline_score.core.counterfactual import Counterfactual, Counterfactuals
from leadline_score.core.distances import Distance
from leadline_score.core.exact import plain, text

GOALS = {"hot": "what would make it hot", "mql": "what would make it an MQL"}
SHOWN = 3  # ways to a goal


@dataclass(frozen=True, slots=True)
class Shown:
    """A judgement of the lead `called` so; `notes` are sentences, `unexpected` what an example said otherwise."""

    called: str
    card: Scorecard
    bands: tuple[Distance, ...]
    what_if: Counterfactuals | None = None
    notes: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()


def data(shown: Shown) -> dict[str, Any]:
    """For programs."""
    return {
        "lead": shown.called,
        "scorecard": json.loads(encode_model(shown.card)),
        "bands": [
            {**each._asdict(), "missing": text(each.missing)}
            | {name: text(getattr(each, name)) for name in ("value", "enter", "leave")}
            for each in shown.bands
        ],
        "what_if": _what_if(shown.what_if) if shown.what_if else None,
        "notes": shown.notes,
        "unexpected": shown.unexpected,
    }


def _what_if(found: Counterfactuals) -> dict[str, Any]:
    told = {goal: [_told(each) for each in getattr(found, goal)] for goal in GOALS}
    return {**told, "complete": found.complete}


def _told(each: Counterfactual) -> dict[str, Any]:
    changes = [{"kind": one.kind, "name": one.name, "words": one.words, "gain": text(one.gain)} for one in each.changes]
    return {"changes": changes, "total": text(each.total), "grade": each.grade}


def draw(shown: Shown, rules: RulesRef) -> None:
    """For a person."""
    console = terminal()
    console.print(Text.assemble((shown.called, "bold"), f" by rules {rules.version} ({rules.digest})"))
    draw_scorecard(shown.card, console)
    draw_distances(shown.bands, console)
    if shown.what_if:
        _draw_what_if(shown.what_if, console)
    for note in shown.notes:
        console.print(Text(f"    note: {note}"))
    for each in shown.unexpected:
        console.print(Text(f"    not as expected: {each}", style="red"))
    console.print()


def _draw_what_if(found: Counterfactuals, console: Console) -> None:
    """The first few ways to each goal that is not reached: `to be hot: demo request → 75 B1`."""
    for goal, words in GOALS.items():
        ways: tuple[Counterfactual, ...] = getattr(found, goal)
        for each in ways[:SHOWN]:
            changes = " and ".join(one.words for one in each.changes)
            console.print(Text(f"    {words}: {changes} → {plain(each.total)} {each.grade}"))
        if len(ways) > SHOWN:
            console.print(f"    {words}: {len(ways) - SHOWN} more ways; --json tells them")
