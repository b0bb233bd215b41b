"""Nothing dangles: every topic is declared, written by its one writer, read by whom it names."""

from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from leadline_runtime.step import Step
from leadline_schemas.topics import SERVICES, TOPICS, Topic, dead_letter_topic, topic_named

ROOT = Path(__file__).parents[2]


@cache
def steps() -> dict[str, Step[Any]]:
    """The five steps as they are wired."""
    return {name: import_module(f"leadline_{name.replace('-', '_')}.app").STEP for name in SERVICES}


def reads(name: str) -> set[str]:
    """The topics that a step reads, whole or as a smaller model of its own (`Topic.read_as`)."""
    return {read.name for read in steps()[name].reads}


def test_every_service_is_wired_under_its_own_name() -> None:
    assert {name: step.name for name, step in steps().items()} == {name: name for name in SERVICES}


@pytest.mark.parametrize("topic", TOPICS, ids=lambda t: t.name)
def test_a_topic_has_one_writer_and_the_readers_it_names(topic: Topic[Any]) -> None:
    assert topic.readers, f"{topic.name} is read by nobody"
    assert {name for name in steps() if topic.name in reads(name)} == set(topic.readers)
    writers = {name for name, step in steps().items() if topic in step.writes}
    # A submission is written by capture's edge (and outside producers), which is no step.
    assert writers == (set() if topic.kind == "submission" else {topic.writer})


def test_what_a_snapshot_carries_is_what_its_writer_reads() -> None:
    for topic in TOPICS:
        if topic.carries:
            carried = topic.model.model_fields[topic.carries].annotation
            carrier = next(each for each in TOPICS if each.model is carried)
            assert carrier.name in reads(topic.writer)


@cache
def declared() -> dict[str, Any]:
    """The topics that the operator creates."""
    content = YAML(typ="safe", pure=True).load((ROOT / "deploy" / "kafka" / "topics.yaml").read_text(encoding="utf-8"))
    return dict(content["topics"])


def test_every_topic_and_every_dead_letter_topic_is_created() -> None:
    assert set(declared()) == {t.name for t in TOPICS} | {dead_letter_topic(s) for s in SERVICES}


def test_no_topic_name_collides_in_the_metrics_of_kafka() -> None:
    assert not [name for name in declared() if "_" in name]


def test_a_name_finds_its_topic_and_a_wrong_one_says_which_there_are() -> None:
    assert topic_named("lead.sla").writer == "sla-monitor"
    with pytest.raises(KeyError, match=r"known: lead\.received, lead\.captured"):
        topic_named("lead.unknown")


def test_the_packages_are_typed() -> None:
    for package in ("leadline_schemas", "leadline_runtime"):
        assert (files(package) / "py.typed").is_file()
