"""A real Redis in front of the firmographic table: flushed, wrong, full of lies or gone, no outcome changes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from leadline_enrich.core.answers import Gathered
from leadline_enrich.core.rows import FIRMOGRAPHICS, cache_key, to_cache
from leadline_enrich.decide import decide
from leadline_enrich.facts import ProviderFacts
from leadline_enrich.settings import EnrichSettings
from leadline_enrich.tables import read_table
from leadline_local.endpoints import Endpoints
from leadline_runtime.step import NoView
from leadline_schemas.codec import encode
from leadline_schemas.topics import LEAD_ENRICHED
from tests.unit.enrich.leads import NOW, RULES, SECOND, captured, grounds, record, told
from tests.unit.enrich.test_tables import HEAD, written

pytestmark = pytest.mark.stack


@pytest.fixture
def settings(tmp_path: Path, stack: Endpoints, prefix: str) -> EnrichSettings:
    """Tables of companies that no other test asks about."""
    rows = "".join(f"{prefix}{n}.example,{100 + n},logistics\n" for n in range(10))
    return EnrichSettings(
        redis_url=SecretStr(stack.redis_url),
        firmographics_file=written(tmp_path / "firmographics.csv", HEAD + rows),
        accounts_file=written(tmp_path / "accounts.csv", "domain,status,owner\n"),
    )


@pytest.fixture
async def redis(stack: Endpoints) -> AsyncIterator[Redis]:
    client = Redis.from_url(stack.redis_url)
    yield client
    await client.aclose()


def keys(settings: EnrichSettings, prefix: str) -> list[str]:
    digest = read_table(FIRMOGRAPHICS, settings.firmographics_file).digest
    return [cache_key("firmographics", digest, f"{prefix}{n}.example") for n in range(12)]


async def outcome(facts: ProviderFacts, prefix: str) -> list[bytes]:
    """Twelve leads, two of them of unknown companies, as the bytes that would be published."""
    leads = [captured(lead={"email": f"ann@{prefix}{n}.example"}) for n in range(12)]
    items = [record(lead) for lead in leads]
    found: Sequence[Gathered] = await facts.gather(items, RULES)
    return [
        encode(LEAD_ENRICHED, told(decide(item, None, NoView(), grounds(item, one, NOW + SECOND))))
        for item, one in zip(items, found, strict=True)
    ]


async def test_what_was_asked_once_is_kept(settings: EnrichSettings, redis: Redis, prefix: str) -> None:
    facts = ProviderFacts(settings)
    first = await outcome(facts, prefix)
    kept = await redis.mget(keys(settings, prefix))
    assert all(kept)
    assert 0 < await redis.ttl(keys(settings, prefix)[0]) <= RULES.cache_for.total_seconds()
    assert await outcome(facts, prefix) == first
    await facts.close()


async def test_flushed_between_any_two_questions(settings: EnrichSettings, redis: Redis, prefix: str) -> None:
    facts = ProviderFacts(settings)
    first = await outcome(facts, prefix)
    for _ in range(3):
        await redis.delete(*keys(settings, prefix))
        assert await outcome(facts, prefix) == first
    await facts.close()


async def test_flushed_all_the_time(settings: EnrichSettings, redis: Redis, prefix: str) -> None:
    facts = ProviderFacts(settings)
    first = await outcome(facts, prefix)
    done = asyncio.Event()

    async def flush() -> None:
        while not done.is_set():
            await redis.delete(*keys(settings, prefix))

    flushing = asyncio.create_task(flush())
    for _ in range(30):
        assert await outcome(facts, prefix) == first
    done.set()
    await flushing
    await facts.close()


async def test_wrong_data_is_not_believed(settings: EnrichSettings, redis: Redis, prefix: str) -> None:
    facts = ProviderFacts(settings)
    first = await outcome(facts, prefix)
    own = keys(settings, prefix)
    answers = [bytes(kept) for kept in await redis.mget(own) if isinstance(kept, bytes)]
    for lie in (b"", b"\x00" * 40, answers[1], b'{"employees": 9}', answers[0][:-1], answers[0] + b" "):
        await redis.set(own[0], lie)
        assert await outcome(facts, prefix) == first
        assert await redis.get(own[0]) == answers[0]  # mended
    await redis.delete(own[2])
    await redis.lpush(own[2], "a list")
    assert await outcome(facts, prefix) == first
    await facts.close()


async def test_an_answer_of_yesterdays_table_is_not_read(settings: EnrichSettings, redis: Redis, prefix: str) -> None:
    facts = ProviderFacts(settings)
    await outcome(facts, prefix)
    written(settings.firmographics_file, HEAD + f"{prefix}0.example,900,retail\n")
    new = await outcome(facts, prefix)
    assert b'"employees":900' in new[0]
    fresh = ProviderFacts(settings)
    assert await outcome(fresh, prefix) == new
    await facts.close()
    await fresh.close()


async def test_a_table_that_somebody_else_signed_is_not_believed(
    settings: EnrichSettings, redis: Redis, prefix: str
) -> None:
    facts = ProviderFacts(settings)
    first = await outcome(facts, prefix)
    key = keys(settings, prefix)[0]
    other = (await facts.gather([record(captured(lead={"email": f"a@{prefix}1.example"}))], RULES))[0]
    await redis.set(key, to_cache(other.answers["firmographics"], key, b"another table's digest"))
    assert await outcome(facts, prefix) == first
    await facts.close()


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
    facts = ProviderFacts(settings.model_copy(update={"redis_url": SecretStr(through)}))
    first = await outcome(facts, prefix)
    assert facts.cache_up

    door.close()
    for writer in cut:
        writer.close()
    assert await outcome(facts, prefix) == first
    assert not facts.cache_up
    assert await outcome(facts, prefix) == first

    door = await asyncio.start_server(carry, "127.0.0.1", own)
    async with asyncio.timeout(20):
        while not facts.cache_up:
            assert await outcome(facts, prefix) == first
            await asyncio.sleep(0.05)
    await facts.close()
    door.close()
