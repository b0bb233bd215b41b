"""Dead letters on a real Kafka: listed, sent again, put away."""

import json
from collections.abc import Sequence

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from typer.testing import CliRunner

from leadline_console import cluster
from leadline_console.app import build
from leadline_console.dead_letters import Pile, discard, open_pile, retry
from leadline_console.records import Kept, reader
from leadline_local.endpoints import Endpoints
from leadline_runtime.consumed import Consumed
from leadline_runtime.dead_letters import dead_letter
from leadline_schemas.dead_letter import DeadLetter

pytestmark = pytest.mark.stack


class Letters:
    """One service of this test's own, `name`, with dead letters of a topic of its own."""

    def __init__(self, kafka: str, name: str) -> None:
        self.kafka, self.name, self.source = kafka, name, f"{name}.source"
        client = KafkaAdminClient(bootstrap_servers=kafka)
        shape = {"num_partitions": 2, "replication_factor": 1}
        client.create_topics({f"dlq.{name}": shape, self.source: shape}, wait_for_metadata=True)
        client.close()

    def arrive(self, *numbers: int, failure_class: str = "undecodable") -> None:
        """Records 0, 1, 2 ... were rejected; all from partition 1, so that their letters lie in partition 1."""
        producer = KafkaProducer(bootstrap_servers=self.kafka, acks="all")
        for number in numbers:
            source = Consumed(self.source, 1, number, b"key", b"canary %d" % number, (("ce_id", b"%d" % number),))
            out = dead_letter(source, self._said(number, failure_class))
            sending = producer.send(out.topic, out.value, key=out.key, headers=list(out.headers), partition=1)
            sending.get(timeout=10)
        producer.close()

    def _said(self, number: int, failure_class: str) -> DeadLetter:
        return DeadLetter(
            service=self.name, step=self.name, failure_class=failure_class, failure="lead.scored: x: Field required",
            topic=self.source, partition=1, offset=number, attempts=1, code="1", rules_version="1", rules_digest="d",
            rejected_at="2026-03-10T10:00:00Z",
        )  # fmt: skip

    def pile(self) -> Pile:
        return open_pile(self.kafka, [self.name])

    def names(self) -> list[str]:
        return [letter.name.rpartition("/")[2] for letter in self.pile().letters]

    def sent_again(self) -> Sequence[Kept]:
        with cluster.admin(self.kafka) as client:
            first, last = cluster.bounds(client, {self.source: 2})
        with reader(self.kafka) as records:
            return list(records.until(first, last))


@pytest.fixture
def letters(stack: Endpoints, prefix: str) -> Letters:
    return Letters(stack.kafka, prefix)


def test_letters_that_nobody_put_away_are_listed(letters: Letters) -> None:
    assert letters.names() == []
    letters.arrive(0, 1)
    assert letters.names() == ["0", "1"]
    assert letters.pile().letters[0].origin == f"{letters.source}/1/0"


def test_a_record_sent_again_is_the_original_and_its_letter_is_put_away(letters: Letters) -> None:
    letters.arrive(0, 1)
    pile = letters.pile()
    retry(letters.kafka, pile, pile.letters[:1])

    (record,) = letters.sent_again()
    assert (record.partition, record.key, record.value) == (1, b"key", b"canary 0")
    assert record.headers == (("ce_id", b"0"), ("dl_retry_of", f"{letters.source}/1/0".encode()))
    assert letters.names() == ["1"]


def test_a_letter_behind_one_that_is_not_done_stays_listed(letters: Letters) -> None:
    letters.arrive(0, 1, 2)
    pile = letters.pile()
    retry(letters.kafka, pile, pile.letters[1:2])
    assert letters.names() == ["0", "1", "2"], "a position cannot leave a hole; sending 1 twice does no harm"
    retry(letters.kafka, letters.pile(), letters.pile().letters)
    assert letters.names() == []


def test_what_is_put_away_takes_the_older_ones_along_and_what_comes_later_is_listed(letters: Letters) -> None:
    letters.arrive(0, 1, 2)
    pile = letters.pile()
    assert len(discard(letters.kafka, pile, pile.letters[1:2])) == 2
    assert letters.names() == ["2"]
    letters.arrive(3)
    assert letters.names() == ["2", "3"]


def test_by_command_from_the_list_to_the_empty_list(letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("commands.dlq", "letters"):
        monkeypatch.setattr(f"leadline_console.{module}.SERVICES", (letters.name,))
    letters.arrive(0)
    letters.arrive(1, failure_class="unexpected")

    def dlq(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(build(), ["dlq", *arguments, "--kafka", letters.kafka])
        assert result.exit_code == code, result.output
        return result.stdout

    said = json.loads(dlq("list", "--json"))
    assert (said["letters"], len(said["reasons"]), len(said["newest"])) == (2, 2, 2)
    assert "undecodable" in dlq("list", letters.name)

    one = f"{letters.name}/1/0"
    assert "canary" not in dlq("show", one)
    assert "canary" in dlq("show", one, "--pii")
    assert json.loads(dlq("show", one, "--pii", "--json"))["value"] == "canary 0"
    dlq("show", f"{letters.name}/1/9", code=4)

    dlq("retry", one, code=1)  # nobody answers the question
    assert json.loads(dlq("retry", "--all", letters.name, "--reason", "undecodable", "--yes", "--json")) == {
        "retried": [one]
    }
    assert "1 letter(s) put away" in dlq("discard", "--all", letters.name, "--yes")
    assert "No dead letters" in dlq("list")
