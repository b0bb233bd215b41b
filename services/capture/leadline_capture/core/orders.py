"""A person's command about leads, read: what it orders, of whom, when and why."""

from datetime import datetime
from uuid import UUID

from leadline_capture.core.applying import KIND, applying_faults, read_applying
from leadline_capture.core.bodies import raw_body
from leadline_capture.core.clock_orders import PAUSE, RESUME, clock_faults, read_clock_order
from leadline_capture.core.faults import Fault
from leadline_capture.core.ordered_act import OrderedAct, ordered_at
from leadline_capture.core.overriding import override_faults, read_override
from leadline_capture.core.staging import KIND as STAGE
from leadline_capture.core.staging import read_staging, staging_faults
from leadline_runtime.core.values import dataclass
from leadline_runtime.outcomes import Never
from leadline_schemas.codec import Undecodable, decode_model
from leadline_schemas.commands import CommandPayload, Ordered
from leadline_schemas.received import LeadReceived


@dataclass(frozen=True, slots=True)
class Command:
    """What is ordered. `lead_id` is the one it is about, of a merge the one that stays; `duplicate_id` the other."""

    ordered: Ordered
    lead_id: UUID
    duplicate_id: UUID | None = None
    received_at: datetime | None = None

    @property
    def releases(self) -> UUID | None:
        """The lead to be released, whose keys are taken then."""
        return self.lead_id if self.ordered.kind == "lead.release" else None

    @property
    def leads(self) -> tuple[UUID, ...]:
        """The leads that it names."""
        return tuple(each for each in (self.lead_id, self.duplicate_id) if each is not None)


def order_faults(payload: CommandPayload, received_at: datetime) -> tuple[Fault, ...]:
    """Everything that is wrong with the parts that only some kinds of commands have."""
    return (
        *override_faults(payload, received_at), *applying_faults(payload), *clock_faults(payload, received_at),
        *staging_faults(payload),
    )  # fmt: skip


def read_command(received: LeadReceived, received_at: datetime) -> Command | OrderedAct:
    """The command in a submission. Raises Never: what is ordered cannot be guessed."""
    try:
        payload = decode_model(CommandPayload, raw_body(received), "command")
    except Undecodable as fault:
        raise Never("not_a_command", str(fault)) from None
    if not received.authentication.trusted and received.authentication.method != "api_key":
        raise Never("not_allowed", "commands come by the door, with a key that has the scope leads:command")
    if found := order_faults(payload, received_at):
        raise Never("not_a_command", "; ".join(f"{fault.path} {fault.problem}" for fault in found))
    if payload.kind == "score.override":
        return read_override(payload, received.submission_id, received_at)
    if payload.kind == KIND:
        return read_applying(payload, received.submission_id, received_at)
    if payload.kind in (PAUSE, RESUME):
        return read_clock_order(payload, received.submission_id, received_at)
    if payload.kind == STAGE:
        return read_staging(payload, received.submission_id, received_at)
    ordered = Ordered(
        id=received.submission_id,
        kind=payload.kind,
        author=payload.author,
        reason=payload.reason,
        occurred_at=ordered_at(payload, received_at),
    )
    return Command(ordered, payload.lead_id, payload.duplicate_id, received_at)
