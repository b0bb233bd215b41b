"""How a vendor is asked: once, never for longer than the budget, and what comes late is not lost."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from time import monotonic

import pytest

from leadline_enrich import asking as module
from leadline_enrich.asking import Asking
from leadline_enrich.core.answers import Answer
from leadline_enrich.core.kept import Seal
from leadline_enrich.core.questions import Question
from leadline_enrich.core.waiting import IN_A_ROW
from leadline_enrich.metrics import LATE, count_cache
from leadline_enrich.shared_answers import SharedAnswers
from leadline_runtime.clock import PipelineClock
from leadline_runtime.redis import Cache
from tests.support.running import until
from tests.unit.enrich.vendors import Vendor, knows

BUDGET_S = 0.05
ACME, OTHER, UNKNOWN = Question("acme.example"), Question("other.example"), Question("unheard.example")
THEN = datetime(2026, 3, 10, 10, tzinfo=UTC)


@pytest.fixture
async def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
async def asking(vendor: Vendor) -> AsyncIterator[Asking]:
    """Without Redis: nobody is there."""
    clock = PipelineClock()
    clock.tell(THEN, 0.0)
    cache = Cache("redis://127.0.0.1:1/0", count_cache, rest_s=60)
    asking = Asking(vendor, SharedAnswers(cache, cache, Seal("vendor", "digest", b"s" * 32)), BUDGET_S, clock)
    yield asking
    await asking.close()


async def test_each_question_is_put_once_and_its_answer_is_remembered(asking: Asking, vendor: Vendor) -> None:
    for _ in range(3):
        found = await asking.ask([ACME, UNKNOWN])
        assert found[ACME].values["employees"] == 400
        assert found[UNKNOWN].status == "not_found"
    assert vendor.asked == [ACME, UNKNOWN]


async def test_two_batches_at_once_share_one_flight(asking: Asking, vendor: Vendor) -> None:
    both = await asyncio.gather(asking.ask([ACME]), asking.ask([ACME, OTHER]))
    assert [found[ACME].status for found in both] == ["found", "found"]
    assert sorted(vendor.asked, key=str) == [ACME, OTHER]


async def test_an_answer_without_a_date_is_dated_by_the_pipelines_clock(asking: Asking) -> None:
    assert (await asking.ask([ACME]))[ACME].stated_at == THEN


async def test_a_hanging_vendor_costs_the_budget_and_its_late_answer_is_kept(asking: Asking, vendor: Vendor) -> None:
    vendor.open.clear()
    late, began = LATE.labels("vendor")._value.get(), monotonic()
    assert (await asking.ask([ACME]))[ACME] == Answer(status="unavailable", reason="timeout")
    assert BUDGET_S * 0.9 < monotonic() - began < BUDGET_S * 10
    vendor.open.set()
    await until(lambda: LATE.labels("vendor")._value.get() == late + 1, "the late answer")
    assert (await asking.ask([ACME]))[ACME].values["employees"] == 400
    assert vendor.asked == [ACME]


async def test_nobody_waits_again_and_again_for_one_who_does_not_answer(asking: Asking, vendor: Vendor) -> None:
    vendor.open.clear()
    for n in range(IN_A_ROW):
        await asking.ask([Question(f"c{n}.example")])
    began = monotonic()
    for n in range(100):
        found = await asking.ask([Question(f"d{n}.example")])
        assert [answer.reason for answer in found.values()] == ["timeout"]
    assert monotonic() - began < 100 * BUDGET_S / 5
    assert len(vendor.asked) == IN_A_ROW + 100  # it is asked all the same: its answers come late
    vendor.open.set()
    await until(lambda: not asking._flights, "all answers")
    assert (await asking.ask([Question("d99.example")]))[Question("d99.example")].status == "found"


async def test_no_more_are_in_flight_than_there_is_room_for(
    asking: Asking, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_IN_FLIGHT", 2)
    vendor.open.clear()
    found = await asking.ask([Question(f"c{n}.example") for n in range(5)])
    assert [answer.reason for answer in found.values()] == ["timeout"] * 2 + ["throttled"] * 3
    assert len(vendor.asked) == 2


async def test_no_more_are_remembered_than_there_is_room_for(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_REMEMBERED", 3)
    for n in range(10):
        await asking.ask([Question(f"c{n}.example")])
    assert len(asking._remembered) == 3


async def test_silence_is_not_remembered(asking: Asking, vendor: Vendor) -> None:
    vendor.says = lambda question: Answer(status="unavailable", reason="breaker_open")
    assert (await asking.ask([ACME]))[ACME].reason == "breaker_open"
    vendor.says = knows
    assert (await asking.ask([ACME]))[ACME].status == "found"


async def test_a_flight_ends_even_if_its_provider_never_does(
    asking: Asking, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_S", 0.1)
    vendor.open.clear()
    await asking.ask([ACME])
    await until(lambda: not asking._flights, "the end of the flight")


async def test_a_provider_of_ours_that_breaks_holds_nobody_up(asking: Asking, vendor: Vendor) -> None:
    def breaks(question: Question) -> Answer:
        if question == OTHER:
            raise KeyError(question)
        return knows(question)

    vendor.says = breaks
    found = await asking.ask([ACME, OTHER])
    assert (found[ACME].status, found[OTHER].reason) == ("found", "garbage")


async def test_closing_ends_what_is_in_flight(vendor: Vendor, asking: Asking) -> None:
    vendor.open.clear()
    waiting = asyncio.create_task(asking.ask([ACME]))
    await until(lambda: vendor.asked, "the question")
    await asking.close()
    assert (await waiting)[ACME].reason in ("closed", "timeout")
    assert vendor.closed
    assert not asking._tasks
