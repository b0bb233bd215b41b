"""Dashboards: every expression is valid PromQL, every panel says what it shows."""

import json
from pathlib import Path
from typing import Any

from tests.deploy.tools import DEPLOY, read_yaml, run, tool

GRAFANA = DEPLOY / "grafana"
DASHBOARDS = sorted((GRAFANA / "dashboards").glob("*.json"))


def panels() -> list[dict[str, Any]]:
    """All panels that show something."""
    found = [panel for file in DASHBOARDS for panel in json.loads(file.read_text())["panels"]]
    return [panel for panel in found if panel["type"] != "row"]


def expressions() -> list[str]:
    """All expressions of all dashboards."""
    return [target["expr"] for panel in panels() for target in panel["targets"]]


def test_every_expression_is_valid(tmp_path: Path) -> None:
    rules = [{"record": f"x:{number}", "expr": expr} for number, expr in enumerate(expressions())]
    file = tmp_path / "rules.yaml"
    file.write_text(json.dumps({"groups": [{"name": "dashboards", "rules": rules}]}))
    run(tool("promtool"), "check", "rules", file)


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
    assert mounted["/etc/grafana/provisioning"] == "../grafana/provisioning"
