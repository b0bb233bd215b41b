"""Messages of the tracking API: one out of a request, or several out of a batch, each as it is stored."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from zlib import crc32

from leadline_capture.core.faults import Fault
from leadline_capture.core.times import instant
from leadline_runtime.core.values import dataclass
from leadline_schemas.ids import derived_id, key_bytes

TYPES: Final = ("identify", "track", "page", "screen", "group", "alias")
# The vendor's own documented limits, which its clients keep.
MOST_BYTES: Final = 32 * 1024
MOST_BATCH_BYTES: Final = 500 * 1024
MOST_MESSAGES: Final = 2500
# What belongs to the sending and not to what is said: the key is a secret, the clock differs at every retry.
_ENVELOPE: Final = ("writeKey", "sentAt")
_LONGEST_ID: Final = 200
_LANES: Final = 4096


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request says of all its messages: when it was sent by its sender's clock, in which context."""

    at: datetime | None
    context: Mapping[str, Any] | None = None


def sent(body: Mapping[str, Any]) -> Sent:
    """What stands around the messages of a body."""
    context = body.get("context")
    at = instant(body.get("sentAt"), ("rfc3339",), UTC)
    return Sent(at, context if isinstance(context, dict) and "batch" in body else None)


def message(value: Mapping[str, Any], kind: str | None, around: Sent) -> dict[str, Any]:
    """One message as it is stored: without its envelope, with its type, and with the batch's context below its own."""
    found = {name: each for name, each in value.items() if name not in _ENVELOPE}
    if kind is not None:
        found["type"] = kind
    own = found.get("context")
    if around.context and (own is None or isinstance(own, dict)):
        found["context"] = {**around.context, **(own or {})}
    return found


def fault(value: Any) -> Fault | None:
    """Why a message cannot be taken in; None if it can. Everything else about it is judged later."""
    if not isinstance(value, dict):
        return Fault((), "", "is no object")
    kind = value.get("type")
    if kind not in TYPES:
        return Fault(("type",), "type", f"must be one of {', '.join(TYPES)}")
    if kind == "alias" and not (_id(value, "previousId") and _id(value, "userId")):
        return Fault((), "", "an alias needs previousId and userId")
    if kind == "track" and not _id(value, "event"):
        return Fault(("event",), "event", "a track needs the name of its event")
    if not (_id(value, "userId") or _id(value, "anonymousId") or _has_address(value)):
        return Fault((), "", "says of nobody whose it is: give userId or anonymousId")
    return None


def own_id(value: Mapping[str, Any]) -> str | None:
    """The message's own id, by which a repeat of it is known."""
    found = _id(value, "messageId")
    return found if found is not None and len(found) <= _LONGEST_ID else None


def order_key(owner: str, value: Mapping[str, Any]) -> bytes:
    """The record's key in Kafka: the messages of one person stay in their order, since who identifies when decides
    whose a shared browser is (rules B1.8). One of 4,096, so that it tells nothing of the person."""
    who = _id(value, "anonymousId") or _id(value, "userId") or _id(value, "previousId") or ""
    return key_bytes(derived_id("tracking", owner, crc32(who.encode("utf-8", "replace")) % _LANES))


def _id(value: Mapping[str, Any], name: str) -> str | None:
    found = value.get(name)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return None
    return str(found).strip() or None


def _has_address(value: Mapping[str, Any]) -> bool:
    context = value.get("context")
    told = (value.get("traits"), context.get("traits") if isinstance(context, dict) else None)
    return any(_id(each, name) for each in told if isinstance(each, dict) for name in ("email", "phone"))
