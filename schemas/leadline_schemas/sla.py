"""`lead.sla`: what became of a promise. A fact: united by `sla_id`, nothing is edited or deleted."""

from uuid import UUID

from leadline_schemas.event import Event, Instant, Model, Seconds
from leadline_schemas.vocabulary import Clock, ClockMode, Escalation, SlaKind


class Response(Model):
    """The act that met a target, or came too late."""

    activity: UUID
    kind: str
    occurred_at: Instant
    by: str | None = None
    by_other: bool = False  # not the owner: it counts all the same


class Skipped(Model):
    """A closed interval that the clock did not count."""

    start: Instant
    end: Instant


class LeadSla(Event):
    """One step in the life of (lead, target, cycle): armed, warned, breached, met, resolved late, ..."""

    sla_id: UUID  # domain id: uuid5(cycle, target, level) and the kind
    kind: SlaKind
    clock: Clock
    policy: str | None = None
    target: str
    cycle: UUID  # id of the request that opened it; for the owner clock too
    cycle_number: int = 1
    repeat_requests: int = 0
    assignment: int | None = None
    owner: str | None = None
    manager: str | None = None
    source: str | None = None  # where the lead came from, as it stood when the request was routed first
    mode: ClockMode
    calendar: str | None = None
    calendar_version: str | None = None
    duration_s: Seconds
    start: Instant
    due_at: Instant
    warnings: dict[str, Instant] = {}  # level in percent of the open time → instant
    skipped: tuple[Skipped, ...] = ()
    answered_by: tuple[str, ...] | None = None  # armed: what answers it: email, call, touch, ack, enrolled, referrer
    due_before: Instant | None = None  # moved, paused, resumed: when it was due until then, if that moved
    ordered_by: UUID | None = None  # moved, or of a pause: the act that ordered it
    by: str | None = None  # of a pause: who ordered it
    until: Instant | None = None  # of a pause: until when the clock was to stand still
    paused_s: Seconds | None = None  # resumed: how long it stood still, in plain time
    then: Escalation | None = None  # escalated: what is to become of the lead; null: it stays where it is
    for_assignment: int | None = None  # escalated: the assignment that the lead had then
    breach: UUID | None = None  # escalated: the breach that it follows, which takes it back if that is taken back
    level: int | None = None
    occurred_at: Instant  # when it happened: the due time of a breach, the act's time of an answer
    detected_at: Instant
    provisional: bool = False
    first_verdict: bool | None = None  # the promise was met or broken for the first time: it came due, and counts once
    cause: str | None = None  # of a breach: delivery, system, coverage, owner
    reason: str | None = None  # of a cancel, pause, lapse; of a refused pause why
    told: tuple[str, ...] = ()  # who is to hear of it; of a breach taken back whoever was told of it or of a step since
    response: Response | None = None
    first_response: Response | None = (
        None  # of what takes an answer back: the first that the customer has had all the same
    )
    elapsed_s: Seconds | None = None
    late_by_s: Seconds | None = None
    system_s: Seconds | None = None
    human_s: Seconds | None = None
    closed_s: Seconds | None = None
    working_s: Seconds | None = None  # the open time between the act and the answer, as a target in working time counts
    hops: dict[str, Seconds] | None = None  # from step to step: received, captured, ... routed; assigned, responded
    quarantine_s: Seconds | None = None  # beside the other three: from the act to the release of a lead kept apart
    canary: bool | None = None  # the end of a canary's way: no promise to anybody, in no measure
    supersedes: UUID | None = None  # breach_retracted names the breach
