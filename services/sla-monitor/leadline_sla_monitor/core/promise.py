"""A promise: one armed target of one cycle or assignment, and what has become of it."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_schemas.ids import derived_id
from leadline_schemas.vocabulary import Clock, ClockMode
from leadline_sla_monitor.core.acts import Answer
from leadline_sla_monitor.core.rung import Rung

Status = Literal["open", "met", "breached", "late", "retracted", "cancelled"]
DUE = 1  # the level of a breach: 1 is the due time itself


@dataclass(frozen=True, slots=True)
class Paused:
    """What a promise made of one order to pause it: from `start` to `end`, for what reason, by whom.

    `until`: when it was to end. `granted`: it may move the due time, for good, among others of `days` working days
    together. `counted`: it was when the due time was counted last, and `moves` it. `said`: what was told of it last,
    `paused`, `resumed` or why not.
    """

    order: UUID
    start: datetime
    end: datetime
    until: datetime | None
    reason: str
    by: str | None = None
    granted: bool = False
    days: int = 0
    counted: bool = False
    moves: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """What was fixed when it was armed; a change of rules later does not touch it.

    `cycle` is the id of the cycle; `lead` and `assignment` identify an owner's clock. `warned`: the highest warning
    level (percent) sent or passed over. `judged`: it was told to be met or broken. `answered`: the act that met it or
    came too late (none for `decision`). `stopped`: why it was cancelled. `told`: the last event that said met,
    cancelled or resolved late, for what takes it back; `turn` counts such events, so that each has its own id.
    `origin`: the lead whose cycle it is, if that became part of this one. An unmerge starts it anew at `restarted_at`;
    it was asked for at `asked_at` all the same. `returned`: it came back with its lead, and is yet to be looked at.
    `moves`: how often it was counted anew by other calendars.

    `unpaused_due`: when it would be due had it never been paused, if that is not `due_at`; `counted_from`: when it
    became due by other calendars, by which it was due before: what it stood still for is in that. `pauses`: the orders
    to pause it, in order of time; `runs_at`: when the clock runs again that stands still now. `broken_at`: the due time
    of its breach; `reopened`: how often a pause that was read late took a breach back, and the clock ran on.

    `ladder`: its steps after the due time, and those before it that are not told to the owner alone; `steps`: when the
    ones after it are reached, once it is broken and waits. `warned` counts them too.

    `told_to`: who was told that it is broken, and of the steps since: they are to hear if that is taken back, whichever
    lead it belongs to by then. None: nothing of it was told since that is kept (see cause.who_heard).
    """

    clock: Clock
    target: str
    lead: UUID
    cycle: UUID
    number: int
    policy: str | None
    mode: ClockMode
    calendar: str | None
    calendar_version: str | None
    duration: timedelta
    start: datetime
    due_at: datetime
    answered_by: tuple[Answer, ...] = ()
    warnings: tuple[tuple[int, datetime], ...] = ()
    tell: tuple[str, ...] = ()
    assignment: int | None = None
    owner: str | None = None
    received_at: datetime | None = None
    warned: int = 0
    status: Status = "open"
    answered: UUID | None = None
    stopped: str | None = None
    provisional: bool = False
    told: UUID | None = None
    turn: int = 0
    origin: UUID | None = None
    asked_at: datetime | None = None
    restarted_at: datetime | None = None
    returned: bool = False
    judged: bool = False
    moves: int = 0
    unpaused_due: datetime | None = None
    counted_from: datetime | None = None
    pauses: tuple[Paused, ...] = ()
    runs_at: datetime | None = None
    broken_at: datetime | None = None
    reopened: int = 0
    ladder: tuple[Rung, ...] = ()
    steps: tuple[tuple[int, datetime], ...] = ()
    told_to: tuple[str, ...] | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What there is only one of: (cycle, target), for an owner's clock (lead, assignment, target). The clock of a
        stage is its lead's: that which became part of another had one for the same stage."""
        if self.clock == "owner":
            return self.lead, self.assignment, self.target
        return (self.cycle, self.target) if self.clock == "customer" else (self.lead, self.cycle, self.target)

    def rung(self, level: int | None) -> Rung:
        """The step of its ladder at this level; one that says nothing else is told to the owner."""
        return next((each for each in self.ladder if each.level == level), Rung(level or 0))

    @property
    def undecided(self) -> bool:
        """Has no verdict been given? Until then what is known now counts, whatever was told before."""
        return self.status in {"open", "met", "cancelled"}

    @property
    def breach_id(self) -> UUID:
        """The id of its breach (of an owner's clock: its lapse). Only one stands at a time; one that was taken back by
        a pause may be followed by another, of the due time that the pause moved."""
        again = (self.reopened,) if self.reopened else ()
        return derived_id("breach", *self.key, DUE, *again)

    def event_id(self, kind: str, *which: object) -> UUID:
        """The id of another event of its life; `which` tells apart those of one kind."""
        return derived_id("sla", *self.key, kind, *which)
