"""The examples in sla.yaml: what is promised to a request, and by when. A file whose examples fail does not load."""

from datetime import datetime
from uuid import UUID

from leadline_runtime.core.errors import RulesError
from leadline_runtime.core.pauses import due_with_pauses, latest_end
from leadline_runtime.durations import ExampleInstant
from leadline_runtime.rules import RulesModel
from leadline_schemas.vocabulary import LeadType, RouteOutcome
from leadline_sla_monitor.core.acts import Answer
from leadline_sla_monitor.core.arming import Arming
from leadline_sla_monitor.core.asked import Asked
from leadline_sla_monitor.core.cycle import Cycle
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.core.promise import Promise

NOBODY = UUID(int=0)


class PauseExample(RulesModel):
    """A pause of the example's promises: why, from when to when; the targets that do not stand still for it keep their
    due times."""

    reason: str
    start: ExampleInstant
    until: ExampleInstant


class Example(RulesModel):
    """A request as it is routed, the policy it gets (none: `~`) and the due time of each of its targets."""

    name: str
    type: LeadType
    outcome: RouteOutcome = "person"
    temperature: str = "hot"
    grade: str = "B1"
    missed_call: bool = False
    source: str = "website_form"
    segment: str = "inbound"
    territory: str | None = None
    cannot: tuple[Answer, ...] = ()
    start: ExampleInstant
    event_end: ExampleInstant | None = None
    policy: str | None
    due: dict[str, ExampleInstant] = {}
    pause: PauseExample | None = None


def check_examples(file: str, examples: tuple[Example, ...], rules: SlaRules) -> None:
    """Raises RulesError for the first example that does not hold, with what the rules give instead."""
    for index, example in enumerate(examples):
        path = f"examples.{index} ({example.name})"
        asked = _asked(example, rules)
        if asked.policy != example.policy:
            raise RulesError(file, f"{path}.policy", f"says {example.policy}, the rules give {asked.policy}")
        cycle = Cycle(asked.id, asked, asked.start)
        promises = Arming(NOBODY, rules, asked.start).customer(cycle, 1)
        found = {p.target: _due(p, example.pause, rules, f"{path}.pause", file) for p in promises}
        if found != example.due:
            given = ", ".join(f"{target} {at.isoformat()}" for target, at in found.items()) or "nothing"
            raise RulesError(file, f"{path}.due", f"is not what the rules promise: {given}")


def _due(promise: Promise, pause: PauseExample | None, rules: SlaRules, path: str, file: str) -> datetime:
    if pause is None:
        return promise.due_at
    if pause.reason not in rules.pauses.reasons:
        raise RulesError(file, f"{path}.reason", f"is none of the reasons in pauses: {', '.join(rules.pauses.reasons)}")
    calendar, target = rules.calendar(promise.calendar), rules.target(promise.policy, promise.target)
    if pause.until > latest_end(calendar, pause.start, rules.pauses.longest):
        raise RulesError(file, f"{path}.until", f"is more than {rules.pauses.longest} working days ahead")
    if target is not None and target.pauses is not None and pause.reason not in target.pauses:
        return promise.due_at
    span = (pause.start, pause.until)
    return due_with_pauses(calendar, promise.start, promise.duration, promise.mode, [span])


def _asked(example: Example, rules: SlaRules) -> Asked:
    values = example.model_dump(include={"type", "outcome", "temperature", "grade", "missed_call", "source", "segment"})
    values["letter"] = example.grade[:1]
    policy, added = rules.choose(values)
    return Asked(
        id=NOBODY,
        type=example.type,
        start=example.start,
        received_at=example.start,
        event_end=example.event_end,
        routed_at=example.start,
        policy=policy,
        added=added,
        nurture=example.outcome == "nurture",
        territory=example.territory,
        cannot=example.cannot,
    )
