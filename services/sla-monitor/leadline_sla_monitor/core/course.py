"""The way of a lead through the stages: a fold over all moves in the order in which they happened (rules B6.1).

A function of the set: neither the order of reading nor repetition changes it.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import cast
from uuid import UUID

from leadline_runtime.core.lifecycle import Lifecycle, Wanted
from leadline_runtime.core.values import dataclass, replace
from leadline_schemas.vocabulary import Confirmed, Stage, StageWay, WhyNotApplied
from leadline_sla_monitor.core.acts import Act, answering
from leadline_sla_monitor.core.life import APPLIED, MOST_MOVES, STAGES, Life, Move, Past
from leadline_sla_monitor.core.routing import Routing, routing_at

WAYS: tuple[StageWay, ...] = ("routed", "act", "acting", "deal", "command", "stale")
RANK: Mapping[StageWay, int] = {way: rank for rank, way in enumerate(WAYS)}
# A decision of people (or of routing, which acts on what the lead did) is no silence either.
DECIDED: frozenset[StageWay | None] = frozenset({"command", "routed", "deal"})
# What was said by something that a later truth may change: the rules alone do not.
OPEN = frozenset({"", "not_the_owner", "known_otherwise"})
DUPLICATE = "duplicate_person"
PLACE: Mapping[Stage, int] = {stage: place for place, stage in enumerate(STAGES)}


@dataclass(frozen=True, slots=True)
class Entry:
    """The lead came into a stage, by the move of this id (the lead's own id: it began there)."""

    id: UUID
    stage: Stage
    at: datetime
    before: Stage | None = None
    way: StageWay | None = None
    reason: str | None = None
    historical: bool = False
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A move where it stands in the order: the stages it found and wanted, why it was not applied (None: it was), and
    how much of BANT was `confirmed` by then."""

    move: Move
    before: Stage
    to: Stage
    why: WhyNotApplied | None
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """The stages in order, the last one is where the lead is; and every move judged. Without entries: raw."""

    entries: tuple[Entry, ...] = ()
    judged: tuple[Judged, ...] = ()
    confirmed: tuple[Confirmed, ...] = ()

    @property
    def now(self) -> Entry | None:
        """Where the lead is."""
        return self.entries[-1] if self.entries else None


@dataclass
class _Walk:
    """The fold's own state."""

    rules: Lifecycle
    routings: tuple[Routing, ...]
    touches: list[Move]
    entries: list[Entry]
    judged: list[Judged] = field(default_factory=list)
    confirmed: set[Confirmed] = field(default_factory=set)

    def take(self, move: Move) -> None:
        """One move, in its turn."""
        if move.way == "command":
            self.confirmed.update(move.confirmed)
        before = self.entries[-1].stage
        to = move.to or self.rules.lost_to(move.reason)
        why = self._against(move, before, to)
        self.judged.append(Judged(move, before, to, why, len(self.confirmed)))
        if why is None:
            self._enter(move, before, to)

    def act(self, until: datetime | None) -> None:
        """The owner's first touch on an MQL accepts it, before the next move (rules B6.2)."""
        entry = self.entries[-1]
        if entry.stage != "MQL":
            return
        for touch in self.touches:
            if touch.at >= entry.at and (until is None or touch.at <= until) and self._is_owner(touch):
                self.take(touch)
                return

    def _enter(self, move: Move, before: Stage, to: Stage) -> None:
        self.entries[-1] = replace(self.entries[-1], left_at=move.at)
        reason = move.reason or (self.entries[-1].reason if to == "archived" else None)
        self.entries.append(Entry(move.id, to, move.at, before, move.way, reason, move.historical))

    def _against(self, move: Move, before: Stage, to: Stage) -> WhyNotApplied | None:
        if move.void or (move.way == "stale" and self._was_not_silent(move)):
            return "known_otherwise"
        if move.origin is not None and _is_of_the_part(move, to):
            return "illegal"
        if move.way == "act" and not may_come_back(self.entries[-1], self.rules):
            return "already" if before == to else "illegal"
        if move.accepts and not self._is_owner(move) and before == "MQL":
            return "not_the_owner"
        if move.found == (before, len(self.confirmed)) and move.told not in OPEN:  # new rules move no lead
            return None if move.told == APPLIED else cast(WhyNotApplied, move.told)
        return self.rules.against(Wanted(before, to, move.way, move.reason, len(self.confirmed), move.noted))

    def _was_not_silent(self, move: Move) -> bool:
        """Was something decided in that silence, and read later? Then it began anew."""
        since = move.since
        if since is None:
            return False
        if move.to == "disqualified":
            return any(each.way in DECIDED and each.at > since for each in self.entries)
        if move.to == "archived":  # so long after it was disqualified; not after another time that it was
            return self.entries[-1].at != since
        return self.entries[-1].at > since

    def _is_owner(self, move: Move) -> bool:
        if move.way == "acting" and (move.told or move.accepts):  # found so before: the routing may be forgotten by now
            return True
        found = routing_at(self.routings, move.at)
        if found is None:
            return move.told == APPLIED  # likewise
        return found.outcome == "person" and found.owner == move.by


def course(lead: UUID, life: Life, acts: tuple[Act, ...], routings: tuple[Routing, ...], rules: Lifecycle) -> Course:
    """The lead's way by all that is known."""
    if life.begun_at is None:
        return Course()
    moves = sorted((each for each in life.moves if each.way != "acting"), key=order)
    past = life.past or Past("captured", min([life.begun_at, *(each.at for each in moves[:1])]), lead)
    first = Entry(past.id, past.stage, past.at, None, past.way, past.reason, past.historical)
    touches = _touches(life, acts) if moves else []
    walk = _Walk(rules, routings, touches, [first], confirmed=set(past.confirmed))
    for move in moves:
        walk.act(move.at)
        walk.take(move)
    walk.act(None)
    confirmed: tuple[Confirmed, ...] = tuple(sorted(walk.confirmed))
    return Course(tuple(walk.entries), tuple(walk.judged), confirmed)


def order(move: Move) -> tuple[datetime, int, int, UUID]:
    """By when it happened; of one instant what the system did first, then by the order of the stages."""
    return move.at, RANK[move.way], PLACE[move.to] if move.to else 0, move.id


def shortened(life: Life, found: Course) -> Life:
    """Without the oldest moves beyond what is kept; where they led is."""
    moves = sorted(life.moves, key=order)
    if len(moves) <= MOST_MOVES:
        return life
    gone = moves[: len(moves) - MOST_MOVES]
    ids = {each.id for each in gone}
    last = next((each for each in reversed(found.entries) if each.id in ids), found.entries[0])
    recorded = {word for each in gone if each.way == "command" for word in each.confirmed}
    recorded |= set(life.past.confirmed) if life.past else set()
    past = Past(
        last.stage, last.at, last.id, last.way, last.reason, last.historical, tuple(sorted(recorded)), gone[-1].at
    )  # fmt: skip
    return replace(life, moves=tuple(moves[len(gone) :]), past=past)


def may_come_back(entry: Entry, rules: Lifecycle) -> bool:
    """Not if a person is to decide: it was disqualified for a reason that no hand raise reopens either (B6.7)."""
    if (
        entry.before in (None, "disqualified")
        and entry.reason is not None
        and entry.reason not in rules.reentry.reopened
    ):
        return False
    return rules.against(Wanted("archived", "captured", "act")) is None


def _is_of_the_part(move: Move, to: Stage) -> bool:
    """What routing or silence made of a part says nothing of the whole; nor that it was the same person's twice."""
    if move.way == "routed":
        return to != "MQL"
    return move.way == "stale" or move.reason == DUPLICATE


def _touches(life: Life, acts: tuple[Act, ...]) -> list[Move]:
    """People's touches, each as the move that it is if an owner's; those told of already though their act is gone. A
    mail that bounced reached nobody."""
    kept = {each.id: each for each in life.moves if each.way == "acting"}
    reached = answering(acts)
    if len(reached) < len(acts):
        for void in {act.id for act in acts if act.answers} - {act.id for act in reached}:
            kept.pop(void, None)
    for act in reached:
        if act.by is not None and "touch" in act.answers and act.id not in kept:
            kept[act.id] = Move(act.id, act.at, "SAL", "acting", by=act.by, origin=act.origin)
    return sorted(kept.values(), key=order)
