"""The alert rules and their tests, as values."""

import re
from dataclasses import dataclass
from typing import Any

from tests.deploy.tools import DEPLOY, read_yaml

PROMETHEUS = DEPLOY / "prometheus"
RULE_FILES = sorted((PROMETHEUS / "rules").glob("*.yaml"))
TEST_FILES = sorted((PROMETHEUS / "tests").glob("*.yaml"))


@dataclass(frozen=True)
class Alert:
    """One alert rule."""

    name: str
    expr: str
    labels: dict[str, str]
    annotations: dict[str, str]


@dataclass(frozen=True)
class AlertTest:
    """One promtool test of one alert: `expected` alerts (none: silence) on these series."""

    alert: str
    expected: list[Any]
    series: list[str]


def rules() -> list[dict[str, Any]]:
    """All rules of all files, recording and alerting."""
    return [rule for file in RULE_FILES for group in read_yaml(file)["groups"] for rule in group["rules"]]


def alerts() -> list[Alert]:
    """All alerts."""
    return [Alert(r["alert"], r["expr"], r["labels"], r["annotations"]) for r in rules() if "alert" in r]


def alert_tests() -> list[AlertTest]:
    """All promtool tests."""
    return [
        AlertTest(one["alertname"], one["exp_alerts"], [series["series"] for series in test["input_series"]])
        for file in TEST_FILES
        for test in read_yaml(file)["tests"]
        for one in test["alert_rule_test"]
    ]


def metrics_in(expr: str) -> set[str]:
    """The metric names in a PromQL expression: ours, the recorded ones, and those of every Python process."""
    bare = re.sub(r'"[^"]*"', "", expr)
    return set(re.findall(r"\b(?:leadline[_:][a-zA-Z0-9_:]+|process_[a-z_]+|up)\b", bare))


def labels_in(expr: str) -> dict[str, set[str]]:
    """By which labels an expression selects each metric of a service, and (under "") by which it groups and matches."""
    bare = re.sub(r'"[^"]*"', '""', expr)
    found: dict[str, set[str]] = {"": set()}
    for name, matchers in re.findall(r"\b((?:leadline|process)_\w+)\{([^}]*)\}", bare):
        found.setdefault(name, set()).update(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))
    for words in re.findall(r"\b(?:by|without|on|ignoring) ?\(([^)]*)\)", bare):
        found[""].update(word.strip() for word in words.split(","))
    return found
