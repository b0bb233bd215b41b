"""What somebody is told comes in the order in which it happened, also after its way was shut; on a real PostgreSQL."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from leadline_notify.core.book import Endpoint
from tests.integration.notify.desk import Desk
from tests.support.receivers import Mailbox, mailbox, receiver
from tests.unit.notify.company import MONDAY, NIGHT, Story
from tests.unit.notify.test_couriers import settings

pytestmark = pytest.mark.stack
SHUT = "421 not now"  # what a mail server says that is not well


async def look(desk: Desk) -> None:
    """By an instance that has just started: its breakers know nothing yet."""
    await desk.send(desk.sender())


async def times(desk: Desk, number: int, **apart: float) -> None:
    for _ in range(number):
        desk.later(**apart)
        await look(desk)


def subjects(box: Mailbox) -> list[str]:
    return [mail["Subject"].split(":")[0] for mail in box.mails]


async def test_mail_that_was_down_brings_the_assignment_before_the_warning_and_the_warning_before_the_breach(
    desk: Desk,
) -> None:
    with mailbox(to_mail=SHUT) as box:
        desk.settings = settings(smtp_host="127.0.0.1", smtp_port=box.port)
        story = Story(desk.rules, desk.now)
        await desk.write(story.routed(owner="ben"))
        await times(desk, 9, minutes=10)
        await desk.write(story.sla("warned", told=["ben"]))
        await times(desk, 3, minutes=10)
        box.to_mail = ""
        box.mails.clear()
        await desk.write(story.sla("breached", told=["ben"]))
        await look(desk)
        assert subjects(box) == ["New lead", "first e-mail is due Fri 06 Mar 17", "Overdue"]
    assert await desk.statuses() == {"sent": 3}


async def test_while_nothing_arrives_no_more_than_five_pile_up_and_what_is_needless_by_then_is_not_told(
    desk: Desk,
) -> None:
    with mailbox(to_mail=SHUT) as box:
        desk.settings = settings(smtp_host="127.0.0.1", smtp_port=box.port)
        moving = Story(desk.rules, desk.now)
        await desk.leads_of("ben", 7)
        await desk.write(moving.routed(owner="ben"))
        for _ in range(6):
            await times(desk, 1, minutes=20)
            await desk.leads_of("ben", 5)
        await desk.write(moving.routed(owner="ana", assignment=2, released="ben", cause="reassigned"))
        statuses = await desk.asked.fetch("SELECT status, count(*) FROM notice WHERE recipient = 'ben' GROUP BY status")
        assert dict(statuses) == {"ready": 5, "waiting": 33, "dropped": 1}
        box.to_mail = ""
        box.mails.clear()
        await times(desk, 3, hours=1)
        told = [mail["Subject"] for mail in box.mails if mail["To"].startswith("ben")]
    assert len(told) == 6 and told[-1] == "33 notices about your leads"


async def test_what_is_new_has_five_that_wait_tried_at_once_though_it_is_held_itself(desk: Desk) -> None:
    with mailbox(to_mail=SHUT) as box:
        desk.settings = settings(smtp_host="127.0.0.1", smtp_port=box.port)
        await desk.leads_of("ben", 7)
        await times(desk, 9, minutes=10)
        ((soonest,),) = await desk.asked.fetch("SELECT min(try_at) FROM notice WHERE status = 'ready'")
        box.to_mail = ""
        box.mails.clear()
        await times(desk, 1, seconds=1)
        assert soonest > desk.now and box.mails == []
        await desk.leads_of("ben", 1)
        await times(desk, 2, seconds=1)
    assert subjects(box) == [*["New lead"] * 5, "3 notices about your leads"]


async def test_a_program_gets_what_it_is_told_of_a_lead_in_order_and_no_lead_waits_for_another(desk: Desk) -> None:
    with desk.crm(ways=["500"]) as crm:
        story = Story(desk.rules, desk.now)
        await desk.write(story.routed(owner="ana"))
        await look(desk)
        await desk.write(story.routed(owner="ana", assignment=2, grade="B1"))
        await desk.leads_of("ana", 1)
        await look(desk)
        told = [each.json["data"] for each in crm.taken[1:]]
        ours = [each["assignment"] for each in told if each["lead_id"] == str(story.lead)]
    assert ours == [1, 2] and len(told) == 3


async def test_what_is_refused_for_its_own_sake_holds_up_nobody_for_long(desk: Desk) -> None:
    with desk.crm(ways=["422"] * 6) as crm:
        story = Story(desk.rules, desk.now)
        await desk.write(story.routed(owner="ana"))
        await desk.write(story.routed(owner="ana", assignment=2))
        while len(crm.taken) < 7:
            await look(desk)
            assert desk.now - MONDAY < timedelta(minutes=15)
            ((next_try,),) = await desk.asked.fetch("SELECT min(try_at) FROM notice WHERE status = 'ready'")
            desk.at(max(desk.now, next_try))
    assert [each.json["data"]["assignment"] for each in crm.taken[5:]] == [1, 2]


async def test_what_stepped_aside_stays_there_when_its_endpoint_fails_for_a_moment(desk: Desk) -> None:
    with desk.crm(ways=["422"] * 6) as crm:
        story = Story(desk.rules, desk.now)
        await desk.write(story.routed(owner="ana"))
        while len(crm.taken) < 6:
            await look(desk)
            ((next_try,),) = await desk.asked.fetch("SELECT min(try_at) FROM notice WHERE status = 'ready'")
            desk.at(max(desk.now, next_try))
        crm.way = "500"
        await desk.write(story.routed(owner="ana", assignment=2))
        await look(desk)
        assert len(crm.taken) == 8, "both were tried"
        crm.way = "200"
        await times(desk, 1, minutes=1)
    assert [each.json["data"]["assignment"] for each in crm.taken[8:]] == [2]


async def test_a_line_that_waits_for_the_morning_loses_nothing_of_its_day_and_lets_pass_what_is_for_any_time(
    desk: Desk,
) -> None:
    closing = MONDAY + timedelta(hours=8) - timedelta(seconds=1)
    desk.at(closing)
    with mailbox(to_mail=SHUT) as box:
        desk.settings = settings(smtp_host="127.0.0.1", smtp_port=box.port)
        await desk.write(*(Story(desk.rules, closing, uuid4()).routed(owner="mia") for _ in range(5)))
        await look(desk)
        opening = MONDAY + timedelta(days=1, hours=-1)
        for try_at, give_up_at in await desk.rows("try_at, give_up_at"):
            assert try_at == opening and give_up_at - opening > timedelta(hours=23)
        box.to_mail = ""
        box.mails.clear()
        desk.at(NIGHT)
        await desk.write(Story(desk.rules, NIGHT).sla("breached", cause="coverage", told=["mia"]))
        await look(desk)
        assert subjects(box) == ["Overdue"]
        desk.at(opening)
        await look(desk)
        assert subjects(box) == ["Overdue", *["New lead"] * 5]


async def test_who_has_another_endpoint_now_does_not_wait_for_what_stands_before_the_old_one(desk: Desk) -> None:
    with desk.crm("500") as old:
        story = Story(desk.rules, desk.now)
        await desk.write(story.routed(owner="ana"))
        await look(desk)
        ana = desk.rules.contacts["ana"]
        with receiver() as new:
            moved = replace(ana, ways={"webhook": "new"})
            endpoints = {**desk.rules.endpoints, "new": Endpoint("new", "webhook", new.url, None, "crm")}
            desk.rules = replace(desk.rules, contacts={"ana": moved}, endpoints=endpoints)
            desk.settings, story.rules = settings(private=new.host), desk.rules
            await desk.write(story.routed(owner="ana", assignment=2))
            await look(desk)
        assert len(old.taken) == 1 and [each.json["data"]["assignment"] for each in new.taken] == [2]
