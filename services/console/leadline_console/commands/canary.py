"""`leadline canary`: does a lead get through?

What it needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from leadline_console import options, output
from leadline_console.commands.send import Edge
from leadline_console.errors import Exit, UserError
from leadline_runtime.command_settings import setting

if TYPE_CHECKING:
    from leadline_console.canary.way import Way

Wait = Annotated[float, typer.Option("--wait", min=1, help="Seconds to wait for it.")]


def register(app: typer.Typer) -> None:
    """Add `canary` to the command."""
    group = typer.Typer(
        help="Send a lead that is nobody's through the whole pipeline, and see where it comes.", no_args_is_help=True,
        rich_markup_mode=None,
    )  # fmt: skip
    group.command()(send)
    group.command()(watch)
    app.add_typer(group, name="canary")


def send(edge: Edge, kafka: options.Kafka, wait: Wait = 30.0, as_json: options.Json = False) -> None:
    """Send one with the key in LEADLINE_CANARY_KEY and tell hop by hop how it got on. Exit code 1 if it is lost.

    Nobody gets it, nothing counts or keeps it.
    """
    import asyncio

    from leadline_console.canary.sending import Canaries
    from leadline_console.canary.watch import NO_KEY

    key = setting("LEADLINE_CANARY_KEY")
    if not key:
        raise UserError(NO_KEY, Exit.USAGE)
    way = asyncio.run(Canaries(edge, key, kafka, wait).send())
    data = {
        "arrived": way.arrived, "last_seen": way.last_seen, "why": way.why(), "lead_id": way.lead_id,
        "took_s": way.took_s, "hops_s": way.hops(),
    }  # fmt: skip
    output.answer(data, as_json, lambda console: _draw(way, console))
    if not way.arrived:
        raise typer.Exit(Exit.FAILED)


def watch() -> None:
    """Send one each minute until stopped, and tell on /metrics what became of them: a process of its own.

    It is set by LEADLINE_CANARY_KEY, LEADLINE_EDGE_URL, LEADLINE_KAFKA and the others of docs/settings.md.
    """
    from leadline_console.canary.watch import run

    run()


def _draw(way: "Way", console: Console) -> None:
    table = Table("seen in", "after", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for topic in way.seen:
        seconds = way.hops().get(topic)
        table.add_row(topic, "" if seconds is None else f"{seconds:.3f} s")
    if way.seen:
        console.print(table)
    whole = f", {way.took_s:.2f} s in all" if way.took_s is not None else ""
    console.print(f"{'Lead ' + str(way.lead_id) + ': ' if way.lead_id else ''}{way.why()}{whole}.", highlight=False)
