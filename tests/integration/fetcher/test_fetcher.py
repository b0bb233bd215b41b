"""A notice comes, its object is fetched from a vendor on this machine, and becomes a lead: whatever the vendor does."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from leadline_capture.core.pointers import Fetch
from leadline_capture.edge.app import RULES
from leadline_capture.fetcher.app import work
from leadline_capture.fetcher.http import Vendors
from leadline_capture.fetcher.metrics import FetcherMetrics
from leadline_capture.fetcher.parts import SERVICE, Fetcher
from leadline_capture.fetcher.settings import FetcherSettings
from leadline_local.endpoints import Endpoints
from leadline_runtime.consumed import Consumed
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.outbound import Got
from leadline_runtime.rules_watch import RulesWatch
from leadline_schemas.codec import decode
from leadline_schemas.topics import LEAD_RECEIVED
from tests.integration.capture.stored import StoredCapture
from tests.integration.edge.world import PARTITIONS, records_of
from tests.integration.fetcher.vendor import Vendor, playing
from tests.support.running import create_topics, until
from tests.unit.capture.test_pointers import notice

pytestmark = pytest.mark.stack


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    async with playing() as made:
        yield made


@pytest.fixture
def rules(tmp_path: Path, vendor: Vendor) -> Iterator[Path]:
    """The shipped mapping, with the vendor's host for Meta's."""
    shipped = (files("leadline_capture") / "rules" / "sources" / "meta_lead_ads.yaml").read_text(encoding="utf-8")
    (tmp_path / "sources").mkdir()
    ours = shipped.replace("https://graph.facebook.com/v23.0", f"http://127.0.0.1:{vendor.port}")
    assert ours != shipped
    (tmp_path / "sources" / "meta_lead_ads.yaml").write_text(ours, encoding="utf-8")
    return iter([tmp_path])


@dataclass
class World:
    """Capture's step, by hand, and fetchers of its schema."""

    stack: Endpoints
    prefix: str
    vendor: Vendor
    rules: Path
    capture: StoredCapture

    def fetcher(self, **settings: Any) -> Fetcher:
        """The parts of a fetcher."""
        registry = CollectorRegistry()
        metrics = RuntimeMetrics(SERVICE, registry)
        given = FetcherSettings(
            kafka=self.stack.kafka, database_url=SecretStr(self.stack.database_url), web_port=0, rules_dir=self.rules,
            **{
                "fetch_look_every_s": 0.05, "fetch_budget_s": 1.0,
                "fetch_private_hosts": frozenset({f"127.0.0.1:{self.vendor.port}"}),
                "source_secrets": {"meta_page_token": ("live",)}, **settings,
            },
        )  # fmt: skip
        watch = RulesWatch(RULES, self.rules, metrics)
        return Fetcher(
            given, watch, metrics, FetcherMetrics(registry), f"{self.prefix}.received", self.prefix, registry
        )

    async def noticed(self, *ids: Any) -> None:
        """Capture reads a notice."""
        notes = [self.capture.received(notice(*ids), way="source", source="meta_lead_ads")]
        assert [one.told for one in await self.capture.transact(notes)] == ["dropped kept"]

    async def waiting(self) -> list[tuple[Any, ...]]:
        """Source, tries and trouble of what is still to be fetched."""
        rows = await self.capture.rows_of(
            "SELECT convert_from(body, 'UTF8')::json->>'notification', attempts, trouble FROM pointer"
            " WHERE done_at IS NULL ORDER BY 1"
        )
        return [tuple(row) for row in rows]

    async def comes_to(self, wanted: list[tuple[Any, ...]]) -> None:
        """Wait until exactly this is still to be fetched."""
        end = monotonic() + 20
        while (found := await self.waiting()) != wanted:
            assert monotonic() < end, f"waited in vain for {wanted}; there is {found}"
            await asyncio.sleep(0.02)

    async def at_once(self) -> None:
        """The next tries are due now."""
        await self.capture.rows_of("UPDATE pointer SET next_at = now() RETURNING true")

    async def written(self) -> list[Any]:
        """What the fetcher wrote."""
        return await records_of(self.stack, f"{self.prefix}.received")


@pytest.fixture
async def world(stack: Endpoints, prefix: str, vendor: Vendor, rules: Iterator[Path]) -> AsyncIterator[World]:
    capture = await StoredCapture(stack.database_url, prefix).open()
    await create_topics(stack, [f"{prefix}.received"], PARTITIONS)
    yield World(stack, prefix, vendor, next(rules), capture)
    await capture.close()


@asynccontextmanager
async def working(fetcher: Fetcher) -> AsyncIterator[Fetcher]:
    """A fetcher that works while the block runs."""
    ended = asyncio.Event()
    task = asyncio.create_task(work(fetcher, ended))
    try:
        yield fetcher
    finally:
        ended.set()
        await task


