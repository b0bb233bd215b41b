"""Submissions as the edge writes them, for tests of what is made of them."""

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from leadline_capture.core.bodies import held_body
from leadline_capture.core.sources import SourceRules
from leadline_capture.edge.app import RULES
from leadline_runtime.rules import load_rules
from leadline_schemas.received import Authentication, LeadReceived

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


@cache
def shipped_sources() -> SourceRules:
    """The sources that ship."""
    return load_rules(RULES).rules


def submission(body: bytes | str | Any, *, source: str = "website", way: Any = "leads", **more: Any) -> LeadReceived:
    """A submission. `body`: bytes or text as sent; anything else is sent as JSON."""
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    held, encoding = held_body(raw)
    values: dict[str, Any] = {
        "submission_id": UUID(int=1),
        "way": way,
        "source": source,
        "received_at": NOON,
        "authentication": Authentication(method="api_key", key_id="k1"),
        "content_type": "application/json",
        "body": held,
        "body_encoding": encoding,
        "body_sha256": hashlib.sha256(raw).hexdigest(),
    }
    return LeadReceived(**{**values, **more})


def webhook(source: str, body: bytes | str | Any, content_type: str = "application/json", **more: Any) -> LeadReceived:
    """A submission of a source of sources.yaml."""
    return submission(body, source=source, way="source", content_type=content_type, **more)
