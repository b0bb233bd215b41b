"""`time` in a rule of routing.yaml, compiled: a calendar of calendars.yaml, or hours of its own."""

from typing import Any

from pydantic import model_validator

from leadline_route.core.time_condition import TimeCondition
from leadline_route.routing_file import ROUTING
from leadline_runtime.calendar_words import Weekly, Zone
from leadline_runtime.calendars import CalendarRules, Calendars, build_calendar
from leadline_runtime.rules import RulesError, RulesModel, parse

TIME = "time"


class TimeRules(RulesModel):
    """When a rule counts."""

    within: str | None = None
    outside: str | None = None
    zone: Zone | None = None
    hours: Weekly | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "TimeRules":
        ways = [self.within is not None, self.outside is not None, self.zone is not None or self.hours is not None]
        if ways.count(True) != 1 or (self.zone is None) != (self.hours is None):
            raise ValueError("needs `within: CALENDAR`, `outside: CALENDAR`, or `zone` and `hours` together")
        return self


def compiled_time(content: Any, calendars: Calendars, path: str) -> TimeCondition:
    """When the rule counts. Raises RulesError."""
    try:
        rules = parse(TimeRules, content, ROUTING)
        if rules.zone is not None:
            week = parse(CalendarRules, {"zone": rules.zone, "weekly": content["hours"]}, ROUTING)
            return TimeCondition(build_calendar("hours of its own", week, "routing"), True)
    except RulesError as error:
        raise RulesError(ROUTING, path, str(error).partition(": ")[2]) from None
    name = rules.within or rules.outside or ""
    if name not in calendars:
        known = ", ".join(sorted(calendars))
        raise RulesError(ROUTING, path, f"{name} is no calendar of calendars.yaml; known: {known}")
    return TimeCondition(calendars[name], rules.within is not None)
