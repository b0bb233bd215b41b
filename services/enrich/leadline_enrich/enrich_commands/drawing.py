"""The facts of a lead for a person at a terminal."""

import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_enrich.core.chain import Learned
from leadline_enrich.enrich_commands.reasons import Row
from leadline_schemas.event import RulesRef

WIDE = 250  # columns where nobody said how many there are: a table in a pipe is not to be cut at 80


def draw(name: str, learned: Learned, rows: Sequence[Row], ref: RulesRef) -> None:
    """What was found, from whom, how sure, and what counts."""
    piped = not sys.stdout.isatty()
    console = Console(highlight=False, emoji=False, soft_wrap=piped, width=WIDE if piped else None)
    console.print(Text(f"{name} by rules {ref.version} ({ref.digest})", style="bold"))
    shown = Table("fact", "value", "from", "sure", "counts as", "why", box=None, header_style="dim", pad_edge=False)
    for row in rows:
        value = "–" if row.value is None else row.value if isinstance(row.value, str) else json.dumps(row.value)
        sure = "" if row.confidence is None else f"{row.confidence:.0%}"
        style = "dim" if row.value is None else ""
        shown.add_row(*map(Text, (row.fact, value, row.provider, sure, row.counts_as or "", row.why)), style=style)
    console.print(shown)
    if learned.account:
        owner = f", owner {learned.account.owner}" if learned.account.owner else ""
        console.print(Text(f"account {learned.account.domain}: {learned.account.status}{owner}"))
    if not learned.complete:
        console.print("not complete: somebody who is asked has not answered")
    console.print()
