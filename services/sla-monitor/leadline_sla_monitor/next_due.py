"""When the next promise of each policy is due and how many are within the minute, for a page that is worth it for some
promises and not for others.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from leadline_sla_monitor.open_promises import OpenPromises, Queue

SOON: Final = timedelta(minutes=1)


def _now() -> datetime:
    return datetime.now(UTC)


class NextDue(Collector):
    """The next due time of each policy that the lanes' leads had since the start, how many leads are due soon: which
    policies there are is known by the leads.

    now: the machine's clock; it decides nothing but who is told.
    """

    def __init__(
        self, pictures: Callable[[], Collection[OpenPromises]], now: Callable[[], datetime] = _now
    ) -> None:  # fmt: skip
        self._pictures, self._now = pictures, now

    def describe(self) -> Iterable[Metric]:
        """See Collector: the names, without any sample."""
        yield from self._families()

    def collect(self) -> Iterable[Metric]:
        """See Collector."""
        queues: dict[str, list[Queue]] = {}
        for picture in self._pictures():
            for policy, queue in list(picture.due.by_policy.items()):
                queues.setdefault(policy, []).append(queue)
        now = self._now()
        following, soon = self._families()
        for policy, own in sorted(queues.items()):
            following.add_metric((policy,), earliest(queue.earliest() for queue in own))
            soon.add_metric((policy,), sum(queue.between(now, now + SOON) for queue in own))
        yield from (following, soon)

    def _families(self) -> tuple[GaugeMetricFamily, GaugeMetricFamily]:
        def family(name: str, text: str) -> GaugeMetricFamily:
            return GaugeMetricFamily(f"leadline_sla_{name}", text, labels=("policy",))

        return (
            family("next_due_timestamp_seconds", "When the next promise to a customer is due, by policy; 0 if none"),
            family("due_soon", "Leads with an open promise to the customer that is due within a minute, by policy"),
        )


def earliest(times: Iterable[datetime | None]) -> float:
    """As a POSIX time; 0: there is none."""
    return min((at.timestamp() for at in times if at is not None), default=0)
