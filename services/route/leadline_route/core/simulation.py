"""Recorded leads routed once more, in the order of time: by new rules, against what was or against other rules."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from uuid import UUID

from leadline_route.core.giving import Situation
from leadline_route.core.rulebook import Rulebook
from leadline_route.core.ruling import Ruling
from leadline_route.core.simulated_desk import SimulatedDesk
from leadline_route.core.snapshot import Scored
from leadline_runtime.core.values import dataclass
from leadline_schemas.routed import Candidate

# By these route asks its rules, by AGAIN because who had the lead has it no longer; by all others a person decided, or
# a merge.
AGAIN = frozenset({"declined", "returned", "owner_clock_lapsed", "sla_ladder", "owner_left", "owner_away"})
BY_RULES = AGAIN | {"scored", "override", "released"}
WAITS = frozenset({"held"})
REMEMBERED = 100_000  # leads that went otherwise; of older ones it is taken that they are no longer open


@dataclass(frozen=True, slots=True)
class Answer:
    """What was decided about a lead. `candidates`: who was looked at, for the reasons."""

    outcome: str
    rule: str
    owner: str | None = None
    pool: str | None = None
    candidates: Sequence[Candidate] = ()

    @property
    def waits(self) -> bool:
        """Is it still to be given to somebody?"""
        return self.outcome in WAITS

    @property
    def to(self) -> str:
        """Who got it: a person's id, else the outcome."""
        return self.owner if self.outcome == "person" and self.owner else self.outcome


@dataclass(frozen=True, slots=True)
class Happening:
    """A lead is to be routed at `at`. `was`: what was decided in truth (None: only its scorecard is known).

    In truth: `owed`, `then_owed`: balances of `was.pool` before and after; `opened`: open leads of the candidates.
    """

    lead: UUID
    at: datetime
    raw: bytes
    scored: Scored
    cause: str = "scored"
    was: Answer | None = None
    by_rules: bool = True
    excluded: Sequence[str] = ()
    owed: Mapping[str, str] = field(default_factory=dict)
    then_owed: Mapping[str, str] = field(default_factory=dict)
    opened: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settled:
    """A decision that both sides have taken."""

    lead: UUID
    before: Answer
    after: Answer


@dataclass(slots=True)
class _Case:
    """A decision under way: what each side says of it so far, and who got it there before anybody did in truth."""

    told: list[Answer | None] = field(default_factory=lambda: [None, None])
    truth: Answer | None = None
    ahead: list[tuple[SimulatedDesk, str]] = field(default_factory=list)

    def tell(self, side: int, desk: SimulatedDesk, ruling: Ruling) -> None:
        """What a desk dealt."""
        self.told[side] = _answer(ruling)
        if ruling.owner is not None and (self.truth is None or self.truth.waits):
            desk.otherwise[ruling.owner] += 1
            self.ahead.append((desk, ruling.owner))

    def caught_up(self) -> None:
        """In truth too somebody has it."""
        for desk, member in self.ahead:
            desk.otherwise[member] -= 1
        self.ahead.clear()


