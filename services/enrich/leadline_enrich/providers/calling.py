"""One request to a vendor, with each of the live secrets until one is taken, and what it gave."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from time import perf_counter

from pydantic import SecretStr

from leadline_enrich.core.answers import Reason
from leadline_enrich.core.questions import Question
from leadline_enrich.core.vendor_answer import Heard, unavailable
from leadline_enrich.core.vendor_request import Template, built
from leadline_enrich.core.vendor_rules import VendorRules
from leadline_enrich.providers.metrics import REFUSED_VALUES, REQUEST_SECONDS, REQUESTS
from leadline_enrich.providers.reading import REASON_OF, heard
from leadline_runtime.core.values import dataclass
from leadline_runtime.named_secrets import live
from leadline_runtime.outbound import Got, NotGot, Outbound, Request


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a request gave. trouble: why it gave nothing, if so; again_in: when the vendor wants to be asked again;
    status: HTTP's own, if an answer came at all."""

    heard: Mapping[Question, Heard]
    trouble: Reason | None = None
    again_in: timedelta | None = None
    status: int | None = None

    @staticmethod
    def nothing(questions: Sequence[Question], reason: Reason) -> "Outcome":
        """No answer to any of them."""
        return Outcome(dict.fromkeys(questions, Heard(unavailable(reason))), reason)


@dataclass(frozen=True, slots=True)
class Calling:
    """How a vendor is reached."""

    rules: VendorRules
    outbound: Outbound
    secrets: Mapping[str, tuple[SecretStr, ...]]
    now: Callable[[], datetime]

    @property
    def armed(self) -> bool:
        """Whether there is a secret for each that the request needs."""
        return next(usable(self.rules.template, self.secrets), None) is not None

    async def call(self, questions: Sequence[Question], budget_s: float) -> Outcome:
        """Ask these questions in one request; again with the next live secret, if the first is refused."""
        outcome = Outcome.nothing(questions, "no_secret")
        for secrets in usable(self.rules.template, self.secrets):
            outcome = await self._request(questions, secrets, budget_s)
            if outcome.trouble != "refused":
                break
        return outcome

    async def _request(self, questions: Sequence[Question], secrets: Mapping[str, str], budget_s: float) -> Outcome:
        rules, sent = self.rules, built(self.rules.template, questions, secrets)
        request = Request(sent.url, sent.headers, budget_s, rules.limits.most_bytes, sent.method, sent.body)
        began = perf_counter()
        try:
            got = await self.outbound.exchange(request)
        except NotGot as failure:
            outcome = Outcome.nothing(questions, REASON_OF[failure.reason])
        else:
            outcome = self._outcome(got, questions)
        REQUEST_SECONDS.labels(rules.name).observe(perf_counter() - began)
        REQUESTS.labels(rules.name, outcome.trouble or "answered").inc()
        return outcome

    def _outcome(self, got: Got, questions: Sequence[Question]) -> Outcome:
        found = heard(self.rules, got, questions, self.now())
        for one in found.values():
            for name, _ in one.notes:
                if name in self.rules.fields:
                    REFUSED_VALUES.labels(self.rules.name, name).inc()
        answers = [one.answer for one in found.values()]
        # Of several answers in one, a single one that is odd tells nothing of the vendor's health.
        trouble = answers[0].reason if all(each.status == "unavailable" for each in answers) else None
        return Outcome(found, trouble, got.again_in if trouble else None, got.status)


def usable(template: Template, secrets: Mapping[str, tuple[SecretStr, ...]]) -> Iterator[Mapping[str, str]]:
    """The secrets of one request by name, the newest first. Nothing if one of them is missing, or is no line of ASCII,
    which no header takes."""
    known = {name: _sendable(live(secrets, name)) for name in template.secrets}
    if all(known.values()):
        for number in range(max(map(len, known.values()), default=1)):
            yield {name: found[min(number, len(found) - 1)] for name, found in known.items()}


def _sendable(secrets: Iterable[str]) -> list[str]:
    return [each for each in map(str.strip, secrets) if each and each.isascii() and each.isprintable()]
