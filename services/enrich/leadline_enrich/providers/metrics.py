"""Metrics of vendors that are asked over HTTP: requests and their time, breakers, what was held back or refused."""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

from leadline_enrich.core.answers import REASONS
from leadline_runtime.metrics import SECONDS

REQUESTS = Counter("leadline_provider_requests", "Requests to vendors, by what they gave", ("provider", "outcome"))
REQUEST_SECONDS = Histogram(
    "leadline_provider_request_seconds", "Time of one request to a vendor", ("provider",), buckets=SECONDS
)
BREAKER_OPEN = Gauge("leadline_provider_breaker_open", "1 while a vendor is left alone, or tried again", ("provider",))
HELD_BACK = Counter(
    "leadline_provider_held_back",
    "Questions that were not put, by why: the breaker, the vendor's own Retry-After, our rate, no room",
    ("provider", "by"),
)
REFUSED_VALUES = Counter(
    "leadline_provider_refused_values", "Values of vendors that were not of their kind", ("provider", "value")
)
HELD_BY = ("breaker", "retry_after", "rate", "room")
# Reasons of questions that became no request. A request with a whole answer, with values or without, is "answered".
_NO_REQUEST = frozenset({"breaker_open", "no_secret", "closed"})


def start_vendor(name: str, values: Iterable[str]) -> None:
    """Show what can be counted of a vendor, before he is asked for the first time."""
    for outcome in ("answered", *(reason for reason in REASONS if reason not in _NO_REQUEST)):
        REQUESTS.labels(name, outcome).inc(0)
    for by in HELD_BY:
        HELD_BACK.labels(name, by).inc(0)
    for value in values:
        REFUSED_VALUES.labels(name, value).inc(0)
    REQUEST_SECONDS.labels(name)
    BREAKER_OPEN.labels(name).set(0)
