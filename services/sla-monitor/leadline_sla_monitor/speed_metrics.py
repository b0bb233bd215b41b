"""Speed to lead as histograms: the whole, its parts, and each hop on the way."""

from prometheus_client import CollectorRegistry, Histogram

from leadline_schemas.sla import LeadSla
from leadline_sla_monitor.core.hops import HOPS
from leadline_sla_monitor.core.policy import SlaRules

# Bounds beside those of the rules' targets. The first and the last keep a shape where a file promises only one thing.
SPEED = (60.0, 300.0, 900.0, 3600.0, 7200.0, 14400.0, 86400.0, 172800.0, 604800.0)
HOP = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # what a step takes; people take as long as SPEED says
KINDS = ("wall", "working", "system", "human", "closed")


class SpeedMetrics:
    """Each first human answer is observed once, each request's way to its first outcome once.

    Every target of the rules in force is a bound, so that "how many within the target" can be read exactly. A file with
    a target of a new length begins the histograms anew, as a restart would.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._made: list[Histogram] = []
        self._bounds: tuple[float, ...] = ()
        self.promised(frozenset())

    def promised(self, targets: frozenset[float]) -> None:
        """These lengths of targets, in seconds, are bounds from now on, beside those that always are."""
        speed = tuple(sorted({*SPEED, *targets}))
        if speed == self._bounds:
            return
        self._bounds = speed
        for old in self._made:
            self._registry.unregister(old)
        whole = "From the request to the first human answer: wall, working (open) time, and the parts of the whole"
        hops = tuple(sorted({*HOP, *speed}))  # a target may be shorter than a hop's usual time
        hop = "From the step before to this one, on the way from the request to its first human answer"
        by_kind = Histogram("leadline_speed_to_lead_seconds", whole, ("kind",), buckets=speed, registry=self._registry)
        by_hop = Histogram("leadline_speed_to_lead_hop_seconds", hop, ("hop",), buckets=hops, registry=self._registry)
        self._made = [by_kind, by_hop]
        self._whole = {kind: by_kind.labels(kind) for kind in KINDS}
        self._hop = {name: by_hop.labels(name) for name in HOPS}

    def observe(self, event: LeadSla) -> None:
        """What an event tells that is no correction of an earlier one."""
        if event.supersedes is not None:
            return
        for name, seconds in (event.hops or {}).items():
            if name in self._hop:
                self._hop[name].observe(seconds)
        if event.system_s is not None:
            for kind, seconds in parts(event).items():
                self._whole[kind].observe(seconds)


def parts(event: LeadSla) -> dict[str, float]:
    """The time to the first human answer that an event carries, and what it is made of, in seconds by KINDS.

    Time in quarantine is the system's: it counts from capture (rules B1.11). So system, human and closed sum to wall.
    """
    apart = event.quarantine_s or 0.0
    system, human, closed = (event.system_s or 0.0) + apart, event.human_s or 0.0, event.closed_s or 0.0
    working = system + human if event.working_s is None else event.working_s
    return {"wall": system + human + closed, "working": working, "system": system, "human": human, "closed": closed}


def targets(rules: SlaRules) -> frozenset[float]:
    """The lengths of all that the rules promise, in seconds."""
    rows = (*rules.policies, *rules.added)
    lengths = [rules.decision_within, *(t.within for row in rows for t in row.targets)]
    lengths += [row.reassign_after for row in rows if row.reassign_after is not None]
    return frozenset(length.total_seconds() for length in lengths)
