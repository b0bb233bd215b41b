"""Who is told of which alert, and what is not told beside something worse."""

import re

import pytest

from tests.deploy.alerts import alerts
from tests.deploy.tools import DEPLOY, read_yaml, run, tool

CONFIG = DEPLOY / "alertmanager" / "alertmanager.yml"


def test_the_configuration_is_valid() -> None:
    run(tool("amtool"), "check-config", CONFIG)


@pytest.mark.parametrize(("severity", "receiver"), [("critical", "page"), ("warning", "ticket")])
def test_critical_alerts_page_and_warnings_become_tickets(severity: str, receiver: str) -> None:
    said = run(
        tool("amtool"), "config", "routes", "test", "--config.file", CONFIG, "--verify.receivers", receiver,
        f"severity={severity}", "service=route", "alertname=LeadlineX",
    )  # fmt: skip
    assert said.startswith(receiver)


def test_the_dead_mans_switch_goes_to_a_receiver_of_its_own_and_again_and_again() -> None:
    said = run(
        tool("amtool"), "config", "routes", "test", "--config.file", CONFIG, "--verify.receivers", "deadman",
        "severity=none", "alertname=LeadlineWatchdog",
    )  # fmt: skip
    assert said.startswith("deadman")
    (route,) = [one for one in read_yaml(CONFIG)["route"]["routes"] if one["receiver"] == "deadman"]
    # Alertmanager tells a group again at the first flush after repeat_interval: it must be over by the next one.
    assert (route["group_interval"], route["repeat_interval"]) == ("1m", "50s")


def test_inhibitions_speak_of_alerts_that_exist_and_never_silence_something_worse() -> None:
    severity = {alert.name: alert.labels["severity"] for alert in alerts()}
    for rule in read_yaml(CONFIG)["inhibit_rules"]:
        (source,) = [_named(one) for one in rule["source_matchers"]]
        (targets,) = [_named(one) for one in rule["target_matchers"]]
        for name in (*source, *targets):
            assert name in severity, name
        assert not set(source) & set(targets)
        if severity[source[0]] == "warning":
            assert all(severity[name] == "warning" for name in targets)


def _named(matcher: str) -> list[str]:
    group = re.search(r"=~ \"Leadline\(([^)]+)\)\"", matcher)
    if group:
        return [f"Leadline{one}" for one in group[1].split("|")]
    return [matcher.partition("=")[2].strip()]
