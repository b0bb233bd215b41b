"""Additions only: a removed or retyped field is caught against the schemas accepted before."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from leadline_schemas.captured import LeadCaptured
from leadline_schemas.event import Model
from leadline_schemas.generate.__main__ import SCHEMAS, incompatible, main, not_accepted
from leadline_schemas.generate.compatibility import faults
from leadline_schemas.generate.json_schema import all_schemas


def schema(model: type[Model]) -> dict[str, Any]:
    return TypeAdapter(model).json_schema()


@pytest.fixture
def captured() -> dict[str, Any]:
    return schema(LeadCaptured)


def test_the_schemas_of_now_follow_the_accepted_ones() -> None:
    assert not_accepted() == []
    assert incompatible() == []


@pytest.mark.parametrize("name", all_schemas())
def test_a_schema_may_follow_itself(name: str) -> None:
    assert faults(all_schemas()[name], all_schemas()[name]) == []


def test_a_new_optional_field_is_an_addition(captured: dict[str, Any]) -> None:
    newer = deepcopy(captured)
    newer["properties"]["mood"] = {"type": "string", "default": "good", "title": "Mood"}
    newer["$defs"]["Lead"]["properties"]["shoe_size"] = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert faults(captured, newer) == []


def test_other_words_for_people_change_nothing(captured: dict[str, Any]) -> None:
    newer = deepcopy(captured)
    newer["description"] = newer["$defs"]["Lead"]["properties"]["email"]["description"] = "Said better"
    assert faults(captured, newer) == []


def test_another_name_of_a_definition_changes_nothing(captured: dict[str, Any]) -> None:
    renamed = json.loads(json.dumps(captured).replace('#/$defs/Lead"', '#/$defs/Prospect"'))
    renamed["$defs"]["Prospect"] = renamed["$defs"].pop("Lead")
    assert faults(captured, renamed) == []


def test_a_removed_field_is_caught_however_deep(captured: dict[str, Any]) -> None:
    newer = deepcopy(captured)
    del newer["$defs"]["Lead"]["properties"]["phone"]
    del newer["properties"]["aliases"]
    assert faults(captured, newer) == [
        "aliases: was removed; readers of before may need it",
        "lead.phone: was removed; readers of before may need it",
    ]


@pytest.mark.parametrize(
    ("path", "word", "value", "told"),
    [
        (("properties", "stitched"), "type", "string", "stitched: type was 'integer' and is 'string'"),
        (("$defs", "Lead", "properties", "segment"), "enum", ["inbound"], "lead.segment: enum was"),
        (("properties", "received_at"), "format", "date", "received_at: format was 'date-time' and is 'date'"),
        (("properties", "revision"), "minimum", 2, "revision: minimum was 1 and is 2"),
        (("properties", "aliases", "items"), "format", "uri", "aliases[]: format was 'uuid' and is 'uri'"),
        (("properties", "notes", "items"), "type", "integer", "notes[]: type was 'string' and is 'integer'"),
    ],
)
def test_a_retyped_field_is_caught(
    captured: dict[str, Any], path: tuple[str, ...], word: str, value: Any, told: str
) -> None:
    newer = deepcopy(captured)
    place: Any = newer
    for part in path:
        place = place[part]
    place[word] = value
    (fault,) = faults(captured, newer)
    assert fault.startswith(told)


def test_an_optional_field_that_becomes_required_is_caught(captured: dict[str, Any]) -> None:
    newer = deepcopy(captured)
    newer["required"].append("match")
    assert faults(captured, newer) == ["match: is required now; events of before do not have it"]


def test_a_required_field_that_becomes_optional_is_caught(captured: dict[str, Any]) -> None:
    newer = deepcopy(captured)
    newer["required"].remove("received_at")
    assert faults(captured, newer) == ["received_at: is no longer required; readers of before refuse events without it"]


def test_a_field_that_may_be_absent_no_longer_is_caught(captured: dict[str, Any]) -> None:
    newer = deepcopy(captured)
    newer["properties"]["match"] = {"type": "string"}
    assert any(fault.startswith("match: ") for fault in faults(captured, newer))


def test_personal_data_stays_marked(captured: dict[str, Any]) -> None:
    newer = deepcopy(captured)
    del newer["$defs"]["Lead"]["properties"]["email"]["anyOf"][0]["x-pii"]
    assert faults(captured, newer) == ["lead.email: was personal data and is no longer marked as such"]


def folder_with_baseline(folder: Path, change: Any) -> Path:
    """A copy of the accepted schemas in which something is different."""
    (folder / "baseline").mkdir()
    (folder / "examples").mkdir()
    for file in (SCHEMAS / "baseline").glob("*.json"):
        document = json.loads(file.read_text(encoding="utf-8"))
        change(file.stem, document)
        (folder / "baseline" / file.name).write_text(json.dumps(document), encoding="utf-8")
    return folder


def test_the_command_refuses_and_can_be_told_that_it_is_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def had_more(name: str, document: dict[str, Any]) -> None:
        if name == "lead.sla":
            document["properties"]["retired"] = {"type": "string"}

    root = folder_with_baseline(tmp_path, had_more)
    assert main([], root) == 0
    assert main(["--check"], root) == 1
    assert "incompatible: lead.sla: retired: was removed" in capsys.readouterr().err
    assert main(["--accept"], root) == 0
    assert main(["--check"], root) == 0


def test_a_topic_that_is_gone_and_one_that_is_new(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = folder_with_baseline(tmp_path, lambda name, document: None)
    (root / "baseline" / "lead.sla.json").rename(root / "baseline" / "lead.gone.json")
    main([], root)
    assert main(["--check"], root) == 1
    told = capsys.readouterr().err
    assert "lead.gone: the topic is gone" in told
    assert "not accepted yet: lead.sla" in told
