"""Calendars that differ from those that ship, the monitor's rules by them, and the order to count promises by them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from leadline_runtime.calendars import Calendars, build_calendars
from leadline_runtime.rules import LoadedRules, read_yaml
from leadline_schemas.activity import Activity
from leadline_sla_monitor.core.policy import SlaRules
from tests.support.sla_story import act, shipped_rules

FILE = "calendars.yaml"


def shipped_text() -> str:
    """The file that ships."""
    return (files("leadline_runtime") / "rules" / FILE).read_text(encoding="utf-8")


@cache
def closed_in_new_york(*days: str, version: str = "other") -> Calendars:
    """The calendars that ship, with us_east closed on these days too."""
    return calendars({"us_east": {"closed": list(days)}}, version)


def calendars(changed: Mapping[str, Mapping[str, Any]], version: str = "other") -> Calendars:
    """The calendars that ship with other values for some of them."""
    content = read_yaml(FILE, shipped_text())
    named = {name: {**rules, **changed.get(name, {})} for name, rules in content["calendars"].items()}
    return build_calendars({**content, "version": version, "calendars": named, "examples": []}, FILE)


def rules_by(found: Calendars) -> LoadedRules[SlaRules]:
    """The monitor's rules by these calendars."""
    shipped = shipped_rules()
    rules = replace(
        shipped.rules, calendars=found, default=found.default, calendars_digest=found.digest
    )  # fmt: skip
    return LoadedRules(rules, shipped.ref)


def order(name: str, found: Calendars, at: datetime, **more: Any) -> Activity:
    """The act by which a lead's open promises are to be counted by these calendars."""
    told = {"version": found.version, "digest": found.digest, "author": "mia", "reason": "a forgotten holiday"}
    return act(name, "calendar.applied", at, "mia", calendars=told, **more)
