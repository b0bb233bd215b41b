"""A real Prometheus with this project's rules: what it has found out, by its own API."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.deploy.serving import Server, serving


class Prometheus(Server):
    """A running one."""

    def firing(self, **labels: str) -> set[str]:
        """The names of the alerts that fire now, with these labels."""
        found = [one["labels"] for one in self._get("alerts")["alerts"] if one["state"] == "firing"]
        return {one["alertname"] for one in found if labels.items() <= one.items()}

    def value(self, expr: str) -> float:
        """The sum of what an expression gives; 0 for nothing."""
        found = self._get(f"query?{urlencode({'query': f'sum({expr})'})}")["result"]
        return float(found[0]["value"][1]) if found else 0.0

    def was(self, state: str, alert: str) -> bool:
        """Was an alert in this state at any evaluation?"""
        return self.value(f'count_over_time(ALERTS{{alertname="{alert}", alertstate="{state}"}}[1h])') > 0

    def targets(self) -> dict[str, str]:
        """The health of each job: up, down or unknown."""
        return {one["labels"]["job"]: one["health"] for one in self._get("targets")["activeTargets"]}

    def evaluated(self) -> dict[str, str]:
        """What became of the newest evaluation of every rule that was evaluated: ok, or its error."""
        groups = self._get("rules")["groups"]
        rules = [rule for group in groups for rule in group["rules"] if rule["health"] != "unknown"]
        return {rule["name"]: rule.get("lastError") or rule["health"] for rule in rules}

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}", timeout=30) as answer:
            return json.load(answer)["data"]


@contextmanager
def prometheus(config: Path, work: Path) -> Iterator[Prometheus]:
    """Start one, and stop it in the end."""
    flags = (f"--config.file={config}", f"--storage.tsdb.path={work / 'tsdb'}")
    with serving(Prometheus, "prometheus", flags, work, work) as running:
        yield running
