"""This project's rules and configurations, sixty times as fast: an hour's window is a minute. Nothing else is changed.

Where a rule makes a count of a rate (`* 3600`), that count is reached sixty times sooner.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.deploy.alerts import PROMETHEUS, RULE_FILES
from tests.deploy.tools import DEPLOY, read_yaml

FACTOR = 60
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
RANGE = re.compile(r"\[(\d+)([smhdw])\]")
OFFSET = re.compile(r"\boffset (\d+)([smhdw])\b")
LEAST_RANGE_S = 6  # three scrapes
SCRAPE_S = 2


def faster(duration: str, least: int = 1) -> str:
    """A duration as Prometheus writes it, a sixtieth of it."""
    number, unit = int(duration[:-1]), duration[-1]
    return f"{max(least, number * SECONDS[unit] // FACTOR)}s"


def faster_rules(folder: Path) -> None:
    """All rule files, with their windows, waits and intervals shortened."""
    for file in RULE_FILES:
        groups = json.loads(json.dumps(read_yaml(file)))["groups"]
        for group in groups:
            group.pop("interval", None)
            for rule in group["rules"]:
                rule["expr"] = RANGE.sub(lambda m: f"[{faster(m[1] + m[2], LEAST_RANGE_S)}]", rule["expr"])
                rule["expr"] = OFFSET.sub(lambda m: f"offset {faster(m[1] + m[2])}", rule["expr"])
                rule.update((key, faster(rule[key])) for key in ("for", "keep_firing_for") if key in rule)
        (folder / file.name).write_text(json.dumps({"groups": groups}))


def prometheus_config(folder: Path, ports: Mapping[str, int], alertmanager: str) -> Path:
    """The shipped configuration with the addresses of here; jobs are those whose port is given."""
    shipped = json.loads(json.dumps(read_yaml(PROMETHEUS / "prometheus.yml")))
    shipped["global"].update(scrape_interval=f"{SCRAPE_S}s", scrape_timeout=f"{SCRAPE_S}s", evaluation_interval="1s")
    shipped["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [alertmanager]}]}]
    jobs = [job for job in shipped["scrape_configs"] if job["job_name"] != "prometheus"]
    for job in jobs:
        del job["dns_sd_configs"]
        job["static_configs"] = [{"targets": [f"127.0.0.1:{ports[job['job_name']]}"]}]
    file = folder / "prometheus.json"
    file.write_text(json.dumps({**shipped, "scrape_configs": jobs, "rule_files": [str(folder / "rules" / "*.yaml")]}))
    return file


def alertmanager_config(folder: Path, webhook: str) -> Path:
    """The shipped routes and inhibitions with shorter waits; every receiver calls `webhook`/<its name>."""
    shipped: Any = json.loads(json.dumps(read_yaml(DEPLOY / "alertmanager" / "alertmanager.yml")))
    for route in (shipped["route"], *shipped["route"]["routes"]):
        route.update((key, faster(route[key])) for key in list(route) if key.endswith(("_wait", "_interval")))
    for receiver in shipped["receivers"]:
        receiver["webhook_configs"] = [{"url": f"{webhook}/{receiver['name']}"}]
    file = folder / "alertmanager.json"
    file.write_text(json.dumps(shipped))
    return file
