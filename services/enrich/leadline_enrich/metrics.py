"""Enrich's own metrics: facts by provider and outcome (committed ones only), the cache, the tables."""

from collections import Counter as Tally
from collections.abc import Sequence

from prometheus_client import Counter, Gauge

from leadline_runtime.decision import Emit
from leadline_schemas.enriched import LeadEnriched

FACTS = Counter("leadline_facts", "Facts published, by provider and outcome", ("provider", "outcome"))
CACHE = Counter("leadline_cache", "Keys asked of the cache, by outcome", ("outcome",))
CACHE_UP = Gauge("leadline_cache_up", "1 if the cache answered when it was asked last")
TABLE_ROWS = Gauge("leadline_table_rows", "Rows of a lookup table in force", ("table",))
TABLE_FAULTS = Gauge("leadline_table_faulty_rows", "Rows of a lookup table that had to be left out", ("table",))
TABLE_FAILED = Gauge("leadline_table_load_failed", "1 while the newest file of a table cannot be used", ("table",))


def start_at_zero() -> None:
    """Show the known label sets before the first lead."""
    for outcome in ("hit", "miss", "error", "skipped", "refused"):
        CACHE.labels(outcome).inc(0)


def count_cache(outcome: str, keys: int) -> None:
    """Keys that came out of the cache as `outcome`."""
    CACHE.labels(outcome).inc(keys)


def measure(events: Sequence[Emit[LeadEnriched]]) -> None:
    """Count the facts of events that are committed and published."""
    tally: Tally[tuple[str, str]] = Tally()
    for emit in events:
        if isinstance(emit.event, LeadEnriched):
            tally.update((fact.provider, fact.absent or fact.written) for fact in emit.event.facts.values())
    for (provider, outcome), number in tally.items():
        FACTS.labels(provider, outcome).inc(number)
