"""The providers that the rules name, opened: tables are read, vendors are asked, each its own way and all at once."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from secrets import token_bytes

from leadline_enrich.asking import Asking
from leadline_enrich.core.answers import NO_CONSENT, NOT_ASKED, Answer
from leadline_enrich.core.chain import ACCOUNT_PROVIDER
from leadline_enrich.core.enrich_rules import EnrichRules, ProviderRules
from leadline_enrich.core.kept import Seal
from leadline_enrich.core.questions import Question
from leadline_enrich.core.rows import ACCOUNTS
from leadline_enrich.core.subjects import Subject, may_ask, question
from leadline_enrich.metrics import CACHE_UP, count_answers, count_cache, start_at_zero, start_provider
from leadline_enrich.providers.port import Provider
from leadline_enrich.providers.vendors import Vendors
from leadline_enrich.settings import EnrichSettings
from leadline_enrich.shared_answers import SharedAnswers
from leadline_enrich.tables import WatchedTable
from leadline_runtime.clock import PipelineClock
from leadline_runtime.redis import Cache

FRONT_S, BACK_S = 0.1, 2.0  # the longest that a call to Redis may take: within a batch, and beside batches
MakeProvider = Callable[[ProviderRules], Provider]


class Answering:
    """Everybody who is asked. `take_up` before each batch: rules and files may have changed."""

    def __init__(self, settings: EnrichSettings, clock: PipelineClock, make: MakeProvider | None) -> None:
        self._settings, self._clock = settings, clock
        self._http = Vendors(settings, now=clock.now)
        self._make = make or self._vendor
        self._cache, self._back = (
            Cache(settings.redis_url.get_secret_value(), count_cache, timeout_s=timeout_s)
            for timeout_s in (FRONT_S, BACK_S)
        )
        self._secret = secret_of(settings)
        self._accounts = WatchedTable(ACCOUNTS, settings.accounts_file)
        self._tables: dict[str, WatchedTable] = {}
        self._vendors: dict[str, Asking] = {}
        self._providers: tuple[ProviderRules, ...] = ()
        self._closing: set[asyncio.Task[None]] = set()
        start_at_zero()

    @property
    def cache_up(self) -> bool:
        """Did the cache answer when it was asked last?"""
        return self._cache.up

    async def take_up(self, rules: EnrichRules) -> None:
        """Open whom the rules name anew, let go of whom they no longer name, read tables that have changed."""
        if rules.providers is not self._providers:
            self._take_up(rules.providers)
        await _refreshed([self._accounts, *self._tables.values()], rules.budget.total_seconds())

    async def ask(
        self, subjects: Sequence[Subject | None], providers: Sequence[ProviderRules]
    ) -> Sequence[dict[str, Answer]]:
        """Per subject what each provider answers; nobody is asked about None."""
        said = await asyncio.gather(*(self._ask(one, subjects) for one in providers))
        accounts = [NOT_ASKED if each is None else self._accounts.answer(each.domain) for each in subjects]
        CACHE_UP.set(self._cache.up)
        names = [*(one.name for one in providers), ACCOUNT_PROVIDER]
        return [dict(zip(names, answers, strict=True)) for answers in zip(*said, accounts, strict=True)]

    async def close(self) -> None:
        """Let go of everything."""
        await asyncio.gather(*(vendor.close() for vendor in self._vendors.values()), *self._closing)
        await self._http.close()
        await self._cache.close()
        await self._back.close()
        for table in (self._accounts, *self._tables.values()):
            await table.close()

    def _take_up(self, providers: tuple[ProviderRules, ...]) -> None:
        names = {one.identity for one in providers}
        for name in self._vendors.keys() - names:
            closing = asyncio.create_task(self._vendors.pop(name).close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
        for name in self._tables.keys() - names:
            del self._tables[name]
        for one in providers:
            self._open(one)
        self._providers = providers

    def _open(self, one: ProviderRules) -> None:
        name = one.identity
        if name in self._tables or name in self._vendors:
            return
        start_provider(one.name)
        if one.table is not None:
            self._tables[name] = WatchedTable(one.table, self._file(one.file))
            return
        shared = SharedAnswers(self._cache, self._back, Seal(one.name, one.digest, self._secret))
        self._vendors[name] = Asking(self._make(one), shared, one.budget.total_seconds(), self._clock)

    def _vendor(self, one: ProviderRules) -> Provider:
        assert one.http is not None, "who is no table is asked over HTTP"
        return self._http.open(one.http)

    def _file(self, name: str | None) -> Path:
        return self._settings.firmographics_file if name is None else self._settings.tables_dir / name

    async def _ask(self, one: ProviderRules, subjects: Sequence[Subject | None]) -> list[Answer]:
        asked = [None if each is None or not may_ask(each, one) else question(each, one.inputs) for each in subjects]
        wanted = dict.fromkeys(each for each in asked if each is not None)
        name = one.identity
        if name in self._tables:
            table = self._tables[name]
            known: Mapping[Question, Answer] = {each: table.answer(each.domain or "") for each in wanted}
        else:
            known = await self._vendors[name].ask(wanted)
        count_answers(one.name, known.values())
        return [
            known[put] if put is not None else NOT_ASKED if each is None else NO_CONSENT
            for each, put in zip(subjects, asked, strict=True)
        ]


def secret_of(settings: EnrichSettings) -> bytes:
    """What instances share and Redis does not know; without any, each instance keeps answers for itself alone."""
    for secret in (settings.cache_secret, settings.database_url):
        if secret is not None and secret.get_secret_value():
            return blake2b(secret.get_secret_value().encode(), digest_size=32, person=b"leadline cache").digest()
    return token_bytes(32)


async def _refreshed(tables: Sequence[WatchedTable], budget_s: float) -> None:
    changed = [table for table in tables if table.changed()]
    if not changed:
        return
    reading = asyncio.gather(*(table.refresh() for table in changed))
    if not all(table.looked for table in changed):
        await reading  # at the start: before the first reading every lead would be incomplete
        return
    try:
        async with asyncio.timeout(budget_s):
            await reading
    except TimeoutError:
        return  # a large file: the one in force serves until the new one is read
