"""A merged lead is a function of the set of what was said and done, and an unmerge leaves no trace of the other."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.known_lead import KnownLead
from leadline_capture.core.merging import merged, parted, united
from leadline_capture.core.snapshot import content_of, lead_of
from tests.unit.capture.story import MINUTE, NOW, Capture, rules

EMAILS = {"ann": "ann@x.example", "bob": "bob@y.example"}
SAID: dict[str, list[Any]] = {
    "title": [None, "CTO", "cto", "VP Sales"],
    "company": [None, "Acme Ltd", "Beta GmbH"],
    "type": ["demo_request", "newsletter"],
    "marketing_checkbox": [None, True, False],
}
Event = tuple[str, dict[str, Any], int]  # person, payload, minute


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    """Submissions and acts of two persons, each at a minute of its own."""
    minutes = draw(st.lists(st.integers(0, 500), min_size=2, max_size=6, unique=True))
    found: list[Event] = []
    for number, minute in enumerate(minutes):
        person = ("ann", "bob")[number] if number < 2 else draw(st.sampled_from(["ann", "bob"]))
        if number >= 2 and draw(st.booleans()):
            kind = draw(st.sampled_from(["page.viewed", "consent.withdrawn", "email.clicked"]))
            found.append((person, {"kind": kind}, minute))
        else:
            found.append((person, {name: draw(st.sampled_from(values)) for name, values in SAID.items()}, minute))
    return found


class Told:
    """Two persons' events told in an order, with a merge when `merge_after` of them are told, else at the end."""

    def __init__(self, order: list[Event], merge_after: int | None) -> None:
        self.capture, self.ids = Capture(), dict[str, UUID]()
        waiting = merge_after
        for number, (person, payload, minute) in enumerate(order):
            self._tell(person, payload, minute)
            if waiting is not None and number >= waiting and len(self.ids) == 2:
                self.merge()
                waiting = None
        if merge_after is None or waiting is not None:
            self.merge()

    def _tell(self, person: str, payload: dict[str, Any], minute: int) -> None:
        at = NOW + minute * MINUTE
        body = {key: value for key, value in payload.items() if value is not None}
        body |= {"email": EMAILS[person], "occurred_at": at.isoformat()}
        ways: dict[str, Any] = {"way": "activities"} if "kind" in payload else {}
        self.capture.at(NOW + timedelta(days=1) + minute * MINUTE)
        (told,) = self.capture.batch(self.capture.received(body, id=f"{person} {minute}", **ways))
        if told.events and "kind" not in payload:
            self.ids.setdefault(person, told.captured.lead_id)

    def merge(self) -> None:
        """Bob turns out to be Ann."""
        self.capture.command("merge", self.ids["ann"], self.ids["bob"])

    def content(self, person: str) -> dict[str, Any]:
        """What is published of a lead, but for ids that follow from who came first."""
        return published(self.capture.whole(self.ids[person]))


def published(known: KnownLead) -> dict[str, Any]:
    tables = rules().rules.tables
    content = content_of(known, lead_of(known, tables))
    requests = {(r.id, r.type, r.start) for r in content["requests"]}
    alternates = {(a.field, a.value, a.at, a.offered) for a in content["alternates"]}
    acts = {act.id for act in known.acts} | set(known.known_acts)
    same = {name: content[name] for name in ("lead", "attribution", "sources", "acted_after_withdrawal")}
    return {**same, "requests": requests, "alternates": alternates, "acts": acts}


@settings(max_examples=60, deadline=None)
@given(events(), st.data())
def test_every_order_of_events_and_merge_gives_the_same_lead(told: list[Event], data: st.DataObject) -> None:
    other = data.draw(st.permutations(told))
    when = st.integers(0, len(told))
    one = Told(leads_first(told), data.draw(when))
    two = Told(leads_first(other), data.draw(when))
    assert one.content("ann") == two.content("ann")


def leads_first(order: list[Event]) -> list[Event]:
    """An act of nobody yet is held under its keys, and may be told by another way: here each person is known first."""
    known: set[str] = set()
    late: list[Event] = []
    found: list[Event] = []
    for event in order:
        if "kind" in event[1] and event[0] not in known:
            late.append(event)
        else:
            known.add(event[0])
            found.append(event)
    return [*found, *late]


@settings(max_examples=60, deadline=None)
@given(events(), st.data())
def test_an_unmerge_gives_each_what_was_its_own(told: list[Event], data: st.DataObject) -> None:
    order = leads_first(told)
    late = Told(order, None)  # merged at the end: until then each had its own
    parting = Told(order, data.draw(st.integers(0, len(told))))
    parting.capture.command("unmerge", parting.ids["bob"])
    for person in ("ann", "bob"):
        part = dict(late.capture.whole(late.ids["ann"]).parts)[late.ids[person]]
        assert published(parting.capture.whole(parting.ids[person])) == published(part)


@settings(max_examples=60, deadline=None)
@given(events())
def test_uniting_is_commutative_and_idempotent_and_parting_undoes_merging(told: list[Event]) -> None:
    story = Told(leads_first(told), None)
    (one_id, one), (two_id, two) = story.capture.whole(story.ids["ann"]).parts
    assert published(united(one, two)) == published(united(two, one))
    assert published(united(one, one)) == published(one)
    both = merged(one_id, one, two_id, two)
    first, second = parted(one_id, both, two_id, two, NOW)
    assert (published(first), published(second)) == (published(one), published(two))
