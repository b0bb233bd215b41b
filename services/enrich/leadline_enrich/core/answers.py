"""What providers answered about one lead: the facts a decision is taken on, and their recorded form."""

from datetime import datetime
from typing import Any, Final, Literal, get_args

from pydantic import Field

from leadline_schemas.event import Instant, Model

Status = Literal["found", "not_found", "unavailable", "no_company_domain", "not_asked", "no_consent"]

# Why somebody who was asked has not answered. All of them pass by: the question is put again later.
Reason = Literal[
    "timeout",  # no answer within the budget
    "unreachable",  # no connection: the name, the port, the certificate
    "cut",  # the connection ended within the answer
    "throttled",  # asked too often: by the vendor's word, or by our own limit
    "vendor_error",  # the vendor says that the fault is his
    "breaker_open",  # it failed so often just now that it is left alone for a while
    "garbage",  # an answer that is none: no JSON, or values of the wrong kind
    "mismatch",  # an answer about somebody else
    "too_large",  # an answer beyond all measure
    "redirected",  # the vendor has moved
    "refused",  # the secret is not, or no longer, good
    "rejected",  # the vendor does not understand the question
    "no_secret",  # there is no secret to ask with
    "not_public",  # the host has an address that must not be asked
    "closed",  # we are shutting down
]
REASONS: Final = get_args(Reason)


class Answer(Model):
    """One provider's answer. `stated_at` is when it says this was true; absent: true when it was asked.

    reason: why it is `unavailable`, if that is known. confidence: how sure it is of a value, 0 to 1; without one: 1.
    stated: when it says that a single value was true, where that differs from `stated_at`.
    """

    status: Status
    reason: Reason | None = None
    values: dict[str, Any] = Field(default_factory=dict)
    stated_at: Instant | None = None
    confidence: dict[str, float] = Field(default_factory=dict)
    stated: dict[str, Instant] = Field(default_factory=dict)

    def at(self, value: str) -> datetime | None:
        """When the provider says that this value was true; None: when it was asked."""
        return self.stated.get(value, self.stated_at)


class Gathered(Model):
    """All answers about one lead, and the domain that was asked about."""

    domain: str | None = None
    answers: dict[str, Answer] = Field(default_factory=dict)

    def answer(self, provider: str, domain: str | None) -> Answer:
        """What this provider said about this domain. A question that was never put is an answer still to come."""
        if domain is None:
            return NO_COMPANY_DOMAIN
        if domain != self.domain:
            return UNAVAILABLE
        return self.answers.get(provider, UNAVAILABLE)

    def recorded(self) -> dict[str, Any]:
        """The form that an event's basis keeps, from which the same decision can be taken again."""
        return {
            "domain": self.domain,
            "answers": {name: _recorded(answer) for name, answer in self.answers.items()},
        }


def _recorded(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"status": answer.status, "values": answer.values, "stated_at": answer.stated_at}
    if answer.reason:
        told["reason"] = answer.reason
    if answer.confidence:
        told["confidence"] = answer.confidence
    if answer.stated:
        told["stated"] = answer.stated
    return told


NO_COMPANY_DOMAIN = Answer(status="no_company_domain")
NOT_FOUND = Answer(status="not_found")
UNAVAILABLE = Answer(status="unavailable")
NOT_ASKED = Answer(status="not_asked")
NO_CONSENT = Answer(status="no_consent")
NOTHING_GATHERED = Gathered()
