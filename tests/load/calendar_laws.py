"""The laws of working time over all IANA zones, on both sides of every change of clocks from 1990 to 2040.

python -m tests.load.calendar_laws [--zones 0] [--starts 3] [--seed 7]

Each zone gets a calendar of its own, drawn from the seed: several segments a day, odd minutes, 24:00, closed and
special days beside its changes of clocks. A case is one start near a change with one amount of work; every law is
checked of it. Prints how many cases there were, and each law that was broken; exit code 1 if any was.
"""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from random import Random
from time import perf_counter
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from leadline_runtime.core.calendar import Calendar, add, closed_between, elapsed, is_open, next_opening
from leadline_runtime.core.pauses import due_with_pauses
from leadline_runtime.core.segments import to_micros

FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC)
TICK, SECOND, DAY = timedelta(microseconds=1), timedelta(seconds=1), timedelta(days=1)
SHAPES = (((540, 1080),), ((0, 1440),), ((0, 151), (179, 1440)), ((483, 750), (810, 1020)), ((1260, 1440),), ())


class Case(NamedTuple):
    """One situation: `work` and `more` are open time, `pause` plain time. `holiday`: the day of its opening is tried as
    one, which takes tables of its own, so of some cases only.
    """

    start: datetime
    work: timedelta
    more: timedelta
    pause: timedelta
    holiday: bool


class Outcome(NamedTuple):
    """What came of one zone."""

    zone: str
    transitions: int
    cases: int
    broken: tuple[str, ...]


def transitions(zone: ZoneInfo) -> Iterator[datetime]:
    """Each instant from 1990 to 2040 at which the zone's offset changes, to the second."""
    at, before = FIRST, FIRST.astimezone(zone).utcoffset()
    while at < LAST:
        after = (at + DAY).astimezone(zone).utcoffset()
        if after != before:
            low, high = at, at + DAY
            while high - low > SECOND:
                middle = low + (high - low) // (2 * SECOND) * SECOND
                low, high = (low, middle) if middle.astimezone(zone).utcoffset() != before else (middle, high)
            yield high
        at, before = at + DAY, after


def drawn(name: str, near: list[datetime], random: Random) -> Calendar:
    """A calendar in the zone with some days closed and some special beside the changes of its clocks."""
    week = [random.choice(SHAPES) for _ in range(7)]
    week[random.randrange(7)] = SHAPES[0]
    days = [each.astimezone(ZoneInfo(name)).date() + DAY * random.randint(-2, 2) for each in near]
    special = {day: random.choice(SHAPES) for day in random.sample(days, len(days) // 4)}
    return Calendar(name, ZoneInfo(name), week, frozenset(random.sample(days, len(days) // 4)), special)


def broken_laws(calendar: Calendar, case: Case) -> Iterator[str]:
    """The laws of semantics, section 5, that do not hold in one case."""
    start, work, more, pause, holiday = case
    end = add(calendar, start, work)
    if elapsed(calendar, start, end) != work:
        yield "elapsed(s, add(s, d)) is d"
    if add(calendar, end, more) != add(calendar, start, work + more):
        yield "add(add(s, a), b) is add(s, a + b)"
    if not end <= add(calendar, start + pause, work) or not end <= add(calendar, start, work + more):
        yield "add is monotone"
    if work and not (elapsed(calendar, start, end - TICK) < work and is_open(calendar, end - TICK)):
        yield "the result is the earliest, within (start, end] of a segment"
    skipped = closed_between(calendar, start, end)
    if sum((b - a for a, b in skipped), timedelta()) + work != end - start:
        yield "closed and open time add up to plain time"
    opens = next_opening(calendar, start)
    if opens < start or not is_open(calendar, opens) or elapsed(calendar, start, opens):
        yield "nothing is open before the next opening"
    moved = due_with_pauses(calendar, start, work + more, "working", [(end, end + pause)])
    if more and moved != add(calendar, start, work + more + elapsed(calendar, end, end + pause)):
        yield "a pause of x working minutes moves it by x"
    if not agrees_with_the_wall(calendar, start):
        yield "open is what the clock on the wall says"
    if holiday and earlier_by_a_holiday(calendar, start, work, opens.astimezone(calendar.zone).date()):
        yield "a holiday never makes it earlier"


def agrees_with_the_wall(calendar: Calendar, at: datetime) -> bool:
    """Is it open exactly if the hours of the local date say so? Asked only of local times that exist once."""
    local = at.astimezone(calendar.zone)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        return True
    minute = local.hour * 60 + local.minute
    return is_open(calendar, at) == any(start <= minute < end for start, end in calendar.hours(local.date()))


def earlier_by_a_holiday(calendar: Calendar, start: datetime, work: timedelta, day: date) -> bool:
    """Would it be due earlier if this day were closed?"""
    special = {each: hours for each, hours in calendar.special.items() if each != day}
    fewer = Calendar("fewer", calendar.zone, calendar.weekly, calendar.closed | {day}, special)
    return add(fewer, start, work) < add(calendar, start, work)


def cases(near: datetime, starts: int, random: Random) -> Iterator[Case]:
    """Starts on both sides of a change: at it, and drawn within two days of it."""
    for side in (-1, 1):
        for number in range(starts):
            away = TICK * random.randint(0, 1) if number == 0 else SECOND * random.randint(1, 172_800)
            yield Case(
                near + side * away,
                timedelta(minutes=random.choice((0, 5, 15, 61, 240, 1_441))) + TICK * random.randint(0, 1),
                timedelta(minutes=random.choice((0, 1, 30, 600))),
                SECOND * random.randint(0, 100_000),
                random.randrange(16) == 0,
            )


def of_zone(name: str, starts: int, seed: int) -> Outcome:
    """All cases of one zone."""
    random, zone = Random(f"{seed}:{name}"), ZoneInfo(name)
    near = list(transitions(zone))
    places = near or [FIRST + DAY * random.randint(0, 18_000)]
    calendar, always = drawn(name, near, random), Calendar("always", zone, [((0, 1440),)] * 7)
    for each in (calendar, always):  # one table for all years: widened year by year it would be built fifty times
        each.table(to_micros(FIRST), to_micros(LAST))
    broken, count = [], 0
    for place in places:
        for case in cases(place, starts, random):
            count += 1
            found = list(broken_laws(calendar, case))
            if add(always, case.start, case.work) != case.start + case.work:
                found.append("round the clock is plain addition")
            broken += [f"{name}, {case}: {law}" for law in found]
    return Outcome(name, len(near), count, tuple(broken))


def main() -> int:
    """Go through the zones, a process on each core."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--zones", type=int, default=0, help="only so many, drawn from the seed; 0: all")
    parser.add_argument("--starts", type=int, default=3, help="on each side of each change of clocks")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    began, names = perf_counter(), sorted(available_timezones())
    if options.zones:
        names = Random(options.seed).sample(names, options.zones)
    with ProcessPoolExecutor() as pool:
        found = list(pool.map(of_zone, names, *([value] * len(names) for value in (options.starts, options.seed))))
    for line in [line for each in found for line in each.broken]:
        print(line)
    broken, count = sum(len(each.broken) for each in found), sum(each.cases for each in found)
    changes = sum(each.transitions for each in found)
    print(
        f"calendar_laws: {count:,} cases beside {changes:,} changes of clocks in {len(names)} zones, 1990-2040, "
        f"{broken} laws broken; {perf_counter() - began:.0f} s, seed {options.seed}"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
