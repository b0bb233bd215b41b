"""Compare the declared topics with a cluster's, and create or set what may safely be created or set."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from leadline_console import cluster
from leadline_console.cluster import Say, silent
from leadline_console.errors import Exit, UserError
from leadline_console.topics_file import DeclaredTopic, load_topics
from leadline_runtime.core.values import dataclass

SETTLE_SECONDS = 10


@dataclass(frozen=True)
class Setting:
    """A setting of a topic that is not, or was not, as declared."""

    topic: str
    name: str
    found: str | None
    declared: str


@dataclass(frozen=True)
class TopicsReport:
    """What was found and done.

    faults: what only a person can put right (partition counts, replication): never changed by `apply`.
    missing and differing are empty after a successful `apply`; created and changed are empty after a `check`.
    """

    declared: int
    missing: tuple[str, ...] = ()
    differing: tuple[Setting, ...] = ()
    created: tuple[str, ...] = ()
    changed: tuple[Setting, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the cluster now is as declared."""
        return not (self.missing or self.differing or self.faults)


def apply_topics(
    bootstrap: str,
    file: Path,
    *,
    replication: int | None = None,
    partitions: int | None = None,
    prefix: str = "",
    say: Say = silent,
) -> TopicsReport:
    """Create the topics that are missing and set the settings that differ; running it again changes nothing.

    bootstrap: `host:port[,host:port]`; replication, partitions, prefix: as in load_topics; say: gets progress.
    Raises UserError.
    """
    wanted = load_topics(file, replication=replication, partitions=partitions, prefix=prefix)
    with cluster.admin(bootstrap, say=say) as client:
        found = _compare(client, wanted)
        if found.missing:
            _enough_brokers(client, wanted[0].replication)
            client.create_topics(_creations(wanted, found.missing), wait_for_metadata=True)
        if found.differing:
            cluster.set_topic_configs(client, _settings(found.differing))
            _settle(client, wanted)
    return replace(found, missing=(), differing=(), created=found.missing, changed=found.differing)


def check_topics(
    bootstrap: str,
    file: Path,
    *,
    replication: int | None = None,
    partitions: int | None = None,
    prefix: str = "",
    say: Say = silent,
) -> TopicsReport:
    """Say what differs from the declaration; change nothing. Arguments and errors as in apply_topics."""
    wanted = load_topics(file, replication=replication, partitions=partitions, prefix=prefix)
    with cluster.admin(bootstrap, say=say) as client:
        return _compare(client, wanted)


def compare(
    wanted: tuple[DeclaredTopic, ...], topics: dict[str, dict[str, Any]], configs: dict[str, dict[str, str]]
) -> TopicsReport:
    """How a declaration differs from what a cluster says (cluster.describe_topics, cluster.topic_configs)."""
    there = [topic for topic in wanted if topic.name in topics]
    return TopicsReport(
        declared=len(wanted),
        missing=tuple(topic.name for topic in wanted if topic.name not in topics),
        differing=tuple(one for topic in there for one in _differing(topic, configs[topic.name])),
        faults=tuple(fault for topic in there for fault in _faults(topic, topics[topic.name])),
    )


def _compare(client: Any, wanted: tuple[DeclaredTopic, ...]) -> TopicsReport:
    topics = cluster.describe_topics(client, [topic.name for topic in wanted])
    return compare(wanted, topics, cluster.topic_configs(client, list(topics)))


def _settle(client: Any, wanted: tuple[DeclaredTopic, ...]) -> None:
    # Kafka says yes before every broker shows the new setting; a check right after would deny it.
    deadline = time.monotonic() + SETTLE_SECONDS
    while _compare(client, wanted).differing:
        if time.monotonic() > deadline:
            raise UserError(f"Kafka took the settings, but does not show them after {SETTLE_SECONDS} s.", Exit.FAILED)
        time.sleep(0.05)


def _differing(topic: DeclaredTopic, config: dict[str, str]) -> list[Setting]:
    return [
        Setting(topic.name, name, config.get(name), value)
        for name, value in topic.config.items()
        if config.get(name) != value
    ]


def _faults(topic: DeclaredTopic, found: dict[str, Any]) -> list[str]:
    partitions = found["partitions"]
    copies = min((len(one["replica_nodes"]) for one in partitions), default=0)
    faults = []
    if len(partitions) != topic.partitions:
        faults.append(
            f"{topic.name} has {len(partitions)} partitions, declared are {topic.partitions}: leads would move to "
            f"other lanes, so a count is never changed; pass --partitions {len(partitions)}, or begin with new topics"
        )
    if copies != topic.replication:
        faults.append(
            f"{topic.name} has {copies} copies of a partition, declared are {topic.replication}: reassign its "
            f"partitions with Kafka's own tool, or pass --replication {copies}"
        )
    return faults


def _enough_brokers(client: Any, replication: int) -> None:
    count = cluster.broker_count(client)
    if count < replication:
        raise UserError(
            f"{replication} copies of each partition are declared, but the cluster has {count} broker(s) now. "
            f"Start the others, or pass --replication {count}.",
            Exit.FAILED,
        )


def _creations(wanted: tuple[DeclaredTopic, ...], missing: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    return {
        topic.name: {
            "num_partitions": topic.partitions,
            "replication_factor": topic.replication,
            "configs": topic.config,
        }
        for topic in wanted
        if topic.name in missing
    }


def _settings(differing: tuple[Setting, ...]) -> dict[str, dict[str, str]]:
    changes: dict[str, dict[str, str]] = {}
    for one in differing:
        changes.setdefault(one.topic, {})[one.name] = one.declared
    return changes
