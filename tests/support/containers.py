"""Kafka, PostgreSQL and Redis as Docker containers, reachable from this machine only."""

import gc
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import docker
import psycopg
import redis
from kafka import KafkaAdminClient
from kafka.errors import KafkaError
from testcontainers.core.container import DockerContainer

from leadline_local import ports
from leadline_local.endpoints import Endpoints

KAFKA_IMAGE, POSTGRES_IMAGE, REDIS_IMAGE = "apache/kafka:4.3.1", "postgres:18.6", "redis:8.2"
_PASSWORD = "leadline"
_PATIENCE_SECONDS = 120
_KAFKA = {
    "KAFKA_NODE_ID": "1",
    "KAFKA_PROCESS_ROLES": "broker,controller",
    "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
    "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
    "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
    "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
    "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
    "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
    "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR": "1",
    "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR": "1",
    "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
    "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    "KAFKA_LOG_RETENTION_MS": "-1",
}


def docker_answers() -> bool:
    """Whether a Docker engine is there for us; whatever goes wrong in asking means no."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the client drops an open socket if none answers
        try:
            client = docker.from_env(timeout=2)
            try:
                return bool(client.ping())
            finally:
                client.close()
        except Exception:
            return False
        finally:
            gc.collect()  # the dropped socket goes here, not in the middle of a test


@contextmanager
def container_stack() -> Iterator[Endpoints]:
    """The three servers, removed on leaving (by testcontainers' own reaper if this process is killed)."""
    kafka_port, postgres_port, redis_port = _three_ports()
    kafka = _container(KAFKA_IMAGE, 9092, kafka_port).with_envs(
        **_KAFKA, KAFKA_ADVERTISED_LISTENERS=f"PLAINTEXT://{ports.HOST}:{kafka_port}"
    )
    postgres = _container(POSTGRES_IMAGE, 5432, postgres_port).with_envs(
        POSTGRES_USER="leadline", POSTGRES_PASSWORD=_PASSWORD, POSTGRES_DB="leadline"
    )
    endpoints = Endpoints(
        kind="containers",
        kafka=f"{ports.HOST}:{kafka_port}",
        database_url=f"postgresql://leadline:{_PASSWORD}@{ports.HOST}:{postgres_port}/leadline",
        redis_url=f"redis://{ports.HOST}:{redis_port}/0",
    )
    with ExitStack() as running:
        for container in (kafka, postgres, _container(REDIS_IMAGE, 6379, redis_port)):
            running.enter_context(container)
        for ready in (_kafka_ready, _postgres_ready, _redis_ready):
            _wait(ready, endpoints)
        yield endpoints


def _container(image: str, inside: int, outside: int) -> DockerContainer:
    container = DockerContainer(image)
    # with_bind_ports takes no address and would publish on every interface.
    container.ports[f"{inside}/tcp"] = (ports.HOST, outside)  # type: ignore[assignment]
    return container


def _three_ports() -> tuple[int, int, int]:
    first = ports.choose(())
    second = ports.choose((first,))
    return first, second, ports.choose((first, second))


def _wait(ready: Callable[[Endpoints], bool], endpoints: Endpoints) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not ready(endpoints):
        if time.monotonic() > deadline:
            raise TimeoutError(f"a container did not answer in {_PATIENCE_SECONDS} s: {ready.__name__}")
        time.sleep(0.1)


def _kafka_ready(endpoints: Endpoints) -> bool:
    try:
        KafkaAdminClient(bootstrap_servers=endpoints.kafka, request_timeout_ms=3000).close()
    except KafkaError:
        return False
    return True


def _postgres_ready(endpoints: Endpoints) -> bool:
    try:
        psycopg.connect(endpoints.database_url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _redis_ready(endpoints: Endpoints) -> bool:
    try:
        with redis.Redis.from_url(endpoints.redis_url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
