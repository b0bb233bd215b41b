"""Notices from their decision to a real receiver, over a real PostgreSQL: each arrives, each is accounted for."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.integration.notify.desk import Desk
from tests.support.receivers import mailbox, receiver
from tests.support.running import until
from tests.unit.notify.company import MONDAY, Story

pytestmark = pytest.mark.stack


async def test_a_notice_arrives_once_and_it_is_known_when(desk: Desk) -> None:
    with desk.crm() as crm:
        sender = desk.sender()
        await desk.leads_of("ana", 3)
        await desk.send(sender)
        await desk.send(sender)
    ids = {str(id_) for (id_,) in await desk.rows("id")}
    assert len(crm.ids()) == 3 and set(crm.ids()) == ids
    assert await desk.statuses() == {"sent": 3}
    assert desk.value("ended_total", channel="webhook", ending="sent") == 3


async def test_the_same_batch_written_again_makes_nothing_new(desk: Desk) -> None:
    told = Story(desk.rules, desk.now).routed()
    await desk.write(told)
    await desk.write(told)
    assert await desk.statuses() == {"waiting": 2}


async def test_what_fails_is_tried_again_with_the_same_id_and_arrives_when_the_server_is_well(desk: Desk) -> None:
    with desk.crm(ways=["500", "hang", "503:60", "200"], notify_budget_s=0.3) as crm:
        sender = desk.sender()
        await desk.leads_of("ana", 1)
        for wait_s in (0, 6, 20, 120):
            desk.later(seconds=wait_s)
            sender = desk.sender()  # another instance, which was not told by the server when to come back
            await desk.send(sender)
    assert len(crm.taken) == 4 and len(set(crm.ids())) == 1
    assert await desk.statuses() == {"sent": 1}


async def test_a_server_that_asks_for_quiet_is_left_alone_by_who_heard_it(desk: Desk) -> None:
    with desk.crm("429:3600", notify_at_once=1) as crm:
        sender = desk.sender()
        await desk.leads_of("ana", 3)
        await desk.send(sender)
        desk.later(seconds=30)
        await desk.send(sender)
    assert len(crm.taken) == 1
    ((soonest,),) = await desk.asked.fetch("SELECT min(try_at) FROM notice WHERE attempts = 1")
    assert soonest >= MONDAY + timedelta(hours=1)


async def test_a_server_that_asks_for_days_of_quiet_is_asked_once_more_when_the_day_is_over(desk: Desk) -> None:
    with desk.crm("503:259200") as crm:
        await desk.leads_of("ana", 1)
        await desk.send(desk.sender())
        assert await desk.rows("status, try_at") == [("ready", MONDAY + timedelta(days=1))]
        crm.way = "200"
        desk.later(days=1)
        await desk.send(desk.sender())
    assert await desk.statuses() == {"sent": 1}


async def test_after_a_day_it_is_dead_and_visible(desk: Desk) -> None:
    with desk.crm("500") as crm:
        await desk.leads_of("ana", 1)
        tries = 0
        while (await desk.statuses()).get("dead") is None:
            await desk.send(desk.sender())
            tries += 1
            ((next_try,),) = await desk.rows("coalesce(try_at, due_at)")
            assert next_try <= MONDAY + timedelta(days=1)
            desk.at(max(next_try, desk.now))
        assert len(crm.taken) == tries and 13 <= tries <= 40
        assert await desk.rows("reason, fault") == [("given_up", "status_500")]
        await desk.keep_house()
        assert desk.value("dead", endpoint="crm") == 1
        assert desk.value("endpoint_failing_since_timestamp_seconds", endpoint="crm") == pytest.approx(
            MONDAY.timestamp(), abs=60
        )


async def test_who_is_gone_is_not_called_again_until_he_has_another_address(desk: Desk) -> None:
    with desk.crm("410") as crm, receiver() as new:
        await desk.leads_of("ana", 1)
        await desk.send(desk.sender())
        await desk.leads_of("ana", 2)
        await desk.send(desk.sender())
        assert len(crm.taken) == 1
        assert await desk.statuses() == {"dead": 3}
        await desk.keep_house()
        assert desk.value("endpoint_disabled", endpoint="crm") == 1
        desk.crm_at(new.url, new.host)
        await desk.leads_of("ana", 1)
        await desk.send(desk.sender())
        assert len(new.taken) == 1
        await desk.keep_house()
        assert desk.value("endpoint_disabled", endpoint="crm") == 0


async def test_of_each_endpoint_it_is_told_when_it_is_tried_next_and_how_many_can_be_told_at_all(desk: Desk) -> None:
    with desk.crm("500"):
        await desk.leads_of("ana", 1)
        await desk.send(desk.sender())
        await desk.keep_house()
        ((next_try,),) = await desk.rows("try_at")
        assert desk.value("next_try_timestamp_seconds", endpoint="crm") == next_try.timestamp() > MONDAY.timestamp()
        assert desk.value("contacts") == 4
    desk.rules = replace(desk.rules, contacts={})
    await desk.keep_house()
    assert desk.value("next_try_timestamp_seconds", endpoint="crm") == 0 == desk.value("contacts")


async def test_an_endpoint_that_the_rules_do_not_call_any_more_is_no_trouble(desk: Desk) -> None:
    with desk.crm("500"):
        await desk.leads_of("ana", 1)
        await desk.send(desk.sender())
    await desk.keep_house()
    assert desk.value("endpoint_failing_since_timestamp_seconds", endpoint="crm") > 0
    desk.rules = replace(desk.rules, contacts={"ben": desk.rules.contacts["ben"]})
    await desk.keep_house()
    assert desk.value("endpoint_failing_since_timestamp_seconds", endpoint="crm") == 0


async def test_two_instances_send_each_notice_once_and_share_the_work(desk: Desk) -> None:
    with desk.crm() as crm:
        one, other = desk.sender(), desk.sender()
        await desk.leads_of("ana", 40)
        while (await desk.statuses()).get("sent", 0) < 40:
            await asyncio.gather(desk.send(one), desk.send(other))
    assert len(crm.ids()) == 40 == len(set(crm.ids()))


async def test_what_an_instance_that_died_had_claimed_is_sent_by_another(desk: Desk) -> None:
    with desk.crm("hang", notify_budget_s=30) as crm:
        await desk.leads_of("ana", 1)
        dying = await desk.calling(crm)
        dying.stop()
        crm.way = "200"
        other = desk.sender()
        await desk.send(other)
        assert len(crm.taken) == 1, "while the claim lasts it is nobody else's"
        await desk.asked.fetch("UPDATE notice SET leased_until = now() - interval '1 s'")
        await desk.send(other)
    assert await desk.statuses() == {"sent": 1}
    assert len(crm.taken) == 2 and len(set(crm.ids())) == 1


async def test_what_is_on_its_way_when_an_instance_is_stopped_is_marked_and_not_sent_twice(desk: Desk) -> None:
    with desk.crm("hang", notify_budget_s=30) as crm:
        await desk.leads_of("ana", 1)
        sender = await desk.calling(crm)
        ending = asyncio.create_task(sender.end(60))
        await asyncio.sleep(0)
        crm.over.set()  # it answers, if only by hanging up
        await ending
    assert await desk.rows("lease, fault") == [(None, "broken_answer")]


async def test_many_go_out_in_one_look_no_more_at_once_than_the_endpoint_is_to_bear(desk: Desk) -> None:
    with desk.crm(notify_at_once=3, notify_look_s=60) as crm:
        await desk.leads_of("ana", 60)
        await desk.send(desk.sender())
        assert len(crm.taken) == 60 and crm.most_at_once <= 3
    assert await desk.statuses() == {"sent": 60}


async def test_a_slow_endpoint_holds_up_no_other(desk: Desk) -> None:
    with receiver("hang") as slow, mailbox() as box:
        desk.crm_at(slow.url, slow.host, notify_budget_s=30, smtp_host="127.0.0.1", smtp_port=box.port)
        kind = desk.rules.kinds["assigned"]
        desk.rules = replace(desk.rules, kinds={"assigned": replace(kind, also=("crm",), by=("webhook", "mail"))})
        sender = desk.sender()
        await desk.leads_of("ben", 2)
        await sender.look()
        await until(lambda: len(box.mails) == 2, "both mails")
        assert len(slow.taken) == 2
        sender.stop()


async def test_no_transaction_is_open_while_an_endpoint_is_called(desk: Desk) -> None:
    with desk.crm("hang", notify_budget_s=30) as crm:
        await desk.leads_of("ana", 1)
        sender = await desk.calling(crm)
        open_ones = await desk.asked.fetch(
            "SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid()"
            " AND query LIKE '%%notice%%' AND backend_type = 'client backend' AND datname = current_database()"
        )
        sender.stop()
    assert open_ones == [(0,)]


async def test_a_broken_endpoint_is_left_alone_and_then_asked_once(desk: Desk) -> None:
    seconds = 1000.0
    with desk.crm("500") as crm:
        sender = desk.sender()
        sender._endpoints._seconds = lambda: seconds
        await desk.leads_of("ana", 12)
        for _ in range(4):
            await desk.send(sender)
        assert 5 <= len(crm.taken) <= 8, "after five failures in a row nobody is sent there"
        before = len(crm.taken)
        desk.later(minutes=1)
        seconds += 31
        await desk.send(sender)
        assert len(crm.taken) == before + 1, "the probe"
        crm.way = "200"
        seconds += 61
        desk.later(minutes=5)
        await desk.send(sender)
        assert len(crm.taken) >= before + 2
        while (await desk.statuses()).get("sent", 0) < 12:
            desk.later(minutes=5)
            await desk.send(sender)
