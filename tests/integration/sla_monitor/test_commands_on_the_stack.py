"""`leadline sla show|board|report` over what a monitor has really decided, by numbers worked out by hand.

Five demo requests at 10:00 in New York, each routed to ana after 2 s. One is answered by mail after 3 min; one by a
call after 10 min; of one the mail of 10:02 is read at 10:20, after its breach; one is never answered; the fifth asks at
10:58 and is still in time at 11:00.
"""

import asyncio
import json
import random
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer
from typer.testing import CliRunner

from leadline_console.app import build
from leadline_local.endpoints import Endpoints
from leadline_runtime.clock_setting import set_clock
from leadline_runtime.frames import Outgoing
from leadline_runtime.sql import Sql
from leadline_schemas.activity import LeadActivity
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_SLA
from leadline_sla_monitor.overdue import DROP, KEEP
from leadline_sla_monitor.sla_commands import board_show, clock_of_database, reporting, showing
from leadline_sla_monitor.sla_commands.board import MOST, NOBODY, Asked, board
from tests.support.golden import instant
from tests.support.monitor import PARTITIONS, Monitor, demo_lead
from tests.support.running import create_topics, real_parts, running, until
from tests.support.sla_story import HOUR, MINUTE, SECOND, act, basis

pytestmark = pytest.mark.stack
TEN = instant("2026-03-10T14:00:00Z")
ELEVEN = TEN + HOUR
KEPT, LATE, READ_LATE, UNANSWERED = (demo_lead(number, TEN) for number in range(4))
FIFTH = demo_lead(4, TEN + 58 * MINUTE)


class World:
    """One monitor at a time that the test sets, and what comes to it."""

    def __init__(self, stack: Endpoints, prefix: str) -> None:
        self.stack, self.monitor = stack, Monitor(prefix)
        self.step, self.told = self.monitor.instance()

    async def sends(self, *records: Outgoing) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self.stack.kafka, acks="all")
        await producer.start()
        for out in records:
            await producer.send_and_wait(
                out.topic, out.value, key=out.key, headers=list(out.headers), partition=out.partition
            )
        await producer.stop()

    def at(self, now: Any) -> None:
        set_clock(self.stack.database_url, [self.step.schema], now, 0)

    def acts(self, name: str, lead: UUID, kind: str, happened: timedelta) -> Outgoing:
        said = act(name, kind, TEN + happened, "ana", origin=lead)
        event = LeadActivity(lead_id=lead, revision=1, basis=basis(TEN + happened), activity=said)
        return self.monitor.out(LEAD_ACTIVITY, event)

    def counted(self, name: str, target: str, **more: str) -> float:
        labels = {"policy": "demo_or_pricing", "target": target, **more}
        return self.told.registry.get_sample_value(f"leadline_sla_{name}_total", labels) or 0.0


async def the_hour(world: World, entered: AsyncExitStack) -> None:
    """Everything of that hour, each thing at its time."""
    await create_topics(world.stack, world.monitor.names(), PARTITIONS)
    parts = real_parts(world.step, world.stack)
    await parts.database.prepare()
    world.at(TEN + 3 * SECOND)
    await entered.enter_async_context(running(world.step, parts))
    for number in range(4):
        await world.sends(*world.monitor.demo(number, TEN))
    await until(lambda: world.counted("armed", "first_call") == 4, "four requests to be promised answers")
    world.at(TEN + 3 * MINUTE)
    await world.sends(world.acts("mail", KEPT, "email.sent", 3 * MINUTE))
    await until(lambda: world.counted("met", "first_email") == 1, "the mail in time")
    world.at(TEN + 7 * MINUTE)  # the horizon stands still here: verdicts after a minute of grace
    await until(lambda: world.counted("breached", "first_email", cause="owner") == 3, "three breaches")
    world.at(TEN + 10 * MINUTE)
    await world.sends(world.acts("call", LATE, "call.attempted", 10 * MINUTE))
    await until(lambda: world.counted("met", "first_call") == 1, "the call")
    world.at(TEN + 20 * MINUTE)
    await world.sends(world.acts("read late", READ_LATE, "email.sent", 2 * MINUTE))
    await until(lambda: world.counted("retracted", "first_email") == 1, "the breach to be taken back")
    world.at(TEN + 58 * MINUTE + 3 * SECOND)
    await world.sends(*world.monitor.demo(4, TEN + 58 * MINUTE))
    await until(lambda: world.counted("armed", "first_call") == 5, "the fifth request")
    world.at(ELEVEN)


