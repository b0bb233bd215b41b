"""Enrich's own metrics: facts by provider, outcome and age (committed ones only), providers, the cache, the tables."""

from collections import Counter as Tally
from collections.abc import Iterable, Sequence

from prometheus_client import Counter, Gauge, Histogram

from leadline_enrich.core.answers import REASONS, Answer
from leadline_runtime.decision import Emit
from leadline_schemas.enriched import LeadEnriched

FACTS = Counter("leadline_facts", "Facts published, by provider and outcome", ("provider", "outcome"))
DAY_S = 86_400
FACT_AGE = Histogram(
    "leadline_fact_age_seconds",
    "How old the values that count were when they were published, by who says them",
    ("provider",),
    buckets=(60, 3600, DAY_S, 7 * DAY_S, 30 * DAY_S, 90 * DAY_S, 180 * DAY_S),
)
ANSWERS = Counter("leadline_provider_answers", "What providers said, by answer or reason", ("provider", "answer"))
CACHED = Counter(
    "leadline_provider_cached", "Answers that were kept, by where and what they say", ("provider", "where", "answer")
)
JOINED = Counter(
    "leadline_provider_joined",
    "Questions that somebody was asking: this process, or another",
    ("provider", "where"),
)
LATE = Counter("leadline_provider_late", "Answers that came after the batch had gone on without them", ("provider",))
IN_FLIGHT = Gauge("leadline_provider_in_flight", "Questions that are being asked just now", ("provider",))
CACHE = Counter("leadline_cache", "Keys asked of the cache, by outcome", ("outcome",))
CACHE_UP = Gauge("leadline_cache_up", "1 if the cache answered when it was asked last")
TABLE_ROWS = Gauge("leadline_table_rows", "Rows of a lookup table in force", ("table",))
TABLE_FAULTS = Gauge("leadline_table_faulty_rows", "Rows of a lookup table that had to be left out", ("table",))
TABLE_FAILED = Gauge("leadline_table_load_failed", "1 while the newest file of a table cannot be used", ("table",))
_aged: dict[str, Histogram] = {}  # of the providers that are asked; what the lead itself says is as old as the lead


def start_at_zero() -> None:
    """Show the known label sets before the first lead."""
    for outcome in ("hit", "miss", "error", "skipped", "refused"):
        CACHE.labels(outcome).inc(0)


def count_cache(outcome: str, keys: int) -> None:
    """Keys that came out of the cache as `outcome`."""
    CACHE.labels(outcome).inc(keys)


def start_provider(name: str) -> None:
    """Show what can be counted of a provider, before it is asked for the first time."""
    _aged[name] = FACT_AGE.labels(name)
    for answer in ("found", "not_found", "no_consent", *REASONS):
        ANSWERS.labels(name, answer).inc(0)
    for outcome in ("filled", "refreshed", "refused"):
        FACTS.labels(name, outcome).inc(0)
    for where in ("process", "redis"):
        JOINED.labels(name, where).inc(0)
        for answer in ("found", "not_found"):
            CACHED.labels(name, where, answer).inc(0)
    LATE.labels(name).inc(0)
    IN_FLIGHT.labels(name).set(0)


def count_answers(provider: str, answers: Iterable[Answer]) -> None:
    """What a provider said to the questions of one batch."""
    for answer, number in Tally(each.reason or each.status for each in answers).items():
        ANSWERS.labels(provider, answer).inc(number)


def measure(events: Sequence[Emit[LeadEnriched]]) -> None:
    """Count the facts of events that are committed and published."""
    tally: Tally[tuple[str, str]] = Tally()
    for emit in events:
        if isinstance(emit.event, LeadEnriched):
            tally.update((fact.provider, fact.absent or fact.written) for fact in emit.event.facts.values())
            _measure_ages(emit.event)
    for (provider, outcome), number in tally.items():
        FACTS.labels(provider, outcome).inc(number)


def _measure_ages(event: LeadEnriched) -> None:
    now = event.basis.decided_at
    for fact in event.facts.values():
        aged = _aged.get(fact.provider)
        if aged is not None and fact.value is not None and fact.written != "refused":
            aged.observe(max(0.0, (now - fact.at).total_seconds()))
