"""Notify's own metrics. Labels are names of notify.yaml and of closed lists, never of people."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, get_args

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from leadline_notify.core.content import CHANNELS, KINDS
from leadline_notify.core.notices import Notice
from leadline_notify.delivery.result import Ending

DELAY: Final = (0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400)
OPEN: Final = ("waiting", "ready")
DROPS: Final = (
    "no_contact", "answered", "cancelled", "deadline_moved", "breached_since", "a_later_warning", "moved_on",
    "retracted", "nothing_to_take_back", "merged", "quarantined",
)  # fmt: skip


class NotifyMetrics:
    """The metrics of one instance; gauges about the table tell of all instances' notices."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"leadline_notify_{name}", text, labels, registry=registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"leadline_notify_{name}", text, labels, registry=registry)

        self.registry = registry
        self.notices = counter("notices", "Notices made", "kind", "channel")
        self.needless = counter("dropped", "Notices that needed not or could not be made or sent, by why", "reason")
        self.tries = counter("tries", "Calls of endpoints by what they gave", "endpoint", "result")
        self.over = counter("ended", "Notices that are over: sent, digested or dead", "channel", "ending")
        self.delay = Histogram(
            "leadline_notify_delay_seconds",
            "From when a notice might go out to when it was sent",
            ("channel",),
            buckets=DELAY,
            registry=registry,
        )
        self.open = gauge("open", "Notices on their way: waiting for their time, or ready to be sent", "status")
        self.next_try = gauge(
            "next_try_timestamp_seconds", "When the next try of a ready notice is or was due; 0: none", "endpoint"
        )
        self.contacts = gauge("contacts", "People and programs that notify.yaml tells how to reach; 0: nobody is told")
        self.dead = gauge("dead", "Notices given up, until they are retried or forgotten", "endpoint")
        self.failing = gauge(
            "endpoint_failing_since_timestamp_seconds", "Since when an endpoint takes nothing; 0: it does", "endpoint"
        )
        self.disabled = gauge("endpoint_disabled", "1: it said that it is gone, and is not called", "endpoint")
        self.looks = gauge("looked_timestamp_seconds", "When this instance last looked for what is due")
        self._endpoints: set[str] = set()
        self._tried: set[str] = set()
        self._start_at_zero()

    def made(self, notices: Iterable[Notice]) -> None:
        """See leadline_notify.store.Counters."""
        for each in notices:
            self.notices.labels(each.content.kind, each.channel).inc()

    def dropped(self, reasons: Iterable[str]) -> None:
        """See Counters."""
        for reason in reasons:
            self.needless.labels(reason).inc()

    def tried(self, endpoint: str, result: str) -> None:
        """See leadline_notify.delivery.counted.Counted."""
        self.tries.labels(endpoint, result).inc()

    def ended(self, channel: str, ending: Ending, number: int = 1) -> None:
        """See Counted."""
        self.over.labels(channel, ending).inc(number)

    def took(self, channel: str, time: timedelta) -> None:
        """See Counted."""
        self.delay.labels(channel).observe(max(time.total_seconds(), 0.0))

    def looked(self) -> None:
        """See Counted."""
        self.looks.set_to_current_time()

    def tell_open(self, number: Mapping[str, int], next_try: Mapping[str, datetime]) -> None:
        """How many wait for their time, and how many are ready; when each endpoint is tried next."""
        for status in OPEN:
            self.open.labels(status).set(number.get(status, 0))
        for endpoint in {*next_try, *self._tried}:
            at = next_try.get(endpoint)
            self.next_try.labels(endpoint).set(at.timestamp() if at is not None else 0)
        self._tried |= {*next_try}

    def tell_endpoints(self, dead: Mapping[str, int], standing: Mapping[str, tuple[datetime | None, bool]]) -> None:
        """Dead notices by endpoint; since when each that is called fails, and whether it is gone."""
        for endpoint in {*dead, *standing, *self._endpoints}:
            since, gone = standing.get(endpoint, (None, False))
            self.dead.labels(endpoint).set(dead.get(endpoint, 0))
            self.failing.labels(endpoint).set(since.timestamp() if since is not None else 0)
            self.disabled.labels(endpoint).set(gone)
        self._endpoints |= {*dead, *standing}

    def _start_at_zero(self) -> None:
        for kind in KINDS:
            for channel in CHANNELS:
                self.notices.labels(kind, channel).inc(0)
        for channel in CHANNELS:
            self.delay.labels(channel)
            for ending in get_args(Ending):
                self.over.labels(channel, ending).inc(0)
        for reason in DROPS:
            self.needless.labels(reason).inc(0)
        self.tell_open({}, {})


METRICS = NotifyMetrics()
