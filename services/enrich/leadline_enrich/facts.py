"""What is asked outside of any transaction, a whole batch at a time: the firmographic table and the table of accounts.

Redis stands in front of the firmographic table. It changes no outcome: an answer counts only if it proves that it was
made from the very content in force; anything else, and everything while Redis is away, comes from the table itself.
"""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from leadline_enrich.core.answers import NOT_ASKED, NOT_FOUND, UNAVAILABLE, Answer, Gathered
from leadline_enrich.core.chain import ACCOUNT_PROVIDER
from leadline_enrich.core.company_domain import company_domain
from leadline_enrich.core.enrich_rules import EnrichRules
from leadline_enrich.core.rows import ACCOUNTS, FIRMOGRAPHICS, cache_key, from_cache, to_cache
from leadline_enrich.metrics import CACHE_UP, count_cache, start_at_zero
from leadline_enrich.settings import EnrichSettings
from leadline_enrich.state import Body
from leadline_enrich.tables import Table, WatchedTable
from leadline_runtime.decision import LeadState
from leadline_runtime.items import Record, Timer
from leadline_runtime.redis import Cache
from leadline_runtime.settings import load_settings
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import decode
from leadline_schemas.event import trusted
from leadline_schemas.views import CAPTURED_LOOKED_UP

PROVIDER = FIRMOGRAPHICS.name
_gathered = trusted(Gathered)


class ProviderFacts:
    """The facts port of enrich. Reads its settings and opens tables and cache at the first question."""

    def __init__(self, settings: EnrichSettings | None = None) -> None:
        self._settings = settings
        self._tables: tuple[WatchedTable, WatchedTable] | None = None
        self._cache: Cache | None = None

    async def gather(self, records: Sequence[Record[LeadCaptured]], rules: EnrichRules) -> Sequence[Gathered]:
        """What providers know of each lead's company, within the budget of one batch."""
        return await self._gather([record.value for record in records], rules)

    async def gather_due(
        self, timers: Sequence[Timer], states: Mapping[UUID, LeadState[Body]], rules: EnrichRules
    ) -> Sequence[Gathered]:
        """The same for leads whose alarm rang, as they were captured last."""
        return await self._gather([_captured(states.get(timer.lead_id)) for timer in timers], rules)

    async def close(self) -> None:
        """Let go of the cache's connections, wait for a table that is being read."""
        if self._cache is not None:
            await self._cache.close()
        for table in self._tables or ():
            await table.close()

    @property
    def cache_up(self) -> bool:
        """Did the cache answer when it was asked last?"""
        return self._cache is not None and self._cache.up

    async def _gather(self, leads: Sequence[LeadCaptured | None], rules: EnrichRules) -> Sequence[Gathered]:
        firmographics, accounts = self._opened()
        await self._refreshed((firmographics, accounts), rules.budget.total_seconds())
        domains = [_domain(captured, rules) for captured in leads]
        wanted = dict.fromkeys(
            domain
            for captured, domain in zip(leads, domains, strict=True)
            if captured is not None and domain is not None and _is_asked_about(captured)
        )
        known = await self._look_up(firmographics.current, list(wanted), rules)
        return [
            _gathered(
                domain=domain,
                answers={PROVIDER: known[domain], ACCOUNT_PROVIDER: _row(accounts.current, domain)}
                if domain in known
                else {PROVIDER: NOT_ASKED, ACCOUNT_PROVIDER: NOT_ASKED},
            )
            for domain in domains
        ]

    async def _look_up(
        self, table: Table | None, domains: Sequence[str], rules: EnrichRules
    ) -> Mapping[str | None, Answer]:
        if table is None or self._cache is None:
            return dict.fromkeys(domains, UNAVAILABLE)
        keys = {domain: cache_key(PROVIDER, table.digest, domain) for domain in domains}
        kept = await self._cache.get_many(list(keys.values()))
        known: dict[str | None, Answer] = {}
        new: dict[str, bytes] = {}
        for (domain, key), data in zip(keys.items(), kept, strict=True):
            answer = from_cache(data, key, table.digest) if data is not None else None
            if answer is None:
                if data is not None:
                    count_cache("refused", 1)
                answer = _row(table, domain)
                new[key] = to_cache(answer, key, table.digest)
            known[domain] = answer
        await self._cache.set_many(new, int(rules.cache_for.total_seconds()))
        CACHE_UP.set(self._cache.up)
        return known

    def _opened(self) -> tuple[WatchedTable, WatchedTable]:
        if self._tables is None:
            settings = self._settings or load_settings(EnrichSettings)
            self._tables = (
                WatchedTable(FIRMOGRAPHICS, settings.firmographics_file),
                WatchedTable(ACCOUNTS, settings.accounts_file),
            )
            self._cache = Cache(settings.redis_url.get_secret_value(), count_cache)
            start_at_zero()
        return self._tables

    async def _refreshed(self, tables: Sequence[WatchedTable], budget_s: float) -> None:
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


def _captured(state: LeadState[Body] | None) -> LeadCaptured | None:
    if state is None or not state.body.captured:
        return None
    return decode(CAPTURED_LOOKED_UP, state.body.captured)


def _is_asked_about(captured: LeadCaptured) -> bool:
    # Of a lead that is kept apart, or that became part of another, nobody outside is asked anything.
    return captured.quarantine is None and captured.merged_into is None


def _domain(captured: LeadCaptured | None, rules: EnrichRules) -> str | None:
    if captured is None:
        return None
    company = company_domain(captured.lead, rules.lists, rules.registrable)
    return company.domain if company else None


def _row(table: Table | None, domain: str | None) -> Answer:
    if table is None:
        return UNAVAILABLE
    return table.rows.get(domain or "", NOT_FOUND)
