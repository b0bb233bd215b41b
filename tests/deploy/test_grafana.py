"""Dashboards: every expression is valid PromQL, every panel says what it shows."""

import json
import re
from pathlib import Path
from typing import Any

from leadline_local.oncall.__main__ import generated
from tests.deploy.alerts import alerts, labels_in, metrics_in
from tests.deploy.tools import DEPLOY, ROOT, read_yaml, run, tool

GRAFANA = DEPLOY / "grafana"
DASHBOARDS = sorted((GRAFANA / "dashboards").glob("*.json"))


def panels() -> list[dict[str, Any]]:
    """All panels that show something."""
    found = [panel for file in DASHBOARDS for panel in json.loads(file.read_text())["panels"]]
    return [panel for panel in found if panel["type"] != "row"]


def dashboards() -> list[dict[str, Any]]:
    """All dashboards."""
    return [json.loads(file.read_text()) for file in DASHBOARDS]


def expressions() -> list[str]:
    """All expressions of all dashboards, of panels, variables and marks, with Grafana's own words filled in."""
    asked = [target["expr"] for panel in panels() for target in panel["targets"]]
    asked += [mark["expr"] for board in dashboards() for mark in board["annotations"]["list"]]
    return [expr.replace("$__rate_interval", "5m") for expr in asked]


def test_the_files_are_those_that_the_code_writes() -> None:
    written = {file: text for file, text in generated().items() if file.parent.name == "dashboards"}
    assert written.keys() == set(DASHBOARDS)
    for file, text in written.items():
        assert file.read_text(encoding="utf-8") == text, f"{file.name}: run `make schemas` and commit what it writes"


def test_there_is_one_for_the_pipeline_one_for_a_service_and_one_for_promises() -> None:
    assert {board["uid"] for board in dashboards()} == {"leadline-pipeline", "leadline-service", "leadline-sla"}


def test_every_variable_that_is_asked_with_can_be_chosen() -> None:
    for board in dashboards():
        variables = {each["name"]: each["query"] for each in board["templating"]["list"]}
        shown = json.dumps(board["panels"]) + json.dumps(variables)
        used = set(re.findall(r"\$\{?([a-z]\w*)", shown))
        assert used == variables.keys(), board["uid"]
        for name, query in variables.items():
            assert name == "runbooks" or re.fullmatch(r"label_values\(leadline_\w+(\{.*\})?, \w+\)", query)


def test_every_alert_can_be_looked_at_and_every_runbook_that_is_linked_exists() -> None:
    linked = {link["url"].removeprefix("${runbooks}/") for panel in panels() for link in panel["links"]}
    assert {name for name in linked if not (ROOT / "docs" / "runbooks" / name).is_file()} == set()
    unseen = {alert.name for alert in alerts()} - {name.removesuffix(".md") for name in linked}
    assert unseen == {"LeadlineWatchdog"}, "each alert has a panel that shows what it is about"


def test_runbooks_are_linked_where_prometheus_serves_them() -> None:
    (labels,) = [read_yaml(DEPLOY / "prometheus" / "prometheus.yml")["global"]["external_labels"]]
    for board in dashboards():
        (own,) = [each for each in board["templating"]["list"] if each["name"] == "runbooks"]
        assert own["query"] == labels["runbooks"]


def test_every_expression_is_valid(tmp_path: Path) -> None:
    rules = [{"record": f"x:{number}", "expr": expr} for number, expr in enumerate(expressions())]
    file = tmp_path / "rules.yaml"
    file.write_text(json.dumps({"groups": [{"name": "dashboards", "rules": rules}]}))
    run(tool("promtool"), "check", "rules", file)


def test_labels_that_are_asked_for_are_found_so_that_a_misspelt_one_can_be() -> None:
    expr = 'sum by (polcy, target) (rate(leadline_sla_due_total{job="x{y}",target=~"a|b"}[5m])) and on (job) up'
    assert labels_in(expr) == {"": {"polcy", "target", "job"}, "leadline_sla_due_total": {"job", "target"}}
    assert metrics_in(expr) == {"leadline_sla_due_total", "up"}


def test_every_panel_says_what_it_shows_in_which_unit() -> None:
    assert panels()
    for panel in panels():
        assert panel["title"]
        assert panel["description"]
        assert panel["fieldConfig"]["defaults"]["unit"]


def test_panels_do_not_lie_on_each_other() -> None:
    for file in DASHBOARDS:
        taken: set[tuple[int, int]] = set()
        for panel in json.loads(file.read_text())["panels"]:
            at = panel["gridPos"]
            cells = {(at["x"] + i, at["y"] + j) for i in range(at["w"]) for j in range(at["h"])}
            assert not taken & cells, panel["title"]
            assert at["x"] + at["w"] <= 24
            taken |= cells


def test_panels_ask_the_data_source_that_is_provisioned() -> None:
    (source,) = read_yaml(GRAFANA / "provisioning" / "datasources" / "prometheus.yaml")["datasources"]
    assert {panel["datasource"]["uid"] for panel in panels()} == {source["uid"]}


def test_dashboards_are_read_from_where_they_are_mounted() -> None:
    (provider,) = read_yaml(GRAFANA / "provisioning" / "dashboards" / "leadline.yaml")["providers"]
    grafana = read_yaml(DEPLOY / "compose" / "compose.yaml")["services"]["grafana"]
    mounted = {mount["target"]: mount["source"] for mount in grafana["volumes"] if mount["type"] == "bind"}
    assert mounted[provider["options"]["path"]] == "../grafana/dashboards"
    home = Path(grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert str(home.parent) == provider["options"]["path"]
    assert (GRAFANA / "dashboards" / home.name).is_file()
    assert mounted["/etc/grafana/provisioning"] == "../grafana/provisioning"