def asked(world: World, monkeypatch: pytest.MonkeyPatch, *words: str, code: int = 0) -> Any:
    """What the command prints, over this monitor's topic and schema."""
    monkeypatch.setattr(showing, "LEAD_SLA", world.monitor.topics[LEAD_SLA.name])
    for name in ("TOLD", "TOLD_OF_OWNER", "TOLD_OF_ACT"):
        topic = getattr(reporting, name)
        own = topic.name.removeprefix(f"{world.monitor.prefix}.")
        monkeypatch.setattr(reporting, name, replace(topic, name=f"{world.monitor.prefix}.{own}"))
    for module in (board_show, clock_of_database):
        monkeypatch.setattr(module, "STEP", world.step)
    environment = {"LEADLINE_KAFKA": world.stack.kafka, "LEADLINE_DATABASE_URL": world.stack.database_url}
    result = CliRunner(env=environment).invoke(build(), ["sla", *words])
    assert result.exit_code == code, (result.output, result.exception)
    return json.loads(result.stdout) if "--json" in words else result.stdout


async def test_what_people_see_is_what_was_decided(
    stack: Endpoints, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    world = World(stack, prefix)
    async with AsyncExitStack() as entered:
        await the_hour(world, entered)
        await asyncio.to_thread(_looks, world, monkeypatch)


def _looks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    found = asked(world, monkeypatch, "board", "--json")
    assert [(line["lead_id"], line["target"]) for line in found["overdue"]] == [(str(UNANSWERED), "first_email")]
    assert found["overdue_leads"] == 1 and found["overdue"][0]["left_s"] == -55 * 60
    due = [(line["lead_id"], line["target"], line["left_s"]) for line in found["due_next"]]
    assert due[:2] == [(str(lead), "first_call", 0) for lead in sorted([KEPT, READ_LATE, UNANSWERED])[:2]]
    assert due[-2:] == [(str(FIFTH), "first_email", 180), (str(FIFTH), "first_call", 3480)] and len(due) == 5
    assert found["by_owner"] == {
        "ana": {"overdue_leads": 1, "overdue_since": "2026-03-10T14:05:00+00:00", "due_within_the_hour": 5}
    }
    assert asked(world, monkeypatch, "board", "--json", "--owner", "ben")["due_next"] == []
    first = asked(world, monkeypatch, "board", "--json", "--limit", "1", "--policy", "demo_or_pricing")
    assert len(first["due_next"]) == 1
    of_no_lead = asked(world, monkeypatch, "board", "--json", "--policy", "hot")
    assert (of_no_lead["overdue_leads"], of_no_lead["due_next"]) == (0, [])
    assert "1 lead is overdue" in asked(world, monkeypatch, "board", "--once")

    one = {each["target"]: each for each in asked(world, monkeypatch, "show", str(READ_LATE), "--json")["clocks"]}
    kinds = [event["kind"] for event in one["first_email"]["events"] if event["kind"] != "warned"]
    assert kinds == ["armed", "breached", "breach_retracted"] and one["first_email"]["standing"] == "met"
    assert one["first_email"]["speed"] == {"wall": 120, "working": 120, "system": 2, "human": 118, "closed": 0}
    assert one["first_call"]["standing"] == "open"
    told = asked(world, monkeypatch, "show", str(LATE))
    assert "met by call.attempted of ana, after 10 min" in told and "provisional" in told
    asked(world, monkeypatch, "show", str(UUID(int=1)), code=4)

    report = asked(world, monkeypatch, "report", "--since", "2026-03-10", "--contact", "--json")
    (email,) = (row for row in report["compliance"] if row["target"] == "first_email")
    assert {k: email[k] for k in ("due", "met", "breached", "retracted", "provisional", "open")} == {
        "due": 4, "met": 2, "breached": 2, "retracted": 1, "provisional": 2, "open": 0,
    }  # fmt: skip
    assert email["compliance"] == 0.5
    assert report["due_later"] == 5, "the calls due at 11:00 sharp, and both promises to the fifth"
    speed = report["speed_to_lead_of_all"]
    assert (speed["answered"], speed["waiting"]) == (3, 2)
    assert speed["wall"] == {"p50": 600, "p95": None, "p99": None, "mean": 300}
    assert speed["system"]["mean"] + speed["human"]["mean"] + speed["closed"]["mean"] == 300
    assert report["decision"]["met"] == 5 and report["lapses_by_owner"] == {"ana": 1}
    assert report["contact"]["all"] == {
        "assigned": 5, "contacted": 0, "mature": 0, "contacted_of_mature": 0, "immature": 5, "rate": None,
    }  # fmt: skip
    counted = {name: world.counted(name, "first_email") for name in ("due", "retracted")}
    assert counted == {"due": email["due"], "retracted": email["retracted"]}, "counters and report agree"
    assert "50.0%" in asked(world, monkeypatch, "report", "--since", "2h", "--by", "owner")
    for since in ("1970-01-01", "0001-01-01"):
        whole = asked(world, monkeypatch, "report", "--since", since, "--until", "2027-01-01", "--json")
        assert whole["compliance_of_all"] == report["compliance_of_all"] and whole["due_later"] == 5
    for since in ("now", "9999999d"):
        asked(world, monkeypatch, "report", "--since", since, code=2)


MANY = 100_000
FILL = """INSERT INTO state (lead_id, lane, revision, seen, judge_at, timer_at, body)
    SELECT gen_random_uuid(), n %% 24, 1, '{}', %b::timestamptz + n * interval '1 s', %b::timestamptz, %b::bytea
    FROM generate_series(1, %b::int) AS n"""
WAIT = """INSERT INTO overdue SELECT lead_id, judge_at - interval '9 d', nullif('o' || lane, 'o0') FROM state"""
READ = """SELECT (SELECT coalesce(sum(coalesce(idx_tup_fetch, 0) + seq_tup_read), 0) FROM pg_stat_user_tables
      WHERE schemaname = %b::text)
    + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE schemaname = %b::text AND relname LIKE 'overdue%%')"""


async def test_a_look_reads_what_is_shown_and_not_what_there_is(stack: Endpoints, prefix: str) -> None:
    world = World(stack, prefix)
    parts = real_parts(world.step, world.stack)
    await parts.database.prepare()
    await parts.database.claim(range(24))
    sql = Sql(stack.database_url, world.step.schema, timeout_s=60)
    world.at(ELEVEN)
    try:
        await sql.fetch(FILL, (ELEVEN, ELEVEN, b"{}", MANY))
        await sql.run((WAIT, ()), ("ANALYZE state", ()), ("ANALYZE overdue", ()))
        await sql.fetch("SELECT pg_stat_force_next_flush()")
        of = (world.step.schema, world.step.schema)
        ((before,),) = await sql.fetch(READ, of)
        found = await board(sql, Asked())
        await sql.fetch("SELECT pg_stat_force_next_flush()")
        ((after,),) = await sql.fetch(READ, of)
    finally:
        await sql.close()
        await parts.database.close()
    assert found.overdue_leads == MANY == sum(each.overdue for each in found.owners.values())
    assert len(found.owners) == 24 and found.owners[NOBODY].overdue > MANY / 25
    # No promise is in them, so it goes on as far as it ever does: 1,000 leads, 2,000, 4,000 and 8,000.
    assert 0 < after - before < 2 * MOST + 600 < MANY / 5


async def test_how_many_each_has_is_right_whoever_writes_and_whatever_becomes_of_the_rows(
    stack: Endpoints, prefix: str
) -> None:
    world = World(stack, prefix)
    parts = real_parts(world.step, world.stack)
    await parts.database.prepare()
    writers = [Sql(stack.database_url, world.step.schema, timeout_s=60) for _ in range(3)]
    chance, leads = random.Random(7), [UUID(int=n) for n in range(40)]
    try:
        for _ in range(60):
            some, by = chance.sample(leads, 6), chance.choice(writers)
            owners = [chance.choice(["ana", "ben", None]) for _ in some]
            if chance.random() < 0.4:
                await by.fetch(DROP, (some,))
            else:
                await by.fetch(KEEP, (some, [ELEVEN] * 6, owners))
            counted = dict(await by.fetch("SELECT owner, sum(number) FROM overdue_number GROUP BY 1"))
            real = dict(await by.fetch("SELECT coalesce(owner, ''), count(*) FROM overdue GROUP BY 1"))
            assert {owner: number for owner, number in counted.items() if number} == real
        assert (await board(writers[0], Asked(owner="ana"))).overdue_leads == real["ana"]
    finally:
        for each in writers:
            await each.close()
        await parts.database.close()
