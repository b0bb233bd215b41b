"""A score worked out again: from its history, from its recorded basis, in other portions; and what 10,000 acts cost."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_runtime.decision import Decision, Grounds, LeadState
from leadline_runtime.step import NoView
from leadline_schemas.activity import Activity
from leadline_score.core.acts import LIMIT, newest, unite
from leadline_score.core.exact import microseconds
from leadline_score.core.scorecard import Evidence, judge
from leadline_score.decide import decide
from leadline_score.evidence import evidence_of
from leadline_score.state import Body, BodyCodec
from tests.unit.score.builders import Desk, act, at, bytes_of, loaded, scored
from tests.unit.score.test_decide import NOON, known
from tests.unit.score.test_laws import START, histories

MINUTE = timedelta(minutes=1)


class Recording(Desk):
    """Keeps what each decision stood on: the item, the state's bytes and the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[Any, LeadState[Body] | None, bytes, Decision[Body]]] = []

    def take(self, item: Any, now: Any) -> Decision[Body]:
        before = self.state
        body = BodyCodec().encode(before.body) if before else b""
        decision = super().take(item, now)
        self.told.append((item, before, body, decision))
        return decision


def story(desk: Desk, acts: list[Activity]) -> None:
    """A snapshot, then each act as it is received, in the order of the list."""
    desk.snapshot(known())
    for number, each in enumerate(acts):
        received = max(each.occurred_at, NOON) + number * MINUTE
        desk.act(each.model_copy(update={"received_at": received}))


@settings(max_examples=25, deadline=None)
@given(histories(most=9), st.randoms(use_true_random=False))
def test_a_score_kept_up_act_by_act_is_the_one_worked_out_from_the_whole_history(
    acts: list[Activity], chance: random.Random
) -> None:
    chance.shuffle(acts)
    desk = Desk()
    story(desk, acts)
    assert desk.state is not None
    last = desk.last.scorecard
    again = judge(evidence_of(desk.last.enriched, desk.state.body.memory), loaded().rules, microseconds(last.as_of))
    assert again.card.model_dump_json() == last.model_dump_json()


@settings(max_examples=15, deadline=None)
@given(histories(most=7))
def test_each_decision_is_made_again_from_its_recorded_basis_to_the_byte(acts: list[Activity]) -> None:
    desk = Recording()
    story(desk, acts)
    for item, before, body, decision in desk.told:
        for event in scored(decision):
            state = before.having(body=BodyCodec().decode(body)) if before else None
            basis = event.basis
            grounds = Grounds(basis.decided_at, None, loaded().rules, basis.rules, basis.code, item)
            assert bytes_of(decide(item, state, NoView(), grounds)) == bytes_of(decision)


@settings(max_examples=15, deadline=None)
@given(histories(most=7))
def test_what_one_batch_decides_is_what_any_split_of_it_decides(acts: list[Activity]) -> None:
    """Within a batch a lead's state goes on as it is; between two it goes through the database's bytes."""
    desk = Recording()
    story(desk, acts)
    state: LeadState[Body] | None = None
    for item, _, _, decision in desk.told:
        grounds = Grounds(at("06-01T00:00:00"), None, loaded().rules, loaded().ref, "test", item)
        grounds = replace(grounds, decided_at=_decided(decision, grounds))
        again = decide(item, state, NoView(), grounds)
        assert bytes_of(again) == bytes_of(decision)
        state = next(iter(again.states.values()), state)


def _decided(decision: Decision[Body], grounds: Grounds) -> Any:
    told = scored(decision)
    return told[0].basis.decided_at if told else grounds.decided_at


def many(number: int) -> list[Activity]:
    """Page views, every tenth of them of the pricing page, each five minutes after the one before."""
    tags = ["pricing" if n % 10 == 0 else None for n in range(number)]
    return [
        act(f"view {n}", "page.viewed", START + n * 5 * MINUTE, tag=tag) for n, tag in enumerate(tags)
    ]  # fmt: skip


def test_of_ten_thousand_acts_the_newest_count_and_the_scorecard_says_so() -> None:
    acts = many(10_000)
    kept, cut = newest(unite(acts, acts[:50]))
    assert (len(kept), cut) == (LIMIT, True)
    assert {each.id for each in kept} == {each.id for each in acts[-LIMIT:]}
    end = microseconds(acts[-1].occurred_at)
    card = judge(Evidence({}, kept, truncated=cut), loaded().rules, end).card
    assert card.truncated
    assert card.intent.groups["evaluation"].clipped == "30.000"


def test_acts_of_one_instant_are_cut_by_their_ids_whatever_their_order() -> None:
    acts = [act(f"at once {n}", "page.viewed", START) for n in range(LIMIT + 40)]
    kept, _ = newest(acts)
    turned, _ = newest(acts[::-1])
    assert kept == turned
    assert min(each.id.int for each in kept) > max(each.id.int for each in acts if each not in kept)


def test_the_state_of_a_lead_is_bounded_whatever_it_does() -> None:
    desk, sizes = Desk(), []
    desk.snapshot(known())
    for each in many(LIMIT)[-3:] + many(2 * LIMIT)[-3:]:
        desk.act(each)
    assert desk.state is not None
    memory = desk.state.body.memory.model_copy(update={"facts": tuple(many(LIMIT))})
    desk.state = desk.state.having(body=Body(memory, desk.state.body.snapshot))
    for each in many(LIMIT + 30)[-30:]:
        desk.act(each.model_copy(update={"received_at": each.occurred_at}))
        sizes.append(len(BodyCodec().encode(desk.state.body)))
        assert len(desk.state.body.memory.facts) == LIMIT
    assert max(sizes) - min(sizes) < 5_000
    assert desk.last.scorecard.truncated
