"""What really happened: raw records by kafka-python, tables by psycopg, and none of the project's packages."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import Any

import psycopg
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

STEPS = ("capture", "enrich", "score", "route", "sla-monitor")
TOPICS = (
    "lead.received", "lead.captured", "lead.activity", "lead.enriched", "lead.scored", "lead.routed", "lead.sla",
    "lead.stage",
    *(f"dlq.{step}" for step in STEPS),
)  # fmt: skip
STATES = "SELECT lead_id::text, lane, revision, merged_into IS NOT NULL AS merged FROM {}.state"
TABLES = {
    **{f"{step}.state": STATES.format(step.replace("-", "_")) for step in STEPS},
    "route.standing": "SELECT lead_id::text, body FROM route.state",
    "submission": "SELECT submission_id::text, lead_id::text, outcome FROM capture.submission",
    "held": "SELECT act_id::text FROM capture.held",
    "inbox": " UNION ALL ".join(f"SELECT lane FROM {s.replace('-', '_')}.inbox" for s in STEPS),
    "member": "SELECT id, open, owed, assigned FROM route.member",
    "clock": "SELECT extract(epoch FROM at)::float8 AS at, extract(epoch FROM set_at)::float8 AS set_at"
    " FROM sla_monitor.clock",
}
PUBLISHING_S = 0.5
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Raw:
    """A record as Kafka holds it; `at` is Kafka's own time in seconds."""

    topic: str
    partition: int
    offset: int
    at: float
    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...]

    def header(self, name: str) -> str:
        """The first header of this name, empty if there is none."""
        return next((value.decode("utf-8", "replace") for key, value in self.headers if key == name), "")


@dataclass
class Evidence:
    """All that the checker judges by. `run`: what the runner says of itself (caps, faults, when it stopped; `live`: the
    pipeline goes on while the evidence is taken, records being read after the tables)."""

    journal: list[dict[str, Any]] = field(default_factory=list)
    records: dict[str, list[Raw]] = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    samples: list[dict[str, Any]] = field(default_factory=list)
    run: dict[str, Any] = field(default_factory=dict)


def keep(evidence: Evidence, path: Path) -> None:
    """Write all records to a compressed file of JSON lines, for a person who wants to know what happened."""
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for raw in (raw for records in evidence.records.values() for raw in records):
            said = {"topic": raw.topic, "partition": raw.partition, "offset": raw.offset, "at": raw.at, "key": raw.key}
            pairs = {name: value.decode("utf-8", "replace") for name, value in raw.headers}
            file.write(json.dumps({**said, "headers": pairs, "value": raw.value.decode("utf-8", "replace")}) + "\n")


class Reader:
    """Reads topics further from where it stopped, and tables as they are."""

    def __init__(self, kafka: str, database_url: str) -> None:
        self.kafka, self.database_url = kafka, database_url
        self._records: dict[str, list[Raw]] = {name: [] for name in TOPICS}
        self._positions: dict[TopicPartition, int] = {}

    def read(self) -> tuple[dict[str, list[Raw]], dict[str, list[Row]]]:
        """Every row of now, by one snapshot, and every record so far; of what the rows tell all has been published."""
        with psycopg.connect(self.database_url, row_factory=psycopg.rows.dict_row) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            tables: dict[str, list[Row]] = {
                name: list(connection.execute(query.encode()).fetchall()) for name, query in TABLES.items()
            }
        sleep(PUBLISHING_S)
        return self.records(), tables

    def records(self) -> dict[str, list[Raw]]:
        """Every record so far, by topic."""
        self._read_on()
        return {name: list(found) for name, found in self._records.items()}

    def _read_on(self) -> None:
        reader = KafkaConsumer(bootstrap_servers=self.kafka, check_crcs=False, fetch_max_bytes=64_000_000)
        try:
            places = [TopicPartition(t, p) for t in TOPICS for p in sorted(reader.partitions_for_topic(t) or ())]
            ends = reader.end_offsets(places)
            reader.assign(places)
            for place in places:
                reader.seek(place, self._positions.get(place, 0))
            while any(reader.position(place) < ends[place] for place in places):
                for records in reader.poll(timeout_ms=500, max_records=5000).values():
                    for r in records:
                        self._records[r.topic].append(_raw(r))
            self._positions = {place: reader.position(place) for place in places}
        finally:
            reader.close()

    def sample(self) -> dict[str, Any]:
        """Committed offsets and, read after them, the outboxes' positions (I6)."""
        admin = KafkaAdminClient(bootstrap_servers=self.kafka)
        try:
            told = admin.list_group_offsets({f"leadline.{step}": None for step in STEPS})
            committed = {
                step: {f"{place.topic}/{place.partition}": said.offset for place, said in places.items()}
                for step in STEPS
                if (places := told.get(f"leadline.{step}")) is not None
            }
        finally:
            admin.close()
        outbox: dict[str, dict[str, int]] = {}
        with psycopg.connect(self.database_url) as connection:
            for step in STEPS:
                query = f"SELECT lane, positions FROM {step.replace('-', '_')}.outbox ORDER BY lane, seq"
                rows = connection.execute(query.encode()).fetchall()
                outbox[step] = {f"{topic}/{lane}": at for lane, said in rows for topic, at in said.items()}
        return {"committed": committed, "outbox": outbox}


def _raw(record: Any) -> Raw:
    key = record.key.decode("utf-8", "replace") if record.key else ""
    return Raw(
        record.topic, record.partition, record.offset, record.timestamp / 1000, key, record.value or b"",
        tuple(record.headers or ()),
    )  # fmt: skip


def parsed(value: bytes) -> Any:
    """JSON, or None where it is none."""
    try:
        return json.loads(value)
    except ValueError:
        return None
