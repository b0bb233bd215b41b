"""JSON Schema of each topic's value, from the models."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from leadline_schemas.dead_letter import DeadLetter
from leadline_schemas.envelope import DEAD_LETTER_PREFIX
from leadline_schemas.event import Model
from leadline_schemas.topics import TOPICS, Topic

DEAD_LETTER = "dlq"


def value_schema(topic: Topic[Any]) -> dict[str, Any]:
    """What a reader accepts as the value of a record of `topic`. Unknown fields are accepted: writers may be newer."""
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:leadline:{topic.name}",
        "x-topic": {"kind": topic.kind, "writer": topic.writer, "readers": list(topic.readers)},
        **TypeAdapter(topic.model).json_schema(),
    }


def dead_letter_schema() -> dict[str, Any]:
    """The headers that a dead letter carries beside the record's own. Kafka headers are bytes: each is text."""
    fields = DeadLetter.model_json_schema()["properties"]
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": "urn:leadline:dlq:headers",
        "title": "DeadLetterHeaders",
        "description": DeadLetter.__doc__,
        "type": "object",
        "properties": {f"{DEAD_LETTER_PREFIX}{name}": {"type": "string"} for name in fields},
        "required": [f"{DEAD_LETTER_PREFIX}{name}" for name in fields],
    }


@cache
def all_schemas() -> dict[str, dict[str, Any]]:
    """Every schema by its name: the topic's, and `dlq` for all dead letters. Do not change what it gives."""
    return {topic.name: value_schema(topic) for topic in TOPICS} | {DEAD_LETTER: dead_letter_schema()}


def models() -> list[type[Model]]:
    """The models that stand for a topic's value."""
    return [topic.model for topic in TOPICS]
