"""Notify as a process of its own on a real Kafka and PostgreSQL: told at least once, with the same id, also through
kill -9 between sending a notice and writing down that it was sent; nothing old, nothing twice in normal work.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from aiokafka import AIOKafkaProducer
from ruamel.yaml import YAML

from leadline_notify.rules import SPEC
from leadline_notify.rules_file import FILE
from leadline_runtime.envelope import headers
from leadline_runtime.rules import rules_files
from leadline_schemas.ids import derived_id, key_bytes, partition_of
from leadline_schemas.topics import LEAD_ROUTED, LEAD_SLA, Topic
from tests.support.pipeline import Pipeline, wait
from tests.support.receivers import Receiver, receiver
from tests.unit.notify.company import EXAMPLES
from tests.unit.notify.test_couriers import NEW

pytestmark = pytest.mark.stack
PROGRAM = ("leadline_notify",)


@pytest.fixture(scope="module")
def crm() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.fixture(scope="module")
def told(pipeline: Pipeline, crm: Receiver) -> Pipeline:
    """The pipeline's notify is to tell the company's webhook of ana's leads."""
    rules = pipeline.directory / "rules"
    rules.mkdir(parents=True)
    write_rules(rules, crm.url)
    pipeline.environment |= {
        "LEADLINE_RULES_DIR": str(rules),
        "LEADLINE_NOTIFY_SECRETS": json.dumps({"crm": NEW}),
        "LEADLINE_NOTIFY_PRIVATE_HOSTS": json.dumps([crm.host]),
        "LEADLINE_NOTIFY_LOOK_S": "0.1",
    }
    return pipeline


def write_rules(folder: Path, url: str) -> None:
    yaml = YAML(typ="safe", pure=True)
    content = yaml.load(rules_files(SPEC, None)[FILE].read_text("utf-8"))
    content["endpoints"] = {"crm": {"channel": "webhook", "url": url, "secret": "crm"}}
    content["contacts"] = {"ana": {"webhook": "crm", "calendar": "always"}}
    with (folder / FILE).open("w", encoding="utf-8") as file:
        yaml.dump(content, file)


def start(pipeline: Pipeline, instance: str = "", **more: str) -> str:
    pipeline.spawn("notify", instance, PROGRAM, **more)
    pipeline.wait_ready(f"notify{instance}")
    return f"notify{instance}"


def event(topic: Topic[Any], example: str, lead: UUID, at: datetime, **fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXAMPLES / topic.name / f"{example}.json").read_text("utf-8"))
    found["basis"]["decided_at"] = at.isoformat()
    return {**found, "lead_id": str(lead), **fields}


def publish(pipeline: Pipeline, topic: Topic[Any], *events: dict[str, Any]) -> None:
    async def done() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=pipeline.stack.kafka, acks="all")
        await producer.start()
        for each in events:
            lead, value = UUID(each["lead_id"]), json.dumps(each).encode()
            suffix = f".{each['kind']}" if topic is LEAD_SLA else ""
            pairs = headers(topic.writer, topic.event_type + suffix, derived_id(value), datetime.now(UTC), "0" * 32)
            key = key_bytes(lead)
            place = partition_of(key, pipeline.partitions)
            await producer.send_and_wait(topic.name, value, key=key, partition=place, headers=list(pairs))
        await producer.stop()

    asyncio.run(done())


def assigned(lead: UUID, at: datetime | None = None, **fields: Any) -> dict[str, Any]:
    return event(LEAD_ROUTED, "g3_round_robin", lead, at or datetime.now(UTC), **fields)


def notices(pipeline: Pipeline, *leads: UUID) -> list[tuple[str, str]]:
    """The ids and statuses of what was made of these leads."""
    with psycopg.connect(pipeline.stack.database_url) as connection:
        query = "SELECT id::text, status FROM notify.notice WHERE lead_id = ANY(%s) ORDER BY id"
        return connection.execute(query, (list(leads),)).fetchall()


def end_claims(pipeline: Pipeline) -> None:
    """Time goes by for claims of who died."""
    with psycopg.connect(pipeline.stack.database_url) as connection:
        connection.execute("UPDATE notify.notice SET leased_until = now() - interval '1 s' WHERE lease IS NOT NULL")


def all_sent(pipeline: Pipeline, leads: list[UUID], number: int) -> bool:
    found = notices(pipeline, *leads)
    return len(found) == number and {status for _, status in found} == {"sent"}


