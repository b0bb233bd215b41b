"""What happens is known to nobody until it arrives: late, twice, in any order; then to the monitor and to a reference.

The models of this folder stand on it: each says what happens, what its reference learns, and what both must say.
`LEADLINE_SLA_EXAMPLES=500` looks longer.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from leadline_schemas.activity import Activity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.routed import LeadRouted
from tests.support.sla_story import Story, act

TICK, SECOND, MINUTE, DAY = timedelta(milliseconds=1), timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
Event = LeadCaptured | LeadRouted | Activity
ago = st.one_of(st.just(0), st.integers(0, 360), st.integers(0, 90).map(lambda minutes: 60 * minutes))
some_minutes = st.one_of(st.integers(1, 6), st.sampled_from((15, 60, 240, 1440)))


def examples(usual: int, steps: int = 30) -> settings:
    """How long a model looks."""
    return settings(
        max_examples=int(os.environ.get("LEADLINE_SLA_EXAMPLES", usual)), stateful_step_count=steps, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )  # fmt: skip


@dataclass
class Sent:
    """An event on its way: what it tells, since when it was accepted."""

    event: Event
    at: datetime


class LateEvents(RuleBasedStateMachine):
    """A model says by `begins` that it begins; `learns`, `settles`, `agrees` and `ends` are its own. `after_all`: so
    much later than everything every promise has ended."""

    story: Story
    after_all = 7 * DAY

    def begins(self, at: datetime) -> None:
        """Nothing has happened; everything accepted by now is read."""
        self.story = Story(at, horizon_at=at)
        self.on_the_way: list[Sent] = []
        self.arrived: list[Event] = []
        self.acts: list[Activity] = []

    def learns(self, event: Event) -> None:
        """The reference reads what the monitor has read."""
        raise NotImplementedError

    def settles(self, outage: bool = False) -> None:
        """The reference says what follows by now. `outage`: nobody looked since it was asked last."""
        raise NotImplementedError

    def agrees(self) -> None:
        """Do both say the same?"""
        raise NotImplementedError

    def ends(self) -> None:
        """What must hold once everything has arrived and every promise has ended."""

    # What is read, and when

    @precondition(lambda self: self.on_the_way)
    @rule(which=st.integers(0, 5))
    def something_arrives(self, which: int) -> None:
        """Any of what is on its way."""
        self.arrives(self.on_the_way.pop(which % len(self.on_the_way)).event)

    @precondition(lambda self: self.on_the_way)
    @rule()
    def all_arrives(self) -> None:
        """In the order in which it was sent."""
        waiting, self.on_the_way = sorted(self.on_the_way, key=lambda sent: sent.at), []
        for sent in waiting:
            self.arrives(sent.event)

    @precondition(lambda self: self.arrived)
    @rule(which=st.integers(0, 20))
    def it_arrives_again(self, which: int) -> None:
        """What was read once."""
        told = len(self.story.emitted)
        self.arrives(self.arrived[which % len(self.arrived)])
        assert len(self.story.emitted) == told, "a repeat tells nothing"

    @rule(minutes=some_minutes, horizon=st.booleans())
    def time_passes(self, minutes: int, horizon: bool) -> None:
        """All that was accepted up to the horizon has been read."""
        until = self.story.now + minutes * MINUTE
        if horizon:
            waits = min((sent.at - TICK for sent in self.on_the_way), default=until)
            self.story.horizon_at = max(self.horizon, min(waits, until))
            self.story.until(self.story.now)
        self.story.until(until)
        self.settles()

    @invariant()
    def both_say_the_same(self) -> None:
        """After whatever happened; and each event has an id of its own."""
        if not hasattr(self, "story"):
            return
        self.agrees()
        identities = [each.id for each in self.story.emitted]
        assert len(set(identities)) == len(identities)

    def teardown(self) -> None:
        """In the end all has arrived, and every promise has ended."""
        if not hasattr(self, "story"):
            return
        if self.on_the_way:
            self.all_arrives()
        self.time_passes(int(self.after_all / MINUTE), True)
        self.both_say_the_same()
        self.ends()

    # How it is done

    @property
    def horizon(self) -> datetime:
        """Up to when everything is read."""
        assert self.story.horizon_at is not None
        return min(self.story.horizon_at, self.story.now)

    def instant(self) -> datetime:
        """No two things happen at one instant."""
        self.story.now += TICK
        return self.story.now

    def sends(self, event: Event, at: datetime) -> None:
        """It is accepted, and read some time."""
        self.on_the_way.append(Sent(event, at))

    def acts_at(self, kind: str, after_s: int, by: str | None, **more: Any) -> Activity:
        """Somebody did something `after_s` ago; it is accepted now."""
        at = self.instant()
        done = act(f"act {len(self.acts)}", kind, at - after_s * SECOND, by, received_at=at, **more)
        self.acts.append(done)
        self.sends(done, at)
        return done

    def arrives(self, event: Event) -> None:
        """Both read it."""
        if event not in self.arrived:
            self.arrived.append(event)
        self.story.reads(event)
        self.learns(event)
        self.settles()


class WithOutages(LateEvents):
    """And the monitor is down for a while."""

    @rule(minutes=some_minutes)
    def nobody_looks(self, minutes: int) -> None:
        """An outage: what was due meanwhile is told now."""
        self.story.now += minutes * MINUTE
        self.story.until(self.story.now)
        self.settles(outage=True)
