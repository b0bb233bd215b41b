"""The topics as typed values: wiring a step to the wrong topic is a type error. One writer service per topic."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from leadline_schemas.activity import LeadActivity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.event import Model
from leadline_schemas.received import LeadReceived
from leadline_schemas.roster import RosterChange
from leadline_schemas.routed import LeadRouted
from leadline_schemas.scored import LeadScored
from leadline_schemas.sla import LeadSla
from leadline_schemas.stage import LeadStage

T = TypeVar("T", bound=Model)
V = TypeVar("V", bound=Model)


@dataclass(frozen=True, eq=False)
class Topic(Generic[T]):
    """A Kafka topic: what it holds, who writes it, who reads it.

    `kind` snapshot: every event holds everything, an older revision may be ignored; fact: never ignored by revision,
    united by a domain id; submission: raw input. `carries` names the field that holds an earlier step's event whole.
    """

    name: str
    model: type[T]
    kind: Literal["submission", "snapshot", "fact"]
    writer: str
    readers: tuple[str, ...]
    carries: str | None = None

    def read_as(self, view: type[V]) -> "Topic[V]":
        """The same topic, decoded to a smaller model: what a step does not look at is not worth building.

        A snapshot's view needs `lead_id` and `revision`. The original bytes are carried on whole all the same.
        """
        return Topic(self.name, view, self.kind, self.writer, self.readers, self.carries)

    @property
    def event_type(self) -> str:
        """The CloudEvents type; events of SLA and stages and activities add their kind, so that a reader may pass over
        them undecoded, an act of the lead that the snapshot of the same decision holds adds ATTACHED, and a routing
        event that tells only that nobody has the lead any more LET_GO."""
        return f"leadline.{self.name}"


LEAD_RECEIVED = Topic("lead.received", LeadReceived, "submission", "capture", ("capture",))
LEAD_CAPTURED = Topic("lead.captured", LeadCaptured, "snapshot", "capture", ("enrich", "sla-monitor"))
LEAD_ACTIVITY = Topic("lead.activity", LeadActivity, "fact", "capture", ("score", "route", "sla-monitor"))
LEAD_ENRICHED = Topic("lead.enriched", LeadEnriched, "snapshot", "enrich", ("score",), carries="captured")
LEAD_SCORED = Topic("lead.scored", LeadScored, "snapshot", "score", ("route",), carries="enriched")
LEAD_ROUTED = Topic("lead.routed", LeadRouted, "snapshot", "route", ("sla-monitor", "notify"), carries="scored")
ROSTER_RECEIVED = Topic("roster.received", RosterChange, "submission", "capture", ("route",))
LEAD_SLA = Topic("lead.sla", LeadSla, "fact", "sla-monitor", ("route", "notify"))
LEAD_STAGE = Topic("lead.stage", LeadStage, "fact", "sla-monitor", ("route", "notify"))

TOPICS: tuple[Topic[Model], ...] = (
    LEAD_RECEIVED, LEAD_CAPTURED, LEAD_ACTIVITY, LEAD_ENRICHED, LEAD_SCORED, LEAD_ROUTED, LEAD_SLA, LEAD_STAGE,
    ROSTER_RECEIVED,
)  # type: ignore[assignment]  # fmt: skip
SERVICES: tuple[str, ...] = ("capture", "enrich", "score", "route", "sla-monitor", "notify")


ATTACHED = ".attached"
# Of lead.routed: the lead is none of its own any more, or kept apart. All that is told is that nobody has it, and that
# the turn was given back if it was; what becomes of the lead is told by others. It is spelled as when it told of turns
# alone: by that the release before passes it over, and what that wrote is passed over here.
LET_GO = ".turn_returned"
# Of lead.stage: it follows from lead.routed alone, which whoever routes knows.
BY_ROUTING = ".by_routing"
# What a lead does by itself: it scores, but is no answer, no command and no touch of ours.
BY_ITSELF: tuple[str, ...] = (
    "page.viewed", "form.submitted", "content.downloaded", "webinar.registered", "webinar.attended", "webinar.no_show",
    "event.attended", "email.opened", "email.clicked", "email.delivered", "product.activated",
    "product.teammate_invited", "product.usage_limit", "product.used", "list.added",
)  # fmt: skip
_BY_ITSELF_TYPES = frozenset(f"{LEAD_ACTIVITY.event_type}.{kind}{end}" for kind in BY_ITSELF for end in ("", ATTACHED))


def is_by_itself(event_type: str) -> bool:
    """Is this the CloudEvents type of something that a lead does by itself? Such acts are for scoring alone."""
    return event_type in _BY_ITSELF_TYPES


def dead_letter_topic(service: str) -> str:
    """The topic that holds what `service` had to reject; people read it."""
    return f"dlq.{service}"


def topic_named(name: str) -> Topic[Model]:
    """The topic with this name. Raises KeyError naming the known ones."""
    for topic in TOPICS:
        if topic.name == name:
            return topic
    raise KeyError(f"no topic {name!r}; known: {', '.join(t.name for t in TOPICS)}")