def test_what_is_old_when_notify_is_new_is_told_to_nobody_and_news_once(told: Pipeline, crm: Receiver) -> None:
    old, new = [uuid4() for _ in range(20)], [uuid4() for _ in range(20)]
    publish(told, LEAD_ROUTED, *(assigned(lead, datetime.now(UTC) - timedelta(days=3)) for lead in old))
    first = start(told)
    other = start(told, "-2")
    publish(told, LEAD_ROUTED, *(assigned(lead) for lead in new))
    wait(lambda: all_sent(told, new, 20), f"20 notices; the log ends {told.log('notify')[-1500:]}", 60)
    publish(told, LEAD_ROUTED, *(assigned(lead, revision=3, cause="accepted") for lead in new))  # nothing moved
    publish(told, LEAD_SLA, event(LEAD_SLA, "warned", new[0], datetime.now(UTC), owner="ana", told=["ana"]))
    wait(lambda: all_sent(told, new, 21), "the warning", 60)
    assert notices(told, *old) == []
    assert len(crm.ids()) == 21 == len(set(crm.ids()))
    assert {each.json["data"]["lead_id"] for each in crm.taken} == {str(lead) for lead in new}
    told.kill(first)
    told.kill(other)


@pytest.mark.parametrize(("point", "arrivals"), [("notify_before_send", 1), ("notify_after_send", 2)])
def test_a_sender_that_dies_on_the_way_loses_nothing_and_repeats_the_same_id(
    told: Pipeline, crm: Receiver, point: str, arrivals: int
) -> None:
    lead, before = uuid4(), len(crm.taken)
    label = start(told, "-dying", LEADLINE_CRASH_AT=f"notify:{point}:1")
    publish(told, LEAD_ROUTED, assigned(lead))
    wait(lambda: told.running[label].poll() is not None, "the sender to die", 60)
    told.running.pop(label)
    assert [status for _, status in notices(told, lead)] == ["ready"]
    end_claims(told)
    survivor = start(told)
    wait(lambda: all_sent(told, [lead], 1), f"the notice; the log ends {told.log('notify')[-1500:]}", 60)
    assert crm.ids()[before:] == [notices(told, lead)[0][0]] * arrivals
    told.kill(survivor)


def test_the_state_of_a_receiver_holds_up_nothing_and_new_rules_are_obeyed_without_a_restart(
    told: Pipeline, crm: Receiver
) -> None:
    label = start(told)
    one, other, before = uuid4(), uuid4(), len(crm.taken)
    crm.way = "500"
    publish(told, LEAD_ROUTED, assigned(one))
    wait(lambda: len(crm.taken) > before, "the first try", 60)
    with receiver() as moved:
        # An address of our own network that no setting allows: nothing is sent there.
        write_rules(Path(told.environment["LEADLINE_RULES_DIR"]), moved.url)
        publish(told, LEAD_ROUTED, assigned(other))
        wait(lambda: len(notices(told, other)) == 1, "the notice", 60)
        wait(lambda: "not_https" in told.log(label), "the refusal", 60)
        assert moved.taken == []
    crm.way = "200"
    write_rules(Path(told.environment["LEADLINE_RULES_DIR"]), crm.url)
    wait(lambda: all_sent(told, [one, other], 2), "both", 120)
    told.kill(label)


def leadline(pipeline: Pipeline, *words: str, exit_code: int = 0) -> Any:
    """What a person's command says, as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "leadline_console", "notify", *words, "--json"],
        env={**os.environ, "LEADLINE_DATABASE_URL": pipeline.stack.database_url}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == exit_code, done.stdout + done.stderr
    return json.loads(done.stdout) if done.stdout else done.stderr


def test_a_person_sees_what_is_dead_and_has_it_tried_again(told: Pipeline, crm: Receiver) -> None:
    label, lead, before = start(told), uuid4(), len(crm.taken)
    crm.way = "410"
    publish(told, LEAD_ROUTED, assigned(lead))
    wait(lambda: [status for _, status in notices(told, lead)] == ["dead"], "the end of the notice", 60)
    ((id_, _),) = notices(told, lead)
    (dead,) = leadline(told, "list", "--dead")
    assert (dead["id"], dead["reason"], dead["recipient"], dead["lead_id"]) == (id_, "gone", "ana", str(lead))
    (endpoint,) = leadline(told, "endpoints")
    assert endpoint["name"] == "crm" and endpoint["disabled_at"] and endpoint["dead"] == 1
    crm.way = "200"
    assert leadline(told, "enable", "crm") == {"enabled": "crm"}
    assert leadline(told, "retry", id_) == {"retried": [id_], "not_dead": []}
    wait(lambda: all_sent(told, [lead], 1), "the notice", 60)
    assert crm.ids()[before:] == [id_, id_]
    assert leadline(told, "list", "--dead") == []
    (endpoint,) = leadline(told, "endpoints")
    assert (endpoint["disabled_at"], endpoint["failing_since"], endpoint["dead"]) == (None, None, 0)
    assert leadline(told, "retry", id_, exit_code=4) == {"retried": [], "not_dead": [id_]}
    assert "Nothing was ever sent to an endpoint" in leadline(told, "enable", "erp", exit_code=4)
    assert "Say which" in leadline(told, "retry", exit_code=2)
    assert [row["status"] for row in leadline(told, "list", "--lead", str(lead))] == ["sent"]
    told.kill(label)
