"""What becomes of a request to a source, told to the person who writes its mapping: nothing is sent, nothing stored."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from leadline_capture.core.documents import form_pairs
from leadline_capture.core.handshakes import NotAnswered, answer, asked_for
from leadline_capture.core.items import surroundings
from leadline_capture.core.mapping import decoded, mapped
from leadline_capture.core.own_ids import own_id
from leadline_capture.core.proofs import Presented, is_proved
from leadline_capture.core.signatures import Signed
from leadline_capture.core.sources import Source
from leadline_capture.core.splitting import Part, found_in, parts_of
from leadline_capture.core.surroundings import Surroundings
from leadline_runtime.core.json_reader import Read
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as somebody has kept it. `headers` by name in lower case; `url`: where it was sent to."""

    body: bytes
    content_type: str
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    segment: str | None = None


def tried(source: Source, sent: Sent, secrets: Mapping[str, Sequence[str]], now: datetime) -> dict[str, Any]:
    """What a request proves, which handshake it is, and the submissions it becomes. Raises NotReadable."""
    in_query = sent.method == "GET" and "GET" not in source.methods
    seen = {name: value for name, value in sent.query.items() if name not in source.hidden}
    document = Read({}) if in_query else decoded(source, sent.body, sent.content_type, seen)
    around = surroundings(document, seen)
    told: dict[str, Any] = {"proved_by": _proved_by(source, sent, around, secrets, now)}
    handshake = asked_for(source.handshakes, sent.method, around)
    if handshake is not None:
        try:
            told["handshake"] = answer(handshake, around, secrets.get(handshake.secret or "", ()))
        except NotAnswered:
            told["handshake"] = "refused (403): its token is not among the secrets, or its word is none"
        return told
    told["own_id"] = own_id(source, around, sent.headers)
    parts = parts_of(source, around, found_in(source, around))
    told["submissions"] = [_submission(source, sent, document, part, seen) for part in parts]
    return told


def proves(source: Source) -> bool:
    """Whether a sender shows anything that can be tried here."""
    return any(proof.kind not in ("none", "publishable_key", "api_key", "fetched") for proof in source.proofs)


def _proved_by(
    source: Source, sent: Sent, around: Surroundings, secrets: Mapping[str, Sequence[str]], now: datetime
) -> str | None:
    params = form_pairs(sent.content_type, around.body) if sent.method == "POST" else []
    raw = sent.body if sent.method == "POST" else b""
    signed = Signed(raw, sent.headers, sent.method, sent.url, params, sent.query)
    presented = Presented(signed, around, sent.segment)
    for proof in source.proofs:
        live = secrets.get(proof.secret or "", ())
        if proof.kind not in ("api_key", "fetched") and is_proved(proof, presented, live, now):
            return proof.kind
    return None


def _submission(source: Source, sent: Sent, document: Read, part: Part, seen: Mapping[str, str]) -> dict[str, Any]:
    read = document if part.body is None else decoded(source, part.body, "application/json", seen)
    found = mapped(source, read, dict(seen), part.item)
    told: dict[str, Any] = {"own_id": part.own_id} if part.own_id is not None else {}
    for kind, payloads in (("lead", found.leads), ("activity", found.activities), ("pointer", found.pointers)):
        for payload in payloads:
            told[kind] = _shown(payload)
    if found.test:
        told["test"] = True
    told["notes"] = list(found.notes)
    return told


def _shown(payload: Any) -> Any:
    if isinstance(payload, BaseModel):
        return payload.model_dump(mode="json", exclude_defaults=True)
    return to_jsonable_python(payload)
