"""Every metric that an alert or a dashboard speaks of is really exposed, with these labels, by a running service."""

import json
import urllib.request
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.deploy.alerts import metrics_in, rules
from tests.deploy.test_grafana import expressions
from tests.support.pipeline import PROGRAMS, Pipeline

pytestmark = pytest.mark.stack
OF_PROMETHEUS = {"up"}


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
    pipeline.start(**{name: str(pipeline.directory / folder) for name, folder in folders.items()})
    beside = {"capture-fetcher": ("leadline_capture", "fetcher"), "notify": ("leadline_notify",)}
    for name, program in beside.items():
        pipeline.spawn(name, program=program)
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

    recorded = {rule["record"] for rule in rules() if "record" in rule}
    used = {name for expr in [*(rule["expr"] for rule in rules()), *expressions()] for name in metrics_in(expr)}
    assert used - OF_PROMETHEUS - recorded - exposed == set()

    for sample, wanted in {
        "leadline_dead_letters_total": {"service", "reason"},
        "leadline_claims_total": {"service", "cause"},
        "leadline_dependency_up": {"service", "dependency"},
        "leadline_http_requests_total": {"route", "status"},
        "leadline_submissions_accepted_total": {"source"},
        "leadline_routed_total": {"outcome", "rule"},
        "leadline_ready": {"service"},
        "leadline_pointers_failing": {"source"},
        "leadline_surveyed": {"service"},
        "leadline_notify_ended_total": {"channel", "ending"},
    }.items():
        assert wanted <= labels[sample], sample
