"""`leadline send`: post leads or activities from a file."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape

from leadline_console import options, output
from leadline_console.errors import Exit, UserError
from leadline_console.ordering import api_key
from leadline_console.sending import Answer, door, payloads, send_all
from leadline_runtime.command_settings import setting

File = Annotated[str, typer.Argument(help="JSON: an object, a list, or an object a line; - reads from stdin.")]
To = Annotated[Literal["leads", "activities"], typer.Option("--to", help="What the file holds.")]
Edge = Annotated[
    str,
    typer.Option(
        "--edge",
        default_factory=lambda: setting("LEADLINE_EDGE_URL", "http://127.0.0.1:8080"),
        help="The door's address.",
        show_default="LEADLINE_EDGE_URL, else the local stack's, else http://127.0.0.1:8080",
    ),
]


def register(app: typer.Typer) -> None:
    """Add `send` to the command."""
    app.command()(send)


def send(edge: Edge, file: File, to: To = "leads", as_json: options.Json = False) -> None:
    """Post leads (or activities) to the door with the key in LEADLINE_API_KEY. Exit code 1 if any was refused."""
    key = api_key("--source website")
    items = payloads(_read(file))
    answers = []
    with door(edge, key) as opened:
        for one in send_all(opened, f"/v1/{to}", items):
            answers.append(one)
            if len(answers) % 100 == 0:
                output.progress(f"{len(answers)} of {len(items)} sent")
    accepted = sum(one.accepted for one in answers)
    data = {"accepted": accepted, "refused": len(answers) - accepted, "results": [vars(one) for one in answers]}
    output.answer(data, as_json, lambda console: _draw(answers, accepted, console))
    if accepted < len(answers):
        raise typer.Exit(Exit.FAILED)


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file} cannot be read as UTF-8 text ({type(error).__name__}).") from None


def _draw(answers: list[Answer], accepted: int, console: Console) -> None:
    for one in answers:
        if one.accepted and len(answers) <= 20:
            console.print(f"[green]accepted[/] {one.submission_id}")
        elif not one.accepted:
            console.print(f"[red]refused[/]  item {one.index}: {one.status} {escape(one.detail or one.code or '')}")
            for fault in one.errors:
                console.print(f"         {escape(fault.get('path', ''))}: {escape(fault.get('problem', ''))}")
    console.print(f"{accepted} accepted, {len(answers) - accepted} refused")
