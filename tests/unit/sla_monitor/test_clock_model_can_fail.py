"""The model of clocks turns red when a rule they stand on is taken out: a model that cannot fail holds nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from leadline_sla_monitor.core import acts, advance, cycle, settle, truth
from leadline_sla_monitor.core.advance import Change, Met, Now, Stop
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.truth import Truth
from tests.support.forms_compared import put_into
from tests.unit.sla_monitor.test_clock_model import Clocks

pytestmark = put_into("leadline_sla_monitor")
Patch = pytest.MonkeyPatch
BUGS: dict[str, Callable[[Patch], None]] = {}


def bug(put_back: Callable[[Patch], None]) -> Callable[[Patch], None]:
    """A known bug by its name."""
    BUGS[put_back.__name__] = put_back
    return put_back


@bug
def a_verdict_waits_for_nobody(patch: Patch) -> None:
    patch.setattr(Now, "judges", lambda self, due: due <= self.at)


@bug
def a_verdict_waits_only_for_the_horizon(patch: Patch) -> None:
    patch.setattr(Now, "judges", lambda self, due: due <= self.at and self.read_up_to(due))


@bug
def no_verdict_is_provisional(patch: Patch) -> None:
    given = advance._unanswered

    def final(promise: Promise, stop: Stop | None, now: Now) -> Change | None:
        change = given(promise, stop, now)
        if change is None or change.kind not in {"breached", "lapsed"}:
            return change
        return replace(change, promise=replace(change.promise, provisional=False))

    patch.setattr(advance, "_unanswered", final)


@bug
def late_truth_takes_nothing_back(patch: Patch) -> None:
    patch.setattr(advance, "_retracted", lambda promise, met: None)


@bug
def a_retraction_is_not_the_last_word(patch: Patch) -> None:
    undecided = {"open", "met", "cancelled", "retracted"}
    patch.setattr(Promise, "undecided", property(lambda self: self.status in undecided))


@bug
def a_later_answer_read_first_counts(patch: Patch) -> None:
    def read_first(promise: Promise, met: Met) -> Change | None:
        return None if promise.status == "met" else given(promise, met)

    given = advance._met
    patch.setattr(advance, "_met", read_first)


@bug
def a_machine_answers_like_a_person(patch: Patch) -> None:
    row = {**acts.TABLE["email.sent"], "machine": acts.TABLE["email.sent"]["person"]}
    patch.setattr(acts, "TABLE", {**acts.TABLE, "email.sent": row})


@bug
def a_mail_that_bounced_counts(patch: Patch) -> None:
    patch.setattr(acts, "_bounced", lambda found, bounces: frozenset())


@bug
def a_reassignment_leaves_the_old_clock_running(patch: Patch) -> None:
    given = Truth._by_routing

    def customers_alone(self: Truth, promise: Promise) -> Any:
        return given(self, promise) if promise.clock == "customer" else iter(())

    patch.setattr(Truth, "_by_routing", customers_alone)


@bug
def a_withdrawal_for_one_channel_is_one_for_all(patch: Patch) -> None:
    patch.setattr(truth, "_concerns", lambda act, promise: True)


@bug
def an_answered_request_is_not_followed_by_a_rest(patch: Patch) -> None:
    patch.setattr(cycle, "_rested", lambda last, at, history: True)


@bug
def warnings_are_not_remembered(patch: Patch) -> None:
    given = settle._advanced

    def forgetful(promise: Promise, *more: Any) -> Promise:
        return replace(given(promise, *more), warned=0)

    patch.setattr(settle, "_advanced", forgetful)


@pytest.mark.parametrize("name", sorted(BUGS))
def test_the_model_turns_red(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BUGS[name](monkeypatch)
    often = settings(  # what is drawn depends on which modules are loaded, so how long it takes does too
        max_examples=5000, stateful_step_count=30, deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    with pytest.raises((AssertionError, Flaky)):
        run_state_machine_as_test(Clocks, settings=often)
