"""`leadline dlq list|show|retry|discard`: what could not be processed."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_console import options, output
from leadline_console.dead_letters import Pile, covered, discard, open_pile, retry, upto
from leadline_console.errors import Exit, UserError
from leadline_console.letters import Letter, by_reason, name_of
from leadline_schemas.topics import SERVICES

Services = Annotated[
    list[str] | None, typer.Argument(help="Services to look at.", show_default="all", autocompletion=lambda: SERVICES)
]
Names = Annotated[list[str] | None, typer.Argument(help="Letters, as service/partition/offset.", show_default=False)]
One = Annotated[str, typer.Argument(help="A letter, as service/partition/offset.")]
All = Annotated[
    str | None,
    typer.Option("--all", metavar="SERVICE", help="All letters of this service.", autocompletion=lambda: SERVICES),
]
Reason = Annotated[str | None, typer.Option("--reason", help="Of those, only with this failure class.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=0, help="Letters to show one by one, the newest.")]


def register(app: typer.Typer) -> None:
    """Add `dlq` to the command."""
    group = typer.Typer(no_args_is_help=True, help="Look at dead letters, send them again, put them away.")
    group.command("list")(list_letters)
    group.command("show")(show)
    group.command("retry")(retry_letters)
    group.command("discard")(discard_letters)
    app.add_typer(group, name="dlq")


def list_letters(
    kafka: options.Kafka,
    services: Services = None,
    limit: Limit = 20,
    as_json: options.Json = False,
) -> None:
    """Count dead letters by reason and list the newest. Personal data is not shown."""
    pile = _pile(kafka, services or list(SERVICES))
    shown = pile.letters[-limit:] if limit else ()
    reasons = by_reason(pile.letters)
    names = ("service", "failure_class", "topic", "letters")
    data = {
        "letters": len(pile.letters),
        "reasons": [dict(zip(names, one, strict=True)) for one in reasons],
        "newest": [_outline(one) for one in shown],
    }
    output.answer(data, as_json, lambda console: _draw_list(reasons, shown, console))


def show(
    kafka: options.Kafka,
    name: One,
    pii: options.Pii = False,
    as_json: options.Json = False,
) -> None:
    """Show one dead letter whole; its key, headers and value only with --pii, for they may hold personal data."""
    asked = name_of(name)
    (letter,) = _pile(kafka, [asked.service]).named([asked])
    data = _outline(letter) | (_content(letter) if pii else {"bytes": len(letter.kept.value or b"")})
    output.answer(data, as_json, lambda console: _draw_one(data, console))


def retry_letters(
    kafka: options.Kafka,
    names: Names = None,
    service: All = None,
    reason: Reason = None,
    yes: Yes = False,
    as_json: options.Json = False,
) -> None:
    """Write records back to the topic they came from, once their cause is mended. Twice has the effect of once."""
    pile, letters = _chosen(kafka, names, service, reason)
    _sure(f"Send {len(letters)} record(s) again?", yes or not letters)
    retry(kafka, pile, letters)
    done = [one.name for one in letters]
    output.answer({"retried": done}, as_json, lambda console: console.print(f"{len(done)} record(s) sent again"))


def discard_letters(
    kafka: options.Kafka,
    names: Names = None,
    service: All = None,
    yes: Yes = False,
    as_json: options.Json = False,
) -> None:
    """Put letters away, and with each all older ones of its partition: they are listed no more. Nothing is deleted."""
    pile, letters = _chosen(kafka, names, service, None)
    count = len(covered(pile, upto(pile, letters)))
    _sure(f"Put {count} letter(s) away for good, these and the older ones of their partitions?", yes or not letters)
    done = [one.name for one in discard(kafka, pile, letters)]
    output.answer({"discarded": done}, as_json, lambda console: console.print(f"{len(done)} letter(s) put away"))


def _pile(kafka: str, services: list[str]) -> Pile:
    for name in services:
        if name not in SERVICES:
            raise UserError(f"No service {name!r}; there are {', '.join(SERVICES)}.")
    options.await_kafka(kafka)
    return open_pile(kafka, services)


def _chosen(
    kafka: str, names: list[str] | None, service: str | None, reason: str | None
) -> tuple[Pile, tuple[Letter, ...]]:
    if bool(names) == bool(service):
        raise UserError("Name the letters (service/partition/offset), or take --all SERVICE; not both.")
    if service:
        pile = _pile(kafka, [service])
        return pile, tuple(one for one in pile.letters if reason in (None, one.said.failure_class))
    asked = [name_of(name) for name in names or ()]
    pile = _pile(kafka, sorted({one.service for one in asked}))
    return pile, pile.named(asked)


def _sure(question: str, yes: bool) -> None:
    if not yes and not typer.confirm(question, err=True):
        output.problem("Nothing was done.")
        raise typer.Exit(Exit.FAILED)


def _outline(letter: Letter) -> dict[str, object]:
    return {"name": letter.name, "at": letter.kept.at, "origin": letter.origin, **letter.said.model_dump()}


def _content(letter: Letter) -> dict[str, object]:
    kept = letter.kept
    return {
        "key": options.text_or_base64(kept.key),
        "headers": {name: options.text_or_base64(value) for name, value in kept.headers},
        "value": options.text_or_base64(kept.value),
    }


def _draw_list(reasons: list[tuple[str, str, str, int]], newest: tuple[Letter, ...], console: Console) -> None:
    if not reasons:
        console.print("No dead letters.")
        return
    table = Table("service", "reason", "topic", "letters", box=None, pad_edge=False)
    for service, failure_class, topic, count in reasons:
        table.add_row(service, failure_class, topic, str(count))
    console.print(table)
    if newest:
        console.print()
        letters = Table("letter", "rejected", "reason", "came from", "failure", box=None, pad_edge=False)
        for one in newest:
            said = one.said
            letters.add_row(one.name, said.rejected_at[:19], said.failure_class, one.origin, Text(said.failure))
        console.print(letters)


def _draw_one(data: dict[str, object], console: Console) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in data.items():
        table.add_row(name, Text(str(value)))
    console.print(table)
