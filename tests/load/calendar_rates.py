"""How long a million due times take to find, in process time: another start and another calendar each time."""

from datetime import UTC, datetime, timedelta
from random import Random
from time import process_time

from leadline_runtime.calendars import build_calendars
from leadline_runtime.core.calendar import add
from leadline_runtime.rules import RulesSpec, load_rules

FILE = "calendars.yaml"
FROM, DAYS = datetime(2026, 1, 1, tzinfo=UTC), 365
LENGTHS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 1_440, 2_880))


def million_adds(seed: int, times: int = 1_000_000) -> float:
    """Seconds for so many `add` on the calendars that ship, all of one year, after the first of each."""
    calendars = list(
        load_rules(
            RulesSpec("leadline_runtime", (FILE,), lambda found: build_calendars(found[FILE], FILE))
        ).rules.values()
    )
    random = Random(seed)
    starts = [FROM + timedelta(seconds=random.randrange(DAYS * 86_400)) for _ in range(10_000)]
    for calendar in calendars:
        add(calendar, FROM, timedelta(days=DAYS))
    began = process_time()
    for number in range(times):
        add(calendars[number % len(calendars)], starts[number % len(starts)], LENGTHS[number % len(LENGTHS)])
    return process_time() - began
