"""Who sends what, when and by which way: seeded, so that a run can be repeated. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from urllib.parse import urlencode

# named: HTTP with an Idempotency-Key; batch: a batch with one; form: a public page's; tracking: the tracking API.
WAYS = ("named", "http", "batch", "form", "tracking", "bare", "cloudevent", "structured")
SHARES = (34, 10, 8, 12, 12, 10, 10, 4)
OVER_HTTP = ("named", "http", "batch", "form", "tracking")
TYPES = ("demo_request", "contact_sales", "trial_signup", "referral", "content_download", "other")
PLACES: tuple[dict[str, str], ...] = (
    {"country": "US", "state": "NY"}, {"country": "US", "state": "MA"}, {"country": "GB"},
    {"country": "DE", "language": "de"}, {"country": "US", "state": "CA"}, {"country": "JP"},
)  # fmt: skip
REPS = ("ana", "ben", "cleo", "eve", "fay", "gus", "hana", "mia")
POISON = (
    b"{not json", b"[1, 2]", b"\xff\xfe\x00", b'"a text"', b'{"specversion": "1.0", "type": "x", "data": {}}', b"",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Operation:
    """One sending. `at`: seconds after the start; `marker` stands in the body and tells submissions apart.

    `key`: Idempotency-Key or CloudEvents id; a repeat has the key and the body of what it repeats. `ago`: an activity
    that says it happened so many seconds before it is sent.
    """

    at: float
    number: int
    kind: str = field(compare=False)  # lead, activity, poison, other_body (a key with another body)
    way: str = field(compare=False)
    marker: str = field(compare=False)
    person: str = field(compare=False, default="")
    body: dict[str, Any] = field(compare=False, default_factory=dict)
    raw: bytes = field(compare=False, default=b"")
    partition: int = field(compare=False, default=0)
    ago: float | None = field(compare=False, default=None)

    def bytes_at(self, clock: str) -> bytes:
        """The body as sent; `clock`: the instant that an activity says."""
        if not self.body:
            return self.raw
        if self.way == "form":
            return urlencode(_as_form(self.body)).encode()
        if self.way == "tracking":
            return json.dumps(_as_message(self.body, self.marker)).encode()
        said = {**self.body, "occurred_at": clock} if self.ago is not None else self.body
        return json.dumps([said] if self.way == "batch" else said).encode()


_FORMS = {
    "demo_request": "demo", "contact_sales": "contact", "trial_signup": "trial", "referral": "referral",
    "content_download": "guide",
}  # fmt: skip
_EVENTS = {"demo_request": "Demo Requested", "contact_sales": "Contact Requested", "trial_signup": "Signed Up"}


def _as_form(body: dict[str, Any]) -> dict[str, Any]:
    """A lead as a page of ours posts it."""
    kept = ("email", "name", "title", "company", "employees", "country", "state", "honeypot")
    said = {name: body[name] for name in kept if name in body}
    return {"form": _FORMS.get(body["type"], "other"), "form_name": body["source_detail"], **said}


def _as_message(body: dict[str, Any], marker: str) -> dict[str, Any]:
    """A lead as an application tracks it."""
    traits = {name: body[name] for name in ("email", "name", "title", "company")}
    given = {"country": body["country"]}
    event = _EVENTS.get(body["type"], "Newsletter Subscribed")
    context = {"traits": traits}
    return {"type": "track", "event": event, "messageId": marker, "properties": given, "context": context}


class Crowd:
    """Makes the operations of a run; `name` tells its markers and people from those of another crowd."""

    def __init__(self, name: str, seed: int, partitions: int) -> None:
        self.name, self.random, self.partitions = name, Random(seed), partitions
        self._numbers = iter(range(1, 1_000_000))

    def operations(self, leads: int, seconds: float, poison: int = 0) -> list[Operation]:
        """All of a run in the order of time; `leads` of them are leads, repeats not counted."""
        made: list[Operation] = []
        while sum(o.kind == "lead" for o in made) < leads:
            number = next(self._numbers)
            made += self._life(f"{self.name}{number}@works{number % 97}.example", self.random.uniform(0, seconds))
        made += self._poison(seconds, poison)
        made += self._repeats(made, share=0.06)
        return sorted(made)

    def one_person(self, email: str, times: int, at: float = 0.0) -> list[Operation]:
        """The same person many times at one instant, over all partitions."""
        ways = ("bare", "cloudevent")
        return [replace(self._lead(email, at, ways[n % 2]), partition=n % self.partitions) for n in range(times)]

    def _life(self, email: str, at: float) -> Iterator[Operation]:
        """A person: asks, is answered or not, in time or not, asks again."""
        random = self.random
        if random.random() < 0.05:
            yield self._activity(email, at - 0.5, {"kind": "page.viewed", "tag": "pricing"})
        if random.random() < 0.01:
            yield from self.one_person(email, 12, at)
        else:
            yield self._lead(email, at)
        if random.random() < 0.12:
            yield self._lead(email, at + random.uniform(0, 15))
        if random.random() < 0.55:
            rep = {"kind": "person", "id": random.choice(REPS)}
            answer = {"kind": "email.sent", "direction": "out", "actor": rep}
            ago = random.uniform(1, 8) if random.random() < 0.15 else None
            yield self._activity(email, at + random.uniform(1, 14), answer, ago)

    def _lead(self, email: str, at: float, way: str | None = None) -> Operation:
        random, number = self.random, next(self._numbers)
        person = email.partition("@")[0]
        body = {
            "type": random.choices(TYPES, (40, 15, 15, 10, 15, 5))[0], "source": "website_form",
            "source_detail": self._marker(number), "email": email, "name": f"Ada {person.capitalize()}",
            "title": random.choice(("CFO", "Engineer", "Student")), "employees": random.choice((10, 120, 3000)),
            "company": f"Works {person}", **random.choice(PLACES),
        }  # fmt: skip
        if random.random() < 0.02:
            body["honeypot"] = "filled"
        made = self._made(number, at, "lead", way or random.choices(WAYS, SHARES)[0])
        return replace(made, person=email, body=body)

    def _activity(self, email: str, at: float, said: dict[str, Any], ago: float | None = None) -> Operation:
        number = next(self._numbers)
        body = {**said, "email": email, "name": self._marker(number)}
        return replace(self._made(number, at, "activity", "named"), person=email, body=body, ago=ago)

    def _made(self, number: int, at: float, kind: str, way: str) -> Operation:
        partition = self.random.randrange(self.partitions)
        return Operation(max(at, 0.0), number, kind, way, self._marker(number), partition=partition)

    def _marker(self, number: int) -> str:
        return f"op-{self.name}-{number}"

    def _poison(self, seconds: float, times: int) -> Iterator[Operation]:
        for n in range(times):
            made = self._made(next(self._numbers), self.random.uniform(0, seconds), "poison", "bare")
            yield replace(made, raw=POISON[n % len(POISON)])

    def _repeats(self, made: list[Operation], share: float) -> Iterator[Operation]:
        """Some send again what they sent, at once or later; some take their key for something else."""
        named = [o for o in made if o.kind == "lead" and o.way in ("named", "cloudevent", "structured")]
        for one in self.random.sample(named, int(len(named) * share)):
            again = replace(one, number=next(self._numbers), at=one.at + self.random.choice((0.0, 2.0, 9.0)))
            if one.way == "named" and self.random.random() < 0.3:
                other = {**one.body, "company": "Somebody Else"}
                again = replace(again, at=one.at + 6, kind="other_body", body=other)
            yield again
