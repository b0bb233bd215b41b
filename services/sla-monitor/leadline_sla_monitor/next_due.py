"""When the next promise of each policy is due, for a page that is worth it for some promises and not for others."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from leadline_sla_monitor.open_promises import OpenPromises, Queue


class NextDue(Collector):
    """The next due time of each policy that the lanes' leads had since the start: which there are is known by them."""

    def __init__(self, pictures: Callable[[], Collection[OpenPromises]]) -> None:
        self._pictures = pictures

    def describe(self) -> Iterable[Metric]:
        """See Collector: the name, without any sample."""
        yield self._family()

    def collect(self) -> Iterable[Metric]:
        """See Collector."""
        queues: dict[str, list[Queue]] = {}
        for picture in self._pictures():
            for policy, queue in list(picture.due.by_policy.items()):
                queues.setdefault(policy, []).append(queue)
        family = self._family()
        for policy in sorted(queues):
            family.add_metric((policy,), earliest(queue.earliest() for queue in queues[policy]))
        yield family

    def _family(self) -> GaugeMetricFamily:
        text = "When the next promise to a customer is due, by policy; 0 if none"
        return GaugeMetricFamily("leadline_sla_next_due_timestamp_seconds", text, labels=("policy",))


def earliest(times: Iterable[datetime | None]) -> float:
    """As a POSIX time; 0: there is none."""
    return min((at.timestamp() for at in times if at is not None), default=0)
