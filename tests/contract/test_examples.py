"""Each example decodes, encodes to the same bytes, is valid under the generated schema; a reader takes newer events."""

import json
from typing import Any

import pytest

from leadline_schemas.codec import decode, decode_model, encode
from leadline_schemas.dead_letter import DeadLetter
from leadline_schemas.envelope import DEAD_LETTER_PREFIX, HEADERS
from leadline_schemas.ids import key_bytes
from leadline_schemas.topics import SERVICES, TOPICS, topic_named
from tests.contract.examples import EXAMPLES, DeadExample, Example, dead_examples, examples, validator

# What is worth showing: a reader of a topic must be able to see these without starting anything.
WORTH_SHOWING = {
    "lead.captured": ("outcome", {"created", "merged_into", "quarantined"}),
    "lead.routed": ("outcome", {"person", "nurture", "parked", "disqualified"}),
    "lead.sla": ("kind", {"armed", "warned", "breached", "met", "resolved_late", "lapsed"}),
}


@pytest.mark.parametrize("example", examples(), ids=str)
def test_decodes_and_encodes_to_the_same_bytes(example: Example) -> None:
    assert encode(example.topic, decode(example.topic, example.value)) == example.value


@pytest.mark.parametrize("example", [e for e in examples() if e.topic.carries], ids=str)
def test_what_an_earlier_step_wrote_is_spliced_in_byte_for_byte(example: Example) -> None:
    start = example.value.index(f'"{example.topic.carries}":'.encode()) + len(f'"{example.topic.carries}":')
    carried = example.value[start:-1]
    assert encode(example.topic, decode(example.topic, example.value), carried) == example.value
    earlier = next(t for t in TOPICS if example.topic.model.model_fields[example.topic.carries].annotation is t.model)
    shown = {e.value for e in examples() if e.topic is earlier}
    assert carried in shown, f"{example}: the event it carries is no example of {earlier.name}"


@pytest.mark.parametrize("example", examples(), ids=str)
def test_is_valid_under_the_generated_schema(example: Example) -> None:
    faults = list(validator(example.topic.name).iter_errors(json.loads(example.value)))
    assert not faults, faults[0].json_path


@pytest.mark.parametrize("example", examples(), ids=str)
def test_a_reader_of_today_accepts_fields_of_tomorrow(example: Example) -> None:
    newer = with_new_fields(json.loads(example.value))
    assert decode(example.topic, json.dumps(newer).encode()) == decode(example.topic, example.value)
    validator(example.topic.name).validate({**json.loads(example.value), "field_of_tomorrow": 1})


# Free-form objects: what stands in them is data, not fields.
FREE_FORM = {"facts", "extra", "sources", "query", "values", "answers", "rules", "groups", "warnings", "balance_before",
             "balance_after", "hours", "weights"}  # fmt: skip


def with_new_fields(value: Any, inside: str = "") -> Any:
    """The same value as a newer writer would write it: one field more in every object that is a model."""
    if isinstance(value, list):
        return [with_new_fields(each, inside) for each in value]
    if not isinstance(value, dict):
        return value
    grown = {name: each if name in FREE_FORM else with_new_fields(each, name) for name, each in value.items()}
    return {**grown, "field_of_tomorrow": {"a": [1]}}


@pytest.mark.parametrize("example", examples(), ids=str)
def test_a_required_field_that_is_missing_is_named_without_its_value(example: Example) -> None:
    value = json.loads(example.value)
    required = next(n for n, f in example.topic.model.model_fields.items() if f.is_required())
    del value[required]
    with pytest.raises(ValueError, match=rf"{example.topic.name}: {required}: Field required"):
        decode(example.topic, json.dumps(value).encode())


@pytest.mark.parametrize("topic", TOPICS, ids=lambda t: t.name)
def test_every_topic_has_an_example(topic: Any) -> None:
    assert [e for e in examples() if e.topic is topic]


@pytest.mark.parametrize("topic", WORTH_SHOWING)
def test_the_cases_worth_showing_are_shown(topic: str) -> None:
    field, wanted = WORTH_SHOWING[topic]
    shown = {json.loads(e.value)[field] for e in examples() if e.topic is topic_named(topic)}
    assert wanted <= shown


def test_no_example_lies_about() -> None:
    known = {e.file for e in examples()} | {e.file for e in dead_examples()} | {EXAMPLES / "README.md"}
    assert {f for f in EXAMPLES.rglob("*") if f.is_file()} == known


@pytest.mark.parametrize("letter", dead_examples(), ids=str)
def test_a_dead_letter_says_what_failed_where_and_by_which_code(letter: DeadExample) -> None:
    said = {n[len(DEAD_LETTER_PREFIX) :]: v for n, v in letter.document["headers"].items() if n.startswith("dl_")}
    validator("dlq").validate(letter.document["headers"])
    found = decode_model(DeadLetter, json.dumps(said).encode(), "dead letter")
    assert found.service == letter.service
    assert set(letter.document["headers"]) - set(HEADERS) == {f"dl_{name}" for name in DeadLetter.model_fields}


@pytest.mark.parametrize("letter", dead_examples(), ids=str)
def test_a_dead_letter_holds_the_original_key_and_value(letter: DeadExample) -> None:
    document = letter.document
    topic = topic_named(document["headers"]["dl_topic"])
    assert letter.service in (topic.writer, *topic.readers)
    value: bytes = document["value"].encode()
    if document["headers"]["dl_failure_class"] == "undecodable":
        with pytest.raises(ValueError, match=topic.name):
            decode(topic, value)
    else:
        event: Any = decode(topic, value)
        about = event.submission_id if topic.kind == "submission" else event.lead_id
        assert document["key"].encode() == key_bytes(about)


def test_every_service_has_a_dead_letter_to_show() -> None:
    assert {letter.service for letter in dead_examples()} == set(SERVICES)
