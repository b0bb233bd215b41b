"""`leadline assignments claim | accept | decline | reassign | release`: what a person decides about who has a lead."""

import json
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console

from leadline_console import options, output
from leadline_console.commands.send import Edge
from leadline_console.ordering import api_key, refused
from leadline_console.sending import answer, door

Lead = Annotated[UUID, typer.Argument(help="The lead.", show_default=False)]
As = Annotated[str, typer.Option("--as", help="The member who orders it.", show_default=False)]
To = Annotated[str, typer.Option("--to", help="The member or manager who is to have it.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a word: wrong_territory.", show_default=False)]
Number = Annotated[
    int | None, typer.Option("--assignment", min=0, help="Only if this is still the lead's assignment number.")
]
Wait = Annotated[int, typer.Option("--wait", min=0, max=60, help="Seconds to wait for what becomes of it.")]


def register(app: typer.Typer) -> None:
    """Add `assignments` to the command."""
    group = typer.Typer(help="Who has a lead: claim, accept, decline, reassign, release.", no_args_is_help=True)
    for command in (claim, accept, decline, reassign, release):
        group.command()(command)
    app.add_typer(group, name="assignments")


def claim(edge: Edge, lead: Lead, by: As, *, wait: Wait = 5, as_json: options.Json = False) -> None:
    """Take LEAD, which waits in a queue or on hold."""
    _order(edge, lead, "claim", {"author": by}, wait, as_json=as_json)


def accept(
    edge: Edge, lead: Lead, by: As, *, number: Number = None, wait: Wait = 5, as_json: options.Json = False
) -> None:
    """Say that the owner works on LEAD."""
    _order(edge, lead, "accept", {"author": by, "assignment": number}, wait, as_json=as_json)


def decline(  # noqa: PLR0913 - one parameter an option
    edge: Edge, lead: Lead, by: As, reason: Reason, *, number: Number = None, wait: Wait = 5,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Give LEAD to the next member, before the owner has touched it; for a reason of the list in routing.yaml."""
    _order(edge, lead, "decline", {"author": by, "reason": reason, "assignment": number}, wait, as_json=as_json)


def reassign(  # noqa: PLR0913 - one parameter an option
    edge: Edge, lead: Lead, by: As, to: To, reason: Reason, *, number: Number = None, wait: Wait = 5,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Give LEAD to somebody, whatever hours and caps say."""
    told = {"author": by, "to": to, "reason": reason, "assignment": number}
    _order(edge, lead, "reassign", told, wait, as_json=as_json)


def release(  # noqa: PLR0913 - one parameter an option
    edge: Edge, lead: Lead, by: As, reason: Reason, *, number: Number = None, wait: Wait = 5,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Give LEAD back, also after a touch: whoever is next gets it, not who had it."""
    _order(edge, lead, "release", {"author": by, "reason": reason, "assignment": number}, wait, as_json=as_json)


def _order(edge: str, lead: UUID, verb: str, told: dict[str, Any], wait: int, *, as_json: bool) -> None:
    payload = {name: value for name, value in told.items() if value is not None}
    became = ordered(edge, f"/v1/assignments/{lead}/{verb}", payload, wait, scope="assignments:write")
    output.answer(became, as_json, lambda console: _draw(became, console))


def ordered(
    edge: str, path: str, payload: dict[str, Any] | None, wait: int, *, scope: str, method: str = "POST"
) -> dict[str, Any]:
    """What became of an order given to the door, or that it is accepted. Raises UserError if it was refused."""
    with door(edge, api_key(f"--source console --scope {scope}")) as opened:
        status, content = opened.exchange(path, payload, method=method, Prefer=f"wait={wait}")
    if status == 202:
        output.progress("It is accepted; the door waited, and it is not decided yet.")
    elif status != 200:
        raise refused(answer(0, status, content))
    became: dict[str, Any] = json.loads(content)
    return became


def _draw(told: dict[str, Any], console: Console) -> None:
    if told["status"] == "accepted":
        console.print(f"[green]accepted[/] {told['submission_id']}")
        return
    who = f"{told['owner']} has it" if told.get("owner") else f"nobody has it: {told.get('outcome')}"
    over = ", beyond a cap" if told.get("over_cap") else ""
    console.print(f"[green]applied[/] {who}{over}, assignment {told.get('assignment')}")
