"""`tail`, `explain` and `score overrides` on a real Kafka, with topics of the test's own."""

from dataclasses import replace
from itertools import islice

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from leadline_console.errors import UserError
from leadline_console.overrides import of_all_leads, of_lead
from leadline_console.records import Kept
from leadline_console.story import PARTS, read_story
from leadline_console.tailing import follow, newest
from leadline_local.endpoints import Endpoints
from leadline_schemas.codec import decode
from leadline_schemas.ids import key_bytes
from leadline_schemas.topics import LEAD_SCORED
from tests.unit.console.test_score_command import FIT, VETO, record, scored
from tests.unit.console.test_story import FRIDAY, OF_LEADS, lead_of

pytestmark = pytest.mark.stack


@pytest.fixture
def topics(stack: Endpoints, prefix: str) -> dict[str, str]:
    """The topics of the lead, by their real names."""
    own = {topic.name: f"{prefix}.{topic.name}" for topic in PARTS.values()}
    client = KafkaAdminClient(bootstrap_servers=stack.kafka)
    shape = {"num_partitions": 3, "replication_factor": 1}
    client.create_topics(dict.fromkeys(own.values(), shape), wait_for_metadata=True)
    client.close()
    return own


def write(stack: Endpoints, records: list[Kept], topics: dict[str, str]) -> None:
    producer = KafkaProducer(bootstrap_servers=stack.kafka, acks="all")
    for kept in records:
        sent = producer.send(topics[kept.topic], kept.value, key=key_bytes(lead_of(kept)), headers=list(kept.headers))
        sent.get(timeout=10)
    producer.close()


def test_the_story_of_one_lead_is_found_among_those_of_others(stack: Endpoints, topics: dict[str, str]) -> None:
    write(stack, OF_LEADS, topics)
    parts = {part: replace(topic, name=topics[topic.name]) for part, topic in PARTS.items()}

    story = read_story(stack.kafka, FRIDAY, parts)
    assert len(story.routed) == 2
    assert {event.lead_id for event in (*story.captured, *story.sla)} == {FRIDAY}
    assert story.unreadable == 0

    with pytest.raises(UserError, match="No topic speaks of") as caught:
        read_story(stack.kafka, FRIDAY.__class__(int=1), parts)
    assert caught.value.exit_code == 4


def test_the_newest_records_are_shown_and_then_what_comes(stack: Endpoints, topics: dict[str, str]) -> None:
    sla = [kept for kept in OF_LEADS if kept.topic == "lead.sla"]
    name = topics["lead.sla"]
    write(stack, sla[:5], topics)
    shown = newest(stack.kafka, [name], 3)
    assert [kept.value for kept in shown] == [kept.value for kept in sla[2:5]]
    assert newest(stack.kafka, [name], 100) != []

    coming = follow(stack.kafka, [name], ready=lambda: write(stack, sla[5:7], topics))
    assert {kept.value for kept in islice(coming, 2)} == {kept.value for kept in sla[5:7]}


def test_a_topic_that_is_not_there_is_named(stack: Endpoints, prefix: str) -> None:
    with pytest.raises(UserError, match=f"No such topic: {prefix}") as caught:
        newest(stack.kafka, [prefix], 1)
    assert caught.value.exit_code == 4


def test_what_is_overridden_is_found_among_the_scorecards_of_all_leads(
    stack: Endpoints, topics: dict[str, str]
) -> None:
    lead = scored().lead_id
    others = [kept for kept in OF_LEADS if kept.topic == "lead.scored" and lead_of(kept) != lead]
    others = [kept for kept in others if kept.value and not decode(LEAD_SCORED, kept.value).scorecard.overrides]
    write(stack, [*others, record(scored(FIT)), record(scored(FIT, VETO)), *others[:1]], topics)
    topic = replace(LEAD_SCORED, name=topics["lead.scored"])
    found = of_all_leads(stack.kafka, topic, pii=True)
    assert [(one.lead_id, one.override) for one in found] == [(lead, VETO), (lead, FIT)]
    assert of_lead(stack.kafka, lead, topic, pii=True) == found
    write(stack, [record(scored())], topics)
    assert of_all_leads(stack.kafka, topic, pii=True) == []
