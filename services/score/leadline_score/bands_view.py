"""The bands of a lead for a person at a terminal: which are in force, and what is missing to the others."""

from rich.console import Console
from rich.text import Text

from leadline_score.core.distances import Distance
from leadline_score.core.exact import plain


def draw_distances(found: tuple[Distance, ...], console: Console) -> None:
    """Each band: in force and when it is left, or what is missing, as `intent 8 of 10`."""
    for each in found:
        of = f"{each.of} {plain(each.value)}"
        if not each.inside:
            console.print(Text(f"    {each.band}: {of} of {plain(each.enter)}, {plain(each.missing)} missing"))
        elif each.leave:
            console.print(Text(f"    {each.band}: in force, {of}; left below {plain(each.leave)}"))
