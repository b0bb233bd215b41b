"""Generated files are fresh, the same on every machine, and structurally right."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from leadline_schemas.envelope import HEADERS
from leadline_schemas.generate.__main__ import SCHEMAS, generated, main, stale
from leadline_schemas.generate.asyncapi import asyncapi
from leadline_schemas.generate.json_schema import all_schemas
from leadline_schemas.generate.topology import topology
from leadline_schemas.topics import SERVICES, TOPICS, dead_letter_topic


def test_generated_files_are_fresh() -> None:
    assert stale() == [], "run `make schemas` and commit what it writes"


def test_the_check_of_ci_agrees() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "leadline_schemas.generate", "--check"],
        capture_output=True, text=True, check=False, env={"PYTHONHASHSEED": "1"}, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_made_anew_it_is_the_same_text() -> None:
    before = generated()
    all_schemas.cache_clear()
    asyncapi.cache_clear()
    assert generated() == before


def test_what_is_stale_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "examples").mkdir()
    assert main(["--accept"], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    (tmp_path / "generated" / "asyncapi.json").write_text("{}", encoding="utf-8")
    (tmp_path / "generated" / "topology.md").unlink()
    (tmp_path / "generated" / "json" / "lead.gone.json").write_text("{}", encoding="utf-8")
    capsys.readouterr()
    assert main(["--check"], tmp_path) == 1
    told = capsys.readouterr().err
    for name in ("asyncapi.json", "topology.md", "json/lead.gone.json"):
        assert f"stale: schemas/generated/{name}; run `make schemas`" in told
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0


def test_outside_of_a_checkout_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], tmp_path) == 2
    assert "run this in a checkout" in capsys.readouterr().err


def test_every_schema_is_a_schema_and_names_its_topic() -> None:
    for topic in TOPICS:
        schema = json.loads((SCHEMAS / "generated" / "json" / f"{topic.name}.json").read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        assert schema["$id"] == f"urn:leadline:{topic.name}"
        assert schema["x-topic"]["writer"] == topic.writer


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [ref for each in value.values() for ref in references(each)]
    return [ref for each in value for ref in references(each)] if isinstance(value, list) else []


def followed(document: Any, reference: str) -> Any:
    assert reference.startswith("#/"), f"{reference} leads out of the document"
    for part in reference[2:].split("/"):
        document = document[part]
    return document


def test_asyncapi_names_what_version_three_requires() -> None:
    document = asyncapi()
    assert document["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= document["info"].keys()
    for reference in references(document):
        assert followed(document, reference) is not None
    for channel in document["channels"].values():
        assert channel["address"] and channel["messages"]
    for operation in document["operations"].values():
        assert operation["action"] in ("send", "receive")
        channel = followed(document, operation["channel"]["$ref"])
        for message in operation["messages"]:
            # An operation's messages are those of its own channel.
            assert message["$ref"].startswith(operation["channel"]["$ref"] + "/messages/")
            assert followed(document, message["$ref"]) in channel["messages"].values()
    for name, message in document["components"]["messages"].items():
        assert message["name"] == name
        assert {"headers", "payload"} <= message.keys()
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_asyncapi_tells_every_channel_every_writer_and_every_reader() -> None:
    document = asyncapi()
    assert set(document["channels"]) == {t.name for t in TOPICS} | {dead_letter_topic(s) for s in SERVICES}
    operations = document["operations"]
    for topic in TOPICS:
        assert f"{topic.writer}.send.{topic.name}" in operations
        assert {f"{reader}.receive.{topic.name}" for reader in topic.readers} <= operations.keys()
    for service in SERVICES:
        assert {f"{service}.send.dlq.{service}", f"people.receive.dlq.{service}"} <= operations.keys()


def test_the_envelope_is_part_of_every_message() -> None:
    document = asyncapi()
    for topic in TOPICS:
        message = document["components"]["messages"][topic.model.__name__]
        assert set(followed(document, message["headers"]["$ref"])["required"]) == set(HEADERS)


def test_the_topology_shows_every_arrow() -> None:
    page = topology()
    for topic in TOPICS:
        name = topic.name.replace(".", "_")
        assert f"  {topic.writer.replace('-', '_')} --> {name}\n" in page
        for reader in topic.readers:
            assert f"  {name} --> {reader.replace('-', '_')}\n" in page
