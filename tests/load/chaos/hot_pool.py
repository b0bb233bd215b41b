"""Four instances of route over one hot pool, under kills, rebalance storms and zombies: one owner a lead, fair books.

Every lead goes to the same pool of members who are always there, so every batch of every instance waits for the same
rows. The verdict is the checker's own, from raw topics and tables.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from random import Random
from signal import SIGCONT, SIGSTOP
from threading import Thread
from time import monotonic, sleep
from typing import Any

import psycopg

from leadline_console import cluster
from leadline_schemas.topics import LEAD_ROUTED
from tests.load.chaos.history import Evidence, Reader
from tests.load.chaos.owner_checks import check_owners
from tests.load.chaos.told import Event, events_of
from tests.load.chaos.verdict import Verdict
from tests.load.draining import fill
from tests.load.hot_pool import EQUAL, POOL, hot_pool
from tests.load.route_steps import events
from tests.support.pipeline import PROGRAMS, Pipeline, wait

INSTANCES = 4
PORTION = 50  # leads written at once
ZOMBIE_S = 8.0  # longer than the session timeout of the tests: another takes its lanes over
TABLES = {
    "route.state": "SELECT lead_id::text, lane, revision, merged_into IS NOT NULL AS merged FROM route.state",
    "member": "SELECT id, open, owed, assigned FROM route.member",
    "route.standing": "SELECT lead_id::text, body FROM route.state",
}


@dataclass(frozen=True)
class HotForm:
    """One run: so many leads within so many seconds, meanwhile so many kills, restarts (storms) and zombies."""

    seed: int
    leads: int = 6000
    seconds: float = 75.0
    kills: int = 16
    storms: int = 8
    zombies: int = 2


def hot_form(seed: int, *, short: bool = False, **given: Any) -> HotForm:
    """The full form, about two minutes on two cores, or half a minute of it; `given`: otherwise."""
    form = HotForm(seed, leads=1200, seconds=20, kills=5, storms=2, zombies=1) if short else HotForm(seed)
    return replace(form, **given)


class HotPool:
    """Instances of route on a pipeline, and the leads sent to them. `bug`: one of chaos/broken.py put back in all."""

    def __init__(self, pipeline: Pipeline, report: Callable[[str], None], bug: str = "") -> None:
        self.pipeline, self.report, self.bug = pipeline, report, bug
        self.rules = pipeline.directory / "hot"
        hot_pool(self.rules)
        self.sent = self.kills = self.storms = self.zombies = 0

    def start(self) -> None:
        """All instances, ready."""
        for number in range(INSTANCES):
            self._spawn(number)
        for number in range(INSTANCES):
            self.pipeline.wait_ready(f"route{number}", 120)

    def _spawn(self, number: int) -> None:
        program = ("tests.load.chaos.broken", self.bug, *PROGRAMS["route"]) if self.bug else ()
        where = str(Path(__file__).parents[3])  # a broken service is started through a module of ours
        self.pipeline.spawn(
            "route", str(number), program, LEADLINE_RULES_DIR=str(self.rules), LEADLINE_BATCH_PACE_S="0",
            PYTHONPATH=where,
        )  # fmt: skip

    def run(self, form: HotForm) -> None:
        """Send and disturb at the same time, then wait until every lead is routed."""
        sending = Thread(target=self._send, args=(form,))
        sending.start()
        self._disturb(form)
        sending.join()
        self.rest()

    def _send(self, form: HotForm) -> None:
        portions = -(-form.leads // PORTION)
        for number in range(portions):
            began = monotonic()
            waiting = events(PORTION, form.seed * 1_000_003 + number)
            asyncio.run(fill(self.pipeline.stack, waiting, self.pipeline.partitions))
            self.sent += PORTION
            sleep(max(0.0, form.seconds / portions - (monotonic() - began)))

    def _disturb(self, form: HotForm) -> None:
        random, began = Random(form.seed), monotonic()
        what = ["kill"] * form.kills + ["storm"] * form.storms + ["zombie"] * form.zombies
        random.shuffle(what)
        for number, each in enumerate(what):
            sleep(max(0.0, began + (number + random.random()) * form.seconds / len(what) - monotonic()))
            {"kill": self._kill, "storm": self._storm, "zombie": self._zombie}[each](random.randrange(INSTANCES))

    def _kill(self, number: int) -> None:
        self.report(f"kill -9 route{number}")
        self.pipeline.kill(f"route{number}")
        self.kills += 1
        self._spawn(number)

    def _storm(self, number: int) -> None:
        """Two leave and come back at once: the lanes are dealt anew, and again while that is not done."""
        self.report("two instances leave and come back")
        for each in (number, (number + 1) % INSTANCES):
            process = self.pipeline.running.pop(f"route{each}")
            process.terminate()
            process.wait(60)
            self._spawn(each)
        self.storms += 1

    def _zombie(self, number: int) -> None:
        self.report(f"route{number} stands still for {ZOMBIE_S:g} s")
        process = self.pipeline.running[f"route{number}"]
        process.send_signal(SIGSTOP)
        sleep(ZOMBIE_S)
        process.send_signal(SIGCONT)
        self.zombies += 1

    def rest(self, seconds: float = 180) -> None:
        """Wait until every lead is routed and told."""
        with cluster.admin(self.pipeline.stack.kafka) as admin:
            counts = {LEAD_ROUTED.name: self.pipeline.partitions}
            wait(
                lambda: sum(cluster.bounds(admin, counts)[1].values()) >= self.sent and self.pipeline.lag("route") == 0,
                f"all of {self.sent} leads to be routed", seconds, every=0.2,
            )  # fmt: skip

    def verdict(self) -> Verdict:
        """What is wrong, by raw records and rows."""
        records = Reader(self.pipeline.stack.kafka, self.pipeline.stack.database_url).records()
        with psycopg.connect(self.pipeline.stack.database_url, row_factory=psycopg.rows.dict_row) as connection:
            tables: dict[str, list[Any]] = {
                name: list(connection.execute(query.encode()).fetchall()) for name, query in TABLES.items()
            }
        return judged(records[LEAD_ROUTED.name], tables, self.sent)


def judged(routed: list[Any], tables: dict[str, list[Any]], sent: int) -> Verdict:
    """The checks of any run, and those that hold because all leads go to one pool whose members never leave. Pure."""
    run = {"pools": {POOL: {"steady": list(EQUAL)}}}
    evidence = Evidence([], {LEAD_ROUTED.name: routed}, tables, [], run)
    verdict = Verdict()
    told = events_of(evidence, verdict)
    check_owners(evidence, told, verdict)
    events = told[LEAD_ROUTED.name]
    leads = {event.lead for event in events}
    if len(leads) != sent:
        verdict.add("lost", "I1", f"leads: {sent} sent", f"{len(leads)} routed")
    for lead, times in Counter(e.lead for e in events if e.body.get("counts_as_turn")).items():
        if times > 1:
            verdict.add("owners doubled", "I11", f"lead {lead} was dealt", f"{times} times")
    _check_course(events, verdict)
    turns = Counter(event.body["owner"] for event in events if event.body.get("counts_as_turn"))
    if turns and max(turns[m] for m in EQUAL) - min(turns[m] for m in EQUAL) > 1:
        verdict.add("owners doubled", "I11", "turns of members with the same weight", str(dict(turns)))
    verdict.numbers["turns"] = sum(turns.values())
    return verdict


def _check_course(events: list[Event], verdict: Verdict) -> None:
    """Whenever a lead was dealt: who is always there is within 1.25 leads of what it is owed; the pool's sum is 0."""
    for event in events:
        owed = {member: Fraction(text) for member, text in event.body.get("balance_after", {}).items()}
        if sum(owed.values()) != 0:
            verdict.add("owners doubled", "I11", f"lead {event.lead}: balances sum to", str(sum(owed.values())))
        for member, balance in owed.items():
            if abs(balance) > Fraction(5, 4):
                verdict.add("other", "I11", f"lead {event.lead}: {member} is owed", str(balance))
