"""The way of a lead through its stages, walked through in the order in which things happened (defaults C2, rules B6).

The transitions are those of lifecycle.yaml; how long a silence may last stands here once more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml  # type: ignore[import-untyped]

import leadline_runtime
from leadline_runtime.core.calendar import due
from tests.support.sla_story import shipped_rules
from tests.unit.sla_monitor.clock_rules import GRACE, HOUR, open_days

RULES: dict[str, Any] = yaml.safe_load((Path(leadline_runtime.__file__).parent / "rules/lifecycle.yaml").read_text())
REASONS = {"disqualify": RULES["reasons"]["disqualify"], "reject": RULES["reasons"]["reject"]}
DAY = timedelta(days=1)
WITHIN = {"MQL": (DAY, True), "SAL": (7 * DAY, False), "SQL": (14 * DAY, True)}
UNRESPONSIVE = {"captured", "MQL", "SAL", "SQL", "nurture"}
SILENT_FOR, NOTICED, GONE, ARCHIVED = 30 * DAY, 23 * DAY, 90 * DAY, 90 * DAY
SAYS = {"MQL": "notice", "SAL": "notice", "SQL": "manager", "opportunity": "flag"}
REOPENED = {None, "unresponsive", "no_budget", "bad_timing", "wrong_fit"}
SPRING = datetime(2026, 5, 20, tzinfo=UTC)
EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Thing:
    """Something that happened: a transition wanted `to` a stage by some `way`, a person's `touch`, or an act."""

    id: UUID
    at: datetime
    way: str
    to: str | None = None
    by: str | None = None
    reason: str | None = None
    confirmed: frozenset[str] = frozenset()
    accepts: bool = False


@dataclass(frozen=True)
class Entry:
    """Into a stage, since when, how and why."""

    stage: str
    at: datetime
    way: str | None = None
    reason: str | None = None


@dataclass
class Clock:
    """The promise to leave a stage. `said`: how it stands; `broken`: was it ever?"""

    entry: Entry
    due: datetime
    said: str = "open"
    broken: bool = False
    over: bool = False


@dataclass
class Walk:
    """One walk from the beginning until now. `why`: of each transition that was ordered, why it was not applied."""

    begun: datetime
    owners: list[tuple[datetime, str | None]]
    until: datetime
    entries: list[Entry] = field(default_factory=list)
    why: dict[UUID, str | None] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    acted: datetime = EVER
    worked: datetime = EVER
    decided: datetime = EVER

    def through(self, things: list[Thing]) -> "Walk":
        """All of it, with the silences between."""
        self.entries.append(Entry("captured", self.begun))
        for thing in sorted(things, key=lambda each: each.at):
            self._silence(thing.at)
            self._take(thing)
        self._silence(self.until)
        return self

    @property
    def quiet(self) -> datetime:
        """Since when nobody did anything."""
        return max(self.begun, self.acted, self.worked, self.entries[-1].at)

    def _take(self, thing: Thing) -> None:
        here = self.entries[-1]
        if thing.way == "act":
            self.acted = thing.at
            if here.stage == "archived" and (self.entries[-2].stage != "disqualified" or here.reason in REOPENED):
                self._enter(Entry("captured", thing.at, "act"))
        elif thing.way == "touch":
            self.worked = thing.at
            if here.stage == "MQL" and self._owner(thing.at) == thing.by:
                self._enter(Entry("SAL", thing.at, "acting"))
        else:
            self._order(thing, here)

    def _order(self, thing: Thing, here: Entry) -> None:
        if thing.way == "command":
            self.confirmed |= thing.confirmed
        lost = "disqualified" if thing.reason in {"competitor_chosen", "no_need"} else "nurture"
        to = thing.to or lost
        why = against(here.stage, to, thing, len(self.confirmed))
        if thing.accepts and here.stage == "MQL" and self._owner(thing.at) != thing.by:
            why = "not_the_owner"
        self.why[thing.id] = why
        if why is None:
            self._enter(Entry(to, thing.at, thing.way, thing.reason))
            self.decided = thing.at

    def _enter(self, entry: Entry) -> None:
        if entry.stage == "archived" and entry.reason is None:
            entry = Entry(entry.stage, entry.at, entry.way, self.entries[-1].reason)
        self.entries.append(entry)

    def _owner(self, at: datetime) -> str | None:
        return [owner for since, owner in self.owners if since <= at][-1]

    def _silence(self, until: datetime) -> None:
        """What silence did before then."""
        while (next_ := min(self._dues(), default=None, key=lambda each: each.at)) is not None and next_.at < until:
            self._enter(next_)

    def _dues(self) -> Iterator[Entry]:
        here = self.entries[-1]
        if here.stage == "disqualified":
            at_once = here.way == "stale"
            yield Entry("archived", here.at if at_once else max(here.at, self.begun) + ARCHIVED, "stale")
        if here.stage in UNRESPONSIVE:
            yield Entry("disqualified", max(self.begun, self.acted, self.decided) + GONE, "stale", "unresponsive")
        if here.stage in {"MQL", "SAL"}:
            yield Entry("nurture", self.quiet + SILENT_FOR, "stale")