class Simulation:
    """`old` None: against what was. `left_out` counts what cannot be compared, by reason."""

    def __init__(self, new: Rulebook, old: Rulebook | None = None) -> None:
        self.desks = [SimulatedDesk(old) if old is not None else None, SimulatedDesk(new)]
        self.left_out: Counter[str] = Counter()
        self._cases: dict[UUID, _Case] = {}
        self._otherwise: dict[UUID, list[tuple[SimulatedDesk, str, int]]] = {}
        self._given: set[int] = set()
        self._told_at: datetime | None = None

    def happen(self, happening: Happening) -> Iterator[Settled]:
        """What is settled by the time and by this. Call it in the order of time, turns in the order of turns."""
        yield from self._release(happening.at)
        self._truth(happening)
        yield from self._happen(happening)

    def _happen(self, happening: Happening) -> Iterator[Settled]:
        lead = happening.lead
        if not happening.by_rules:
            self._by_hand(happening)
        elif happening.cause in AGAIN and lead in self._otherwise:
            self.left_out["had gone to somebody else by then, who might have kept it"] += 1
        elif happening.was is None and hash(lead) in self._given:
            self.left_out["came again and stays with whom it has"] += 1
        else:
            yield from self._decided(happening)

    def end(self) -> Iterator[Settled]:
        """What still waits when there is nothing more to happen."""
        for lead in list(self._cases):
            yield from self._settle(lead, at_the_end=True)

    def _release(self, until: datetime) -> Iterator[Settled]:
        for side, desk in enumerate(self.desks):
            if desk is None:
                continue
            for lead, ruling in desk.released(until):
                case = self._cases.get(lead)
                if case is not None:
                    case.tell(side, desk, ruling)
                    yield from self._settle(lead)

    def _truth(self, happening: Happening) -> None:
        """How things stood in truth before this, for what is dealt now: leads that are done with are open no longer.

        Not for a lead that a desk has dealt already, nor within one instant: of several things that were decided at
        once in different pools nobody knows which came first, and what was dealt since is counted here as there.
        """
        pool, case = happening.was.pool if happening.was else None, self._cases.get(happening.lead)
        told_at, self._told_at = self._told_at, happening.at
        stale = happening.at == told_at or (case is not None and bool(case.ahead))
        for desk in self.desks:
            if desk is None:
                continue
            if not stale:
                desk.open_in_truth(happening.opened)
            if pool is not None and happening.owed and pool in desk.book.team.pools:
                desk.begin(pool, happening.owed)

    def _by_hand(self, happening: Happening) -> None:
        owner = happening.was.owner if happening.was else None
        self._forget(happening.lead)
        case = self._cases.pop(happening.lead, None)
        if case is not None:
            case.caught_up()
            self.left_out["a person gave it to somebody while it waited"] += 1
        for desk in self.desks:
            if desk is not None:
                desk.given_by_hand(happening.lead, happening.raw, happening.scored, owner, happening.at)

    def _decided(self, happening: Happening) -> Iterator[Settled]:
        case = self._cases.setdefault(happening.lead, _Case())
        case.truth = happening.was
        for side, desk in enumerate(self.desks):
            told = case.told[side]
            if desk is None:
                case.told[side] = happening.was
            elif told is None or (told.waits and happening.cause != "released"):
                ruling = desk.deal(happening.lead, happening.raw, happening.scored, _situation(happening))
                case.tell(side, desk, ruling)
        if happening.was is not None and not happening.was.waits:
            case.caught_up()
        yield from self._settle(happening.lead)

    def _settle(self, lead: UUID, at_the_end: bool = False) -> Iterator[Settled]:
        case = self._cases[lead]
        before, after = case.told
        if before is None or after is None or ((before.waits or after.waits) and not at_the_end):
            return
        del self._cases[lead]
        self._note(lead, case)
        yield Settled(lead, before, after)

    def _note(self, lead: UUID, case: _Case) -> None:
        """Whose loads are other than in truth from now on."""
        self._forget(lead)
        if case.truth is None:
            if any(told is not None and told.owner for told in case.told):
                self._given.add(hash(lead))
            return
        changes: list[tuple[SimulatedDesk, str, int]] = []
        for desk, told in zip(self.desks, case.told, strict=True):
            if desk is not None and told is not None and told.owner != case.truth.owner:
                changes += [(desk, told.owner, 1)] if told.owner else []
                changes += [(desk, case.truth.owner, -1)] if case.truth.owner else []
        if not changes:
            return
        for desk, member, by in changes:
            desk.otherwise[member] += by
        self._otherwise[lead] = changes
        if len(self._otherwise) > REMEMBERED:
            self._forget(next(iter(self._otherwise)))

    def _forget(self, lead: UUID) -> None:
        for desk, member, by in self._otherwise.pop(lead, ()):
            desk.otherwise[member] -= by


def _situation(happening: Happening) -> Situation:
    return Situation(
        happening.at,
        dict.fromkeys(happening.excluded, "declined it or let the clock lapse"),
        held=happening.cause == "released",
        among_people=happening.cause in AGAIN,
        may_hold=happening.cause not in ("owner_clock_lapsed", "sla_ladder"),
    )


def _answer(ruling: Ruling) -> Answer:
    return Answer(ruling.outcome, ruling.rule, ruling.owner, ruling.pool, tuple(ruling.candidates))
