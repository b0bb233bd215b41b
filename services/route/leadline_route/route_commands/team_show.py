"""The team at one instant: the rules files, with what route's tables say is used of them."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_route.core.presence import Presence, everybody
from leadline_route.core.roster import Load
from leadline_route.core.rulebook import Rulebook
from leadline_route.core.skills import spoken
from leadline_route.core.team import Team
from leadline_route.route_commands.caps_words import NAMES, usage, usage_in_words
from leadline_route.route_commands.route_tables import roster_rows, with_tables
from leadline_route.route_commands.rules_in_force import rules_of
from leadline_runtime.command_errors import NOT_FOUND, CommandError
from leadline_runtime.command_routed import AT
from leadline_runtime.command_terminal import terminal
from leadline_runtime.core.values import dataclass
from leadline_schemas.event import RulesRef

COLOURS = {"on": "green", "off": "", "absent": "yellow", "inactive": "dim"}
WORDS = {"on": "on duty", "off": "off shift", "absent": "absent", "inactive": "inactive"}


@dataclass(frozen=True, slots=True)
class Question:
    """Whom (None: everybody), of which pool, when, by which rules (None: those in force)."""

    member: str | None
    pool: str | None
    at: datetime
    rules: Path | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The members asked for. `loads` None: the tables could not be read, `note` says why."""

    at: datetime
    rules: RulesRef
    members: Sequence[Presence]
    loads: dict[str, Load] | None
    note: str | None = None


def show(question: Question, *, as_json: bool) -> None:
    """Print it. Raises RulesError, CommandError."""
    loaded = rules_of(question.rules)
    _check(question, loaded.rules)
    loads, note = _loads()
    found = answer(question, loaded.rules.team, loaded.ref, loads, note)
    if as_json:
        print(json.dumps(data(found), indent=2, ensure_ascii=False))
    elif question.member is None:
        draw(found, terminal())
    else:
        draw_one(found, terminal())


def _check(question: Question, book: Rulebook) -> None:
    for what, name, known in (("member", question.member, book.team.members), ("pool", question.pool, book.team.pools)):
        if name is not None and name not in known:
            raise CommandError(f"There is no {what} {name}; known: {', '.join(sorted(known))}.", NOT_FOUND)


def _loads() -> tuple[dict[str, Load] | None, str | None]:
    try:
        return with_tables(roster_rows)[0], None
    except CommandError as error:
        return None, f"From the files alone, without open leads, caps used and balances: {error}"


def answer(question: Question, team: Team, rules: RulesRef, loads: dict[str, Load] | None, note: str | None) -> Answer:
    """Who was asked for."""
    found = everybody(team, loads, question.at, question.pool)
    chosen = [each for each in found if question.member in (None, each.member.id)]
    if not chosen:
        raise CommandError(f"{question.member} is not in the pool {question.pool}.", NOT_FOUND)
    return Answer(question.at, rules, chosen, loads, note)


def data(found: Answer) -> dict[str, Any]:
    """The answer for programs."""
    told = {"at": found.at.isoformat(), "rules": found.rules.model_dump(), "note": found.note}
    return {**told, "members": [_member(each, found) for each in found.members]}


def _member(each: Presence, found: Answer) -> dict[str, Any]:
    member = each.member
    return {
        "member": member.id,
        "state": each.state,
        "receives": each.receives,
        "local_time": each.at.astimezone(member.days.zone).isoformat(),
        "zone": member.days.zone.key,
        "next_change": {"at": each.change.at.isoformat(), "state": each.change.state} if each.change else None,
        "absences": [
            {"from": a.start.isoformat(), "back": a.end.isoformat(), "reason": a.reason} for a in each.absences
        ],
        "capped": each.capped.why if each.capped else None,
        "caps": usage(member, found.loads.get(member.id, Load()), each.at) if found.loads is not None else None,
        "territory": member.territory,
        "skills": spoken(member.levels),
        "pools": [
            {"pool": s.pool, "weight": s.weight, "owed": None if s.balance is None else str(s.balance)}
            for s in each.seats
        ],
    }


def draw(found: Answer, console: Console) -> None:
    """A line a member."""
    table = Table("member", "now", "until", "local time", *NAMES, "leads owed", box=None, padding=(0, 1))
    for each in found.members:
        table.add_row(
            each.member.id,
            Text(_state(each), style=COLOURS[each.state] if each.capped is None else "yellow"),
            _until(each),
            f"{each.at.astimezone(each.member.days.zone):%a %H:%M %Z}",
            *_used(each, found),
            Text(", ".join(_owed(each)), style="dim" if found.loads is None else ""),
        )
    there = sum(each.receives for each in found.members)
    console.print(Text(f"{found.at:{AT}}: {there} of {len(found.members)} can be given a lead", style="bold"))
    console.print(table)
    _foot(found, console)


def draw_one(found: Answer, console: Console) -> None:
    """One member in full."""
    (each,) = found.members
    member = each.member
    until = f" until {_until(each)}" if each.change else ""
    console.print(Text(f"{member.id}: {_state(each)}{until}", style="bold"))
    console.print(f"  local time {each.at.astimezone(member.days.zone):%Y-%m-%d %H:%M %Z} ({member.days.zone.key})")
    told = {"territory": member.territory or "none", "skills": ", ".join(spoken(member.levels)) or "none"}
    for name, used in zip(NAMES, _used(each, found), strict=True):
        told[f"leads, {name}"] = used or "not known"
    for name, text in told.items():
        console.print(Text(f"  {name}: {text}"))
    for seat, owed in zip(each.seats, _owed(each), strict=True):
        console.print(Text(f"  pool {owed}, weight {seat.weight}{', being repaid' if seat.repaying else ''}"))
    for absence in each.absences:
        console.print(Text(f"  away {absence.start:{AT}} to {absence.end:{AT}}: {absence.reason}"))
    _foot(found, console)


def _state(each: Presence) -> str:
    absent = f" ({each.absence.reason})" if each.absence else ""
    return f"{WORDS[each.state]}{absent}" + (f", {each.capped.why}" if each.capped and each.state == "on" else "")


def _until(each: Presence) -> str:
    return f"{each.change.at:{AT}}, then {WORDS[each.change.state]}" if each.change else ""


def _used(each: Presence, found: Answer) -> list[str]:
    if found.loads is None:
        caps = (getattr(each.member.caps, name) for name in NAMES)
        return [f"? of {cap}" if cap is not None else "" for cap in caps]
    return list(usage_in_words(usage(each.member, found.loads.get(each.member.id, Load()), each.at)).values())


def _owed(each: Presence) -> list[str]:
    return [f"{seat.pool} {seat.balance if seat.balance is not None else '?'}" for seat in each.seats]


def _foot(found: Answer, console: Console) -> None:
    console.print(f"rules {found.rules.version} ({found.rules.digest})", style="dim")
    if found.note:
        console.print(Text(found.note, style="yellow"))
