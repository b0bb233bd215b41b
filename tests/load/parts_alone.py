"""Parts of the bench that need no servers."""

from collections.abc import Callable, Mapping

from tests.load.calendar_rates import million_adds
from tests.load.duplicate_rates import duplicate_measures
from tests.load.learned_rates import learned_measures
from tests.load.route_rates import route_measures
from tests.load.score_forms import in_both_forms
from tests.load.telling import Bench


def duplicates(bench: Bench) -> None:
    """Possible duplicates of lists whose truth is known; no servers."""
    for measure, value, unit, more in duplicate_measures(bench.options.rows, bench.options.seed):
        bench.tell(measure, value, unit, **more)


def score(bench: Bench) -> None:
    """Judging alone: leads of 30 acts under 40 rules, and one of 10,000 acts, in both forms; no servers."""
    for measure, value, unit, more in in_both_forms(bench.options.seed):
        bench.tell(measure, value, unit, **more)


def route_core(bench: Bench) -> None:
    """Routing alone: 200 rules, 100 candidates, 5,000 members; no servers."""
    for measure, value, unit, more in route_measures(bench.options.seed):
        bench.tell(measure, value, unit, **more)


def learned(bench: Bench) -> None:
    """A learned score trained from a table of 10,000 leads, and served; no servers."""
    for measure, value, unit, more in learned_measures(10_000, bench.options.seed):
        bench.tell(measure, value, unit, **more)


def calendar(bench: Bench) -> None:
    """Due times by the business calendars; no servers."""
    bench.tell("calendar_1000000_adds_s", million_adds(bench.options.seed), "s", ceiling=10)


PARTS: Mapping[str, Callable[[Bench], None]] = {
    "duplicates": duplicates, "score": score, "route_core": route_core, "learned": learned, "calendar": calendar,
}  # fmt: skip
