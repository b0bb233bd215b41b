"""`leadline tail`: watch what flows."""

from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from leadline_console import options, output
from leadline_console.records import Kept
from leadline_console.tailing import KNOWN, NAMES, check_names, follow, newest, shown
from leadline_runtime.command_terminal import terminal

Topics = Annotated[
    list[str] | None,
    typer.Argument(help="Topics to watch.", show_default="all lead.* topics", autocompletion=lambda: NAMES),
]
Last = Annotated[int, typer.Option("--last", "-n", min=0, help="Show the newest N records first.")]
Follow = Annotated[
    bool | None, typer.Option("--follow/--no-follow", "-f", help="Go on with what comes. [default: unless --last]")
]
COLOURS = ("cyan", "blue", "magenta", "yellow", "green", "bright_cyan", "red")


def register(app: typer.Typer) -> None:
    """Add `tail` to the command."""
    app.command()(tail)


def tail(
    kafka: options.Kafka,
    topics: Topics = None,
    last: Last = 0,
    following: Follow = None,
    pii: options.Pii = False,
    as_json: options.Json = False,
) -> None:
    """Watch events as they are written, one line each; with --json one JSON object a line.

    Personal values are masked unless --pii is given.
    """
    names = topics or list(KNOWN)
    check_names(names)
    options.await_kafka(kafka)
    show = _printer(pii, as_json)
    if last:
        for kept in newest(kafka, names, last):
            show(kept)
    if following or (following is None and not last):
        for kept in follow(kafka, names, ready=lambda: output.progress("Watching; Ctrl-C ends it.")):
            show(kept)


def _printer(pii: bool, as_json: bool) -> Callable[[Kept], None]:
    if as_json:
        return lambda kept: output.line(shown(kept).data(pii))
    console = terminal()
    return lambda kept: _line(kept, pii, console)


def _line(kept: Kept, pii: bool, console: Console) -> None:
    one = shown(kept)
    names = list(KNOWN)
    colour = COLOURS[names.index(kept.topic) % len(COLOURS)] if kept.topic in KNOWN else "red"
    text = Text(f"{kept.at:%H:%M:%S} ").append(f"{kept.topic:<14}", style=colour)
    text.append(f" {one.about} " if one.about else " ", style="dim").append(one.words)
    console.print(text)
    if pii:
        console.print_json(data=one.data(pii)["value"], default=str)
