"""The steps of a ladder are what the plain reference says (rules B4.8): each once ever, none before its time.

What happens is what the model of pauses has happen: clocks stand still and run again, before and after the due time, by
orders read in time or late; people answer in time or late; nobody looks for hours; the lead is erased.
"""

from dataclasses import replace
from datetime import datetime

from leadline_runtime.rules import LoadedRules
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.core.rung import Rung
from tests.support.sla_story import shipped_rules
from tests.unit.sla_monitor.late_events import examples
from tests.unit.sla_monitor.pause_reference import NEVER, Pauses, Promise, open_after, ran_until_due
from tests.unit.sla_monitor.test_pause_model import StandStill

WARNINGS, STEPS = (25, 80), (150, 300)
LADDER = (Rung(25, ("manager",)), Rung(80), Rung(150, ("manager",)), Rung(300, ("owner", "manager"), "queue"))


class Climbs(Pauses):
    """A promise that is broken and still asked for goes on: so much open time after it was due as it had before."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: dict[int, list[tuple[int, datetime]]] = {}

    def look(self, promise: Promise, now: datetime, horizon: datetime) -> None:
        super().look(promise, now, horizon)
        waits = promise.said[0] == "breached" and self.met(promise)[0] == self.stop(promise)[0] == NEVER
        if promise.clock != "customer" or not waits:
            return
        taken = self.taken.setdefault(id(promise), [])
        for level in STEPS:
            at = open_after(promise, ran_until_due(promise) * (level - 100) / 100)
            if at <= now and level > max((each for each, _ in taken), default=0):
                taken.append((level, at))

    def warned(self, promise: Promise, now: datetime) -> int:
        """No step below one that was taken."""
        return 0 if self.taken.get(id(promise)) else super().warned(promise, now)


class Climbing(StandStill):
    """Every promise has two steps before its due time and two after it."""

    levels = WARNINGS
    reference = Climbs

    def begins(self, at: datetime) -> None:
        super().begins(at)
        self.story.rules = with_ladder(shipped_rules())

    def agrees(self) -> None:
        """Each step once ever, with the time at which it was due, whenever anybody looked."""
        super().agrees()
        assert isinstance(self.plain, Climbs)
        for promise in self.plain.promises:
            steps = [e for e in self.told_of(promise) if e.kind == "escalated"]
            assert [(e.level, e.occurred_at) for e in steps] == self.plain.taken.get(id(promise), [])
            assert all(e.due_at < e.occurred_at <= e.detected_at for e in steps)
            asked_for = {rung.level: rung.then for rung in LADDER}
            assert all(e.then in {None, asked_for[e.level or 0]} for e in steps)


def with_ladder(loaded: LoadedRules[SlaRules]) -> LoadedRules[SlaRules]:
    """The rules with the same ladder for every target."""
    policies = tuple(
        replace(policy, targets=tuple(replace(target, ladder=LADDER) for target in policy.targets))
        for policy in loaded.rules.policies
    )
    return replace(loaded, rules=replace(loaded.rules, policies=policies))


TestLadders = Climbing.TestCase
TestLadders.settings = examples(15)
