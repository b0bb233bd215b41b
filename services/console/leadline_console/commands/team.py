"""`leadline team absent | present | set`: changes of the roster over team.yaml, by the door like all else.

They stand in the group that route's own package brings, as they go by the door, which it does not know.
"""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote, urlencode
from uuid import UUID

import typer
from rich.console import Console

from leadline_console import options, output
from leadline_console.commands.assignments import As, Wait, ordered
from leadline_console.commands.send import Edge
from leadline_console.errors import Exit, UserError
from leadline_console.groups import group_of

SCOPE = "roster:write"
Member = Annotated[str, typer.Argument(help="A member of team.yaml.", show_default=False)]
From = Annotated[
    str, typer.Option("--from", help="The first day, 2026-04-06, or the instant with its offset.", show_default=False)
]
Back = Annotated[str, typer.Option("--back", help="The day or instant of being there again.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a word: leave.", show_default=False)]
Change = Annotated[UUID, typer.Argument(help="What `team absent` told.", show_default=False)]
Active = Annotated[
    bool | None, typer.Option("--active/--inactive", help="Inactive: his leads go to others.", show_default=False)
]
Hours = Annotated[
    list[str], typer.Option("--hours", metavar="DAYS=FROM-TO[,FROM-TO]", help="mon-fri=09:00-12:30,13:30-18:00")
]
Cap = Annotated[list[str], typer.Option("--cap", metavar="NAME=N", help="open=30, day=5, week=20 or month=60.")]
Weight = Annotated[
    list[str], typer.Option("--weight", metavar="POOL=N", help="1 to 10; 0 takes the member out of the pool.")
]
Clear = Annotated[
    list[str], typer.Option("--clear", help="Of this team.yaml counts again: active, hours, caps or weights.")
]


def register(app: typer.Typer) -> None:
    """Add them to the group `team`, which is made if route's package is not there."""
    group = group_of(app, "team", "Who is who, and who is there.")
    group.command()(absent)
    group.command()(present)
    group.command("set")(set_)


def absent(  # noqa: PLR0913 - one parameter an option
    edge: Edge, member: Member, by: As, away: From, back: Back, reason: Reason, *, wait: Wait = 5,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Declare that MEMBER is away. Untouched leads whose first promise is due before go to others."""
    told = {"author": by, "from": away, "back": back, "reason": reason}
    _order(edge, f"{_of(member)}/absences", told, wait, as_json=as_json)


def present(
    edge: Edge, member: Member, change: Change, by: As, *, wait: Wait = 5, as_json: options.Json = False
) -> None:
    """Take an absence of MEMBER back that was declared here."""
    path = f"{_of(member)}/absences/{change}?{urlencode({'author': by})}"
    _order(edge, path, None, wait, method="DELETE", as_json=as_json)


def set_(  # noqa: PLR0913 - one parameter an option
    edge: Edge,
    member: Member,
    by: As,
    *,
    active: Active = None,
    hours: Hours = [],  # noqa: B006 - typer reads the default, nobody changes it
    cap: Cap = [],  # noqa: B006
    weight: Weight = [],  # noqa: B006
    clear: Clear = [],  # noqa: B006
    wait: Wait = 5,
    as_json: options.Json = False,
) -> None:
    """Set what stands of MEMBER in place of team.yaml; what is not given stays as it is."""
    told: dict[str, Any] = {"author": by}
    if active is not None:
        told["active"] = active
    if hours:
        told["hours"] = {days: spans.split(",") for days, spans in _pairs("--hours", hours)}
    for name, option, given in (("caps", "--cap", cap), ("weights", "--weight", weight)):
        if given:
            told[name] = {key: _number(option, value) for key, value in _pairs(option, given)}
    if clear:
        told["clear"] = list(clear)
    if len(told) == 1:
        raise UserError("That would change nothing: give --inactive, --hours, --cap, --weight or --clear.", Exit.USAGE)
    _order(edge, _of(member), told, wait, method="PATCH", as_json=as_json)


def _pairs(option: str, given: Sequence[str]) -> list[tuple[str, str]]:
    found = [each.partition("=") for each in given]
    if wrong := next(
        (each for each, (_, sign, value) in zip(given, found, strict=True) if not sign or not value), None
    ):
        raise UserError(f"{option} {wrong!r} is no NAME=VALUE.", Exit.USAGE)
    return [(name, value) for name, _, value in found]


def _number(option: str, text: str) -> int:
    if not text.isdigit():
        raise UserError(f"{option}: {text!r} is no whole number.", Exit.USAGE)
    return int(text)


def _of(member: str) -> str:
    return f"/v1/members/{quote(member, safe='')}"


def _order(
    edge: str, path: str, payload: dict[str, Any] | None, wait: int, *, method: str = "POST", as_json: bool
) -> None:
    became = ordered(edge, path, payload, wait, scope=SCOPE, method=method)
    output.answer(became, as_json, lambda console: _draw(became, console))


def _draw(told: dict[str, Any], console: Console) -> None:
    if told["status"] == "accepted":
        console.print(f"[green]accepted[/] {told['submission_id']}")
    else:
        console.print(f"[green]applied[/] {told['id']}, roster {told.get('roster')}")
