"""One lead's way: its recorded decisions in order, and where route holds it now."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.text import Text

from leadline_route.core.team import Member, Team
from leadline_route.route_commands.caps_words import caps_in_words
from leadline_route.route_commands.route_tables import body_of, with_tables
from leadline_route.route_commands.rules_in_force import rules_of
from leadline_route.state import STANDING, Body, Standing
from leadline_runtime.command_errors import NOT_FOUND, CommandError
from leadline_runtime.command_log import kept_log
from leadline_runtime.command_routed import AT, NOTHING, Known, draw_routed, mover
from leadline_runtime.command_terminal import terminal
from leadline_runtime.consumed import Consumed
from leadline_runtime.core.errors import RulesError
from leadline_runtime.core.values import dataclass
from leadline_runtime.envelope import event_id_of
from leadline_runtime.masking import masked
from leadline_schemas.codec import Undecodable, decode, encode_model
from leadline_schemas.routed import LeadRouted
from leadline_schemas.topics import LEAD_ROUTED


@dataclass(frozen=True, slots=True)
class Way:
    """The decisions of a lead in order, and where it stands; `notes`: what could not be looked at, and why."""

    lead_id: UUID
    decisions: Sequence[LeadRouted]
    standing: Standing | None
    notes: Sequence[str] = ()
    before: Sequence[str | None] = field(default=())


def show(lead_id: UUID, kafka: str | None, *, pii: bool, as_json: bool) -> None:
    """Print it. Raises CommandError."""
    notes: list[str] = []
    records = asyncio.run(_records(lead_id, kafka))
    body = _body(lead_id, notes)
    if not records and body is None:
        raise CommandError(f"Route has never told of a lead {lead_id}. {' '.join(notes)}".strip(), NOT_FOUND)
    way = way_of(lead_id, records, body, notes, pii=pii)
    if as_json:
        print(json.dumps(data(way), indent=2, ensure_ascii=False))
    else:
        draw(way, _team(), terminal())


async def _records(lead_id: UUID, kafka: str | None) -> list[Consumed]:
    async with kept_log(LEAD_ROUTED.name, kafka) as log:
        return await log.of_lead(lead_id)


def _body(lead_id: UUID, notes: list[str]) -> Body | None:
    try:
        return with_tables(lambda sql: body_of(sql, lead_id))
    except CommandError as error:
        notes.append(f"Where it stands now is not told: {error}")
        return None


def _team() -> Team | None:
    try:
        return rules_of(None).rules.team
    except (RulesError, CommandError):
        return None  # a broken file hides no decision that was taken


def way_of(lead_id: UUID, records: Sequence[Consumed], body: Body | None, notes: Sequence[str], *, pii: bool) -> Way:
    """The decisions in these records, a repeat once, by revision. Personal values masked, unless `pii`."""
    found: dict[UUID | str, LeadRouted] = {}
    unreadable = 0
    for record in records:
        try:
            event = decode(LEAD_ROUTED, record.value or b"")
        except Undecodable:
            unreadable += 1
            continue
        found[event_id_of(dict(record.headers)) or f"{record.partition}/{record.offset}"] = (
            event if pii else _masked(event)
        )
    ordered = sorted(found.values(), key=lambda event: event.revision)
    before = [None, *(event.owner for event in ordered[:-1])][: len(ordered)]
    told = [*notes, f"{unreadable} events could not be decoded"] if unreadable else notes
    return Way(lead_id, ordered, body.standing if body else None, told, before)


def _masked(event: LeadRouted) -> LeadRouted:
    return LeadRouted.model_validate(masked(LeadRouted, json.loads(encode_model(event))))


def data(way: Way) -> dict[str, Any]:
    """The way for programs; the snapshot that each decision carries is left out."""
    decisions = []
    for event, before in zip(way.decisions, way.before, strict=True):
        told = json.loads(encode_model(event))
        told.pop("scored", None)
        decisions.append({**told, "owner_before": before, "moved_by": mover(event, before)})
    standing: Mapping[str, Any] | None = None
    if way.standing is not None:
        standing = json.loads(STANDING.dump_json(way.standing, exclude_defaults=True))
    return {"lead_id": str(way.lead_id), "decisions": decisions, "standing": standing, "notes": list(way.notes)}


def draw(way: Way, team: Team | None, console: Console) -> None:
    """Print the way for a person."""
    console.print(Text(f"Lead {way.lead_id}, {len(way.decisions)} routing decisions", style="bold"))

    def about(member: str, at: datetime) -> Known:
        known = team.members.get(member) if team else None
        return _known(known, at) if known else NOTHING

    for event, before in zip(way.decisions, way.before, strict=True):
        console.print(Text(f"\n  {event.basis.decided_at:{AT}}  {_outcome(event)}", style="bold"))
        console.print(Text(f"    moved by {mover(event, before)}"))
        draw_routed(event, console, about)
    if way.standing is not None:
        console.print(Text("\n  Now", style="bold"))
        for line in standing_in_words(way.standing):
            console.print(Text(f"    {line}"))
    for note in way.notes:
        console.print(Text(note, style="yellow"))


def _known(member: Member, at: datetime) -> Known:
    return Known(f"{at.astimezone(member.days.zone):%a %H:%M %Z}", caps_in_words(member.caps))


def _outcome(event: LeadRouted) -> str:
    number = f"#{event.assignment} " if event.owner else ""
    owner = f" {event.owner}" if event.owner else ""
    told = [f"{number}{event.outcome}{owner} by rule {event.rule}"]
    told += [f"pool {event.pool}"] if event.pool else []
    told += [f"until {event.held_until:{AT}}"] if event.held_until else []
    told += ["a turn" if event.counts_as_turn else "no turn"] if event.outcome == "person" else []
    told += [f"covering for {event.covering_for}"] if event.covering_for else []
    told += [f"{event.released} is told"] if event.released else []
    told += ["escalated"] if event.escalated else []
    return ", ".join(told)


def standing_in_words(standing: Standing) -> list[str]:
    """Where the lead stands, a line for each thing worth knowing."""
    told = [f"{standing.outcome or 'not routed'} {standing.owner or ''}".strip()]
    if standing.assigned_at and standing.owner:
        told[0] += f", assignment {standing.assignment} since {standing.assigned_at:{AT}}"
    if standing.stage:
        told[0] += f", {standing.stage}"
    if standing.hold:
        told.append(f"on hold for {standing.hold.pool} until {standing.hold.until:{AT}}")
    if standing.touch:
        told.append(f"touched by {standing.touch.by} at {standing.touch.at:{AT}}: nothing moves it by itself")
    if standing.meeting:
        told.append(f"a meeting is booked ({standing.meeting:{AT}})")
    if standing.move:
        shares = ", ".join(f"{member} {share}" for member, share in sorted(standing.move.shares.items()))
        told.append(f"its turn moved the balances of {standing.move.pool}: {shares}")
    told += [f"not offered to {each.member} until {each.until:{AT}}: {each.why}" for each in standing.excluded]
    told += [f"a command was not applied: {each.why} ({each.id})" for each in standing.refused]
    return told
