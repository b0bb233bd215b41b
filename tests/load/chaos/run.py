"""A run: start a world, pass the crash points, send while things are killed, wait for rest, judge."""

import asyncio
import logging
import shutil
import sys
import tempfile
from pathlib import Path
from threading import Thread
from time import monotonic, sleep, time
from typing import Any

from ruamel.yaml import YAML

from tests.load.chaos.checker import check, check_run
from tests.load.chaos.client import Client
from tests.load.chaos.crashing import Crashing
from tests.load.chaos.forms import Form
from tests.load.chaos.history import Evidence, Reader, keep
from tests.load.chaos.journal import Journal, read_journal
from tests.load.chaos.nemesis import Nemesis
from tests.load.chaos.people import Crowd
from tests.load.chaos.report import report
from tests.load.chaos.world import RULES, World, opened_world

GRACE_S = 4.0  # of rules/sla.yaml
LONGEST_PROMISE_S = 12.0


def run(form: Form) -> int:
    """One run; the exit code. What was found is kept in a folder if anything was wrong."""
    for name in ("aiokafka", "kafka"):  # that connections break is what happens here
        logging.getLogger(name).setLevel(logging.CRITICAL)
    directory = Path(tempfile.mkdtemp(prefix="leadline-chaos-"))
    directory.chmod(0o755)
    say(f"seed {form.seed}, in {directory}")
    with opened_world(directory, say) as world:
        world.start()
        say("the pipeline is up")
        made = Run(form, world, directory)
        made.pass_crash_points()
        made.send_while_things_are_killed()
        evidence = made.at_rest()
    verdict = check_run(evidence)
    print(report(evidence, verdict), flush=True)
    if not verdict.violations:
        shutil.rmtree(directory, ignore_errors=True)
        return 0
    keep(evidence, directory / "records.jsonl.gz")
    print(f"The records of all topics, the client's log and the logs of the processes are in {directory}.")
    return 1


def say(what: str) -> None:
    """A line of progress."""
    print(f"{time() - _BEGAN:6.1f} s  {what}", file=sys.stderr, flush=True)


_BEGAN = time()


class Run:
    """The parts of one run and what they did."""

    def __init__(self, form: Form, world: World, directory: Path) -> None:
        self.form, self.world, self.directory = form, world, directory
        self.journal = Journal(directory / "client.log")
        self.doors = world.doors()
        stack = world.pipeline.stack
        self.reader = Reader(stack.kafka, stack.database_url)
        self.samples: list[dict[str, Any]] = []
        self.kills = self.deaths = 0

    def client(self) -> Client:
        """A client with the journal of this run."""
        pipeline = self.world.pipeline
        return Client(self.doors, pipeline.stack.kafka, self.journal, self.world.ago)

    def pass_crash_points(self) -> None:
        """Part one. After each point everything must be right, or the run ends."""
        crashing = Crashing(self.world, self.form, self.client, self._look)
        crashing.run()
        self.kills, self.deaths = crashing.kills, crashing.deaths

    def _look(self, point: str) -> None:
        verdict = check(self._evidence(over_at=0.0, live=True))
        if verdict.violations:
            found = "\n".join(f"  {violation}" for violation in sorted(verdict.violations)[:10])
            raise SystemExit(f"After a death at {point}:\n{found}\nThe logs are in {self.directory}.")

    def send_while_things_are_killed(self) -> None:
        """Part two: leads and kills at the same time."""
        form, client = self.form, self.client()
        crowd = Crowd("p", form.seed, self.world.pipeline.partitions)
        operations = crowd.operations(form.leads, form.seconds + form.away_s, poison=2 + form.leads // 200)
        sending = Thread(target=lambda: asyncio.run(client.run(operations)))
        nemesis = Nemesis(self.world, form, self._sample)
        sending.start()
        try:
            nemesis.run()
        finally:
            sending.join()
        self.kills += nemesis.kills
        say("all is sent")

    def _sample(self) -> None:
        try:
            self.samples.append(self.reader.sample())
        except Exception as error:  # a server is away at this moment: there are other moments
            say(f"no sample of positions ({type(error).__name__})")

    def at_rest(self) -> Evidence:
        """Wait until everything is read and every promise of a customer is due, stop, and gather what there is."""
        pipeline, rested_at = self.world.pipeline, monotonic() + LONGEST_PROMISE_S + GRACE_S + 1
        for name in pipeline.running:
            pipeline.wait_ready(name)
        pipeline.settle(120)
        sleep(max(0.0, rested_at - monotonic()))
        pipeline.settle(120)
        self._sample()
        over_at = time()
        pipeline.stop()
        self.journal.close()
        say("all is at rest")
        return self._evidence(over_at)

    def _evidence(self, over_at: float, *, live: bool = False) -> Evidence:
        began = monotonic()
        records, tables = self.reader.read()
        size = sum(len(r.value) for found in records.values() for r in found) / 1e6
        say(f"read {size:.0f} MB in {monotonic() - began:.1f} s")
        journal = read_journal(self.directory / "client.log")
        told = {**self._told(journal, over_at), "live": live}
        return Evidence(journal, records, tables, list(self.samples), told)

    def _told(self, journal: list[dict[str, Any]], over_at: float) -> dict[str, Any]:
        form, yaml = self.form, YAML(typ="safe", pure=True)
        team = yaml.load((RULES / "team.yaml").read_text())
        caps = {name: member.get("caps", {}) for name, member in team["members"].items()}
        steady = {
            name: {"steady": [m for m in pool["members"] if not caps[m].get("day")]}
            for name, pool in team["pools"].items()
            if pool.get("strategy", "round_robin") == "round_robin"
        }
        done = {
            "sent": sum(line["event"] == "invoke" for line in journal),
            "unknown": sum(line["event"] == "unknown" for line in journal),
            "kills": self.kills, "crash points": self.deaths, "faults": len(self.world.faults),
        }  # fmt: skip
        deaths = len(form.points) * len(form.crashing)
        enough = {
            "leads accepted": form.enough, "kills": form.kills + deaths - 2, "crash points": deaths,
            "breaches": form.leads // 20, "position samples": 1, "late facts": 1,
        }  # fmt: skip
        return {"caps": caps, "pools": steady, "grace_s": GRACE_S, "over_at": over_at, "done": done, "enough": enough}
