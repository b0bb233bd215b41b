"""Records of topics as a person may see them: decoded, in words or as JSON, personal values masked unless asked for."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from leadline_console import cluster
from leadline_console.errors import Exit, UserError
from leadline_console.options import text_or_base64
from leadline_console.records import Kept, reader
from leadline_console.summary import lead_of, summary
from leadline_runtime.core.values import dataclass
from leadline_runtime.masking import MASK, masked
from leadline_schemas.codec import Undecodable, decode
from leadline_schemas.topics import SERVICES, TOPICS, Topic, dead_letter_topic

KNOWN: dict[str, Topic[Any]] = {topic.name: topic for topic in TOPICS}
NAMES = (*KNOWN, *(dead_letter_topic(service) for service in SERVICES))


@dataclass(frozen=True)
class Shown:
    """A record for people. `about`: a lead or submission id; `words`: what it says, without personal data."""

    kept: Kept
    about: str
    words: str

    def data(self, pii: bool) -> dict[str, Any]:
        """The record for programs; without `pii` its personal values are masked."""
        kept = self.kept
        return {
            "topic": kept.topic,
            "partition": kept.partition,
            "offset": kept.offset,
            "at": kept.at,
            "key": text_or_base64(kept.key) if pii else _identifier(kept.key),
            "headers": {name: text_or_base64(value) if pii or _is_ours(name) else MASK for name, value in kept.headers},
            "value": _value(kept, pii),
        }


def shown(kept: Kept) -> Shown:
    """What a person sees of a record; also of one that cannot be decoded."""
    topic = KNOWN.get(kept.topic)
    if topic is None:
        return Shown(kept, "", f"rejected: {kept.header('dl_failure_class')}: {kept.header('dl_failure')}")
    try:
        event = decode(topic, kept.value or b"")
    except Undecodable as error:
        return Shown(kept, _identifier(kept.key) or "", f"cannot be decoded: {error}")
    return Shown(kept, lead_of(event), summary(event))


def newest(bootstrap: str, topics: Sequence[str], count: int) -> list[Kept]:
    """The newest `count` records of these topics together, in the order of their writing. Raises UserError."""
    first, last = _bounds(bootstrap, topics)
    starts = {place: max(first[place], offset - count) for place, offset in last.items()}
    with reader(bootstrap) as records:
        found = sorted(records.until(starts, last), key=lambda kept: kept.at)
    return found[-count:] if count else []


def follow(bootstrap: str, topics: Sequence[str], ready: Callable[[], object] = lambda: None) -> Iterator[Kept]:
    """What is written to these topics from now on, for ever. ready: called once "now" is fixed. Raises UserError."""
    _, last = _bounds(bootstrap, topics)
    ready()
    with reader(bootstrap) as records:
        yield from records.follow(last)


def check_names(topics: Sequence[str]) -> None:
    """Raises UserError naming the topics there are, if one is not of ours."""
    for name in topics:
        if name not in NAMES:
            raise UserError(f"No topic {name!r}; there are {', '.join(NAMES)}.", Exit.NOT_FOUND)


def _bounds(bootstrap: str, topics: Sequence[str]) -> tuple[cluster.Places, cluster.Places]:
    with cluster.admin(bootstrap) as client:
        return cluster.bounds(client, cluster.partition_counts(client, topics))


def _identifier(key: bytes | None) -> str | None:
    # Our own keys are ids. An outside producer's key may be anything, an e-mail address among them.
    try:
        return None if key is None else str(UUID(key.decode("ascii")))
    except ValueError:
        return MASK


def _is_ours(header: str) -> bool:
    return header.startswith(("ce_", "dl_")) or header in {"content-type", "traceparent"}


def _value(kept: Kept, pii: bool) -> Any:
    if kept.value is None:
        return None
    topic = KNOWN.get(kept.topic)
    try:
        content = json.loads(kept.value)
    except ValueError:
        return text_or_base64(kept.value) if pii else MASK
    if pii:
        return content
    return masked(topic.model, content) if topic else MASK
