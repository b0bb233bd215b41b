"""What on-call is told a minute before: how many leads are due soon, whichever is due first."""

from hypothesis import given
from hypothesis import strategies as st

from leadline_sla_monitor.next_due import NextDue
from leadline_sla_monitor.open_promises import OpenPromises, Queue
from tests.support.golden import instant
from tests.support.sla_story import HOUR, MINUTE, SECOND

START = instant("2026-03-10T14:00:00Z")


def test_each_lead_that_is_due_within_the_minute_is_counted_also_behind_one_that_waits_for_its_verdict() -> None:
    queue = Queue()
    for number, after in enumerate([-5 * SECOND, SECOND, 20 * SECOND, MINUTE, MINUTE + SECOND, HOUR]):
        queue.put(number, START + after)
    queue.put(2, START + HOUR)  # answered, and promised anew
    queue.put(2, START + 20 * SECOND)
    assert queue.between(START, START + MINUTE) == 3
    queue.put(1, None)
    assert queue.between(START, START + MINUTE) == 2
    picture = OpenPromises()
    picture.due.by_policy["hot"] = queue
    (following, soon) = NextDue(lambda: [picture], now=lambda: START).collect()
    assert [each.value for each in following.samples] == [(START - 5 * SECOND).timestamp()]
    assert [each.value for each in soon.samples] == [2]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-90, 90) | st.none()), max_size=40), st.integers(-60, 60))
def test_how_many_are_due_soon_is_what_counting_all_would_say(puts: list[tuple[int, int | None]], at_s: int) -> None:
    queue, at = Queue(), START + at_s * SECOND
    for lead, due_s in puts:
        queue.put(lead, None if due_s is None else START + due_s * SECOND)
    due = [each for each in queue.live.values() if at < each <= at + MINUTE]
    assert queue.between(at, at + MINUTE) == len(due)
