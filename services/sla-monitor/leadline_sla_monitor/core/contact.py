"""Contact rate: of the leads that were given to a person, those with whom there was talk both ways within 14 days
(rules B6.8). By when they were given first, so that a lead given a week ago is not held against anybody yet.

Minima, unions and newest revisions over events: neither their order nor repeats matter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from leadline_schemas.event import Instant, Model

WITHIN = timedelta(days=14)
BEFORE = timedelta(days=1)  # a call that led to the lead was talk with it, as for a promise (pre_contacted)
# What only happens when both say something; a mail or message of ours counts by the reply to it (rules B5.4).
BOTH_WAYS = frozenset({"call.connected", "call.inbound_answered", "meeting.held", "email.replied", "sms.received"})
SAID_BY_LEAD = frozenset({"chat.message"})
By = Literal["policy", "owner", "source"]
Given = tuple[datetime, str, str, int]  # when, to whom, from which source, its number among the lead's assignments


class _Lead(Model):
    source: str = "other"


class _Captured(Model):
    lead: _Lead = _Lead()
    aliases: tuple[UUID, ...] = ()
    canary: bool | None = None


class _Enriched(Model):
    captured: _Captured


class _Scored(Model):
    enriched: _Enriched


class ToldOfOwner(Model):
    """The part of `lead.routed` that tells who has a lead. See LeadRouted."""

    lead_id: UUID
    revision: int
    outcome: str
    assignment: int = 1
    owner: str | None = None
    assigned_at: Instant | None = None
    scored: _Scored


class _Actor(Model):
    kind: str


class _Act(Model):
    kind: str
    occurred_at: Instant
    actor: _Actor
    to: str = "lead"
    automated: bool = False
    historical: bool = False


class ToldOfAct(Model):
    """The part of `lead.activity` that tells of talk. See LeadActivity."""

    lead_id: UUID
    revision: int
    activity: _Act


@dataclass
class Contacted:
    """Leads given to a person in the window; `mature`: those whose 14 days are over."""

    assigned: int = 0
    contacted: int = 0
    mature: int = 0
    contacted_mature: int = 0

    @property
    def young(self) -> int:
        """How many have some of their 14 days left, contacted or not."""
        return self.assigned - self.mature

    @property
    def rate(self) -> float | None:
        """Contacted ones of those whose 14 days are over; None: there are none."""
        return self.contacted_mature / self.mature if self.mature else None


@dataclass
class Contacts:
    """When each lead was given to whom first, which leads are one, and when there was talk."""

    given: dict[UUID, Given] = field(default_factory=dict)
    talks: dict[UUID, set[datetime]] = field(default_factory=dict)
    _aliases: dict[UUID, tuple[int, tuple[UUID, ...]]] = field(default_factory=dict)

    def take_routed(self, told: ToldOfOwner) -> None:
        """Who has a lead, by one more event."""
        captured = told.scored.enriched.captured
        if captured.canary:
            return
        if told.revision >= self._aliases.get(told.lead_id, (0, ()))[0]:
            self._aliases[told.lead_id] = (told.revision, captured.aliases)
        if told.outcome == "person" and told.owner is not None and told.assigned_at is not None:
            new = (told.assigned_at, told.owner, captured.lead.source, told.assignment)
            self.given[told.lead_id] = min(self.given.get(told.lead_id, new), new)

    def take_act(self, told: ToldOfAct) -> None:
        """One more act."""
        act = told.activity
        both = act.kind in BOTH_WAYS or (act.kind in SAID_BY_LEAD and act.actor.kind == "lead")
        if both and act.to == "lead" and not act.automated and not act.historical:
            self.talks.setdefault(told.lead_id, set()).add(act.occurred_at)

    def rates(self, since: datetime, until: datetime, now: datetime, by: By) -> dict[str, Contacted]:
        """By owner or source, and of all together under the empty name. By policy there is no telling: all alone."""
        found: dict[str, Contacted] = {"": Contacted()}
        for (at, owner, source, number), talks in self._people():
            if number > 1 or not since <= at < until:  # not the first: it was given before what was read
                continue
            talked = any(at - BEFORE <= talk <= at + WITHIN for talk in talks)
            group = {"owner": owner, "source": source}.get(by)
            for each in (found[""], found.setdefault(group, Contacted()) if group else None):
                if each is not None:
                    each.assigned += 1
                    each.contacted += talked
                    if at + WITHIN <= now:
                        each.mature += 1
                        each.contacted_mature += talked
        return found

    def _people(self) -> Iterable[tuple[Given, set[datetime]]]:
        """Leads that are one person now are one, given when the first of them was."""
        roots = self._roots()
        given: dict[UUID, Given] = {}
        talks: dict[UUID, set[datetime]] = {}
        for lead, when in self.given.items():
            root = roots.get(lead, lead)
            given[root] = min(given.get(root, when), when)
        for lead, instants in self.talks.items():
            talks.setdefault(roots.get(lead, lead), set()).update(instants)
        return [(when, talks.get(root, set())) for root, when in given.items()]

    def _roots(self) -> Mapping[UUID, UUID]:
        """What each lead is part of by now, over those that it was part of before. Where two name each other (of one
        the newest event was not read) both are the smaller."""
        parts = {alias: root for root, (_, aliases) in self._aliases.items() for alias in aliases}
        roots: dict[UUID, UUID] = {}
        for alias in parts:
            way = [alias]
            while (root := parts.get(way[-1])) is not None and root not in way:
                way.append(root)
            roots[alias] = way[-1] if root is None else min(way[way.index(root) :])
        return roots