def against(before: str, to: str, thing: Thing, confirmed: int) -> str | None:
    """Why a lead may not go from one stage to another so."""
    if before == to:
        return "already"
    rows = [row for row in RULES["transitions"] if before in row["from"] and to in row["to"] and thing.way in row["by"]]
    if not rows:
        return "illegal"
    reasons = {reason for name in rows[0].get("reasons", ()) for reason in RULES["reasons"][name]}
    if reasons and thing.reason not in reasons:
        return "reason_required" if thing.reason is None else "unknown_reason"
    if thing.way == "command" and thing.reason == "other":
        return "note_required"
    return "not_qualified" if rows[0].get("qualified") and confirmed < 3 else None


class Stages:
    """One lead: what was read of it, the walk by it, and the clocks that were armed."""

    def __init__(self, begun: datetime) -> None:
        self.begun = begun
        self.things: dict[UUID, Thing] = {}
        self.owners: list[tuple[datetime, str | None]] = [(EVER, None)]
        self.clocks: dict[tuple[str, datetime], Clock] = {}
        self.walk = Walk(begun, self.owners, begun)

    @property
    def silences(self) -> set[Entry]:
        """What silence did."""
        return {each for each in self.walk.entries if each.way == "stale"}

    @property
    def ordered(self) -> set[Entry]:
        """What everything else did."""
        return {each for each in self.walk.entries if each.way != "stale"}

    def settle(self, now: datetime, horizon: datetime) -> None:
        """Walk through all of it anew; arm the clock of the stage it is in, say how the others stand."""
        self.walk = Walk(self.begun, self.owners, now - GRACE).through(list(self.things.values()))
        entries = self.walk.entries
        here = entries[-1]
        if here.stage in WITHIN and (here.stage, here.at) not in self.clocks:
            self.clocks[here.stage, here.at] = Clock(here, due_of(here))
        for clock in self.clocks.values():
            self._look(clock, now, horizon)

    def _look(self, clock: Clock, now: datetime, horizon: datetime) -> None:
        entries, due_at = self.walk.entries, clock.due
        places = [n for n, each in enumerate(entries) if (each.stage, each.at) == (clock.entry.stage, clock.entry.at)]
        left = entries[places[0] + 1].at if places and places[0] + 1 < len(entries) else None
        if clock.over or (clock.broken and clock.said == "retracted"):
            return
        if left is not None and left <= due_at:
            clock.said = "retracted" if clock.broken else "met"
        elif clock.broken:
            clock.said = "resolved_late" if left is not None else clock.said
        elif not places:
            clock.said = "cancelled"
        elif due_at <= now and (due_at <= horizon or due_at + GRACE <= now):
            clock.broken, clock.said = True, "breached" if left is None else "resolved_late"
        else:
            clock.said = "open"
        # Of a stage that is none of the last four no late truth is looked for.
        clock.over = clock.said != "open" and bool(places) and places[0] < len(entries) - 4


def due_of(entry: Entry) -> datetime:
    """When it is to have left the stage: in spring counted plainly, later by the calendar, which knows holidays."""
    within, rolled = WITHIN[entry.stage]
    at = entry.at + within
    if rolled and at > SPRING:
        return due(shipped_rules().rules.calendar("us_east"), entry.at, within, "wall_rolled")
    opens, _ = next(open_days(at))
    return at if not rolled or opens <= at else opens + HOUR
