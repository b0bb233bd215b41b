"""A real Redis in front of a vendor: flushed, wrong, full of lies or gone, no outcome changes; and each asks once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from leadline_enrich.answering import secret_of
from leadline_enrich.core.answers import Answer, Gathered
from leadline_enrich.core.kept import Kept, Seal
from leadline_enrich.core.questions import Question
from leadline_enrich.decide import decide
from leadline_enrich.facts import ProviderFacts
from leadline_enrich.settings import EnrichSettings
from leadline_local.endpoints import Endpoints
from leadline_runtime.clock import PipelineClock
from leadline_runtime.step import NoView
from leadline_schemas.codec import encode
from leadline_schemas.topics import LEAD_ENRICHED
from tests.support.running import until
from tests.unit.enrich.leads import NOW, SECOND, captured, grounds, record, told
from tests.unit.enrich.test_tables import HEAD, written
from tests.unit.enrich.vendors import Vendor, rules_with

pytestmark = pytest.mark.stack
RULES = rules_with(budget=20 * SECOND)


def says(question: Question) -> Answer:
    """Ten companies are known, by the number in their name."""
    number = int((question.domain or "").partition(".")[0].rpartition("-")[2])
    found = Answer(status="found", values={"employees": 100 + number, "industry": "logistics"})
    return found if number < 10 else Answer(status="not_found")


@pytest.fixture
def settings(tmp_path: Path, stack: Endpoints) -> EnrichSettings:
    return EnrichSettings(
        redis_url=SecretStr(stack.redis_url),
        database_url=SecretStr(stack.database_url),
        firmographics_file=written(tmp_path / "firmographics.csv", HEAD),
        accounts_file=written(tmp_path / "accounts.csv", "domain,status,owner\n"),
    )


@pytest.fixture
async def redis(stack: Endpoints) -> AsyncIterator[Redis]:
    client = Redis.from_url(stack.redis_url)
    yield client
    await client.aclose()


class Instance:
    """One instance of enrich, which remembers nothing, and its vendor."""

    def __init__(self, settings: EnrichSettings) -> None:
        self.vendor = Vendor(says)
        self.facts = ProviderFacts(settings, make=lambda rules: self.vendor)
        self.facts.clock = PipelineClock()
        self.facts.clock.tell(NOW, 0.0)

    async def outcome(self, prefix: str) -> list[bytes]:
        """Twelve leads, two of them of unknown companies, as the bytes that would be published."""
        leads = [captured(lead={"email": f"ann@{prefix}-{n}.example"}) for n in range(12)]
        items = [record(lead) for lead in leads]
        found: Sequence[Gathered] = await self.facts.gather(items, RULES)
        return [
            encode(LEAD_ENRICHED, told(decide(item, None, NoView(), grounds(item, one, NOW + SECOND, RULES))))
            for item, one in zip(items, found, strict=True)
        ]


async def fresh(settings: EnrichSettings, prefix: str) -> tuple[list[bytes], int]:
    """What an instance that was just started publishes, and how often it had to ask."""
    instance = Instance(settings)
    found = await instance.outcome(prefix)
    await instance.facts.close()
    return found, len(instance.vendor.asked)


def keys(settings: EnrichSettings, prefix: str) -> list[str]:
    seal = Seal("vendor", "digest", secret_of(settings))
    return [seal.key(Question(f"{prefix}-{n}.example")) for n in range(12)]


async def kept(redis: Redis, settings: EnrichSettings, prefix: str) -> list[bytes]:
    """The answers in Redis, once all have been written."""
    async with asyncio.timeout(20):
        while not all(found := await redis.mget(keys(settings, prefix))):
            """Each look is a question to Redis: that is wait enough."""
    return [bytes(each) for each in found if isinstance(each, bytes)]


async def test_what_was_asked_once_is_known_to_every_instance(
    settings: EnrichSettings, redis: Redis, prefix: str
) -> None:
    instance = Instance(settings)
    first = await instance.outcome(prefix)
    await kept(redis, settings, prefix)
    own = keys(settings, prefix)
    assert 3600 < await redis.ttl(own[0]) <= 24 * 3600
    assert 0 < await redis.ttl(own[11]) <= 3600  # that there is no such company is kept for a shorter time
    assert await fresh(settings, prefix) == (first, 0)
    assert len(instance.vendor.asked) == 12
    await instance.facts.close()


async def test_two_instances_at_once_ask_once(settings: EnrichSettings, redis: Redis, prefix: str) -> None:
    one, other = Instance(settings), Instance(settings)
    first, second = await asyncio.gather(one.outcome(prefix), other.outcome(prefix))
    assert first == second
    assert len(one.vendor.asked) + len(other.vendor.asked) == 12
    for instance in (one, other):
        await instance.facts.close()


async def test_who_asked_and_died_is_waited_for_no_longer_than_his_lock(
    settings: EnrichSettings, redis: Redis, prefix: str
) -> None:
    own = keys(settings, prefix)
    for key in own:
        await redis.set(f"{key}:asking", b"", px=300)
    found, asked = await fresh(settings, prefix)
    assert asked == 12
    assert b'"employees":100' in found[0]


async def test_who_asks_and_gets_no_answer_lets_the_other_ask(
    settings: EnrichSettings, redis: Redis, prefix: str
) -> None:
    one, other = Instance(settings), Instance(settings)
    one.vendor.says = lambda question: Answer(status="unavailable", reason="throttled")
    one.vendor.open.clear()
    asking = asyncio.create_task(one.outcome(prefix))
    await until(lambda: len(one.vendor.asked) == 12, "the first to ask")
    others = asyncio.create_task(other.outcome(prefix))
    one.vendor.open.set()
    await asking
    assert b'"employees":100' in (await others)[0]
    assert len(other.vendor.asked) == 12
    for instance in (one, other):
        await instance.facts.close()


async def test_flushed_between_any_two_questions(settings: EnrichSettings, redis: Redis, prefix: str) -> None:
    first = (await fresh(settings, prefix))[0]
    for _ in range(3):
        await redis.delete(*keys(settings, prefix))
        assert await fresh(settings, prefix) == (first, 12)


async def test_flushed_all_the_time(settings: EnrichSettings, redis: Redis, prefix: str) -> None:
    first = (await fresh(settings, prefix))[0]
    done = asyncio.Event()
    own = keys(settings, prefix)

    async def flush() -> None:
        while not done.is_set():
            await redis.delete(*own, *(f"{key}:asking" for key in own))

    flushing = asyncio.create_task(flush())
    for _ in range(20):
        assert (await fresh(settings, prefix))[0] == first
    done.set()
    await flushing


async def test_wrong_data_is_not_believed(settings: EnrichSettings, redis: Redis, prefix: str) -> None:
    first = (await fresh(settings, prefix))[0]
    own, answers = keys(settings, prefix), await kept(redis, settings, prefix)
    for lie in (b"", b"\x00" * 40, answers[1], b'{"employees": 9}', answers[0][:-1], answers[0] + b" "):
        await redis.set(own[0], lie)
        assert await fresh(settings, prefix) == (first, 1)
        assert (await kept(redis, settings, prefix))[0][24:] == answers[0][24:]  # mended
    await redis.delete(own[2])
    await redis.lpush(own[2], "a list")
    assert (await fresh(settings, prefix))[0] == first


async def test_what_somebody_else_signed_is_not_believed(settings: EnrichSettings, redis: Redis, prefix: str) -> None:
    first = (await fresh(settings, prefix))[0]
    key = keys(settings, prefix)[0]
    lie = Kept(Answer(status="found", values={"employees": 9}), 2**40)
    await redis.set(key, Seal("vendor", "digest", b"a guessed secret").close(lie, key))
    assert await fresh(settings, prefix) == (first, 1)


async def test_what_was_kept_beyond_its_time_is_asked_anew(settings: EnrichSettings, redis: Redis, prefix: str) -> None:
    key = keys(settings, prefix)[0]
    old = Kept(Answer(status="found", values={"employees": 9}), 1_700_000_000)
    await redis.set(key, Seal("vendor", "digest", secret_of(settings)).close(old, key))
    found, asked = await fresh(settings, prefix)
    assert asked == 12
    assert b'"employees":100' in found[0]


async def test_away_and_back(settings: EnrichSettings, stack: Endpoints, prefix: str) -> None:
    """A door to Redis that is closed and opened: connections are cut, later refused, later accepted again."""
    host, port = stack.redis_url.rpartition("@")[2].partition("/")[0].split(":")
    cut: list[asyncio.StreamWriter] = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(host, int(port))
        cut.extend((writer, there[1]))
        await asyncio.gather(pump(reader, there[1]), pump(there[0], writer), return_exceptions=True)

    door = await asyncio.start_server(carry, "127.0.0.1", 0)
    own = door.sockets[0].getsockname()[1]
    through = stack.redis_url.replace(f"{host}:{port}", f"127.0.0.1:{own}")
    instance = Instance(settings.model_copy(update={"redis_url": SecretStr(through)}))
    first = await instance.outcome(prefix + "a")
    assert instance.facts.cache_up

    door.close()
    for writer in cut:
        writer.close()
    assert await instance.outcome(prefix + "b")
    assert not instance.facts.cache_up
    assert await instance.outcome(prefix + "a") == first

    door = await asyncio.start_server(carry, "127.0.0.1", own)
    async with asyncio.timeout(20):
        while not instance.facts.cache_up:
            assert await instance.outcome(f"{prefix}{len(instance.vendor.asked)}")
            await asyncio.sleep(0.05)
    await instance.facts.close()
    door.close()
