"""Arming: a request, a cycle or an assignment becomes promises with due times, fixed from then on (rules B5.6)."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from leadline_runtime.core.calendar import due, open_fractions
from leadline_runtime.core.values import dataclass
from leadline_sla_monitor.core.asked import Asked
from leadline_sla_monitor.core.cycle import Cycle
from leadline_sla_monitor.core.policy import Policy, SlaRules, Target
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.routing import Routing

DECISION, OWNER_RESPONSE = "decision", "owner_response"


@dataclass(frozen=True, slots=True)
class Arming:
    """Arms the promises of one lead at one instant under the rules in force."""

    lead: UUID
    rules: SlaRules
    now: datetime

    def decision(self, asked: Asked) -> Promise:
        """The system's own promise: an outcome within a minute of receipt, or of release if it was kept apart."""
        start = asked.received_at if asked.released_at is None else max(asked.received_at, asked.released_at)
        within = self.rules.decision_within
        return Promise(
            clock="decision", target=DECISION, lead=self.lead, cycle=asked.id, number=1, policy=None, mode="wall",
            calendar=None, calendar_version=None, duration=within, start=start, due_at=start + within,
            received_at=asked.received_at, origin=asked.origin,
        )  # fmt: skip

    def customer(self, cycle: Cycle, number: int) -> Iterator[Promise]:
        """The promises to the customer: those of the cycle's policies that can be kept at all."""
        asked = cycle.asked
        for name in (asked.policy, *asked.added):
            policy = self.rules.by_name.get(name or "")  # gone if the rules changed since the request was routed
            for target in policy.targets if policy else ():
                if not asked.cannot or not all(answer in asked.cannot for answer in target.answers(asked.nurture)):
                    yield self._customer(cycle, number, policy.name if policy else "", target)

    def owner(self, cycle: Cycle, number: int, routing: Routing) -> Promise | None:
        """The owner's clock for one assignment; None if the cycle's policy takes the lead from nobody."""
        policy: Policy | None = self.rules.by_name.get(cycle.asked.policy or "")
        if policy is None or policy.reassign_after is None:
            return None
        calendar = self.rules.calendar(routing.territory)
        start = routing.assigned_at or routing.at
        return Promise(
            clock="owner", target=OWNER_RESPONSE, lead=self.lead, cycle=cycle.id, number=number, policy=policy.name,
            mode="working", calendar=calendar.name, calendar_version=calendar.version,
            duration=policy.reassign_after, start=start, due_at=due(calendar, start, policy.reassign_after, "working"),
            answered_by=("touch",), tell=("owner", "manager"), assignment=routing.assignment,
            owner=routing.owner, received_at=cycle.asked.received_at,
        )  # fmt: skip

    def _customer(self, cycle: Cycle, number: int, policy: str, target: Target) -> Promise:
        asked = cycle.asked
        calendar = self.rules.calendar(target.calendar or asked.territory)
        start = _start(cycle, target)
        due_at = due(calendar, start, target.within, target.mode)
        return Promise(
            clock="customer", target=target.name, lead=self.lead, cycle=cycle.id, number=number, policy=policy,
            mode=target.mode, calendar=calendar.name, calendar_version=calendar.version, duration=target.within,
            start=start, due_at=due_at, answered_by=target.answers(asked.nurture),
            warnings=tuple(zip(target.warnings, open_fractions(calendar, start, due_at, target.shares), strict=True)),
            tell=target.tell, received_at=asked.received_at, origin=asked.origin, ladder=target.kept_ladder,
        )  # fmt: skip


def _start(cycle: Cycle, target: Target) -> datetime:
    asked = cycle.asked
    if target.after_event and asked.event_end is not None and cycle.id == asked.id:
        return max(asked.event_end, asked.released_at or asked.event_end)
    return cycle.start
