"""A door on real servers with a topic and a schema of its own, and somebody with a key before it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from aiokafka import AIOKafkaConsumer, TopicPartition
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from leadline_capture.edge.app import RULES
from leadline_capture.edge.keys import store_key
from leadline_capture.edge.metrics import EdgeMetrics
from leadline_capture.edge.parts import SERVICE, Edge
from leadline_capture.edge.running import Open, opened
from leadline_capture.edge.settings import EdgeSettings
from leadline_capture.edge.tables import MIGRATIONS
from leadline_local.endpoints import Endpoints
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.migrations import RUNTIME
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.sql import Sql
from tests.support.door import made_key
from tests.support.running import create_topics, until

PARTITIONS = 4
LEAD = {"email": "ada@works.example", "type": "demo_request"}


@dataclass
class World:
    """An open door and what stands around it."""

    stack: Endpoints
    edge: Edge
    door: Open
    sql: Sql
    key: str
    session: ClientSession

    async def post(self, path: str, json: Any, **more: Any) -> tuple[int, Any]:
        """Status and JSON of a POST with the key."""
        headers = {"Authorization": f"Bearer {more.pop('key', self.key)}", **more.pop("headers", {})}
        url = f"http://127.0.0.1:{self.door.port}{path}"
        async with self.session.post(url, json=json, headers=headers, **more) as response:
            return response.status, await response.json(content_type=None)

    async def ready(self) -> tuple[int, Any]:
        """What /readyz says."""
        async with self.session.get(f"http://127.0.0.1:{self.door.web_port}/readyz") as response:
            return response.status, await response.json()

    async def written(self) -> list[Any]:
        """All records of the topic, as Kafka has them."""
        return await records_of(self.stack, self.edge.topic)


async def records_of(stack: Endpoints, topic: str, partitions: int = PARTITIONS) -> list[Any]:
    """Every record of a topic from its beginning to its end of now."""
    reader = AIOKafkaConsumer(bootstrap_servers=stack.kafka, auto_offset_reset="earliest", enable_auto_commit=False)
    await reader.start()
    try:
        places = [TopicPartition(topic, n) for n in range(partitions)]
        reader.assign(places)
        wanted = sum((await reader.end_offsets(places)).values())
        found: list[Any] = []
        while len(found) < wanted:
            for records in (await reader.getmany(timeout_ms=500)).values():
                found += records
        return found
    finally:
        await reader.stop()


def made_edge(stack: Endpoints, prefix: str, rules_dir: Path | None = None, **settings: Any) -> Edge:
    """The parts of a door with its own topic, schema and metrics."""
    registry = CollectorRegistry()
    metrics = RuntimeMetrics(SERVICE, registry)
    given = EdgeSettings(
        kafka=stack.kafka,
        database_url=SecretStr(stack.database_url),
        redis_url=SecretStr(stack.redis_url),
        web_port=0,
        edge_port=0,
        rules_dir=rules_dir,
        **{"edge_keys_every_s": 0.1, "edge_clock_every_s": 0.05, "rules_reload_s": 0.1, **settings},
    )
    rules = RulesWatch(RULES, rules_dir, metrics)
    return Edge(given, rules, metrics, EdgeMetrics(registry), f"{prefix}.received", prefix, registry)


@asynccontextmanager
async def open_world(
    stack: Endpoints, prefix: str, topics: Sequence[str] = (), rules_dir: Path | None = None, **settings: Any
) -> AsyncIterator[World]:
    """A door that is open while the block runs."""
    edge = made_edge(stack, prefix, rules_dir, **settings)
    await create_topics(stack, [edge.topic, *topics], PARTITIONS)
    sql = Sql(stack.database_url, prefix)
    await sql.migrate(RUNTIME + MIGRATIONS)
    text, key = made_key()
    await store_key(sql, key)
    try:
        async with opened(edge) as door, ClientSession() as session:
            await until(lambda: edge.records.trouble is None, "Kafka")
            yield World(stack, edge, door, sql, text, session)
    finally:
        await sql.close()
