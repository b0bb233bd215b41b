"""A scorecard for a person: every point by name, so that one can add it up."""

from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_console.overrides import override_line
from leadline_console.summary import verdict
from leadline_schemas.scored import Dimension, Learned, Override, Scorecard

AT = "%Y-%m-%d %H:%M:%SZ"


def draw_scorecard(card: Scorecard, console: Console) -> None:
    """Print the card: fit, intent, their sum, vetoes, gaps, the next change."""
    console.print(Text(f"  {card.as_of:{AT}}  {verdict(card)}", style="bold"))
    console.print(Text(f"  {card.explanation}"))
    is_set = {each.target: each for each in card.overrides or ()}
    _dimension("fit", card.fit, console, is_set.get("fit"))
    _dimension("intent", card.intent, console, is_set.get("intent"))
    clipped = f", clipped from {card.unclipped_total}" if card.unclipped_total != card.total else ""
    console.print(
        f"    fit {card.fit.value} + intent {card.intent.value} = {card.total}{clipped}; shown as {card.display}"
    )
    if card.learned is not None:
        console.print(Text(f"    learned {_learned(card.learned)}"))
    for veto in card.vetoes:
        console.print(Text(f"    veto {veto.id} ({veto.effect}): {veto.why}"))
    for each in card.overrides or ():
        console.print(Text(f"    {override_line(each)}", style="bold"))
    for gap in card.gaps:
        console.print(Text(f"    unknown: {gap.fact}, worth up to {gap.worth_up_to}"))
    if card.next_recheck:
        again = card.next_recheck
        console.print(
            Text(f"    next change by itself: {again.change} at {again.at:{AT}} ({again.of} {again.value_then})")
        )
    if card.truncated:
        console.print("    only the newest 500 acts were counted")


def _learned(learned: Learned) -> str:
    told = ", ".join(f"{each.counted} {each.why}" for each in learned.contributions)
    said = f"({learned.mode}, {learned.version}): {learned.points} = 50 and {told or 'nothing'}"
    return f"{said}; probability {learned.probability}"


def _dimension(name: str, dimension: Dimension, console: Console, is_set: Override | None) -> None:
    table = Table("", "points", "decayed", "after rule", "after group", "counted", "because", box=None, padding=(0, 1))
    for one in dimension.contributions:
        table.add_row(
            f"  {one.rule}", str(one.raw), one.decayed, one.after_rule, one.after_group, one.counted, Text(one.why)
        )
    if dimension.contributions:
        console.print(table)
    for rule, clip in {**dimension.rules, **dimension.groups}.items():
        if clip.sum != clip.clipped:
            console.print(f"    {rule}: {clip.sum} capped at {clip.clipped}")
    for left in dimension.not_counted:
        console.print(Text(f"    not counted{f' by {left.rule}' if left.rule else ''}: {left.why}"))
    capped = f" (capped at {dimension.after_cap})" if dimension.after_cap != dimension.positives else ""
    computed = is_set.computed if is_set else dimension.value
    floor = ", its floor" if Decimal(dimension.after_cap) + Decimal(dimension.penalties) < Decimal(computed) else ""
    value = f"{computed}{floor}, set to [bold]{dimension.value}[/]" if is_set else f"[bold]{dimension.value}[/]{floor}"
    console.print(f"    {name}: {dimension.positives}{capped} and penalties {dimension.penalties} = {value}")
