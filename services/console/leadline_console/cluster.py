"""A Kafka cluster as its administrator sees it: is it there, its topics, offsets and groups."""

import logging
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    KafkaError,
    NoError,
    NotCoordinatorError,
)
from kafka.structs import OffsetAndMetadata

from leadline_console.errors import Exit, UserError

Say = Callable[[str], None]
T = TypeVar("T")
Places = dict[tuple[str, int], int]
_COORDINATOR_SECONDS = 15
_NOT_YET = (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError)
_PROBE_SECONDS = 0.1
_ANSWER_MS = 15_000


def silent(line: str) -> None:
    """Say nothing."""


@contextmanager
def admin(bootstrap: str, *, wait: float = 60.0, say: Say = silent) -> Iterator[KafkaAdminClient]:
    """An admin client, once Kafka answers. wait: seconds. Raises UserError when it does not, or refuses something."""
    wait_for_port(bootstrap, wait, say)
    # A person reads our sentence; the client would add a stack trace for each attempt.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        client = KafkaAdminClient(
            bootstrap_servers=bootstrap.split(","), request_timeout_ms=_ANSWER_MS, bootstrap_timeout_ms=_ANSWER_MS
        )
    except KafkaError as error:
        raise _unreachable(bootstrap, f"the port is open, but no broker answers ({type(error).__name__})") from None
    try:
        yield client
    except KafkaError as error:
        text = f"Kafka at {bootstrap} refused: {type(error).__name__}: {error}"
        raise UserError(text, Exit.FAILED) from error
    finally:
        client.close()


def wait_for_port(bootstrap: str, wait: float, say: Say) -> None:
    """Return as soon as one of the bootstrap servers takes connections (a bare probe: the client's own back-off
    grows to 30 s and would make a start of 2 s look like 30). Raises UserError after `wait` seconds."""
    servers = [_address(one) for one in bootstrap.split(",")]
    deadline = time.monotonic() + wait
    said = False
    while True:
        if any(_open(host, port) for host, port in servers):
            return
        if time.monotonic() >= deadline:
            raise _unreachable(bootstrap, f"nothing listens there (tried for {wait:g} s)")
        if not said:
            say(f"Waiting for Kafka at {bootstrap}")
            said = True
        time.sleep(_PROBE_SECONDS)


def _address(server: str) -> tuple[str, int]:
    host, _, port = server.strip().rpartition(":")
    if not host or not port.isdigit():
        raise UserError(f"{server!r} is no Kafka address; give host:port, e.g. 127.0.0.1:9092.")
    return host.strip("[]"), int(port)


def _open(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return False
    return True


def _unreachable(bootstrap: str, why: str) -> UserError:
    return UserError(
        f"Kafka does not answer at {bootstrap}: {why}. Start it (`leadline up`) or say where it is: "
        "--kafka host:port, or LEADLINE_KAFKA.",
        Exit.UNREACHABLE,
    )


def describe_topics(client: KafkaAdminClient, names: list[str]) -> dict[str, dict[str, Any]]:
    """The topics of these names that exist: {name: {"partitions": [{"replica_nodes": [...]}, ...]}}."""
    return {topic["name"]: topic for topic in client.describe_topics(names) if topic["error_code"] == 0}


def topic_configs(client: KafkaAdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    """All settings in force of these topics, the broker's defaults included."""
    if not names:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    found = client.describe_configs(asked, config_filter="all")["topic"]
    return {name: {key: entry["value"] for key, entry in configs.items()} for name, configs in found.items()}


def set_topic_configs(client: KafkaAdminClient, changes: dict[str, dict[str, str]]) -> None:
    """Set these settings and touch no other. Raises UserError naming the topics that refused."""
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, dict(values)) for name, values in changes.items()]
    # alter_configs returns the error per topic, it does not raise.
    answers = client.alter_configs(asked, incremental=True)["topic"]
    refused = [f"{name}: {answer}" for name, answer in answers.items() if answer != "OK"]
    if refused:
        raise UserError(f"Kafka refused settings of {'; '.join(refused)}", Exit.FAILED)


def broker_count(client: KafkaAdminClient) -> int:
    """How many brokers the cluster has now."""
    return len(client.describe_cluster()["brokers"])


def partition_counts(client: KafkaAdminClient, names: Iterable[str]) -> dict[str, int]:
    """How many partitions each topic has. Raises UserError naming those that do not exist."""
    wanted = sorted(set(names))
    found = {name: len(topic["partitions"]) for name, topic in describe_topics(client, wanted).items()}
    missing = [name for name in wanted if name not in found]
    if missing:
        raise UserError(f"No such topic: {', '.join(missing)}. See `leadline topics check`.", Exit.NOT_FOUND)
    return found


def bounds(client: KafkaAdminClient, counts: dict[str, int]) -> tuple[Places, Places]:
    """The first kept and the next free offset of every partition of these topics."""
    parts = [TopicPartition(topic, number) for topic, count in counts.items() for number in range(count)]
    first, last = (
        {(tp.topic, tp.partition): said.offset for tp, said in client.list_partition_offsets(asked).items()}
        for asked in (dict.fromkeys(parts, spec) for spec in (OffsetSpec.EARLIEST, OffsetSpec.LATEST))
    )
    return first, last


def committed(client: KafkaAdminClient, groups: list[str]) -> dict[str, Places]:
    """The positions that each consumer group told Kafka; empty for a group that is not there."""
    found = _patiently(lambda: client.list_group_offsets(dict.fromkeys(groups)))
    return {
        group: {(tp.topic, tp.partition): said.offset for tp, said in offsets.items()}
        for group, offsets in found.items()
    }


def commit(client: KafkaAdminClient, group: str, positions: Places) -> None:
    """Move a group that nobody is a member of. Raises UserError naming what was refused."""
    asked = {TopicPartition(*place): OffsetAndMetadata(offset, "", -1) for place, offset in positions.items()}
    # alter_group_offsets returns the error per partition, it does not raise.
    answers = _patiently(lambda: client.alter_group_offsets(group, asked))
    refused = [f"{tp.topic}/{tp.partition}: {error.__name__}" for tp, error in answers.items() if error is not NoError]
    if refused:
        raise UserError(f"Kafka did not move the group {group}: {'; '.join(refused)}", Exit.FAILED)


def member_counts(client: KafkaAdminClient, groups: list[str]) -> dict[str, int]:
    """How many instances are members of each consumer group now."""
    described = _patiently(lambda: client.describe_groups(groups))
    return {group: len(described[group]["members"]) for group in groups}


def _patiently(ask: Callable[[], T]) -> T:
    # The first question about groups makes Kafka create the topic it keeps them in; until then it says "not yet".
    deadline = time.monotonic() + _COORDINATOR_SECONDS
    while True:
        try:
            return ask()
        except _NOT_YET:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PROBE_SECONDS)
