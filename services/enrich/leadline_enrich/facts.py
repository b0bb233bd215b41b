"""What is asked outside of any transaction, a whole batch at a time: the providers of the rules, the table of accounts.

All are asked at once, and no lead waits for longer than the budget: who has not answered by then is told as absent with
the reason, and what he says later is kept for the lead's alarm, which rings soon (core/completeness.py).
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from leadline_enrich.answering import Answering, MakeProvider
from leadline_enrich.core.answers import Gathered
from leadline_enrich.core.enrich_rules import EnrichRules
from leadline_enrich.core.subjects import domain_of, subject_of
from leadline_enrich.settings import EnrichSettings
from leadline_enrich.state import Body
from leadline_runtime.clock import PipelineClock
from leadline_runtime.decision import LeadState
from leadline_runtime.items import Record, Timer
from leadline_runtime.settings import load_settings
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import decode
from leadline_schemas.event import trusted
from leadline_schemas.views import CAPTURED_LOOKED_UP

_gathered = trusted(Gathered)


class ProviderFacts:
    """The facts port of enrich. Reads its settings and opens tables and cache at the first question."""

    def __init__(self, settings: EnrichSettings | None = None, make: MakeProvider | None = None) -> None:
        self.clock = PipelineClock()
        self._settings, self._make = settings, make
        self._answering: Answering | None = None

    async def gather(self, records: Sequence[Record[LeadCaptured]], rules: EnrichRules) -> Sequence[Gathered]:
        """What providers know of each lead's company, within the budget of one batch."""
        return await self._gather([record.value for record in records], rules)

    async def gather_due(
        self, timers: Sequence[Timer], states: Mapping[UUID, LeadState[Body]], rules: EnrichRules
    ) -> Sequence[Gathered]:
        """The same for leads whose alarm rang, as they were captured last."""
        return await self._gather([_captured(states.get(timer.lead_id)) for timer in timers], rules)

    async def close(self) -> None:
        """Let go of connections and of what is in flight, wait for a table that is being read."""
        if self._answering is not None:
            await self._answering.close()

    @property
    def cache_up(self) -> bool:
        """Did the cache answer when it was asked last?"""
        return self._answering is not None and self._answering.cache_up

    async def _gather(self, leads: Sequence[LeadCaptured | None], rules: EnrichRules) -> Sequence[Gathered]:
        if self._answering is None:
            settings = self._settings or load_settings(EnrichSettings)
            self._answering = Answering(settings, self.clock, self._make)
        await self._answering.take_up(rules)
        domains = [None if captured is None else domain_of(captured, rules) for captured in leads]
        subjects = [
            None if captured is None else subject_of(captured, domain)
            for captured, domain in zip(leads, domains, strict=True)
        ]
        answers = await self._answering.ask(subjects, rules.providers)
        return [_gathered(domain=domain, answers=said) for domain, said in zip(domains, answers, strict=True)]


def _captured(state: LeadState[Body] | None) -> LeadCaptured | None:
    if state is None or not state.body.captured:
        return None
    return decode(CAPTURED_LOOKED_UP, state.body.captured)
