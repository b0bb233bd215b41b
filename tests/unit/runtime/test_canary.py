"""What a step makes of a canary goes on and leaves no trace: no state, no message, no change, no count."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from leadline_runtime.canary import LIVES_FOR, passed_on
from leadline_runtime.decision import Decision, Emit, LeadState, Send
from leadline_runtime.outcomes import EMITTED, dropped
from leadline_schemas.lead import Quarantine
from leadline_schemas.topics import LEAD_ROUTED

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LEAD = UUID(int=7)
EMIT: Emit[str] = Emit(LEAD_ROUTED, Quarantine(reason="any event", since=NOON), LEAD)
DECIDED: Decision[str] = Decision(EMITTED, (EMIT,), {LEAD: LeadState("kept")}, (Send(LEAD, LEAD, b"told"),), "changed")


@given(age=st.timedeltas(timedelta(0), LIVES_FOR))
def test_while_somebody_waits_for_it_only_its_events_are_left_and_they_are_not_counted(age: timedelta) -> None:
    left = passed_on(DECIDED, NOON, NOON + age)
    assert (left.outcome, dict(left.states), left.messages, left.delta) == (EMITTED, {}, (), None)
    assert [(each.event, each.counted) for each in left.events] == [(EMIT.event, False)]


@given(age=st.timedeltas(LIVES_FOR + timedelta(microseconds=1), timedelta(days=400)))
def test_then_nothing_is_left_of_it(age: timedelta) -> None:
    assert passed_on(DECIDED, NOON, NOON + age) == Decision(dropped("expired"))
