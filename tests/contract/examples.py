"""The examples of the contracts: one file per case worth showing."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from leadline_schemas.topics import SERVICES, TOPICS, Topic, dead_letter_topic

SCHEMAS = Path(__file__).parents[2] / "schemas"
EXAMPLES = SCHEMAS / "examples"


@dataclass(frozen=True)
class Example:
    """One file. `value` is what stands in Kafka, byte for byte; the file ends with a line feed more."""

    topic: Topic[Any]
    file: Path
    value: bytes

    def __str__(self) -> str:
        return f"{self.topic.name}/{self.file.stem}"


@dataclass(frozen=True)
class DeadExample:
    """A dead letter: headers and original value, as a document of their own."""

    service: str
    file: Path
    document: dict[str, Any]

    def __str__(self) -> str:
        return f"dlq.{self.service}/{self.file.stem}"


@cache
def examples() -> tuple[Example, ...]:
    """All examples of topics."""
    found = []
    for topic in TOPICS:
        for file in sorted((EXAMPLES / topic.name).glob("*.json")):
            text = file.read_bytes()
            assert text.endswith(b"}\n") and text.count(b"\n") == 1, f"{file}: one line, as it stands in Kafka"
            found.append(Example(topic, file, text[:-1]))
    return tuple(found)


@cache
def dead_examples() -> tuple[DeadExample, ...]:
    """All examples of dead letters."""
    return tuple(
        DeadExample(service, file, json.loads(file.read_text(encoding="utf-8")))
        for service in SERVICES
        for file in sorted((EXAMPLES / dead_letter_topic(service)).glob("*.json"))
    )


@cache
def validator(name: str) -> Draft202012Validator:
    """The committed schema of a topic (or `dlq`), checked to be one."""
    schema = json.loads((SCHEMAS / "generated" / "json" / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)
