"""What on-call is told of promises that are still open."""

from datetime import timedelta
from pathlib import Path

from leadline_schemas.codec import decode
from leadline_schemas.sla import LeadSla
from leadline_schemas.topics import LEAD_SLA
from leadline_sla_monitor.open_promises import OpenPromises

EXAMPLES = Path(__file__).parents[3] / "schemas" / "examples" / "lead.sla"


def example(name: str) -> LeadSla:
    return decode(LEAD_SLA, (EXAMPLES / f"{name}.json").read_bytes())


ARMED = example("customer_armed")


def test_the_next_due_time_is_that_of_the_soonest_promise_to_a_customer() -> None:
    promises = OpenPromises()
    promises.note(ARMED)
    later = ARMED.model_copy(update={"target": "later", "due_at": ARMED.due_at + timedelta(hours=1)})
    promises.note(later)
    assert promises.next_due() == ARMED.due_at.timestamp()
    promises.note(ARMED.model_copy(update={"kind": "met"}))
    assert promises.next_due() == later.due_at.timestamp()
    promises.note(later.model_copy(update={"kind": "cancelled"}))
    assert promises.next_due() == 0


def test_an_owners_clock_is_no_promise_to_a_customer() -> None:
    promises = OpenPromises()
    promises.note(ARMED.model_copy(update={"clock": "owner", "due_at": ARMED.due_at - timedelta(minutes=1)}))
    assert promises.next_due() == 0
    assert promises.count("owner") == 1
    promises.note(ARMED)
    assert promises.next_due() == ARMED.due_at.timestamp()


def test_a_promise_that_has_long_been_overdue_was_judged_by_another_instance() -> None:
    promises = OpenPromises()
    promises.note(ARMED)
    soon_after = ARMED.due_at + timedelta(minutes=9)
    other = ARMED.model_copy(update={"cycle": ARMED.lead_id, "due_at": ARMED.due_at + timedelta(days=1)})
    promises.note(other.model_copy(update={"detected_at": soon_after}))
    assert promises.next_due() == ARMED.due_at.timestamp()
    promises.note(other.model_copy(update={"target": "x", "detected_at": soon_after + timedelta(minutes=2)}))
    assert promises.next_due() == other.due_at.timestamp()
