"""Acts: of a known lead they are told, of an unknown person they wait, of nobody they are dropped."""

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.capture.story import MINUTE, NOW, Capture

PRICING: dict[str, Any] = {"kind": "page.viewed", "tag": "pricing"}


def seen(anonymous: str, id: str, minutes: int = 0) -> dict[str, Any]:
    return {**PRICING, "id": id, "anonymous_id": anonymous, "occurred_at": (NOW + minutes * MINUTE).isoformat()}


def test_a_known_leads_act_is_told_as_a_fact_of_its_own() -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured
    told = capture.act({"kind": "email.replied", "email": "Ann@x.example"})
    (event,) = told.events
    assert (event.lead_id, event.revision, told.acts[0].kind) == (lead.lead_id, 2, "email.replied")
    assert (told.acts[0].direction, told.acts[0].actor.kind, told.acts[0].origin) == ("in", "lead", lead.lead_id)


def test_the_same_act_read_twice_counts_once() -> None:
    capture = Capture()
    capture.lead({"email": "ann@x.example"})
    act = {"kind": "call.attempted", "id": "call-1", "email": "ann@x.example"}
    assert capture.act(act, id="first").told == "emitted"
    assert capture.act(act, id="second").told == "duplicate"


def test_a_trusted_sender_may_name_the_lead_itself() -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    act = {"kind": "note.added", "lead_id": str(lead)}
    assert capture.act(act, trusted=True).events[0].lead_id == lead
    assert capture.act(act, trusted=False).told == "dropped unknown_lead"


@pytest.mark.parametrize("kind", ["lead.released", "lead.dismissed"])
def test_a_word_about_the_review_list_is_believed_of_an_authenticated_sender_alone(kind: str) -> None:
    capture = Capture()
    capture.lead({"email": "ann@x.example"})
    word = {"kind": kind, "email": "ann@x.example", "actor": {"kind": "person", "id": "mara"}, "reason": "they fit"}
    assert [act.kind for act in capture.act(word, trusted=False).acts] == ["other"]
    (told,) = capture.act(word, trusted=True).acts
    assert (told.kind, told.actor.id, told.direction, told.reason) == (kind, "mara", "none", "they fit")


def test_an_act_without_any_key_is_nobodys() -> None:
    assert Capture().act(PRICING).told == "dropped unknown_lead"


@pytest.mark.parametrize(
    ("key", "payload"),
    [
        ({"email": "Ann+x@x.example"}, {"email": "ann@x.example"}),
        ({"phone": "+1 212 555 0101"}, {"phone": "+12125550101"}),
        ({"anonymous_id": "anon-1"}, {"email": "ann@x.example", "anonymous_id": "anon-1"}),
    ],
    ids=["email", "phone", "anonymous id"],
)
def test_an_unknown_persons_acts_wait_for_the_submission(key: dict[str, str], payload: dict[str, str]) -> None:
    capture = Capture()
    assert capture.act({**PRICING, **key, "id": "p1"}).told == "dropped kept"
    told = capture.at(NOW + MINUTE).lead(payload)
    assert (told.captured.stitched, [a.kind for a in told.captured.acts]) == (1, ["page.viewed", "form.submitted"])
    assert [a.kind for a in told.acts] == ["form.submitted", "page.viewed"]
    assert not any(capture.store.held.values())
    assert capture.act({**PRICING, **key, "id": "p1"}).told == "duplicate"


def test_acts_wait_in_the_same_batch_too() -> None:
    capture = Capture()
    act, lead = capture.batch(
        capture.received(seen("anon-1", "p1"), way="activities"),
        capture.received({"email": "ann@x.example", "anonymous_id": "anon-1"}),
    )
    assert (act.told, lead.captured.stitched) == ("dropped kept", 1)
    assert not any(capture.store.held.values())


def test_history_reaches_ninety_days_back() -> None:
    capture = Capture()
    capture.act(seen("anon-1", "old"))
    capture.at(NOW + timedelta(days=89)).act(seen("anon-1", "new", 89 * 24 * 60))
    told = capture.at(NOW + timedelta(days=91)).lead({"email": "ann@x.example", "anonymous_id": "anon-1"})
    assert told.captured.stitched == 1


