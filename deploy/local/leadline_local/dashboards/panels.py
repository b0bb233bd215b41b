"""What a panel shows, and how Grafana wants to be told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

JsonObject = dict[str, Any]
Kind = Literal["timeseries", "stat", "bargauge", "table"]
SOURCE = {"type": "prometheus", "uid": "prometheus"}
UNDATED = {"id": "organize", "options": {"excludeByName": {"Time": True}, "renameByName": {"Value": "instances"}}}
ACROSS = 24  # columns of Grafana's grid
MINUTE = "$__rate_interval"  # as long as needed that no point of the graph misses a sample
# From which value on which colour. What is not to happen at all is red at 1; what is kept is green above the objective.
Thresholds = tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Ask:
    """A PromQL expression, and the name of what it gives: `{{label}}` is replaced."""

    expr: str
    legend: str = ""


@dataclass(frozen=True)
class Panel:
    """One panel. `says`: what it shows, for who sees it for the first time. `runbooks`: alerts about the same thing.

    `above`, `good`: from these values on it is orange and red, or (where more is better) orange and green.
    """

    title: str
    says: str
    unit: str
    asks: tuple[Ask, ...]
    kind: Kind = "timeseries"
    width: int = 8
    height: int = 8
    thresholds: Thresholds = ()
    runbooks: tuple[str, ...] = ()
    stacked: bool = False
    least: float | None = 0

    def json(self, number: int, x: int, y: int) -> JsonObject:
        """As Grafana reads it, at this place of the grid."""
        return {
            "id": number,
            "title": self.title,
            "description": self.says,
            "type": self.kind,
            "datasource": SOURCE,
            "gridPos": {"x": x, "y": y, "w": self.width, "h": self.height},
            "fieldConfig": {"defaults": self._field(), "overrides": []},
            "targets": [self._target(*each) for each in zip("ABCDEFGH", self.asks, strict=False)],
            "options": self._options(),
            "transformations": [UNDATED] if self.kind == "table" else [],
            "links": [
                {"title": f"Runbook: {name}", "url": f"${{runbooks}}/{name}.md", "targetBlank": True}
                for name in self.runbooks
            ],
        }

    def _target(self, letter: str, ask: Ask) -> JsonObject:
        told = {"refId": letter, "expr": ask.expr, "legendFormat": ask.legend, "datasource": SOURCE}
        if self.kind == "timeseries":
            return told
        return told | {"instant": True} | ({"format": "table"} if self.kind == "table" else {})

    def _field(self) -> JsonObject:
        field: JsonObject = {"unit": self.unit}
        if self.least is not None:
            field["min"] = self.least
        if self.thresholds:
            steps = [{"color": colour, "value": value} for value, colour in self.thresholds]
            steps[0]["value"] = None  # Grafana's word for: from below
            field["thresholds"] = {"mode": "absolute", "steps": steps}
        if self.kind == "timeseries":
            field["custom"] = {"fillOpacity": 20 if self.stacked else 5, "showPoints": "never"}
            field["custom"]["stacking"] = {"mode": "normal" if self.stacked else "none"}
            field["custom"]["thresholdsStyle"] = {"mode": "line" if self.thresholds else "off"}
        return field

    def _options(self) -> JsonObject:
        if self.kind == "timeseries":
            return {
                "legend": {"displayMode": "list", "placement": "bottom"},
                "tooltip": {"mode": "multi", "sort": "desc"},
            }
        if self.kind == "table":
            return {"showHeader": True}
        reduced: JsonObject = {"reduceOptions": {"calcs": ["lastNotNull"]}}
        return reduced | (
            {"colorMode": "value", "graphMode": "none"} if self.kind == "stat" else {"orientation": "horizontal"}
        )


@dataclass(frozen=True)
class Variable:
    """What a person chooses at the top: a value of a label, or a text."""

    name: str
    label: str
    query: str
    several: bool = True

    def json(self) -> JsonObject:
        """As Grafana reads it. `query` of a text is its value; else label_values(...)."""
        if not self.query.startswith("label_values("):
            value = {"text": self.query, "value": self.query}
            common = {"name": self.name, "label": self.label, "hide": 2, "query": self.query}
            return common | {"type": "constant", "current": value, "options": [value | {"selected": True}]}
        everything = {"text": ["All"], "value": ["$__all"]} if self.several else {}
        return {
            "name": self.name, "label": self.label, "type": "query", "datasource": SOURCE, "query": self.query,
            "refresh": 2, "sort": 1, "multi": self.several, "includeAll": self.several, "current": everything,
            **({"allValue": ".*"} if self.several else {}),
        }  # fmt: skip


# Where Prometheus serves docs/runbooks in the compose stack; the same address is in the alerts (prometheus.yml).
RUNBOOKS = Variable("runbooks", "Runbooks", "http://127.0.0.1:9090/consoles")


def number(title: str, says: str, unit: str, expr: str, thresholds: Thresholds, *runbooks: str) -> Panel:
    """One number, large."""
    return Panel(title, says, unit, (Ask(expr, title),), "stat", 4, 4, thresholds, runbooks, least=None)


def line(*numbers: Panel) -> list[Panel]:
    """Side by side, over the whole width."""
    return [replace(each, width=ACROSS // len(numbers)) for each in numbers]


def graph(title: str, says: str, unit: str, *asks: Ask, **more: Any) -> Panel:
    """Lines over time."""
    return Panel(title, says, unit, asks, **more)


def bad_from(orange: float, red: float | None = None) -> Thresholds:
    """Green below, then orange, then red."""
    return ((0, "green"), (orange, "orange")) + (() if red is None else ((red, "red"),))


def dashboard(
    name: str, title: str, variables: Sequence[Variable], rows: Iterable[tuple[str, Sequence[Panel]]]
) -> JsonObject:
    """A whole dashboard: rows of panels, each as wide as it says, one line after the other."""
    return {
        "uid": f"leadline-{name}",
        "title": f"Leadline: {title}",
        "tags": ["leadline"],
        "timezone": "browser",
        "editable": False,
        "graphTooltip": 1,
        "schemaVersion": 39,
        "version": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [each.json() for each in (*variables, RUNBOOKS)]},
        "annotations": {"list": [_alerts()]},
        "links": [
            {"type": "dashboards", "tags": ["leadline"], "title": "Leadline", "includeVars": False, "keepTime": True}
        ],
        "panels": list(_placed(rows)),
    }


def _alerts() -> JsonObject:
    """When an alert fired, as a mark in every graph."""
    expr = 'ALERTS{alertname=~"Leadline.*",alertstate="firing",severity=~"critical|warning"}'
    return {
        "name": "Alerts", "datasource": SOURCE, "enable": True, "iconColor": "red", "expr": expr,
        "titleFormat": "{{alertname}} {{service}}", "step": "60s",
    }  # fmt: skip


def _placed(rows: Iterable[tuple[str, Sequence[Panel]]]) -> Iterable[JsonObject]:
    y, number_ = 0, 0
    for title, panels in rows:
        number_ += 1
        place = {"x": 0, "y": y, "w": ACROSS, "h": 1}
        yield {"id": number_, "type": "row", "title": title, "collapsed": False, "gridPos": place, "panels": []}
        x, y, deepest = 0, y + 1, 0
        for panel in panels:
            if x + panel.width > ACROSS:
                x, y, deepest = 0, y + deepest, 0
            number_ += 1
            yield panel.json(number_, x, y)
            x, deepest = x + panel.width, max(deepest, panel.height)
        y += deepest
