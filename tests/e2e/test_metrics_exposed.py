"""Every metric that an alert or a dashboard speaks of is really exposed, with these labels, by a running service."""

import json
import urllib.request
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.deploy.alerts import labels_in, metrics_in, rules
from tests.deploy.test_grafana import expressions
from tests.support.pipeline import PROGRAMS, Pipeline

pytestmark = pytest.mark.stack
OF_PROMETHEUS = {"up"}
OF_TARGETS = {"job", "instance"}
QUIET = {"leadline_retries_total", "leadline_submissions_refused_total"} | {
    f"leadline_notify_{name}"
    for name in (
        "dead",
        "endpoint_disabled",
        "endpoint_failing_since_timestamp_seconds",
        "next_try_timestamp_seconds",
        "notices_total",
    )
}
CANARY = "ll_canary_" + "0123456789abcdef" * 3


def metrics_of(pipeline: Pipeline, service: str) -> tuple[set[str], dict[str, set[str]]]:
    """Names that the service declares (as samples are named), and the labels of those that have samples."""
    with urllib.request.urlopen(f"http://127.0.0.1:{pipeline.ports[service]}/metrics", timeout=60) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
    names = {family.name + suffix for family in families for suffix in suffixes.get(family.type, [""])}
    labels: dict[str, set[str]] = {}
    for family in families:
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels)
    return names, labels


def send_a_lead(pipeline: Pipeline) -> None:
    lead = {"email": f"{uuid4().hex[:8]}@example.com", "type": "contact_sales", "name": "Ada Lovelace", "country": "US"}
    request = urllib.request.Request(
        f"{pipeline.url}/v1/leads",
        json.dumps(lead).encode(),
        {"Authorization": f"Bearer {pipeline.make_key()}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 202
    pipeline.settle()


def test_alerts_and_dashboards_speak_only_of_metrics_that_are_exposed(pipeline: Pipeline) -> None:
    folders = {"LEADLINE_EDGE_SPOOL_DIR": "spool", "LEADLINE_EDGE_IMPORTS_DIR": "lists"}  # as a door has them at work
    pipeline.environment["LEADLINE_CANARY_KEY"] = CANARY
    pipeline.start(**{name: str(pipeline.directory / folder) for name, folder in folders.items()})
    beside: dict[str, tuple[str, ...]] = {
        "capture-fetcher": ("leadline_capture", "fetcher"),
        "notify": ("leadline_notify",),
    }
    for name, program in beside.items():
        pipeline.spawn(name, program=program)
    pipeline.spawn("canary", program=("leadline_console", "canary", "watch"), LEADLINE_EDGE_URL=pipeline.url)
    beside["canary"] = ()
    for name in beside:
        pipeline.wait_ready(name)
    send_a_lead(pipeline)

    exposed: set[str] = set()
    labels: dict[str, set[str]] = {}
    for service in (*PROGRAMS, *beside):
        names, seen = metrics_of(pipeline, service)
        exposed |= names
        for name, found in seen.items():
            labels.setdefault(name, set()).update(found)

    recorded = {rule["record"]: rule["expr"] for rule in rules() if "record" in rule}
    asked = [*(rule["expr"] for rule in rules()), *expressions()]
    used = {name for expr in asked for name in metrics_in(expr)}
    assert used - OF_PROMETHEUS - recorded.keys() - exposed == set()

    for expr in asked:
        selected = labels_in(expr)
        grouped = selected.pop("")
        for name, wanted in selected.items():
            assert wanted <= labels.get(name, wanted) | OF_TARGETS, f"{name} has no such label: {expr}"
        behind = metrics_of_services(expr, recorded)
        if all(name in labels for name in behind):  # a metric that has counted nothing yet shows no labels
            known = set().union(*(labels[name] for name in behind)) | OF_TARGETS
            assert grouped <= known, f"no such label: {expr}"

    # What has counted nothing in a pipeline without trouble, and so shows nothing. No more than these.
    assert {name for name in used & exposed if name not in labels} <= QUIET


def metrics_of_services(expr: str, recorded: dict[str, str]) -> set[str]:
    """The metrics behind an expression, through what is recorded."""
    names = metrics_in(expr) - OF_PROMETHEUS
    return {
        deeper
        for name in names
        for deeper in (metrics_of_services(recorded[name], recorded) if name in recorded else {name})
    }
