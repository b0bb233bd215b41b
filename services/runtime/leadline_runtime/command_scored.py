"""A scorecard for a person at a terminal: every point by name, from its raw value to what counted after each cap.

For packages that bring rich.
"""

from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_schemas.scored import Dimension, Learned, Override, Scorecard

AT = "%Y-%m-%d %H:%M:%SZ"
HEADINGS = ("", "points", "faded", "after rule cap", "after group cap", "counted", "because")


def draw_scorecard(card: Scorecard, console: Console) -> None:
    """The verdict, fit, intent, their sum; what stops the lead, what is unknown, what time will change."""
    console.print(Text(f"  {card.as_of:{AT}}  {verdict(card)}", style="bold"))
    console.print(Text(f"  {card.explanation}"))
    is_set = {each.target: each for each in card.overrides or ()}
    _dimension("fit", card.fit, console, is_set.get("fit"))
    _dimension("intent", card.intent, console, is_set.get("intent"))
    for each in card.overrides or ():
        console.print(Text(f"    {override_words(each)}", style="bold"))
    clipped = f", clipped from {card.unclipped_total}" if card.unclipped_total != card.total else ""
    console.print(
        f"    total: fit {card.fit.value} + intent {card.intent.value} = [bold]{card.total}[/]{clipped}; "
        f"shown as {card.display}"
    )
    if card.learned is not None:
        _learned(card.learned, console)
    for veto in card.vetoes:
        console.print(Text(f"    veto {veto.id} ({veto.effect}): {veto.why}", style="red"))
    for gap in card.gaps:
        console.print(Text(f"    unknown: {gap.fact}, worth up to {gap.worth_up_to}"))
    if card.next_recheck:
        again = card.next_recheck
        console.print(
            Text(f"    next change by itself: {again.change} at {again.at:{AT}} ({again.of} {again.value_then})")
        )
    if card.truncated:
        console.print("    only the newest 500 acts were counted")


def verdict(card: Scorecard) -> str:
    """What it comes to, in one line: `B1 hot, MQL by hand raise and score; 85`."""
    reasons = " and ".join(reason.replace("_", " ") for reason in card.mql_reasons)
    signal = f"{card.signal} by {reasons}" if reasons else card.signal if card.signal != "none" else "no signal"
    marks = [signal, *(["fast track"] if card.fast_track else []), *(["SQL suggested"] if card.sql_suggested else [])]
    return f"{card.grade} {card.temperature}, {', '.join(marks)}; {card.display}"


def override_words(override: Override) -> str:
    """What a person set: `set by mara: fit 60 instead of 45.000, 2026-03-02 ... to 2026-04-01 ...: reason`."""
    value, computed = said(override, override.value), said(override, override.computed)
    effect = f"; without effect: {override.without_effect}" if override.without_effect else ""
    until = f"{override.since:{AT}} to {override.until:{AT}}"
    what = f"{override_target(override)} {value} instead of {computed}"
    return f"set by {override.author}: {what}, {until}: {override.reason}{effect}"


def override_target(override: Override) -> str:
    """`fit`, `MQL`, `veto competitor`"""
    return {"mql": "MQL", "veto": f"veto {override.veto}"}.get(override.target, override.target)


def said(override: Override, value: bool | str) -> str:
    """A value of an override in words: points as they are, MQL yes or no, a veto on or off."""
    if isinstance(value, str):
        return value
    return ("off", "on")[value] if override.target == "veto" else ("no", "yes")[value]


def _learned(learned: Learned, console: Console) -> None:
    band = "in the MQL band" if learned.in_band else "not in the MQL band"
    console.print(
        Text(
            f"    learned ({learned.mode}): {learned.points} of 100, {band}; ends well with probability "
            f"{learned.probability}; model {learned.version} ({learned.digest})"
        )
    )
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_row("  the average lead", "50.000", "")
    for each in learned.contributions:
        table.add_row(f"  {each.rule}", each.counted, Text(each.why))
    console.print(table)
    if learned.unknown:
        console.print(f"    {learned.unknown} of the things it asks are unknown")


def _dimension(name: str, dimension: Dimension, console: Console, is_set: Override | None) -> None:
    if dimension.contributions:
        console.print(_contributions(dimension))
    for rule, clip in dimension.rules.items():
        if clip.sum != clip.clipped:
            console.print(Text(f"    {rule}: {clip.sum} capped at {clip.clipped}"))
    for left in dimension.not_counted:
        console.print(Text(f"    not counted{f' by {left.rule}' if left.rule else ''}: {left.why}"))
    groups = [_group(group, clip.sum, clip.clipped) for group, clip in dimension.groups.items() if group != "penalty"]
    told = f"{' + '.join(groups)} = {dimension.positives}" if groups else dimension.positives
    capped = f", capped at {dimension.after_cap}" if dimension.after_cap != dimension.positives else ""
    console.print(Text.assemble(
        f"    {name}: {told}{capped}{_penalties(dimension)}", " → ",
        *([str(is_set.computed), _floor(dimension), ", set to "] if is_set else []), (dimension.value, "bold"),
        "" if is_set else _floor(dimension),
    ))  # fmt: skip


def _contributions(dimension: Dimension) -> Table:
    table = Table(*HEADINGS, box=None, padding=(0, 1))
    for column in table.columns[1:6]:
        column.justify = "right"
    for one in dimension.contributions:
        numbers = (str(one.raw), one.decayed, one.after_rule, one.after_group, one.counted)
        table.add_row(f"  {one.rule}", *numbers, Text(one.why))
    return table


def _group(name: str, before: str, after: str) -> str:
    return f"{name} {after}" + (f" (of {before}, capped)" if before != after else "")


def _penalties(dimension: Dimension) -> str:
    taken = dimension.groups.get("penalty")
    if taken is None or not Decimal(taken.sum):
        return ""
    floored = f" (of {taken.sum}, the most they take)" if taken.sum != taken.clipped else ""
    return f", penalties {dimension.penalties}{floored}"


def _floor(dimension: Dimension) -> str:
    return f" (from {dimension.known}: never below 0)" if Decimal(dimension.known) < 0 else ""
