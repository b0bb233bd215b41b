"""What a service says of itself: /metrics, /healthz (alive; never depends on a neighbour), /readyz (does its work)."""

import json
from collections.abc import Callable
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer without any web framework in it."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Pages:
    """The three pages. `ready` gives the reasons why not (none: ready) and what else to tell."""

    ready: Callable[[], tuple[list[str], dict[str, Any]]]
    registry: CollectorRegistry = REGISTRY

    def metrics(self) -> Answer:
        """Prometheus text."""
        return Answer(200, CONTENT_TYPE_LATEST, generate_latest(self.registry))

    def healthz(self) -> Answer:
        """The process answers: that is all that liveness asks."""
        return Answer(200, "text/plain; charset=utf-8", b"ok\n")

    def readyz(self) -> Answer:
        """200 if the service does its work now, else 503 with the reasons."""
        reasons, more = self.ready()
        told = {"ready": not reasons, "waiting_for": reasons, **more}
        return Answer(503 if reasons else 200, "application/json", json.dumps(told).encode() + b"\n")
