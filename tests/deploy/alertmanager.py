"""A real Alertmanager with this project's configuration, which is told of alerts as Prometheus does it."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.deploy.serving import Server, serving
from tests.deploy.tools import ROOT

Labels = dict[str, str]
TEMPLATES = ROOT / ".tools" / "share"  # see install-promtool; an installed one has its own


class Alertmanager(Server):
    """A running one."""

    def told(self, alerts: list[Labels]) -> None:
        """These alerts fire now."""
        body = json.dumps([{"labels": labels} for labels in alerts]).encode()
        request = urllib.request.Request(
            f"{self.url}/api/v2/alerts", body, {"Content-Type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200

    def groups(self) -> list[Any]:
        """What would be sent, in groups: the receiver and the alerts that are not silent."""
        return list(self._get("alerts/groups?active=true&inhibited=false"))

    def passed_on(self) -> list[Labels]:
        """Alerts of which people are told."""
        return [dict(one["labels"]) for one in self._get("alerts?active=true&inhibited=false")]

    def all(self) -> list[Labels]:
        """All alerts that fire."""
        return [dict(one["labels"]) for one in self._get("alerts")]

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/api/v2/{path}", timeout=30) as answer:
            return json.load(answer)


@contextmanager
def alertmanager(config: Path, work: Path) -> Iterator[Alertmanager]:
    """Start one, and stop it in the end."""
    flags = (f"--config.file={config}", f"--storage.path={work / 'data'}", "--cluster.listen-address=")
    folder = TEMPLATES if TEMPLATES.is_dir() else work
    with serving(Alertmanager, "prometheus-alertmanager", flags, work, folder) as running:
        yield running
