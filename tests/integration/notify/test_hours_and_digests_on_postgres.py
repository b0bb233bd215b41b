"""When notices go out, which come in one, and which are needless by then; over a real PostgreSQL and mail server."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from leadline_notify.core.notices import Told
from leadline_notify.delivery import collecting
from leadline_notify.delivery.claiming import LISTED
from tests.integration.notify.desk import Desk
from tests.support.receivers import mailbox
from tests.unit.notify.company import MONDAY, NIGHT, Story
from tests.unit.notify.test_couriers import settings

pytestmark = pytest.mark.stack


async def test_quiet_hours_hold_back_the_notice_and_its_tries(desk: Desk) -> None:
    desk.at(NIGHT)
    with mailbox(to_recipient="450 later") as box:
        desk.settings = settings(smtp_host="127.0.0.1", smtp_port=box.port)
        sender = desk.sender()
        await desk.leads_of("ben", 1)
        await desk.send(sender)
        assert await desk.statuses() == {"waiting": 1}
        closing = MONDAY + timedelta(days=1, hours=8) - timedelta(seconds=1)  # before any second try
        desk.at(closing)
        await desk.send(sender)
        ((status, try_at, give_up_at),) = await desk.rows("status, try_at, give_up_at")
        opening = MONDAY + timedelta(days=2, hours=-1)
        assert (status, try_at) == ("ready", opening)
        assert give_up_at - try_at > timedelta(hours=23)
        await desk.asked.fetch("UPDATE notice SET try_at = %b::timestamptz", (closing,))  # as if it came up late
        desk.at(closing + timedelta(hours=5))
        box.to_recipient = ""
        await desk.send(sender)
        assert box.mails == [] and await desk.rows("try_at, attempts") == [(opening, 1)]
        desk.at(opening)
        await desk.send(sender)
        assert len(box.mails) == 1


async def test_a_breach_of_ours_goes_out_at_night(desk: Desk) -> None:
    desk.at(NIGHT)
    with mailbox() as box:
        desk.settings = settings(smtp_host="127.0.0.1", smtp_port=box.port)
        await desk.write(Story(desk.rules, NIGHT).sla("breached", cause="coverage", told=["mia"]))
        await desk.send(desk.sender())
    assert [mail["To"] for mail in box.mails] == ["mia@fieldline.example"]


async def test_what_waits_for_the_morning_stands_before_nothing_that_waits_for_no_hours(desk: Desk) -> None:
    def breach(cause: str) -> Told:
        return Story(desk.rules, desk.now).sla("breached", cause=cause, told=["mia"], sla_id=str(uuid4()))

    with mailbox() as box:
        desk.settings = settings(smtp_host="127.0.0.1", smtp_port=box.port, notify_at_once=20)
        sender = desk.sender()
        await desk.write(*(breach("owner") for _ in range(LISTED["mail"] + 10)))
        await desk.send(sender)
        assert len(box.mails) == 5
        desk.at(NIGHT)
        await desk.write(breach("coverage"))
        await desk.send(sender)
        assert len(box.mails) == 6 and await desk.rows("status, held", "any_time") == [("sent", False)]
        opening = MONDAY + timedelta(days=1, hours=-1)
        assert set(await desk.rows("due_at", "status = 'waiting'")) == {(opening,)}
        desk.at(opening)
        await desk.send(sender)
    assert len(box.mails) == 7 and box.mails[6].get_content().splitlines()[LISTED["mail"] :] == ["… and 5 more."]
    assert await desk.statuses() == {"sent": 7, "digested": LISTED["mail"] + 5}


async def test_ten_thousand_breaches_are_told_to_somebody_in_six_mails(desk: Desk) -> None:
    with mailbox() as box:
        desk.settings = settings(smtp_host="127.0.0.1", smtp_port=box.port)
        sender = desk.sender()
        await desk.leads_of("ben", 10_000)
        await desk.send(sender)
        assert await desk.asked.fetch("SELECT count(*) FROM notice WHERE held") == [(5_000,)], "some at a time"
        await desk.send(sender)
        assert len(box.mails) == 5
        desk.later(minutes=10)
        await desk.send(sender)
    assert len(box.mails) == 6 and box.mails[5]["Subject"] == "9995 notices about your leads"
    lines = box.mails[5].get_content().splitlines()
    assert len(lines) == LISTED["mail"] + 1 and lines[-1] == f"… and {9995 - LISTED['mail']} more."
    assert await desk.statuses() == {"sent": 6, "digested": 9995}


async def test_however_many_wait_for_the_morning_they_are_moved_there_some_at_a_time(desk: Desk) -> None:
    with mailbox() as box:
        desk.settings = settings(smtp_host="127.0.0.1", smtp_port=box.port)
        sender = desk.sender()
        await desk.leads_of("ben", 5_100)
        await desk.send(sender)
        desk.at(NIGHT)
        await desk.send(sender)
        assert len(box.mails) == 5
    assert set(await desk.rows("due_at", "status = 'waiting'")) == {(MONDAY + timedelta(days=1, hours=-1),)}
    assert await desk.asked.fetch("SELECT count(DISTINCT xmin::text) FROM notice WHERE status = 'waiting'") == [(2,)]


async def test_for_whom_something_is_held_takes_nobodys_turn(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "AT_A_LOOK", 1)
    with mailbox(to_mail="421 not now") as box:
        desk.settings = settings(smtp_host="127.0.0.1", smtp_port=box.port)
        sender = desk.sender()
        await desk.leads_of("ben", 7)
        await desk.leads_of("mia", 1)
        await desk.send(sender)
        assert await desk.rows("status", "recipient = 'mia'") == [("waiting",)]
        await desk.send(sender)
        assert await desk.rows("status", "recipient = 'mia'") == [("ready",)]
        await desk.leads_of("ben", 1)
        await desk.send(sender)
        await desk.send(sender)
    assert await desk.rows("status", "recipient = 'ben' AND NOT held") == [("ready",)] * 5


async def test_many_at_once_come_as_five_and_a_digest_that_names_every_other(desk: Desk) -> None:
    with mailbox() as box:
        desk.settings = settings(
            smtp_host="127.0.0.1", smtp_port=box.port, notify_at_once=20, lead_url="https://x.example/{lead}"
        )
        one, other = desk.sender(), desk.sender()
        await desk.leads_of("ben", 8)
        await asyncio.gather(desk.send(one), desk.send(other))
        assert len(box.mails) == 5
        desk.later(minutes=3)
        await desk.leads_of("ben", 2)
        await asyncio.gather(desk.send(one), desk.send(other))
        assert len(box.mails) == 5
        desk.later(minutes=7)
        await asyncio.gather(desk.send(one), desk.send(other))
        assert len(box.mails) == 6
    assert await desk.statuses() == {"sent": 6, "digested": 5}
    digest = box.mails[-1]
    assert digest["Subject"] == "5 notices about your leads"
    told = {each.split("/")[-1] for each in digest.get_content().split() if each.startswith("https://")}
    assert told == {str(lead) for (lead,) in await desk.rows("lead_id", "status = 'digested'")}


async def test_what_is_needless_by_then_is_dropped_and_it_is_said_why(desk: Desk) -> None:
    story = Story(desk.rules, NIGHT)
    desk.at(NIGHT)
    await desk.write(story.routed(), story.sla("warned"))
    await desk.write(story.sla("met", cycle="8994972f-a425-5fc2-92df-a0ffdfb09c86", target="first_email"))
    assert set(await desk.rows("kind, status, reason")) == {
        ("assigned", "waiting", None), ("warned", "dropped", "answered")}  # fmt: skip
    await desk.write(story.routed(owner="ben", assignment=2, released="ana", cause="reassigned"))
    assert ("assigned", "dropped", "moved_on") in set(await desk.rows("kind, status, reason", "recipient = 'ana'"))


async def test_a_warning_and_its_answer_in_one_batch_make_no_notice(desk: Desk) -> None:
    story = Story(desk.rules, NIGHT)
    met = {"cycle": "8994972f-a425-5fc2-92df-a0ffdfb09c86", "target": "first_email"}
    await desk.write(story.sla("warned"), story.sla("met", **met))
    assert await desk.statuses() == {}
    assert desk.value("dropped_total", reason="answered") == 2


async def test_a_breach_taken_back_before_it_was_told_is_never_spoken_of(desk: Desk) -> None:
    story, breach = Story(desk.rules, NIGHT), str(uuid4())
    desk.at(NIGHT)
    await desk.write(story.sla("breached", sla_id=breach))
    await desk.write(story.sla("breached", kind="breach_retracted", supersedes=breach))
    assert set(await desk.rows("kind, status, reason")) == {
        ("breached", "dropped", "retracted"), ("retracted", "dropped", "nothing_to_take_back")}  # fmt: skip


@pytest.mark.parametrize("order", ["told", "untold", "late"])
async def test_a_breach_of_a_lead_that_became_part_of_another_is_taken_back_under_that_one(
    desk: Desk, order: str
) -> None:
    """Told already: then so is that it was none. Waiting for the morning, or read after it was taken back (the other
    lead is another lane's): then neither is."""
    part, root = Story(desk.rules, NIGHT), Story(desk.rules, NIGHT, uuid4())
    desk.at(NIGHT)
    fields: dict[str, Any] = {"sla_id": str(uuid4()), "cycle": str(uuid4()), "told": ["ben"]}
    cause = "coverage" if order == "told" else "owner"  # the one waits for no hours
    broken = part.sla("breached", **fields, cause=cause)
    fields["supersedes"] = fields.pop("sla_id")
    back = root.sla("breached", **fields, kind="breach_retracted", cause=None)
    with mailbox() as box:
        desk.settings = settings(smtp_host="127.0.0.1", smtp_port=box.port)
        sender = desk.sender()
        for each in (back, broken) if order == "late" else (broken, back):
            await desk.write(each)
            await desk.send(sender)
        desk.later(hours=12)
        await desk.send(sender)
        subjects = [each["Subject"].split(":")[0] for each in box.mails]
    assert subjects == (["Overdue", "Not overdue after all"] if order == "told" else [])


async def test_what_is_long_over_is_forgotten_and_a_digest_with_its_parts(desk: Desk) -> None:
    with mailbox() as box:
        desk.settings = settings(smtp_host="127.0.0.1", smtp_port=box.port, notify_at_once=20)
        sender = desk.sender()
        await desk.leads_of("ben", 8)
        await desk.send(sender)
        desk.later(minutes=10)
        await desk.send(sender)
        assert len(box.mails) == 6
    desk.later(days=29)
    await desk.keep_house()
    assert await desk.statuses() == {"sent": 6, "digested": 3}
    desk.later(days=2)
    await desk.keep_house()
    await desk.keep_house()
    assert await desk.statuses() == {}
