"""Whether everything that is promised can be due: within the years of calendars, in the open time that they have."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import chain

from leadline_runtime.core.calendar import Calendar
from leadline_runtime.core.errors import all_of
from leadline_runtime.core.open_years import never_due, too_long
from leadline_runtime.durations import LONGEST_WAIT
from leadline_runtime.lifecycle import LIFECYCLE
from leadline_runtime.rules import RulesError
from leadline_sla_monitor.core.policy import Policy, SlaRules, Target
from leadline_sla_monitor.core.rung import DUE_LEVEL
from leadline_sla_monitor.rules_file import FILE


def check_bounds(rules: SlaRules) -> None:
    """Raises RulesError for every promise, and every step of a ladder, that a calendar can have no time for."""
    rows = chain(
        ((f"policies.{index}", policy) for index, policy in enumerate(rules.policies)),
        ((f"added.{index}", policy) for index, policy in enumerate(rules.added)),
    )
    faults = [fault for path, policy in rows for fault in _of_policy(path, policy, rules)]
    for stage, clock in rules.lifecycle.clocks.items():
        promised = (never_due(calendar, clock.within, clock.mode) for calendar in _all(rules))
        faults += _faults(LIFECYCLE, f"clocks.{stage}.within", promised)
    if faults:
        raise all_of(faults)


def _of_policy(path: str, policy: Policy, rules: SlaRules) -> Iterator[RulesError]:
    for target in policy.targets:
        yield from _of_target(f"{path}.targets.{target.name}", target, rules)
    if policy.reassign_after is not None:
        promised = (too_long(calendar, policy.reassign_after) for calendar in _all(rules))
        yield from _faults(FILE, f"{path}.reassign_after", promised)


def _of_target(path: str, target: Target, rules: SlaRules) -> Iterator[RulesError]:
    calendars = _all(rules) if target.calendar is None else (rules.calendar(target.calendar),)
    yield from _faults(FILE, f"{path}.within", (never_due(each, target.within, target.mode) for each in calendars))
    level = max((rung.level for rung in target.ladder), default=DUE_LEVEL)
    if level <= DUE_LEVEL:
        return
    after = target.within * (level - DUE_LEVEL) / DUE_LEVEL  # a step is reached by the open time counted on
    if after > LONGEST_WAIT:
        reached = f"the step at {level} % is reached {after / timedelta(days=1):g} d after the due time"
        yield RulesError(FILE, f"{path}.ladder", f"{reached}: {LONGEST_WAIT.days} d at most")
        return
    yield from _faults(FILE, f"{path}.ladder", (too_long(calendar, after) for calendar in calendars))


def _faults(file: str, path: str, problems: Iterable[str | None]) -> Iterator[RulesError]:
    yield from (RulesError(file, path, problem) for problem in problems if problem is not None)


def _all(rules: SlaRules) -> tuple[Calendar, ...]:
    """Those by which a lead's time may be counted: the calendar of a territory has its name."""
    return tuple({id(each): each for each in (*rules.calendars.values(), rules.default)}.values())
