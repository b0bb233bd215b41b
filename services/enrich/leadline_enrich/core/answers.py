"""What providers answered about one lead: the facts a decision is taken on, and their recorded form."""

from typing import Any, Literal

from pydantic import Field

from leadline_schemas.event import Instant, Model

Status = Literal["found", "not_found", "unavailable", "no_company_domain", "not_asked"]


class Answer(Model):
    """One provider's answer. `stated_at` is when it says this was true; absent: true when it was asked."""

    status: Status
    values: dict[str, Any] = Field(default_factory=dict)
    stated_at: Instant | None = None


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
            "answers": {
                name: {"status": a.status, "values": a.values, "stated_at": a.stated_at}
                for name, a in self.answers.items()
            },
        }


NO_COMPANY_DOMAIN = Answer(status="no_company_domain")
NOT_FOUND = Answer(status="not_found")
UNAVAILABLE = Answer(status="unavailable")
NOT_ASKED = Answer(status="not_asked")
NOTHING_GATHERED = Gathered()
