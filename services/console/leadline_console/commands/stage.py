"""`leadline stage`: a person brings a lead into another stage; `leadline reactivation list`: the quarter's list."""

from typing import Annotated, Any, get_args
from uuid import UUID

import typer

from leadline_console import options, output
from leadline_console.commands.leads import Author, Wait, check, give
from leadline_console.commands.send import Edge
from leadline_console.errors import Exit, UserError
from leadline_console.ordering import awaited
from leadline_console.stages import became, draw_listed, draw_order, listed, listed_as_json, why_not
from leadline_schemas.topics import LEAD_STAGE
from leadline_schemas.vocabulary import Confirmed, Stage

BANT: tuple[str, ...] = get_args(Confirmed)
Lead = Annotated[UUID, typer.Argument(help="The lead.", show_default=False)]
To = Annotated[Stage, typer.Option("--to", help="The stage wanted.", show_default=False)]
Why = Annotated[
    str | None, typer.Option("--reason", help="Why, in a word of lifecycle.yaml: not_ready. Needed to put it aside.")
]
Note = Annotated[str, typer.Option("--note", help="The same in your own words; it stands in the event.")]
Recorded = Annotated[
    list[str] | None,
    typer.Option("--confirmed", help="What you found out: budget, authority, need, timeline. SQL needs three."),
]
Quarter = Annotated[
    str | None, typer.Option("--quarter", help="As 2026-Q3; without it the newest list.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add `stage` and `reactivation` to the command."""
    app.command()(stage)
    group = typer.Typer(help="Archived leads that are worth another try.", no_args_is_help=True)
    group.command("list")(list_)
    app.add_typer(group, name="reactivation")


def stage(  # noqa: PLR0913 - one parameter an option
    edge: Edge,
    kafka: options.Kafka,
    author: Author,
    lead: Lead,
    to: To,
    *,
    reason: Why = None,
    note: Note = "",
    confirmed: Recorded = None,
    wait: Wait = 15,
    as_json: options.Json = False,
) -> None:
    """Bring LEAD into a stage: accept it, reject it, qualify it, put it aside, reopen it. Tells what the monitor made
    of it, applied or not applied and why (exit code 1); without an answer in time, or with --wait 0, that it is
    ordered: `leadline explain LEAD` shows later what became of it."""
    if strange := [each for each in confirmed or () if each not in BANT]:
        raise UserError(f"--confirmed {strange[0]} is none of {', '.join(BANT)}.")
    wanted: dict[str, Any] = {"to": to, "reason": reason, "confirmed": confirmed or None}
    said = note or reason or f"to {to}"  # the word again is no note, where lifecycle.yaml requires one
    command = {
        "kind": "stage.change", "lead_id": str(lead), "author": author, "reason": said,
        "stage": {name: value for name, value in wanted.items() if value is not None},
    }  # fmt: skip
    told = give(edge, command, wait)
    check(told)
    mine = UUID(str(told["submission_id"]))
    found = awaited(kafka, told, wait, LEAD_STAGE, lambda event: event.activity == mine) if wait else []
    word = found[-1] if found else None  # the newest: a later truth may have changed it
    output.answer({**told, **became(word)}, as_json, lambda console: draw_order(mine, word, console))
    if word is not None and word.kind != "applied":
        raise UserError(f"It was not applied: {why_not(word)}.", Exit.FAILED)


def list_(bootstrap: options.Kafka, quarter: Quarter = None, *, as_json: options.Json = False) -> None:
    """The archived leads of grade A or B that may be written to, as of the first Monday of a quarter. Nothing is done
    to them: who is worth it is a person's to say, `leadline stage LEAD --to captured` brings one back."""
    if quarter is not None and not _is_quarter(quarter):
        raise UserError(f"{quarter} is no quarter; write e.g. 2026-Q3.")
    found = listed(bootstrap, quarter)
    output.answer(listed_as_json(found), as_json, lambda console: draw_listed(found, console))


def _is_quarter(text: str) -> bool:
    year, _, number = text.partition("-Q")
    return year.isdigit() and len(year) == 4 and number in {"1", "2", "3", "4"}