def test_a_shared_browser_is_cut_where_the_second_person_identifies() -> None:
    """anon-7: page t1, identify L1 t2, page t3, identify L2 t4, page t5 → L1: t1, t3; L2: t5 (rules B1.8)."""
    capture = Capture()
    capture.act(seen("anon-7", "t1", 1))
    first = capture.at(NOW + 2 * MINUTE).lead({"email": "ann@x.example", "anonymous_id": "anon-7"})
    third = capture.at(NOW + 3 * MINUTE).act(seen("anon-7", "t3", 3))
    second = capture.at(NOW + 4 * MINUTE).lead({"email": "bob@x.example", "anonymous_id": "anon-7"})
    fifth = capture.at(NOW + 5 * MINUTE).act(seen("anon-7", "t5", 5))
    late = capture.at(NOW + 6 * MINUTE).act(seen("anon-7", "t3b", 3))
    assert (first.captured.stitched, second.captured.stitched) == (1, 0)
    ann, bob = first.captured.lead_id, second.captured.lead_id
    assert [told.events[0].lead_id for told in (third, fifth, late)] == [ann, bob, ann]


def test_an_act_that_tells_who_an_anonymous_id_is_brings_its_history() -> None:
    capture = Capture()
    lead = capture.lead({"email": "ann@x.example"}).captured.lead_id
    capture.act(seen("anon-1", "p1"))
    identify = {"kind": "other", "email": "ann@x.example", "anonymous_id": "anon-1"}
    told = capture.at(NOW + MINUTE).act(identify)
    assert [a.kind for a in told.acts] == ["other", "page.viewed"]
    assert capture.act(seen("anon-1", "p2", 2)).events[0].lead_id == lead


def test_an_act_of_somebody_else_at_the_same_browser_is_not_attached() -> None:
    capture = Capture()
    capture.act({**seen("anon-1", "p1"), "email": "bob@x.example"})
    told = capture.lead({"email": "ann@x.example", "anonymous_id": "anon-1"})
    assert told.captured.stitched == 0
    assert capture.lead({"email": "bob@x.example"}).captured.stitched == 1


def test_who_refuses_profiling_has_no_anonymous_history() -> None:
    capture = Capture()
    capture.act(seen("anon-1", "p1"))
    refused = {"consent": [{"purpose": "profiling", "state": "declined"}]}
    told = capture.lead({"email": "ann@x.example", "anonymous_id": "anon-1", **refused})
    assert told.captured.stitched == 0
    assert capture.act(seen("anon-1", "p2")).told == "dropped kept"


def test_a_chat_without_a_contact_key_is_an_anonymous_act() -> None:
    capture = Capture()
    assert capture.lead({"type": "chat", "anonymous_id": "anon-1"}, source="chat").told == "dropped kept"
    told = capture.lead({"email": "ann@x.example", "anonymous_id": "anon-1"})
    assert [a.kind for a in told.captured.acts] == ["chat.message", "form.submitted"]


def test_what_nobody_claims_is_forgotten_after_ninety_days() -> None:
    capture = Capture()
    capture.act(seen("anon-1", "p1"))
    capture.at(NOW + timedelta(days=91)).act(seen("anon-2", "p2"))
    assert not capture.store.held["a:anon-1"] and capture.store.held["a:anon-2"]


@pytest.mark.parametrize(
    ("payload", "direction", "actor", "automated"),
    [
        ({"kind": "email.sent", "actor": {"kind": "person", "id": "ana"}}, "out", "person", False),
        ({"kind": "email.sent", "automated": True}, "out", "automation", True),
        ({"kind": "nurture.sent", "actor": {"kind": "automation"}}, "out", "automation", True),
        ({"kind": "email.opened", "automated": True}, "in", "lead", True),
        ({"kind": "note.added"}, "none", "person", False),
        ({"kind": "call.connected", "direction": "in"}, "in", "person", False),
        ({"kind": "something.new"}, "none", "lead", False),
    ],
)
def test_who_acted_and_which_way(payload: dict[str, Any], direction: str, actor: str, automated: bool) -> None:
    capture = Capture()
    capture.lead({"email": "ann@x.example"})
    (act,) = capture.act({"email": "ann@x.example", **payload}).acts
    assert (act.direction, act.actor.kind, act.automated) == (direction, actor, automated)
    assert act.kind == (payload["kind"] if payload["kind"] != "something.new" else "other")


def test_the_type_of_an_act_says_if_the_snapshot_told_with_it_holds_it() -> None:
    """Who reads snapshots passes over such acts; one that no snapshot holds must not be passed over."""
    capture = Capture()
    capture.act(seen("anon-1", "p1"))
    first = capture.lead({"email": "ann@x.example", "anonymous_id": "anon-1", "marketing_checkbox": True})
    assert first.suffixes == ["", ".form.submitted.attached", ".page.viewed.attached"]
    later = capture.act({"kind": "consent.withdrawn", "email": "ann@x.example"})
    assert later.captured.outcome == "updated" and later.captured.acts == first.captured.acts
    assert later.suffixes == ["", ".consent.withdrawn"]
