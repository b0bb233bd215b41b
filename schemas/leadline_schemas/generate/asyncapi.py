"""The AsyncAPI 3 document: channels, messages with their envelope, and who sends and receives what."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

from leadline_schemas.envelope import HEADERS
from leadline_schemas.generate.json_schema import dead_letter_schema, models
from leadline_schemas.topics import SERVICES, TOPICS, Topic, dead_letter_topic

PEOPLE = "people"
OUTSIDE = "outside"


@cache
def asyncapi() -> dict[str, Any]:
    """The whole document, with every reference inside it. Do not change what it gives."""
    _, definitions = models_json_schema(
        [(model, "validation") for model in models()], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Leadline",
            "version": "1.0.0",
            "description": "What the services of Leadline say to each other. Written by `make schemas`; do not edit.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {t.name: _channel(t) for t in TOPICS} | {dead_letter_topic(s): _dead(s) for s in SERVICES},
        "operations": dict(_operations()),
        "components": {
            "messages": {t.model.__name__: _message(t) for t in TOPICS} | {"DeadLetter": _dead_message()},
            "schemas": definitions["$defs"] | {"Envelope": _envelope(), "DeadLetterHeaders": _plain_dead_letter()},
        },
    }


def _channel(topic: Topic[Any]) -> dict[str, Any]:
    name = topic.model.__name__
    return {
        "address": topic.name,
        "title": name,
        "description": f"{topic.kind}; {(topic.model.__doc__ or '').splitlines()[0]}",
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
    }


def _dead(service: str) -> dict[str, Any]:
    return {
        "address": dead_letter_topic(service),
        "title": f"Dead letters of {service}",
        "description": "Records that can never be decided, as they came. People read them: `leadline dlq`.",
        "messages": {"DeadLetter": {"$ref": "#/components/messages/DeadLetter"}},
    }


def _message(topic: Topic[Any]) -> dict[str, Any]:
    name = topic.model.__name__
    key = "the submission's id" if topic.kind == "submission" else "the lead's id"
    return {
        "name": name,
        "title": topic.event_type,
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/Envelope"},
        "payload": {"$ref": f"#/components/schemas/{name}"},
        "bindings": {"kafka": {"key": {"type": "string", "format": "uuid", "description": key}}},
    }


def _dead_message() -> dict[str, Any]:
    return {
        "name": "DeadLetter",
        "title": "A record that can never be decided",
        "summary": "Key, value and headers are the record's own, byte for byte; the headers dl_* are added.",
        "headers": {"$ref": "#/components/schemas/DeadLetterHeaders"},
        "payload": {"description": "The original bytes, whatever they are"},
    }


def _envelope() -> dict[str, Any]:
    return {
        "title": "Envelope",
        "description": "CloudEvents 1.0, binary mode",
        "type": "object",
        "properties": {name: {"type": "string", "description": text} for name, text in HEADERS.items()},
        "required": list(HEADERS),
    }


def _plain_dead_letter() -> dict[str, Any]:
    return {name: value for name, value in dead_letter_schema().items() if not name.startswith("$")}


def _operations() -> Iterable[tuple[str, dict[str, Any]]]:
    for topic in TOPICS:
        for writer in _writers(topic):
            yield f"{writer}.send.{topic.name}", _operation("send", writer, topic.name, topic.model.__name__)
        for reader in topic.readers:
            yield f"{reader}.receive.{topic.name}", _operation("receive", reader, topic.name, topic.model.__name__)
    for service in SERVICES:
        name = dead_letter_topic(service)
        yield f"{service}.send.{name}", _operation("send", service, name, "DeadLetter")
        yield f"{PEOPLE}.receive.{name}", _operation("receive", PEOPLE, name, "DeadLetter")


def _writers(topic: Topic[Any]) -> tuple[str, ...]:
    return (topic.writer, OUTSIDE) if topic.kind == "submission" else (topic.writer,)


def _operation(action: str, who: str, channel: str, message: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
        "tags": [{"name": who}],
    }
