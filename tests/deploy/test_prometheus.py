"""Alerts are code: they parse, fire and stay silent as they should, and tell a person what to do."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from leadline_console.app import build
from leadline_local.oncall.__main__ import generated
from leadline_local.oncall.objectives import load
from tests.deploy.alerts import PROMETHEUS, RULE_FILES, TEST_FILES, Alert, alert_tests, alerts, metrics_in, rules
from tests.deploy.test_grafana import expressions
from tests.deploy.tools import ROOT, read_yaml, run, tool

RUNBOOKS = ROOT / "docs" / "runbooks"
ON_CALL = ROOT / "docs" / "on-call.md"
SECTIONS = ["## Meaning", "## Impact", "## Diagnosis", "## Mitigation"]
WATCHDOG = "LeadlineWatchdog"  # the dead-man's switch: always on, so that its absence is noticed
every_alert = pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert.name)


def test_the_rules_and_the_configuration_are_valid() -> None:
    run(tool("promtool"), "check", "rules", *RULE_FILES)
    run(tool("promtool"), "check", "config", PROMETHEUS / "prometheus.yml")


@pytest.mark.parametrize("file", TEST_FILES, ids=lambda file: file.stem)
def test_alerts_fire_and_stay_silent_as_they_should(file: Path) -> None:
    run(tool("promtool"), "test", "rules", file)


@every_alert
def test_every_alert_is_tested_for_firing_and_for_silence(alert: Alert) -> None:
    own = [test for test in alert_tests() if test.alert == alert.name]
    assert any(test.expected for test in own), "no test in which it fires"
    silent = [test for test in own if not test.expected]
    if alert.name == WATCHDOG:
        assert not silent, "its silence is the alarm"
        return
    assert silent, "no test in which it is silent"
    watched = {name for expr in [alert.expr, *_recorded(alert.expr)] for name in metrics_in(expr)}
    for test in silent:
        assert watched & {series.partition("{")[0] for series in test.series}, "silent for want of any series"


def _recorded(expr: str) -> list[str]:
    """The expressions behind the recorded metrics in it, down to what services expose."""
    names = metrics_in(expr)
    own = [rule["expr"] for rule in rules() if rule.get("record") in names]
    return own + [deeper for each in own for deeper in _recorded(each)]


def test_no_test_speaks_of_an_alert_that_is_gone() -> None:
    assert {test.alert for test in alert_tests()} == {alert.name for alert in alerts()}


@every_alert
def test_every_alert_says_what_is_wrong_how_bad_it_is_and_where_to_read_on(alert: Alert) -> None:
    assert alert.labels["severity"] in ({"none"} if alert.name == WATCHDOG else {"critical", "warning"})
    assert set(alert.annotations) == {"summary", "description", "runbook_url"}
    assert alert.annotations["runbook_url"] == f"{{{{ $externalLabels.runbooks }}}}/{alert.name}.md"
    assert len(alert.annotations["summary"]) < 100


@every_alert
def test_every_alert_names_its_service_by_which_it_is_grouped_and_inhibited(alert: Alert) -> None:
    for test in alert_tests():
        for expected in test.expected if test.alert == alert.name else []:
            assert alert.name == WATCHDOG or expected["exp_labels"]["service"], test


@every_alert
def test_every_alert_has_a_runbook_in_the_one_form(alert: Alert) -> None:
    text = (RUNBOOKS / f"{alert.name}.md").read_text()
    assert text.splitlines()[0] == f"# {alert.name}"
    assert re.findall(r"^## .*$", text, re.MULTILINE) == SECTIONS
    assert "{{" not in text, "Prometheus serves the page as a template"


def test_the_page_for_who_is_on_call_has_every_alert_once_with_its_severity() -> None:
    rows = re.findall(r"^\| \[(\w+)\]\(runbooks/(\w+)\.md\) \| ([PT]?) *\|", ON_CALL.read_text(), re.MULTILINE)
    assert all(name == linked for name, linked, _ in rows)
    letter = {"critical": "P", "warning": "T", "none": ""}
    assert sorted((name, said) for name, _, said in rows) == sorted(
        {(alert.name, letter[alert.labels["severity"]]) for alert in alerts()}
    )


def test_no_runbook_is_left_over_and_links_lead_somewhere() -> None:
    pages = set(RUNBOOKS.glob("*.md"))
    assert {page.stem for page in pages} == {alert.name for alert in alerts()} | {"README"}
    for page in pages:
        for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
            assert (RUNBOOKS / target).is_file(), f"{page.name}: {target}"
    for target in re.findall(r"\]\(([^)]+)\)", ON_CALL.read_text()):
        assert (ON_CALL.parent / target).is_file(), target


def test_the_rules_of_burn_rates_are_those_of_the_objectives() -> None:
    for file, text in generated().items():
        assert file.read_text(encoding="utf-8") == text, f"{file.name}: run `make schemas` and commit what it writes"


def test_burn_rates_that_are_alarmed_can_be_reached_at_the_objective_of_each_policy() -> None:
    objectives = load(PROMETHEUS / "objectives.yaml")
    burning = [alert for alert in alerts() if "leadline:sla_burn:" in alert.expr]
    assert len(burning) == 4
    for alert in burning:
        limits = re.findall(r"leadline:sla_burn:\w+\{(policy[^}]+)\}(?:\[\w+\]\))? > ([\d.]+)", alert.expr)
        assert len(limits) == 2 * len(objectives.classes)
        for matcher, limit in limits:
            (objective,) = [each for each, own in objectives.classes.items() if own == matcher]
            assert 1 <= float(limit) < 1 / (1 - objective)


def test_policies_with_an_objective_of_their_own_or_a_page_exist() -> None:
    objectives = load(PROMETHEUS / "objectives.yaml")
    shipped = read_yaml(ROOT / "services" / "sla-monitor" / "leadline_sla_monitor" / "rules" / "sla.yaml")
    policies = {policy["name"] for policy in [*shipped["policies"], *shipped["added"]]} | {"decision", "stage"}
    assert {*objectives.policies, *objectives.imminent} <= policies


def test_what_is_recorded_is_used_and_what_is_used_is_recorded() -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    asked = [*(rule["expr"] for rule in rules()), *expressions()]
    used = {name for expr in asked for name in metrics_in(expr) if ":" in name}
    assert used == recorded


def test_every_service_is_scraped_and_watched_for_being_there() -> None:
    jobs = {job["job_name"] for job in read_yaml(PROMETHEUS / "prometheus.yml")["scrape_configs"]} - {"prometheus"}
    down = next(alert for alert in alerts() if alert.name == "LeadlineServiceDown")
    absent = next(alert for alert in alerts() if alert.name == "LeadlineServiceAbsent")
    assert set(re.findall(r"[a-z-]+", re.findall(r'job=~"([^"]+)"', down.expr)[0])) == jobs
    assert set(re.findall(r'job="([^"]+)"', absent.expr)) == jobs


def test_runbooks_name_only_commands_and_options_that_exist() -> None:
    root = get_command(build())
    named = {
        tuple(shlex.split(line)[1:])
        for page in [*RUNBOOKS.glob("*.md"), ON_CALL]
        for span in re.findall(r"`([^`]+)`", page.read_text())
        for line in re.findall(r"(?:^|\| )(leadline [a-z][^|;]*)", span)
    }
    assert len(named) > 20
    for words in named:
        command = root
        for word in words:
            if word.startswith("--"):
                assert any(word in option.opts for option in command.params), words
            elif (inner := getattr(command, "commands", {}).get(word)) is not None:
                command = inner
            else:
                assert not getattr(command, "commands", {}), f"no such command: leadline {' '.join(words)}"