async def test_a_notice_of_two_leads_becomes_two_leads(world: World) -> None:
    await world.noticed(11, "12")
    async with working(world.fetcher()):
        await world.comes_to([])
    records = await world.written()
    received = [decode(LEAD_RECEIVED, record.value) for record in records]
    assert {(one.source, one.authentication.method) for one in received} == {("meta_lead", "fetched")}
    consumed = [
        Consumed(LEAD_RECEIVED.name, 0, 100 + n, record.key, record.value, tuple(record.headers))
        for n, record in enumerate(records)
    ]
    told = await world.capture.transact(consumed)
    assert sorted(str(one.lead.email) for one in told) == ["joe11@works.example", "joe12@works.example"]
    assert {str(one.lead.source) for one in told} == {"meta_ads"}
    again = await world.capture.transact([replace(each, offset=200 + n) for n, each in enumerate(consumed)])
    assert [one.told for one in again] == ["duplicate", "duplicate"]


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("hang", "too_slow"), ("cut", "broken_answer"), (500, "vendor_fails"), (429, "throttled"), (404, "not_found"),
        ("redirect", "redirected"), ("huge", "too_large"), ("garbage", "not_readable"),
    ],
)  # fmt: skip
async def test_what_cannot_be_fetched_waits_is_visible_and_comes_in_the_end(
    world: World, trouble: Any, reason: str
) -> None:
    asked = 2 if trouble == "cut" else 1  # the client asks once more over a new connection
    world.vendor.script["11"] = [trouble] * asked
    await world.noticed(11)
    async with working(world.fetcher()) as fetcher:
        await world.comes_to([("11", 1, reason)])
        assert fetcher.registry.get_sample_value(
            "leadline_pointer_failures_total", {"source": "meta_lead_ads", "reason": reason}
        ) == 1  # fmt: skip
        await world.at_once()
        await world.comes_to([])
    assert len(await world.written()) == 1
    assert world.vendor.asked == ["11"] * (asked + 1)  # a redirect was not followed


async def test_a_token_that_ran_out_is_followed_by_the_other_live_one(world: World) -> None:
    world.vendor.tokens = {"new"}
    await world.noticed(11)
    async with working(world.fetcher(source_secrets={"meta_page_token": ("old", "new")})):
        await world.comes_to([])
    assert world.vendor.asked == ["11", "11"]


async def test_without_a_token_nobody_is_asked_and_the_notice_waits(world: World) -> None:
    await world.noticed(11)
    async with working(world.fetcher(source_secrets={})):
        await world.comes_to([("11", 1, "no_secret")])
    assert world.vendor.asked == []


async def test_a_host_of_ones_own_network_is_asked_only_if_settings_say_so(world: World) -> None:
    await world.noticed(11)
    async with working(world.fetcher(fetch_private_hosts=frozenset())):
        await world.comes_to([("11", 1, "not_https")])
    secure = world.rules / "sources" / "meta_lead_ads.yaml"
    secure.write_text(secure.read_text().replace("http://127.0.0.1", "https://localhost"))
    await world.at_once()
    async with working(world.fetcher(fetch_private_hosts=frozenset())):
        await world.comes_to([("11", 2, "not_public")])
    assert world.vendor.asked == []


async def test_an_id_that_would_be_another_address_is_never_asked_for(world: World) -> None:
    await world.noticed("../me")
    async with working(world.fetcher()):
        await world.comes_to([("../me", 1, "bad_pointer")])
    assert world.vendor.asked == []


async def test_killed_after_it_had_the_object_it_writes_the_same_bytes_again(world: World) -> None:
    await world.noticed(11)
    async with working(world.fetcher()):
        await world.comes_to([])
    # As if it had died between Kafka's acknowledgement and the note of it: the row is as it was before that note.
    (first,) = await world.written()
    kept = decode(LEAD_RECEIVED, first.value).body.encode().hex()
    await world.capture.rows_of(
        "UPDATE pointer SET done_at = NULL, next_at = now(), content_type = 'application/json; charset=utf-8',"
        f" fetched = '\\x{kept}' RETURNING true"
    )
    async with working(world.fetcher()):
        await world.comes_to([])
    again = await world.written()
    assert [(r.key, r.value) for r in again] == [(first.key, first.value)] * 2
    assert world.vendor.asked == ["11"]


async def test_a_fault_of_ours_with_one_object_leaves_the_others_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Vendors.get

    async def faulty(vendors: Vendors, fetch: Fetch, url: str, secrets: list[str]) -> Got:
        if "/11?" in url:
            raise RuntimeError("a bug")
        return await honest(vendors, fetch, url, secrets)

    monkeypatch.setattr(Vendors, "get", faulty)
    await world.noticed(11, 12)
    async with working(world.fetcher()):
        await world.comes_to([("11", 1, "unexpected")])
    assert world.vendor.asked == ["12"]


async def test_two_fetchers_ask_for_each_object_once(world: World) -> None:
    await world.noticed(*range(1, 41))
    async with working(world.fetcher()), working(world.fetcher()):
        await world.comes_to([])
    assert sorted(map(int, world.vendor.asked)) == list(range(1, 41))
    assert len(await world.written()) == 40


async def test_a_vendor_that_is_down_is_not_asked_for_every_lead(world: World) -> None:
    world.vendor.script = {str(n): [500] * 9 for n in range(1, 31)}
    await world.noticed(*range(1, 31))
    async with working(world.fetcher(fetch_at_once=1)):
        await until(lambda: len(world.vendor.asked) >= 5, "five tries")
        await asyncio.gather(*(world.at_once() for _ in range(3)))
    assert len(world.vendor.asked) <= 6
    assert len(await world.waiting()) == 30
