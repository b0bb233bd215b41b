"""A vendor is asked over HTTP: whatever it does, an answer comes within the budget, and says why if it is none."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

import pytest
from aiohttp import web

from leadline_enrich.core.questions import Question
from leadline_runtime.core.rates import SECOND
from tests.integration.enrich.asking import Asking, asking
from tests.integration.enrich.vendor import MEGABYTE, Vendor, facts, playing
from tests.support.running import until

SHORT = {"budget_ms": 500, "tries": 1}


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    async with playing() as made:
        yield made


async def test_what_the_vendor_knows_comes_as_values_with_their_time_and_confidence(vendor: Vendor) -> None:
    async with asking(vendor) as ask:
        answer = await ask.about()
    assert answer.values == {"employees": 51, "industry": "software", "country": "DE"}
    assert answer.confidence == {"country": 0.8}
    assert str(answer.stated_at) == "2026-03-01 00:00:00+00:00"
    assert vendor.paths() == ["/companies/acme.com"]
    assert vendor.asked[0].headers["Authorization"] == "Bearer live"


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (404, "not_found"), (410, "not_found"), (204, "not_found"), (b"{}", "not_found"), (b"null", "not_found"),
        ([], "not_found"), ({"domain": "acme.com", "metrics": None}, "not_found"),
        ("hang", "timeout"), ("trickle", "timeout"), (202, "timeout"), ("cut", "cut"), ("elsewhere", "redirected"),
        (500, "vendor_error"), (503, "vendor_error"), (429, "throttled"), (400, "rejected"), (422, "rejected"),
        (403, "refused"), (b"<html>be right back</html>", "garbage"), (b"", "garbage"), (b"\xff\xfe", "garbage"),
        (b"[" * 100_000, "garbage"), ({"error": "quota exceeded"}, "garbage"), (b'"acme.com"', "garbage"),
        ({"domain": "acme.com", "metrics": {"size": "many"}, "category": 7}, "garbage"),
        (facts("other.example"), "mismatch"), (b" " * 300_000 + b"{}", "too_large"), ("bomb", "too_large"),
    ],
)  # fmt: skip
async def test_whatever_the_vendor_does_an_answer_comes_in_time(vendor: Vendor, step: Any, told: str) -> None:
    vendor.script = [step]
    async with asking(vendor, limits=SHORT if told == "timeout" else {"budget_ms": 2000, "tries": 1}) as ask:
        began = monotonic()
        assert await ask.told() == told
        assert monotonic() - began < 2.1
        assert await ask.told() == "found", "and then it is as if nothing had been"
    assert not any("/other/" in path for path in vendor.paths()), "a redirect is not followed"


async def test_a_bomb_is_put_down_as_soon_as_it_is_too_large(vendor: Vendor) -> None:
    vendor.script = ["bomb"]
    async with asking(vendor) as ask:
        tracemalloc.start()
        try:
            assert await ask.told() == "too_large"
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert most < 16 * MEGABYTE
        await until(lambda: vendor.running == 0, "the line to be cut")
        assert vendor.sent < 10 * 1024 * MEGABYTE


async def test_of_a_lying_answer_the_good_values_are_taken_and_the_others_counted(vendor: Vendor) -> None:
    lie = b'{"domain": "acme.com", "updated_at": "2031-01-01", "metrics": {"size": NaN}, "category": "Software",'
    vendor.script = [lie + b' "geo": {"country": "Atlantis", "score": 1e999}}']
    async with asking(vendor) as ask:
        before = ask.counted("refused_values_total", value="country")
        answer = await ask.about()
        assert ask.counted("refused_values_total", value="country") == before + 1
    assert (answer.values, answer.stated_at) == ({"industry": "software"}, None)


async def test_a_huge_number_is_no_size_of_a_company(vendor: Vendor) -> None:
    vendor.script = [b'{"domain": "acme.com", "category": "Software", "metrics": {"size": ' + b"9" * 5000 + b"}}"]
    async with asking(vendor) as ask:
        assert (await ask.about()).values == {"industry": "software"}


async def test_what_is_asked_stays_a_part_of_the_address(vendor: Vendor) -> None:
    async with asking(vendor) as ask:
        await ask.about(Question(domain="a/../../other/x?y=1&z#f%00@evil.example"))
        assert await ask.told(Question(domain="..")) == "not_asked"
        assert await ask.told(Question(email="joan@acme.com")) == "not_asked"
    assert vendor.paths() == ["/companies/a%2F..%2F..%2Fother%2Fx%3Fy%3D1%26z%23f%2500%40evil.example"]


async def test_a_secret_that_ran_out_is_followed_by_the_other_live_one(vendor: Vendor) -> None:
    vendor.tokens = {"new"}
    async with asking(vendor, secrets=("old", "new")) as ask:
        assert await ask.told() == "found"
    async with asking(vendor, secrets=("old", "older")) as ask:
        assert await ask.told() == "refused"
    assert len(vendor.asked) == 4


@pytest.mark.parametrize("secrets", [(), ("two\nlines",), ("",), ("schlüssel",)])
async def test_without_a_usable_secret_nobody_is_asked(vendor: Vendor, secrets: tuple[str, ...]) -> None:
    async with asking(vendor, secrets=secrets) as ask:
        assert [await ask.told() for _ in range(9)] == ["no_secret"] * 9
    assert vendor.asked == []


async def test_a_host_of_ones_own_network_is_asked_only_if_settings_say_so(vendor: Vendor) -> None:
    async with asking(vendor, private=False) as ask:
        assert await ask.told() == "not_public"
    request = {"url": f"https://localhost:{vendor.port}/companies/{{domain}}"}
    async with asking(vendor, request=request) as ask:
        assert await ask.told() == "not_public"
    assert vendor.asked == []


async def test_nobody_there(vendor: Vendor) -> None:
    async with asking(vendor) as ask:
        request = {"url": "http://127.0.0.1:9/companies/{domain}"}
        vendor.port = 9
        async with asking(vendor, request=request) as other:
            assert await other.told() == "unreachable"
        assert ask.provider.name == "next_door"


class TestTries:
    """What may help is tried again, and nothing else; never beyond the budget."""

    LIMITS = {"budget_ms": 3000, "try_ms": 500, "tries": 3}

    @pytest.mark.parametrize("step", [500, 503, "hang", 429])
    async def test_what_passes_by_is_tried_again(self, vendor: Vendor, step: Any) -> None:
        vendor.script = [step, step]
        async with asking(vendor, limits=self.LIMITS) as ask:
            assert await ask.told() == "found"
            assert len(ask.time.slept) == 2 and all(0 <= wait <= 0.2 for wait in ask.time.slept)

    @pytest.mark.parametrize("step", [400, 403, 302, {"error": 1}])
    async def test_what_would_be_the_same_again_is_not(self, vendor: Vendor, step: Any) -> None:
        vendor.script = [step, "honest"]
        async with asking(vendor, limits=self.LIMITS) as ask:
            assert await ask.told() != "found"
        assert len(vendor.asked) == 1

    async def test_retry_after_is_kept_if_there_is_time(self, vendor: Vendor) -> None:
        vendor.script = [web.Response(status=429, headers={"Retry-After": "2"})]
        async with asking(vendor, limits=self.LIMITS) as ask:
            assert await ask.told() == "found"
            assert ask.time.slept == [2.0]

    async def test_and_if_there_is_none_nobody_is_asked_until_then(self, vendor: Vendor) -> None:
        vendor.script = [web.Response(status=429, headers={"Retry-After": "60"})]
        async with asking(vendor, limits=self.LIMITS) as ask:
            held = ask.counted("held_back_total", by="retry_after")
            assert [await ask.told() for _ in range(5)] == ["throttled"] * 5
            assert ask.counted("held_back_total", by="retry_after") == held + 4
            assert ask.time.slept == [] and len(vendor.asked) == 1
            ask.time.now += 60
            assert await ask.told() == "found"


class TestBreaker:
    """A vendor that fails and fails is left alone, asked once, and then as before."""

    async def test_it_opens_half_opens_and_closes(self, vendor: Vendor) -> None:
        vendor.script = [500] * 4
        async with asking(vendor) as ask:
            assert [await ask.told() for _ in range(5)] == ["vendor_error"] * 3 + ["breaker_open"] * 2
            assert ask.counted("breaker_open") == 1 and len(vendor.asked) == 3
            ask.time.now += 30
            assert await ask.told() == "vendor_error", "the probe fails, and the rest is twice as long"
            ask.time.now += 59
            assert await ask.told() == "breaker_open"
            ask.time.now += 1
            vendor.script = ["wait"]
            probe = asyncio.create_task(ask.told())
            await until(lambda: len(vendor.asked) == 5, "the probe")
            assert await ask.told() == "breaker_open", "one probe at a time"
            vendor.gate.set()
            assert await probe == "found"
            assert [await ask.told() for _ in range(3)] == ["found"] * 3
            assert ask.counted("breaker_open") == 0

    @pytest.mark.parametrize("step", ["hang", {"error": "moved"}, 403, 429])
    async def test_silence_garbage_and_refusals_open_it_too(self, vendor: Vendor, step: Any) -> None:
        vendor.script = [step] * 3
        async with asking(vendor, limits=SHORT) as ask:
            for _ in range(3):
                assert await ask.told() != "found"
            assert await ask.told() == "breaker_open"

    async def test_that_a_company_is_not_known_is_no_failure(self, vendor: Vendor) -> None:
        vendor.script = [404] * 10
        async with asking(vendor) as ask:
            assert [await ask.told() for _ in range(10)] == ["not_found"] * 10


class TestHoldingBack:
    """No more at once and no more often than the file says."""

    async def test_no_more_requests_at_a_time(self, vendor: Vendor) -> None:
        vendor.script = ["wait"] * 20
        async with asking(vendor, limits={"at_once": 3, "tries": 1, "budget_ms": 5000}) as ask:
            questions = [Question(domain=f"{n}.example") for n in range(20)]
            running = asyncio.create_task(ask.provider.ask(questions))
            await until(lambda: vendor.running == 3, "three requests")
            vendor.gate.set()
            assert {answer.status for answer in (await running).values()} == {"found"}
        assert vendor.most_running == 3

    async def test_who_finds_no_room_in_time_is_told_so(self, vendor: Vendor) -> None:
        vendor.script = ["hang"] * 5
        async with asking(vendor, limits={"at_once": 1, "tries": 1, "budget_ms": 200}) as ask:
            first, *_, last = (await ask.provider.ask([Question(domain=f"{n}.example") for n in range(5)])).values()
            assert (first.reason, last.reason) == ("timeout", "throttled")

    async def test_no_more_often_than_the_rate(self, vendor: Vendor) -> None:
        limits = {"rate": {"per_s": 2, "burst": 2}, "budget_ms": 2000, "at_once": 1, "tries": 1}
        async with asking(vendor, limits=limits) as ask:
            began = ask.time.now
            assert [await ask.told() for _ in range(6)] == ["found"] * 6
            assert ask.time.now - began == pytest.approx(2.0, abs=2 / SECOND)

    async def test_beyond_the_rate_within_the_budget_nobody_is_asked(self, vendor: Vendor) -> None:
        limits = {"rate": {"per_s": 0.1, "burst": 2}, "budget_ms": 2000, "tries": 1}
        async with asking(vendor, limits=limits) as ask:
            assert [await ask.told() for _ in range(4)] == ["found", "found", "throttled", "throttled"]
        assert len(vendor.asked) == 2


class TestMany:
    """Questions that come together are one request, where the vendor takes many."""

    @staticmethod
    def more(vendor: Vendor) -> dict[str, Any]:
        return {
            "request": {
                "method": "POST",
                "url": f"http://127.0.0.1:{vendor.port}/many",
                "body": {"companies": {"each": {"domain": {"input": "domain"}}}},
            },
            "batch": {"size": 10, "items": "results", "key": "domain", "wait_ms": 20},
        }

    async def test_each_gets_its_own_answer(self, vendor: Vendor) -> None:
        async with asking(vendor, **self.more(vendor)) as ask:
            names = [f"{letter}.example" for letter in "abcdefghijklmnopqrstuvwxy"]
            told = await asyncio.gather(*(ask.told(Question(domain=name)) for name in names))
        assert told == ["found"] * 13 + ["not_found"] * 12
        assert sorted(len(body["companies"]) for body in vendor.bodies) == [5, 10, 10]

    async def test_the_same_question_is_put_once(self, vendor: Vendor) -> None:
        async with asking(vendor, **self.more(vendor)) as ask:
            assert await asyncio.gather(*(ask.told() for _ in range(5))) == ["found"] * 5
        assert vendor.bodies == [{"companies": [{"domain": "acme.com"}]}]

    async def test_an_end_in_between_is_told(self, vendor: Vendor) -> None:
        more = self.more(vendor)
        more["batch"]["wait_ms"] = 900
        async with asking(vendor, **more) as ask:
            waiting = asyncio.create_task(ask.told())
            await asyncio.sleep(0)
            await ask.provider.close()
            assert (await waiting, await ask.told()) == ("closed", "closed")
        assert vendor.asked == []


async def test_an_end_while_the_vendor_hangs_is_no_wait(vendor: Vendor) -> None:
    vendor.script = ["hang"]
    async with asking(vendor) as ask:
        hanging = asyncio.create_task(ask.told())
        await until(lambda: bool(vendor.asked), "a request")
        hanging.cancel()
        await asyncio.gather(hanging, return_exceptions=True)
        await ask.provider.close()
        assert await ask.told() == "closed"


async def test_known_metrics_start_at_zero(vendor: Vendor) -> None:
    async with asking(vendor) as ask:
        assert isinstance(ask, Asking)
        from prometheus_client import REGISTRY, generate_latest

        text = generate_latest(REGISTRY).decode()
    for line in (
        'leadline_provider_requests_total{outcome="redirected",provider="next_door"}',
        'leadline_provider_refused_values_total{provider="next_door",value="employees"}',
        'leadline_provider_breaker_open{provider="next_door"} 0.0',
        'leadline_provider_held_back_total{by="room",provider="next_door"}',
        'leadline_provider_request_seconds_count{provider="next_door"}',
    ):
        assert line in text, line
