"""A comparison of two versions of rules for a person."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_runtime.rules_diff import Changed, RulesDiff, Tally, changed_in, distribution

Moves = Mapping[tuple[str, str], int]
CAUSES = 15
MOST_COLUMNS = 15  # answers of an aspect that are shown as a square


def draw(found: RulesDiff, console: Console) -> None:
    """Totals, per aspect who went where, which rules made the difference, and the first leads that change."""
    tally = found.tally
    console.print(Text(f"old {found.old.version} ({found.old.digest}), new {found.new.version} ({found.new.digest})"))
    if found.old.digest == found.new.digest:
        console.print("The two files are the same.")
    share = f" ({tally.changed / tally.leads:.1%})" if tally.leads else ""
    console.print(Text(f"{tally.leads:,} leads compared, {tally.changed:,} change{share}", style="bold"))
    if tally.points:
        console.print(f"{tally.points:,} have other points, with or without a consequence")
    for reason, leads in sorted(tally.left_out.items()):
        console.print(f"{leads:,} left out: {reason}")
    for aspect, moves in tally.moves.items():
        _aspect(aspect, moves, console)
    _causes(tally, console)
    _listed(tally, console)


def _aspect(aspect: str, moves: Moves, console: Console) -> None:
    """Rows: what the old rules say; columns: the new; the leads that stay in the diagonal, muted."""
    changed = changed_in(moves)
    if not changed:
        told = ", ".join(f"{answer} {leads:,}" for answer, leads in distribution(moves, 0).items())
        console.print(Text(f"\n{aspect}: nobody changes ({told})"))
        return
    console.print(Text(f"\n{aspect}: {changed:,} change", style="bold"))
    before, after = distribution(moves, 0), distribution(moves, 1)
    if max(len(before), len(after)) > MOST_COLUMNS:
        console.print(_in_lines(before, after))
        return
    table = Table("old \\ new", *after, "in all", box=None, padding=(0, 1))
    for column in table.columns[1:]:
        column.justify = "right"
    for one, leads in before.items():
        table.add_row(one, *[_cell(moves, one, other) for other in after], f"{leads:,}")
    table.add_row("in all", *[f"{leads:,}" for leads in after.values()], f"{sum(after.values()):,}", style="bold")
    console.print(table)


def _in_lines(before: Mapping[str, int], after: Mapping[str, int]) -> Table:
    """How many have each answer before and after: of many answers a square would fit no screen."""
    table = Table("", "old", "new", "difference", box=None, padding=(0, 1))
    for column in table.columns[1:]:
        column.justify = "right"
    for answer in dict.fromkeys((*before, *after)):
        by = after.get(answer, 0) - before.get(answer, 0)
        told = Text(f"{by:+,}" if by else "", style="yellow")
        table.add_row(Text(answer), f"{before.get(answer, 0):,}", f"{after.get(answer, 0):,}", told)
    return table


def _cell(moves: Moves, one: str, other: str) -> Text:
    leads = moves.get((one, other), 0)
    return Text(f"{leads:,}" if leads else "·", style="dim" if one == other or not leads else "yellow")


def _causes(tally: Tally, console: Console) -> None:
    if tally.causes:
        console.print("\n[bold]because of[/]")
    for rule, leads in tally.causes.most_common(CAUSES):
        console.print(Text(f"  {rule}: {leads:,} of the leads that change"))
    if len(tally.causes) > CAUSES:
        console.print(f"  and {len(tally.causes) - CAUSES} more")


def _listed(tally: Tally, console: Console) -> None:
    if tally.listed:
        console.print(
            "\n[bold]the first that change[/]" if len(tally.listed) < tally.changed else "\n[bold]they are[/]"
        )
    for each in tally.listed:
        console.print(Text(f"  {each.lead}  {_changes(each)}"))
        for why in each.why:
            console.print(Text(f"      {why}"))


def _changes(changed: Changed) -> str:
    return ", ".join(f"{aspect} {one} → {other}" for aspect, (one, other) in changed.changes.items())
