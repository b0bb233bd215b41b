"""Personal data is marked in the schema, and none of it stands in a key or a header."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from leadline_runtime.envelope import headers
from leadline_schemas.dead_letter import DeadLetter
from leadline_schemas.envelope import HEADERS
from leadline_schemas.generate.json_schema import all_schemas
from leadline_schemas.topics import TOPICS
from tests.contract.examples import DeadExample, Example, dead_examples, examples

# Names of fields that mean a person, wherever they stand.
PERSONAL = {
    "email", "emails", "phone", "first_name", "last_name", "street", "city", "postal_code", "message", "address",
    "body", "remote_address", "message_id",
}  # fmt: skip


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every field of every model in a schema: model, field, its own schema."""
    for model, definition in {"": schema, **schema.get("$defs", {})}.items():
        for name, own in definition.get("properties", {}).items():
            yield model, name, own


def is_marked(own: dict[str, Any]) -> bool:
    return '"x-pii": true' in json.dumps(own)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda t: t.name)
def test_fields_about_a_person_are_marked(topic: Any) -> None:
    unmarked = [
        f"{model}.{name}"
        for model, name, own in fields(all_schemas()[topic.name])
        if name in PERSONAL and not is_marked(own)
    ]
    assert unmarked == []


def marked_names() -> set[str]:
    return {name for schema in all_schemas().values() for _, name, own in fields(schema) if is_marked(own)}


def test_there_are_marks_at_all() -> None:
    assert {"email", "phone", "name", "body", "message", "company"} <= marked_names()


def test_no_header_is_named_like_a_field_about_a_person() -> None:
    known = {*HEADERS, *(f"dl_{name}" for name in DeadLetter.model_fields)}
    assert not known & marked_names()
    assert not {name.removeprefix("ce_").removeprefix("dl_") for name in known} & PERSONAL


def test_the_envelope_is_the_declared_one() -> None:
    at = datetime(2026, 3, 10, tzinfo=UTC)
    written = headers("capture", "leadline.lead.captured", UUID(int=1), at, "0" * 32)
    assert {name for name, _ in written} == set(HEADERS)


def personal_values(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> Iterator[str]:
    """Every text in an event that its schema marks."""
    if schema.get("$ref"):
        schema = {
            **root["$defs"][schema["$ref"].rpartition("/")[2]],
            **{k: v for k, v in schema.items() if k != "$ref"},
        }
    if schema.get("x-pii") and isinstance(value, str):
        yield value
    for kind in schema.get("anyOf", ()):
        yield from personal_values(value, kind, root)
    if isinstance(value, dict):
        for name, each in value.items():
            inner = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
            if isinstance(inner, dict):
                yield from personal_values(each, inner, root)
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        for each in value:
            yield from personal_values(each, schema["items"], root)


@pytest.mark.parametrize("example", examples(), ids=str)
def test_no_personal_value_is_part_of_the_id_by_which_an_event_is_keyed(example: Example) -> None:
    root = all_schemas()[example.topic.name]
    event = json.loads(example.value)
    key = event.get("lead_id") or event["submission_id"]
    found = set(personal_values(event, root, root))
    assert found or example.topic.name in ("lead.sla", "lead.stage", "lead.activity", "roster.received"), (
        "an example about nobody shows little"
    )
    assert not [value for value in found if value in key]


@pytest.mark.parametrize("letter", dead_examples(), ids=str)
def test_no_header_of_a_dead_letter_holds_what_its_value_says_of_a_person(letter: DeadExample) -> None:
    told = json.dumps(letter.document["headers"])
    for personal in ("@", "Sam", "Ortiz", "Priya", "Novak", "+1212", "+4420"):
        assert personal not in told
    assert any(personal in letter.document["value"] for personal in ("@", "Ortiz", "Shah", "Novak")) or (
        letter.service in ("route", "sla-monitor")
    )
