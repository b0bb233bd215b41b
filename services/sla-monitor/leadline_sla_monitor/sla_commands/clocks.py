"""All clocks of one lead, by the events that tell of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_schemas.sla import LeadSla
from leadline_sla_monitor.core.register import CLOCKS, SAYS_NOTHING
from leadline_sla_monitor.core.told_of import Standing, ToldOf

RANK = {"decision": 0, "customer": 1, "owner": 2, "stage": 3}
SHOWN = CLOCKS | {"stage"}


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise: its events in order, each once. `armed` is the newest event that fixed its times: by other calendars
    too."""

    events: Sequence[LeadSla]

    @property
    def armed(self) -> LeadSla:
        """The event by which its clock runs: the newest that has its times, else the first known."""
        fixed = [each for each in self.events if each.kind in {"armed", "moved"} and (each.warnings or each.skipped)]
        armed = [each for each in self.events if each.kind == "armed"]
        return (fixed or armed or list(self.events))[-1]

    @property
    def newest(self) -> LeadSla:
        """What was told last that says how it stands."""
        saying = [each for each in self.events if each.kind not in SAYS_NOTHING]
        return (saying or list(self.events))[-1]

    @property
    def due_at(self) -> datetime:
        """When it is due, by what was told last."""
        return self.newest.due_at

    @property
    def standing(self) -> Standing:
        """Open, met, breached or cancelled."""
        return ToldOf.model_validate(self.newest.model_dump()).standing

    @property
    def carries_speed(self) -> LeadSla | None:
        """The event that tells how fast a person answered, if it is this promise that tells it and that still holds."""
        telling = [each for each in self.events if each.system_s is not None or each.supersedes is not None]
        return telling[-1] if telling and telling[-1].system_s is not None else None


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the way from start to due: open time that counted, or closed time that did not."""

    start: datetime
    end: datetime
    is_open: bool

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start) / timedelta(seconds=1)


def clocks_of(events: Iterable[LeadSla]) -> list[Clock]:
    """The clocks, by kind and by when they began; a repeat counts once."""
    once: dict[UUID, LeadSla] = {each.sla_id: each for each in events if each.clock in SHOWN}
    found: dict[tuple[object, ...], list[LeadSla]] = {}
    for each in sorted(once.values(), key=lambda one: (one.detected_at, one.revision)):
        which = each.assignment if each.clock == "owner" else each.cycle
        found.setdefault((each.clock, each.target, which), []).append(each)
    clocks = [Clock(told) for told in found.values()]
    return sorted(clocks, key=lambda clock: (RANK[clock.events[0].clock], clock.armed.start, clock.due_at))


def spans(clock: Clock) -> list[Span]:
    """The way from start to due as it was fixed: what was open and what was closed, in order."""
    armed, at = clock.armed, clock.armed.start
    found = list[Span]()
    for closed in armed.skipped:
        if closed.start > at:
            found.append(Span(at, closed.start, True))
        found.append(Span(closed.start, closed.end, False))
        at = closed.end
    if armed.due_at > at:
        found.append(Span(at, armed.due_at, True))
    return found


def counted(clock: Clock) -> float:
    """The open time on the way, in seconds: a target in working time lasts exactly so long."""
    return sum(span.seconds for span in spans(clock) if span.is_open)
