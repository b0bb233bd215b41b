"""Records as they come from Kafka, and how they become items."""

from collections.abc import Mapping
from typing import Any

from leadline_runtime.core.values import dataclass
from leadline_runtime.envelope import event_id_of, first_place
from leadline_runtime.frames import Headers
from leadline_runtime.items import Record
from leadline_runtime.outcomes import Never, Outcome, dropped
from leadline_runtime.step import Step
from leadline_schemas.codec import Undecodable, decode
from leadline_schemas.ids import submission_id_of_position
from leadline_schemas.topics import Topic

PASSED_BY = dropped("not_addressed")  # the outcome of what a step does not care for, known before it is decoded


@dataclass(frozen=True, slots=True)
class Consumed:
    """A record as Kafka gave it. `timestamp_ms` is Kafka's own, only for lag."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """A consumed record, decoded to an item or already given its outcome."""

    source: Consumed
    record: Record[Any] | None = None
    outcome: Outcome | None = None
    failure: str = ""


def read(step: Step[Any], topics: Mapping[str, Topic[Any]], source: Consumed) -> Read:
    """Decode one record. What cannot be decoded is rejected; what the step does not care for is dropped undecoded."""
    topic = topics[source.topic]
    try:
        if source.value is None:
            raise Never("undecodable", "the record has no value")
        event_type = next((value for name, value in source.headers if name == "ce_type"), b"")
        if step.adapt is not None and event_type != topic.event_type.encode():
            made = step.adapt(topic, source.key, source.value, dict(source.headers), source.partition, source.offset)
            return Read(source, made)
        if not step.wants_type(event_type):
            return Read(source, outcome=PASSED_BY)
        value = decode(topic, source.value)
        pairs = dict(source.headers)
    except Undecodable as error:
        return Read(source, outcome=Outcome("rejected", "undecodable"), failure=str(error))
    except Never as error:
        return Read(source, outcome=Outcome("rejected", error.failure_class), failure=str(error))
    except Exception as error:  # a fault in our own reading must not stop its neighbours; its text may hold input
        return Read(source, outcome=Outcome("rejected", "undecodable"), failure=type(error).__name__)
    event_id = event_id_of(pairs) or submission_id_of_position(
        *first_place(pairs, source.topic, source.partition, source.offset)
    )
    record = Record(
        topic, source.partition, source.offset, source.key or b"", source.value, value, event_id, source.headers
    )
    return Read(source, record)
