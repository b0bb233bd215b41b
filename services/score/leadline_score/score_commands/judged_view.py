"""A judgement as these commands show it: the scorecard, the bands, and what a reader should know."""

import json
from typing import Any

from rich.text import Text

from leadline_runtime.core.values import dataclass
from leadline_schemas.codec import encode_model
from leadline_schemas.event import RulesRef
from leadline_schemas.scored import Scorecard
from leadline_score.core.distances import Distance
from leadline_score.core.exact import text
from leadline_score.score_commands.terminal import terminal
from leadline_score.scorecard_table import draw_distances, draw_scorecard


@dataclass(frozen=True, slots=True)
class Shown:
    """A judgement of the lead `called` so; `notes` are sentences, `unexpected` what an example said otherwise."""

    called: str
    card: Scorecard
    bands: tuple[Distance, ...]
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
        "notes": shown.notes,
        "unexpected": shown.unexpected,
    }


def draw(shown: Shown, rules: RulesRef) -> None:
    """For a person."""
    console = terminal()
    console.print(Text.assemble((shown.called, "bold"), f" by rules {rules.version} ({rules.digest})"))
    draw_scorecard(shown.card, console)
    draw_distances(shown.bands, console)
    for note in shown.notes:
        console.print(Text(f"    note: {note}"))
    for each in shown.unexpected:
        console.print(Text(f"    not as expected: {each}", style="red"))
    console.print()
