"""`leadline topics apply|check` on a real Kafka."""

import json
import time
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from typer.testing import CliRunner

from leadline_console.app import build
from leadline_console.topics import TopicsReport, apply_topics, check_topics
from leadline_local.endpoints import Endpoints
from leadline_runtime.rules import read_yaml

FILE = Path(__file__).parents[3] / "deploy/kafka/topics.yaml"
DECLARED = read_yaml(FILE.name, FILE.read_text("utf-8"))["topics"]
pytestmark = pytest.mark.stack


def applied(stack: Endpoints, prefix: str) -> TopicsReport:
    return apply_topics(stack.kafka, FILE, replication=1, partitions=2, prefix=prefix)


def checked(stack: Endpoints, prefix: str, partitions: int = 2) -> TopicsReport:
    return check_topics(stack.kafka, FILE, replication=1, partitions=partitions, prefix=prefix)


def test_the_first_run_creates_all_and_the_second_changes_nothing(stack: Endpoints, prefix: str) -> None:
    before = checked(stack, prefix)
    assert len(before.missing) == before.declared == len(DECLARED)

    first = applied(stack, prefix)
    assert len(first.created) == len(DECLARED)
    assert first.ok

    second = applied(stack, prefix)
    assert (second.created, second.changed) == ((), ())
    assert checked(stack, prefix).ok


def test_a_setting_that_somebody_changed_is_found_and_set_again_and_no_other(stack: Endpoints, prefix: str) -> None:
    applied(stack, prefix)
    topic = f"{prefix}lead.scored"
    client = KafkaAdminClient(bootstrap_servers=stack.kafka)
    own = {"retention.ms": "60000", "segment.bytes": "33554432"}
    client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, own)])

    deadline = time.monotonic() + 10
    while not (differing := checked(stack, prefix).differing):
        assert time.monotonic() < deadline, "the broker never showed the changed setting"
    (found,) = differing
    assert (found.topic, found.name, found.found) == (topic, "retention.ms", "60000")

    assert applied(stack, prefix).changed == (found,)
    assert checked(stack, prefix).ok
    asked = [ConfigResource(ConfigResourceType.TOPIC, topic)]
    assert client.describe_configs(asked)["topic"][topic]["segment.bytes"]["value"] == "33554432"
    client.close()


def test_a_partition_count_is_never_changed(stack: Endpoints, prefix: str) -> None:
    applied(stack, prefix)
    report = apply_topics(stack.kafka, FILE, replication=1, partitions=3, prefix=prefix)
    assert len(report.faults) == len(DECLARED)
    assert not report.ok
    assert checked(stack, prefix).ok, "still two partitions everywhere"


def test_more_copies_than_brokers_is_refused_with_the_way_out(stack: Endpoints, tmp_path: Path, prefix: str) -> None:
    file = tmp_path / "topics.yaml"
    file.write_text(f"version: 1\nreplication: 3\ndefaults: {{partitions: 1}}\ntopics: {{{prefix}: {{}}}}\n")
    result = CliRunner().invoke(build(), ["topics", "apply", "--kafka", stack.kafka, "--file", str(file)])
    assert result.exit_code == 1
    assert "pass --replication 1" in result.stderr


def test_the_command_prints_json_and_its_exit_code_is_the_answer(stack: Endpoints, tmp_path: Path, prefix: str) -> None:
    file = tmp_path / "topics.yaml"
    file.write_text(f"version: 1\nreplication: 1\ndefaults: {{partitions: 1}}\ntopics: {{{prefix}: {{}}}}\n")
    run = CliRunner()
    where = ["--kafka", stack.kafka, "--file", str(file), "--json"]

    missing = run.invoke(build(), ["topics", "check", *where])
    assert (missing.exit_code, json.loads(missing.stdout)["missing"]) == (1, [prefix])

    created = run.invoke(build(), ["topics", "apply", *where])
    assert (created.exit_code, json.loads(created.stdout)["created"]) == (0, [prefix])

    assert run.invoke(build(), ["topics", "check", *where]).exit_code == 0
