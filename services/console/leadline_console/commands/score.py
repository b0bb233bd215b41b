"""`leadline score override | overrides`: what a person sets in place of what is computed, and what is set now.

They stand in the group that score's own package brings, as they go by the door and read topics, which it does not.
"""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from leadline_console import options, output
from leadline_console.commands.leads import Author, Reason, Wait, order
from leadline_console.commands.send import Edge
from leadline_console.errors import UserError
from leadline_console.groups import group_of
from leadline_console.moments import from_now
from leadline_console.overrides import draw_overrides, of_all_leads, of_lead

CLEAR = "clear"
_YES_OR_NO = {"yes": True, "no": False, "on": True, "off": False}

Lead = Annotated[UUID, typer.Argument(help="The lead.", show_default=False)]
Points = "0 to 100 points, or clear: the computed value counts again."
Fit = Annotated[str | None, typer.Option("--fit", help=Points)]
Intent = Annotated[str | None, typer.Option("--intent", help=Points)]
Veto = Annotated[
    str | None, typer.Option("--veto", metavar="ID=on|off|clear", help="A veto of the scoring rules, competitor=off.")
]
Mql = Annotated[str | None, typer.Option("--mql", metavar="yes|no|clear", help="Whether it is an MQL.")]
Expires = Annotated[
    str | None,
    typer.Option("--expires", help="How long it holds, as 30d or 12h, or until when, as 2026-04-30; 90 days at most."),
]
All = Annotated[bool, typer.Option("--all", help="Those of all leads.")]


def register(app: typer.Typer) -> None:
    """Add them to the group `score`, which is made if score's package is not there."""
    group = group_of(app, "score", "What people set in place of computed scores.")
    group.command()(override)
    group.command()(overrides)


def override(  # noqa: PLR0913 - one parameter an option
    edge: Edge,
    author: Author,
    lead: Lead,
    reason: Reason,
    *,
    fit: Fit = None,
    intent: Intent = None,
    veto: Veto = None,
    mql: Mql = None,
    expires: Expires = None,
    wait: Wait = 15,
    as_json: options.Json = False,
) -> None:
    """Set one of fit, intent, a veto or MQL in place of what is computed, until it expires. A later one of the same
    replaces it. `leadline score overrides LEAD` shows it with the computed value beside it."""
    chosen = {"fit": fit, "intent": intent, "veto": veto, "mql": mql}
    given = [(target, text) for target, text in chosen.items() if text is not None]
    if len(given) != 1:
        raise UserError("Give exactly one of --fit, --intent, --veto, --mql: each is set with a reason of its own.")
    command = {"kind": "score.override", "lead_id": str(lead), "author": author, "reason": reason,
               "override": wanted(*given[0], expires, datetime.now(UTC))}  # fmt: skip
    order(edge, command, wait, as_json=as_json)


def wanted(target: str, text: str, expires: str | None, now: datetime) -> dict[str, Any]:
    """What is ordered of `target`. Raises UserError that says what would be right."""
    found: dict[str, Any] = {"target": target}
    if target == "veto":
        name, equals, text = text.partition("=")
        if not (name and equals):
            raise UserError("Write --veto ID=on, ID=off or ID=clear, as competitor=off.")
        found["veto"] = name
    if text == CLEAR:
        if expires is not None:
            raise UserError("A clear has no --expires: the computed value counts from now on.")
        return {**found, "clear": True}
    if expires is None:
        raise UserError("Give --expires, as 30d or 2026-04-30: nothing that a person sets holds for ever.")
    return {**found, "value": _value(target, text), "expires_at": from_now(expires, "--expires", now).isoformat()}


def _value(target: str, text: str) -> bool | int:
    if target in ("fit", "intent"):
        if not (text.isascii() and text.isdigit()):
            raise UserError(f"--{target} is a whole number of points, 0 to 100, or clear.")
        return int(text)
    words = ("yes", "no") if target == "mql" else ("on", "off")
    if text not in words:
        raise UserError(f"--{target} is {words[0]}, {words[1]} or clear" + (" of a veto." if target == "veto" else "."))
    return _YES_OR_NO[text]


def overrides(
    kafka: options.Kafka,
    lead: Annotated[UUID | None, typer.Argument(help="The lead.", show_default=False)] = None,
    every: All = False,
    pii: options.Pii = False,
    as_json: options.Json = False,
) -> None:
    """Show what people set that is in force: the value, the computed one beside it, by whom and until when. Reasons are
    masked unless --pii is given."""
    if (lead is None) != every:
        raise UserError("Give a lead, or --all.")
    options.await_kafka(kafka)
    found = of_lead(kafka, lead, pii=pii) if lead else of_all_leads(kafka, pii=pii)
    output.answer(found, as_json, lambda console: draw_overrides(found, console))
