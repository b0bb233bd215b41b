"""What deploy/kafka/topics.yaml declares, and how it is read."""

from pathlib import Path

import pytest

from leadline_console.errors import UserError
from leadline_console.topics_file import DeclaredTopic, find_file, load_topics
from leadline_schemas.topics import SERVICES, TOPICS, dead_letter_topic

FILE = Path(__file__).parents[3] / "deploy/kafka/topics.yaml"


def by_name(**options: int) -> dict[str, DeclaredTopic]:
    return {topic.name: topic for topic in load_topics(FILE, **options)}  # type: ignore[arg-type]


def written(folder: Path, text: str) -> Path:
    file = folder / "topics.yaml"
    file.write_text(text)
    return file


def test_every_topic_of_the_contracts_is_declared_and_no_other() -> None:
    contracts = {topic.name for topic in TOPICS} | {dead_letter_topic(service) for service in SERVICES}
    assert set(by_name()) == contracts


def test_all_topics_that_carry_leads_have_the_same_number_of_partitions() -> None:
    declared = by_name()
    assert {declared[topic.name].partitions for topic in TOPICS} == {24}


def test_another_count_is_taken_by_every_lead_topic_and_bounds_the_dead_letters() -> None:
    declared = by_name(partitions=4)
    assert {topic.partitions for topic in declared.values()} == {4}
    assert by_name(partitions=32)["dlq.route"].partitions == 6


def test_an_acknowledged_record_is_on_two_nodes_of_three_and_one_node_serves_alone() -> None:
    assert by_name()["lead.received"].config["min.insync.replicas"] == "2"
    assert by_name(replication=2)["lead.received"].config["min.insync.replicas"] == "1"
    assert by_name(replication=1)["lead.received"].config["min.insync.replicas"] == "1"


def test_a_dead_letter_of_the_largest_record_fits_into_its_topic() -> None:
    declared = by_name()
    largest = max(int(declared[topic.name].config["max.message.bytes"]) for topic in TOPICS)
    for service in SERVICES:
        assert int(declared[dead_letter_topic(service)].config["max.message.bytes"]) > largest


def test_settings_are_written_as_kafka_writes_them() -> None:
    config = by_name()["lead.scored"].config
    assert config["unclean.leader.election.enable"] == "false"
    assert config["retention.ms"] == str(400 * 24 * 3600 * 1000)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version: 1\nreplication: 0\ndefaults: {partitions: 1}\ntopics: {}", "replication"),
        ("version: 1\nreplication: 1\ndefaults: {partitions: 1, retention: 5}\ntopics: {}", "defaults.retention"),
        ("version: 1\nreplication: 1\ndefaults: {partitions: x}\ntopics: {}", "defaults.partitions"),
        ("version: 1\nversion: 2\n", "duplicate key"),
    ],
)
def test_a_wrong_file_is_named_with_the_place_of_the_fault(tmp_path: Path, text: str, says: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(UserError, match=r"topics\.yaml") as caught:
        load_topics(file)
    assert says in str(caught.value)


def test_a_file_that_is_not_there_is_said_to_be_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        load_topics(tmp_path / "none.yaml")


def test_the_file_is_found_from_any_folder_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEADLINE_TOPICS_FILE", raising=False)
    monkeypatch.chdir(FILE.parents[2] / "services" / "console")
    assert find_file(None) == FILE


def test_outside_of_the_project_it_is_that_of_the_code_or_must_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEADLINE_TOPICS_FILE", raising=False)
    assert find_file(None) == FILE
    monkeypatch.setattr("leadline_console.topics_file.__file__", str(tmp_path / "lib" / "site" / "x" / "file.py"))
    with pytest.raises(UserError, match="--file"):
        find_file(None)
    monkeypatch.setenv("LEADLINE_TOPICS_FILE", "/etc/leadline/topics.yaml")
    assert find_file(None) == Path("/etc/leadline/topics.yaml")
