"""Rules and exporters together: a real Prometheus scrapes the running pipeline while promises are broken; the alert is
pending, fires, pages by a real Alertmanager, and resolves when no more are broken. An hour is a minute here.
"""

import json
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.alertmanager import alertmanager
from tests.deploy.faster import alertmanager_config, faster_rules, prometheus_config
from tests.deploy.prometheus import Prometheus, prometheus
from tests.deploy.tools import tool
from tests.support.pipeline import Pipeline, wait

pytestmark = pytest.mark.stack
CANARY_KEY = "ll_canary_" + "0123456789abcdef" * 3
BESIDE = {"capture-fetcher": ("leadline_capture", "fetcher"), "notify": ("leadline_notify",),
          "canary": ("leadline_console", "canary", "watch")}  # fmt: skip
BURN = "LeadlineSlaBurnFast"
WINDOW = {"window": "1h", "policy": "demo_or_pricing"}  # a minute here; that of six hours goes on for six
LEADS = 6
# At any hour of any day; what ships has hours.
PROMISES = """
version: alerts
decision_within: 60 s
grace: 5 s
warnings: [50, 80]
cycles: {reopen_after: 30 min, pre_contacted: 24 h}
policies:
  - name: demo_or_pricing
    when: {type: demo_request}
    targets:
      first_touch: {within: 8 s, calendar: always, answered_by: [touch]}
  - name: anything_else
    targets:
      first_touch: {within: 1 d, calendar: always, answered_by: [touch]}
examples:
  - name: a demo request has eight seconds
    type: demo_request
    grade: B1
    territory: us_east
    start: 2026-03-10T14:00:00Z
    policy: demo_or_pricing
    due: {first_touch: 2026-03-10T14:00:08Z}
"""


@dataclass
class Pager:
    """Who is called by Alertmanager: each call with the receiver it was for."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def told(self, receiver: str, alert: str, status: str, **labels: str) -> bool:
        """Was this receiver told that the alert with these labels is in this status?"""
        wanted = {"alertname": alert, **labels}.items()
        return any(
            to == receiver and one["status"] == status and wanted <= one["labels"].items()
            for to, body in list(self.calls) for one in body["alerts"]
        )  # fmt: skip

    def times(self, receiver: str) -> int:
        """How often a receiver was called."""
        return sum(to == receiver for to, _ in list(self.calls))


@pytest.fixture
def pager() -> Iterator[tuple[Pager, str]]:
    """A pager that really listens, and its address."""
    made = Pager()

    class Called(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.calls.append((self.path.strip("/"), json.loads(body)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Called)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def running(pipeline: Pipeline, tmp_path: Path) -> Pipeline:
    """All processes that there are, with promises of eight seconds."""
    for name in ("prometheus", "prometheus-alertmanager"):
        tool(name)  # skips before anything is started
    rules = tmp_path / "leadline"
    rules.mkdir()
    (rules / "sla.yaml").write_text(PROMISES)
    pipeline.environment |= {"LEADLINE_RULES_DIR": str(rules), "LEADLINE_CANARY_KEY": CANARY_KEY}
    pipeline.start(LEADLINE_EDGE_SPOOL_DIR=str(tmp_path / "spool"), LEADLINE_EDGE_IMPORTS_DIR=str(tmp_path / "lists"))
    more = {name: program for name, program in BESIDE.items() if name not in pipeline.running}
    for name, program in more.items():
        pipeline.spawn(name, program=program, LEADLINE_EDGE_URL=pipeline.url)
    for name in more:
        pipeline.wait_ready(name)
    return pipeline


@pytest.fixture
def watch(running: Pipeline, pager: tuple[Pager, str], tmp_path: Path) -> Iterator[Prometheus]:
    """Prometheus and Alertmanager as they ship, but for addresses and speed."""
    (tmp_path / "rules").mkdir()
    faster_rules(tmp_path / "rules")
    with alertmanager(alertmanager_config(tmp_path, pager[1]), tmp_path) as manager:
        config = prometheus_config(tmp_path, running.ports, manager.address)
        with prometheus(config, tmp_path) as found:
            yield found


def ask_for_a_demo(pipeline: Pipeline, key: str, number: int) -> None:
    """Somebody wants to be called, and nobody will."""
    lead = {"email": f"lead{number}@works.example", "type": "demo_request", "name": f"Lead {number}", "country": "US"}
    request = urllib.request.Request(
        f"{pipeline.url}/v1/leads", json.dumps(lead).encode(),
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 202


def test_broken_promises_page_somebody_and_the_page_ends(
    running: Pipeline, watch: Prometheus, pager: tuple[Pager, str]
) -> None:
    calls = pager[0]
    wait(lambda: set(watch.targets().values()) == {"up"}, "every process to be scraped", 60)
    wait(lambda: calls.told("deadman", "LeadlineWatchdog", "firing"), "the dead-man's switch to be told", 60)
    wait(lambda: watch.value("leadline_canary_arrived_total") >= 1, "a canary to come through", 90)
    wait(lambda: watch.value("leadline_sla_due_total") == 0 and BURN not in watch.firing(), "all to be quiet", 10)

    key = running.make_key()
    for number in range(LEADS):
        ask_for_a_demo(running, key, number)
    broken = 'leadline_sla_breached_total{policy="demo_or_pricing"}'
    wait(lambda: watch.value(broken) == LEADS, "Prometheus to see the breaches", 90)
    wait(lambda: calls.told("page", BURN, "firing", **WINDOW), "somebody to be paged", 60)
    assert watch.was("pending", BURN), "a single evaluation pages nobody"
    assert watch.was("firing", "LeadlineSlaBreachImminent"), "it was told before, too"

    wait(lambda: calls.told("page", BURN, "resolved", **WINDOW), "the page to end", 180)
    assert BURN not in watch.firing(**WINDOW)
    assert set(watch.evaluated().values()) == {"ok"}, "no rule fails on what is really exposed"
    assert not watch.firing() & {"LeadlineServiceDown", "LeadlineServiceAbsent", "LeadlineCanaryLate",
                                 "LeadlineClockSkew", "LeadlineOutcomesUnbalanced"}  # fmt: skip
    assert calls.times("deadman") >= 2, "again and again"
