"""What rules B5 and the shipped sla.yaml promise, written down once more by the plainest means, for one territory.

New York in the weeks after 8 March 2026: open from 13:00 to 22:00 UTC from Monday to Friday, without a holiday.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OPENS, CLOSES = time(13), time(22)
GRACE = MINUTE
RESTED = 30 * MINUTE  # a request sooner after an answer belongs to what was answered
STRENGTH = ("demo_request", "pricing_inquiry", "trial_signup", "content_download")  # the strongest first
PERSON, CADENCE = ("person", "held", "queue"), ("nurture",)
UNWANTED = ("disqualified", "parked")


@dataclass(frozen=True)
class Target:
    """So long (open time, or any), answered by one of these."""

    within: timedelta
    by: str
    around_the_clock: bool = False


@dataclass(frozen=True)
class Policy:
    """Targets by name, and after how much open time a silent owner loses the lead."""

    targets: Mapping[str, Target]
    reassign: timedelta | None


ASKED_FOR_US = Policy({"first_email": Target(5 * MINUTE, "email"), "first_call": Target(HOUR, "call")}, 15 * MINUTE)
TRIAL = Policy(
    {"auto_ack": Target(15 * MINUTE, "ack", True), "first_personal": Target(4 * HOUR, "touch")}, 4 * HOUR
)  # fmt: skip
HOT = Policy({"first_touch": Target(HOUR, "touch")}, HOUR)
ENROLLED = Policy({"enrolled": Target(24 * HOUR, "enrolled", True)}, None)
POLICIES = {"demo_request": ASKED_FOR_US, "pricing_inquiry": ASKED_FOR_US, "trial_signup": TRIAL}

# What an act by whom answers.
LIVE = frozenset({"email", "call", "touch", "ack"})
ANSWERS: Mapping[tuple[str, bool], frozenset[str]] = {
    ("email.sent", True): frozenset({"email", "touch", "ack"}),
    ("email.sent", False): frozenset({"ack"}),
    ("sms.sent", True): frozenset({"touch", "ack"}),
    ("sms.sent", False): frozenset({"ack"}),
    ("call.attempted", True): frozenset({"call", "touch"}),
    ("call.connected", True): LIVE,
    ("nurture.enrolled", True): frozenset({"enrolled"}),
    ("nurture.enrolled", False): frozenset({"enrolled"}),
}


def policy_of(kind: str, outcome: str) -> Policy | None:
    """What a request of this type gets from this outcome of routing, of a hot lead."""
    if outcome in PERSON:
        return POLICIES.get(kind, HOT)
    return ENROLLED if outcome in CADENCE and kind == "content_download" else None


def due_of(start: datetime, target: Target) -> datetime:
    """When a promise from `start` is due."""
    return start + target.within if target.around_the_clock else after_open(start, target.within)


def warnings_of(start: datetime, target: Target) -> dict[int, datetime]:
    """The warnings at half and four fifths of it."""
    shares = ((50, target.within / 2), (80, target.within * 4 / 5))
    return {level: start + span if target.around_the_clock else after_open(start, span) for level, span in shares}


def after_open(start: datetime, span: timedelta) -> datetime:
    """So much open time after an instant."""
    for opens, closes in open_days(start):
        begins = max(start, opens)
        if begins + span <= closes:
            return begins + span
        span -= max(closes - begins, timedelta(0))
    raise AssertionError


def open_days(start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The open time of each day from an instant on."""
    day = start.date()
    while True:
        if day.weekday() < 5:
            opens, closes = (datetime.combine(day, at, start.tzinfo) for at in (OPENS, CLOSES))
            if closes > start:
                yield opens, closes
        day += timedelta(days=1)
