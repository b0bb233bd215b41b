"""Kafka's ids of topics: made anew under its old name, a topic has another. aiokafka's own request asks for none."""

from collections.abc import Collection, Mapping
from io import BytesIO
from typing import Any
from uuid import UUID

from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Boolean, CompactArray, CompactString, Int16, Int32, Schema, TaggedFields

NO_ID = UUID(int=0)  # what Kafka writes where it knows none


class _Id(AbstractType):  # type: ignore[misc]
    @classmethod
    def encode(cls, value: UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> UUID:
        return UUID(bytes=data.read(16))


_TEXT, _NUMBERS, _TAGS = CompactString("utf-8"), CompactArray(Int32), ("tags", TaggedFields)
_BROKERS = CompactArray(("node", Int32), ("host", _TEXT), ("port", Int32), ("rack", _TEXT), _TAGS)
_PARTITIONS = CompactArray(
    ("error", Int16), ("partition", Int32), ("leader", Int32), ("epoch", Int32),
    ("replicas", _NUMBERS), ("in_sync", _NUMBERS), ("offline", _NUMBERS), _TAGS,
)  # fmt: skip
_TOPICS = CompactArray(
    ("error", Int16), ("name", _TEXT), ("id", _Id), ("internal", Boolean), ("partitions", _PARTITIONS),
    ("allowed", Int32), _TAGS,
)  # fmt: skip


class _Metadata(Response):  # type: ignore[misc]
    API_KEY, API_VERSION = 3, 10  # the first version with ids, of Kafka 2.8
    SCHEMA = Schema(
        ("throttle_ms", Int32), ("brokers", _BROKERS), ("cluster", _TEXT), ("controller", Int32),
        ("topics", _TOPICS), ("allowed", Int32), _TAGS,
    )  # fmt: skip


class _AskMetadata(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION, API_KEY, API_VERSION, RESPONSE_TYPE = True, 3, 10, _Metadata
    SCHEMA = Schema(
        ("topics", CompactArray(("id", _Id), ("name", _TEXT), _TAGS)),
        ("create", Boolean), ("tell_allowed_of_cluster", Boolean), ("tell_allowed_of_topics", Boolean), _TAGS,
    )  # fmt: skip


class _ByName(Request[_AskMetadata]):  # type: ignore[misc]
    API_KEY = 3

    def __init__(self, names: Collection[str]) -> None:
        self.names = names

    def build(self, request_struct_class: type[_AskMetadata]) -> _AskMetadata:
        return request_struct_class([(NO_ID, name, {}) for name in self.names], False, False, False, {})


async def topic_ids(client: Any, names: Collection[str]) -> Mapping[str, UUID]:
    """The ids of those of these topics that have one, by one question over aiokafka's client. Raises KafkaError."""
    try:
        answer = await client.send(client.get_random_node(), _ByName(names))
    except NotImplementedError:  # a broker from before there were ids
        return {}
    return {topic[1]: topic[2] for topic in answer.topics if topic[2] != NO_ID}
