"""The rows of leads that wait after a broken promise follow the states, whatever happens to the lead."""

from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.overdue import Row, moved, row_of
from tests.support.golden import instant
from tests.support.sla_story import DAY, HOUR, LEAD, MINUTE, SECOND, Story, act, captured, merged, request, routed

START = instant("2026-03-10T14:00:00Z")
DEMO = request("r", "demo_request", START)
FIRST_EMAIL, FIRST_CALL = START + 5 * MINUTE, START + HOUR


def begun() -> Story:
    story = Story(START)
    story.reads(captured(START, DEMO))
    story.reads(routed(START + 2 * SECOND, DEMO), START + 2 * SECOND)
    return story


def rows(story: Story) -> list[Row | None]:
    """Each change of the lead's row, in order; what they leave is what the newest state says."""
    found, before = list[Row | None](), Known()
    for _, state, _ in story.history:
        change = moved(LEAD, before, state.body)
        found += change.values() if change else ()
        before = state.body
    assert (found[-1] if found else None) == row_of(story.state.body)
    return found


def test_a_lead_is_overdue_from_its_first_broken_promise_until_somebody_answers() -> None:
    story = begun()
    story.until(START + 2 * HOUR)
    story.reads(act("c", "call.attempted", START + 3 * HOUR, "ben"), START + 3 * HOUR)
    story.until(START + 40 * DAY)
    assert rows(story) == [(FIRST_EMAIL, "ana"), None]


def test_a_lead_answered_in_time_has_no_row_also_where_another_promise_is_broken() -> None:
    story = begun()
    story.reads(act("c", "call.attempted", START + MINUTE, "ana"), START + MINUTE)
    story.until(START + DAY)
    assert story.life("first_email")[-1] == "breached" and rows(story) == []


def test_its_row_names_who_has_it_now() -> None:
    story = begun()
    given = START + 20 * MINUTE
    story.reads(routed(given, DEMO, revision=2, owner="ben", assignment=2, assigned_at=given), given)
    story.reads(routed(given + HOUR, DEMO, revision=3, outcome="queue", owner=None, assignment=2), given + HOUR)
    assert rows(story) == [(FIRST_EMAIL, "ana"), (FIRST_EMAIL, "ben"), (FIRST_EMAIL, None)]


def test_an_answer_in_time_that_is_read_late_takes_the_row_back() -> None:
    story = begun()
    story.until(START + 10 * MINUTE)
    story.reads(act("m", "email.sent", START + MINUTE, "ana"))
    assert rows(story) == [(FIRST_EMAIL, "ana"), None]


def test_who_wants_no_answer_any_more_or_is_stale_is_not_overdue() -> None:
    story = begun()
    story.until(START + 10 * MINUTE)
    story.reads(act("w", "consent.withdrawn", START + HOUR, purpose="respond", channel="any"), START + HOUR)
    assert rows(story)[-1] is None
    stale = begun()
    stale.until(START + 29 * DAY)
    assert rows(stale) == [(FIRST_EMAIL, "ana")]
    stale.until(START + 31 * DAY)
    assert rows(stale)[-1] is None


def test_a_lead_that_became_part_of_another_leaves_its_row_to_that_one() -> None:
    story = begun()
    story.until(START + 10 * MINUTE)
    at = START + 20 * MINUTE
    story.reads(captured(at, DEMO, revision=2, outcome="tombstone", merged_into=merged()), at)
    assert rows(story) == [(FIRST_EMAIL, "ana"), None]
