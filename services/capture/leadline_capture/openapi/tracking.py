"""The tracking API, by which official clients of Segment's HTTP API work with only their host changed."""

from typing import Any, Final

from leadline_capture.core.tracking import MOST_MESSAGES, TYPES
from leadline_capture.openapi.common import problems
from leadline_capture.openapi.models import TrackingAnswer
from leadline_capture.openapi.operation import JSON, Answer, Content, Operation

KEYS: Final = ("writeKey", "key")
_ANSWERS: Final = {
    200: Answer("All messages are durable", {JSON: Content(TrackingAnswer)}),
    **problems(400, 401, 403, 404, 405, 408, 415, 417, 429, 503),
}
_SAYS: Final[dict[str, dict[str, Any]]] = {
    "identify": {"userId": "u-81", "traits": {"email": "ada@works.example", "name": "Ada Example"}},
    "track": {"userId": "u-81", "event": "Trial Started", "properties": {"plan": "team"}},
    "page": {"anonymousId": "a-507", "name": "Pricing", "properties": {"url": "https://acme.example/pricing"}},
    "screen": {"anonymousId": "a-507", "name": "Welcome"},
    "group": {"userId": "u-81", "groupId": "works", "traits": {"name": "Works Ltd"}},
    "alias": {"previousId": "a-507", "userId": "u-81"},
}
MESSAGE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "messageId": {"type": "string", "description": "by which a repeat is known"},
        "userId": {"type": "string"},
        "anonymousId": {"type": "string"},
        "timestamp": {"type": "string", "format": "date-time"},
        "sentAt": {"type": "string", "format": "date-time", "description": "by the sender's clock: corrects timestamp"},
        "traits": {"type": "object"},
        "properties": {"type": "object"},
        "context": {"type": "object"},
        "event": {"type": "string"},
        "name": {"type": "string"},
        "groupId": {"type": "string"},
        "previousId": {"type": "string"},
        "writeKey": {"type": "string", "description": "the key, where no header can be set"},
    },
}
TYPED: Final = {**MESSAGE, "properties": {**MESSAGE["properties"], "type": {"enum": list(TYPES)}}, "required": ["type"]}
BATCH: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "batch": {"type": "array", "minItems": 1, "maxItems": MOST_MESSAGES, "items": TYPED},
        "sentAt": {"type": "string", "format": "date-time"},
        "context": {"type": "object"},
        "writeKey": {"type": "string"},
    },
    "required": ["batch"],
}
_SEVERAL: Final = {"batch": [{"type": "identify", **_SAYS["identify"]}, {"type": "track", **_SAYS["track"]}]}


def _operation(name: str, summary: str, content: Content) -> Operation:
    return Operation(id=name, summary=summary, tag="Tracking", security=KEYS, body={JSON: content}, answers=_ANSWERS)


OPERATIONS: Final = {
    **{
        (f"/v1/{kind}", "POST"): _operation(kind, f"One {kind} message", Content(MESSAGE, {kind: _SAYS[kind]}))
        for kind in TYPES
    },
    ("/v1/batch", "POST"): _operation("batch", "Several messages", Content(BATCH, {"two": _SEVERAL})),
    ("/v1/import", "POST"): _operation(
        "import", "Several messages of long ago: no clock starts", Content(BATCH, {"two": _SEVERAL})
    ),
}
