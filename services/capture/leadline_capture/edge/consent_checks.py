"""What a statement about consent must hold besides its fields: whom it names, and which addresses it speaks of."""

from leadline_capture.core.consent import BY_CHANNEL
from leadline_capture.core.faults import Fault
from leadline_capture.edge.bodies import Invalid
from leadline_capture.edge.keys import Key
from leadline_schemas.payloads import ConsentLinkPayload, ConsentSubmission


def may_be_said(payload: ConsentSubmission, key: Key) -> None:
    """Raises Invalid with every fault that the schema alone does not show."""
    found = [fault for fault in (_nobody(payload, key), _no_address(payload), _other_channel(payload)) if fault]
    if found:
        raise Invalid(tuple(found))


def may_be_named(payload: ConsentLinkPayload, key: Key) -> None:
    """Raises Invalid if the key may not name who is meant."""
    fault = _nobody(payload, key)
    if fault:
        raise Invalid((fault,))


def _nobody(payload: ConsentSubmission | ConsentLinkPayload, key: Key) -> Fault | None:
    if key.trusted or payload.email or payload.phone or payload.anonymous_id or payload.user_id:
        return None
    problem = "lead_id and external_id count only with a key made with --trusted: give email or phone"
    return Fault((), "", problem)


def _no_address(payload: ConsentSubmission) -> Fault | None:
    """A withdrawal covers every address of its channel; all else speaks for its own (rules B1.9)."""
    if payload.state == "withdrawn" or payload.purpose not in BY_CHANNEL or payload.address:
        return None
    fits = {"email": payload.email, "any": payload.email or payload.phone}
    if fits.get(payload.channel, payload.phone):
        return None
    wanted = {"email": "email", "any": "email or phone"}.get(payload.channel, "phone")
    return Fault(("address",), "address", f"{payload.state} speaks for one address: give it here or as {wanted}")


def _other_channel(payload: ConsentSubmission) -> Fault | None:
    if payload.address is None or payload.channel == "any" or payload.purpose not in BY_CHANNEL:
        return None
    if ("@" in payload.address) == (payload.channel == "email"):
        return None
    return Fault(("address",), "address", f"is no address of the channel {payload.channel}")
