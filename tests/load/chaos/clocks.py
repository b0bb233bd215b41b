"""Many armed clocks, several monitors, and everything that can happen to them: `python -m tests.load.chaos --clocks`.

Clocks are put into the monitor's table as its own step makes them; they fall due within a minute or so, meanwhile
monitors are killed, PostgreSQL and Kafka restart, the pipeline's one clock is set forward and back, and capture stands
still, so that what it accepted is read late. Some leads are answered in time and read in time, some are read long
after, some are answered too late, most never. The pipeline's clock, PostgreSQL's, is set by jumps; each monitor's
machine has a wrong clock of its own besides (where libfaketime is), which jumps by minutes and has to decide nothing.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from time import monotonic, sleep, time
from typing import Any
from uuid import UUID

import psycopg
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from leadline_schemas.activity import Activity, Actor, LeadActivity
from leadline_schemas.event import Basis, RulesRef
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_RECEIVED, LEAD_SLA
from leadline_sla_monitor.app import STEP
from tests.load.chaos.clock_checks import ClockRun, Planned, check_clocks
from tests.load.chaos.history import Reader
from tests.load.chaos.machine_clocks import MachineClocks
from tests.load.chaos.verdict import Verdict
from tests.load.chaos.world import RULES, START, World
from tests.load.clocks_in_bulk import Armed, armed, put, rows
from tests.load.draining import fill, gauge
from tests.support.pipeline import wait

CUSTOMER, OWNER, ROUTED = timedelta(seconds=8), timedelta(seconds=10), timedelta(seconds=2)  # of the run's rules
GRACE_S = 4.0
CAPTURE = "leadline.capture"  # the group by whose offsets the horizon moves
WARNED_OF_S = 12  # clocks fall due from so long after the monitors are there
READ_LATE_S = 9.0  # after it was due: beyond the grace
PROGRESS, UNPUBLISHED = "leadline_last_progress_timestamp_seconds", "leadline_outbox_unpublished"
WRONG_S = 300  # a machine's clock is wrong by this much at most


@dataclass(frozen=True)
class ClockForm:
    """One run: so many leads of two clocks each, due within so many seconds, so many monitors, kills, restarts."""

    seed: int
    leads: int = 50_000
    seconds: int = 75
    instances: int = 3
    kills: int = 12
    restarts: int = 2
    lag_s: float = 10.0
    jump_s: float = 15.0
    program: tuple[str, ...] = ()


def clock_form(seed: int, *, short: bool = False, **given: Any) -> ClockForm:
    """The full form, 100,000 clocks, or a short one; `given`: otherwise."""
    form = (
        ClockForm(seed, leads=1200, seconds=24, instances=2, kills=3, restarts=1, lag_s=6) if short else ClockForm(seed)
    )
    return replace(form, **given)


class Clocks:
    """One run in a world whose servers are up."""

    def __init__(self, world: World, form: ClockForm, say: Callable[[str], None]) -> None:
        self.world, self.form, self.say, self.rng = world, form, say, Random(form.seed)
        self.plan: dict[tuple[str, str], Planned] = {}
        self.answers: list[tuple[float, LeadActivity]] = []  # when to publish, in seconds of the run; what
        self.settings: list[tuple[float, float]] = []
        self.lags: list[tuple[datetime, datetime]] = []
        self.kills = self.restarts = self.base = 0
        self.machines = MachineClocks(world.home.parent)

    # The plan

    def prepare(self) -> None:
        """Topics, the clock, armed leads, and who will answer when."""
        self.world.pipeline.prepare()
        asyncio.run(_dated_by_kafka(self.world.pipeline.stack.kafka))
        self.first_due = START + timedelta(seconds=WARNED_OF_S)
        instants = [self.first_due + timedelta(seconds=n) for n in range(self.form.seconds)]
        patterns = [armed("demo_request", due - CUSTOMER, RULES) for due in instants]
        self.base = patterns[0].state.revision
        put(self.world.pipeline.stack.database_url, self._planned(patterns, instants))
        self.world.pipeline.freeze(START, ["sla-monitor"])  # until the monitors are there
        self.answers.sort(key=lambda each: each[0])
        self.say(f"{self.form.leads} leads have {len(self.plan)} clocks")

    def _planned(self, patterns: list[Armed], instants: list[datetime]) -> Iterator[tuple[Any, ...]]:
        for n, row in enumerate(rows(patterns, self.form.leads, self.form.seed, self.world.pipeline.partitions)):
            due = instants[n % len(instants)]
            self._plan(row[0], due, self.rng.random())
            yield row

    def _plan(self, lead: UUID, due: datetime, chance: float) -> None:
        owner_due = due - CUSTOMER + ROUTED + OWNER
        answered = published = None
        if chance < 0.15:  # in time, and read at once
            answered = published = due - timedelta(seconds=3)
        elif chance < 0.35:  # in time, and read long after
            answered, published = due - timedelta(seconds=1), due + timedelta(seconds=READ_LATE_S)
        elif chance < 0.45:  # too late for both
            answered = published = owner_due + timedelta(seconds=2)
        if answered is not None and published is not None:
            self.answers.append(((published - START).total_seconds(), _answer(lead, answered)))
        self.plan[str(lead), "customer"] = Planned(due, answered)
        self.plan[str(lead), "owner"] = Planned(owner_due, answered)

    # The run

    def run(self) -> None:
        """Start the monitors, let time pass, do everything to them, wait for rest."""
        for number in range(self.form.instances):
            self._spawn(number)
        for number in range(self.form.instances):
            self.world.pipeline.wait_ready(f"sla-monitor{number}")
        self._set(START)
        self.began = monotonic()
        end = WARNED_OF_S + self.form.seconds
        for at, act in sorted(self._happenings(), key=lambda each: each[0]):
            self._publish_until(at)
            act()
        self._publish_until(end + READ_LATE_S + 10)
        self.say("all has happened")
        self._rest()

    def _happenings(self) -> Iterator[tuple[float, Callable[[], None]]]:
        form, begin = self.form, float(WARNED_OF_S)
        for _ in range(form.kills):
            yield begin + self.rng.random() * form.seconds, self._kill
        for n in range(form.restarts):
            for server, share in (("postgres", 0.3), ("kafka", 0.6)):
                yield begin + form.seconds * (n + share) / form.restarts, partial(self._restart, server)
        yield begin + form.seconds * 0.35, self._lag_begins
        yield begin + form.seconds * 0.35 + form.lag_s, self._lag_ends
        for number in range(form.instances):
            yield begin + self.rng.random() * form.seconds, partial(self._set_machine, number)
        yield begin + form.seconds * 0.8, partial(self._jump, form.jump_s)
        yield begin + form.seconds * 0.9, partial(self._jump, -form.jump_s / 2)

    def _publish_until(self, at: float) -> None:
        """Publish the answers of until then, and wait for that moment of the run."""
        while True:
            now = monotonic() - self.began
            waiting = [act for when, act in self.answers if when <= now]
            del self.answers[: len(waiting)]
            if waiting:
                written = ((LEAD_ACTIVITY, act, str(act.activity.id).encode()) for act in waiting)
                asyncio.run(fill(self.world.pipeline.stack, written, self.world.pipeline.partitions))
            if now >= at and not (self.answers and self.answers[0][0] <= at):
                return
            sleep(0.2)

    def _spawn(self, number: int) -> None:
        self._set_machine(number)
        more = {"LEADLINE_RULES_DIR": str(RULES), **self.machines.environment(f"sla-monitor{number}")}
        self.world.spawn("sla-monitor", str(number), self.form.program, **more)

    def _kill(self) -> None:
        number = self.rng.randrange(self.form.instances)
        self.world.kill(f"sla-monitor{number}")
        self._spawn(number)
        self.kills += 1

    def _set_machine(self, number: int) -> None:
        if self.machines.available:
            wrong = self.rng.randint(-WRONG_S, WRONG_S)
            self.machines.set(f"sla-monitor{number}", wrong)
            self.world.fault(f"the machine's clock of sla-monitor{number} is {wrong:+d} s wrong")

    def _restart(self, server: str) -> None:
        self.world.kill_server(server)
        self.restarts += 1

    def _jump(self, seconds: float) -> None:
        self._set(self._now() + timedelta(seconds=seconds))
        self.world.fault(f"the clock is set by {seconds:+.0f} s")

    def _now(self) -> datetime:
        return START + timedelta(seconds=time() + self.settings[-1][1] - START.timestamp())

    def _set(self, at: datetime) -> None:
        self.settings.append((time(), at.timestamp() - time()))
        self.world.pipeline.set_clock(at, 1.0, ["sla-monitor"])

    def _lag_begins(self) -> None:
        """Something is accepted that capture does not read: what comes after it is final for nobody."""
        asyncio.run(_accepted(self.world.pipeline.stack.kafka))
        self._lag_began = self._now() + timedelta(seconds=1)  # a round of the horizon may be under way
        self.world.fault("capture stands still")

    def _lag_ends(self) -> None:
        self.lags.append((self._lag_began, self._now()))
        place, kafka = TopicPartition(LEAD_RECEIVED.name, 0), self.world.pipeline.stack.kafka
        with closing(KafkaConsumer(bootstrap_servers=kafka, group_id=CAPTURE, enable_auto_commit=False)) as reader:
            reader.assign([place])
            reader.commit({place: OffsetAndMetadata(reader.end_offsets([place])[place], "", -1)})
        self.say("capture goes on")

    def _rest(self) -> None:
        pipeline = self.world.pipeline
        for number in range(self.form.instances):
            pipeline.wait_ready(f"sla-monitor{number}", 120)
        wait(lambda: pipeline.lag("sla-monitor") == 0, "all answers to be read", 300, 0.5)
        wait(self._nothing_is_due, "all verdicts", 300, 0.5)
        before = [self._told(number, PROGRESS) for number in range(self.form.instances)]
        wait(lambda: self._is_published(before), "all verdicts to be published", 300, 0.5)

    def _is_published(self, before: Sequence[float]) -> bool:
        """Whether each instance has been through its loop since then (what was being committed then is known to it) and
        has nothing left that Kafka has not taken. `before`: its progress, by its own clock, which may be wrong.
        """
        return all(
            self._told(number, PROGRESS) != then and self._told(number, UNPUBLISHED) == 0
            for number, then in enumerate(before)
        )

    def _told(self, number: int, name: str) -> float:
        return gauge(self.world.pipeline.ports[f"sla-monitor{number}"], name)

    def _nothing_is_due(self) -> bool:
        with psycopg.connect(self.world.pipeline.stack.database_url) as connection:
            row = connection.execute(
                "SELECT count(*) FROM sla_monitor.state, sla_monitor.clock"
                " WHERE least(timer_at, judge_at) <= at + (now() - set_at) * rate"
            ).fetchone()
        return row is not None and row[0] == 0

    # The verdict

    def verdict(self) -> Verdict:
        """By the plan and what Kafka holds."""
        verdict, stack = Verdict(), self.world.pipeline.stack
        records = Reader(stack.kafka, stack.database_url).records()
        run = ClockRun(self.plan, tuple(self.settings), tuple(self.lags), GRACE_S, self.base)
        check_clocks(run, records["lead.sla"], verdict)
        verdict.numbers["dead letters"] = len(records[f"dlq.{STEP.name}"])
        if verdict.numbers["dead letters"]:
            verdict.add("unexpected dead letters", "I12", f"{verdict.numbers['dead letters']} of the monitor")
        return verdict


def _answer(lead: UUID, at: datetime) -> LeadActivity:
    basis = Basis(decided_at=at, rules=RulesRef(version="chaos", digest="0"), code="chaos", cause=lead,
                  cause_kind="record")  # fmt: skip
    done = Activity(id=UUID(int=lead.int ^ 1), origin=lead, kind="email.sent", occurred_at=at, received_at=at,
                    direction="out", actor=Actor(kind="person", id="ana"))  # fmt: skip
    return LeadActivity(lead_id=lead, revision=1, basis=basis, activity=done)


async def _dated_by_kafka(kafka: str) -> None:
    """The checker goes by the time of records: by default that is their writer's, whose machine has a wrong clock."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    given = {"message.timestamp.type": "LogAppendTime"}
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, LEAD_SLA.name, configs=given)])
    await admin.close()


async def _accepted(kafka: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all")
    await producer.start()
    await producer.send_and_wait(LEAD_RECEIVED.name, b"{}", partition=0)
    await producer.stop()
