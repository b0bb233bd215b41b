"""With a known bug put back, a run turns red; with the rule in place, the same story leaves every count at zero."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from signal import SIGCONT
from typing import Any

import psutil
import pytest

from tests.load.chaos.checker import check
from tests.load.chaos.client import Client
from tests.load.chaos.history import Evidence, Reader, parsed
from tests.load.chaos.journal import Journal, read_journal
from tests.load.chaos.people import Crowd, Operation
from tests.load.chaos.verdict import Violation
from tests.load.chaos.world import World, opened_world
from tests.support.pipeline import PROGRAMS, wait

pytestmark = pytest.mark.stack


class Story:
    """A world, a client, and what is wrong that was not wrong before."""

    def __init__(self, world: World, directory: Path) -> None:
        self.world, self.log = world, directory / "client.log"
        self.journal = Journal(self.log)
        self.doors = world.doors()
        self.reader = Reader(world.pipeline.stack.kafka, world.pipeline.stack.database_url)
        self.crowd = Crowd("red", 1, world.pipeline.partitions)
        self.known: set[Violation] = set()

    def send(self, *operations: Operation) -> None:
        """Send now, all at once, and wait until all are acknowledged."""
        pipeline = self.world.pipeline
        client = Client(self.doors, pipeline.stack.kafka, self.journal, self.world.ago)
        asyncio.run(client.run(replace(each, at=0.0) for each in operations))

    def ask(self, email: str) -> None:
        """One person sends one request."""
        (one,) = self.crowd.one_person(email, 1)
        one.body.pop("honeypot", None)
        self.send(one)

    def put_back(self, bugs: str, name: str, instance: str = "", **more: str) -> None:
        """Start a service with a bug instead of what runs under this name."""
        label = name + instance
        if label in self.world.pipeline.running:
            self.world.kill(label)
        self.world.spawn(name, instance, ("tests.load.chaos.broken", bugs, *PROGRAMS[name]), **more)

    def cured(self, name: str) -> None:
        """The service as it is, instead of the one with the bug."""
        self.world.kill(name)
        self.world.spawn(name)
        self.world.pipeline.wait_ready(name)

    def stands_still(self, label: str) -> None:
        """Wait until the process has stopped itself."""
        process = psutil.Process(self.world.pipeline.running[label].pid)
        wait(lambda: process.status() == psutil.STATUS_STOPPED, f"{label} to stand still", 30)

    def dies(self, name: str) -> None:
        """Wait until the process is dead."""
        wait(lambda: self.world.pipeline.running[name].poll() is not None, f"{name} to die", 30)

    def wrong(self) -> set[str]:
        """The columns in which something is wrong since the last look."""
        self.world.pipeline.settle()
        records, tables = self.reader.read()
        found = check(Evidence(read_journal(self.log), records, tables, [], {"live": True, "over_at": 0.0})).violations
        new, self.known = found - self.known, self.known | found
        print("wrong now:", *sorted(new), sep="\n  ")
        return {violation.column for violation in new}

    def revisions(self, topic: str, email: str) -> list[int]:
        """Revisions of a person's events as they stand in Kafka."""
        bodies = [parsed(raw.value) for raw in self.reader.records()[topic]]
        return [body["revision"] for body in bodies if _email(body) == email]

    def reaches(self, topic: str, email: str, revision: int) -> None:
        """Wait until an event of this revision is in Kafka."""
        wait(lambda: revision in self.revisions(topic, email), f"{topic} revision {revision}", 30)


def _email(body: dict[str, Any]) -> str:
    for outer in ("scored", "enriched", "captured"):
        body = body.get(outer, body)
    return str(body["lead"].get("email"))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    directory = tmp_path_factory.mktemp("red")
    with opened_world(directory, print) as world:
        world.start()
        made = Story(world, directory)
        yield made
        made.journal.close()


def test_without_a_bug_every_count_is_zero(story: Story) -> None:
    story.send(*[each for each in story.crowd.operations(10, 1) if each.at < 2])
    assert story.wrong() == set()


@pytest.mark.parametrize(("bug", "service"), [("no_publish_at_claim", "route"), ("ack_before_publish", "capture")])
def test_events_that_were_decided_and_never_published_are_lost(story: Story, bug: str, service: str) -> None:
    story.put_back(bug, service, LEADLINE_CRASH_AT=f"{service}:after_commit:1")
    story.ask(f"{bug.replace('_', '-')}@works.example")
    story.dies(service)
    story.put_back(bug, service)
    assert "lost" in story.wrong()
    story.cured(service)


def test_a_lead_that_waits_for_a_provider_has_no_score(story: Story) -> None:
    story.world.vendor.be("hanging")
    story.ask("no-bug@hangs.example")
    assert story.wrong() == set()
    story.put_back("wait_for_facts", "enrich")
    story.ask("with-the-bug@hangs-too.example")
    assert "lost" in story.wrong()
    story.world.vendor.be("answering")
    story.cured("enrich")


def test_a_scorecard_that_is_made_anew_at_the_claim_is_two_scorecards(story: Story) -> None:
    story.put_back("none", "score", LEADLINE_CRASH_AT="score:after_publish:1")
    story.ask("judged@twice.example")
    story.dies("score")
    story.put_back("decided_anew_at_claim", "score")
    story.world.pipeline.wait_ready("score")
    assert "doubled" in story.wrong()
    story.cured("score")


def test_a_key_that_is_checked_and_then_inserted_makes_two_leads_of_one_person(story: Story) -> None:
    for instance in ("", "-second"):
        story.put_back("check_then_insert", "capture", instance)
    wait(lambda: _lanes(story) == [2, 2], "two instances to share the lanes", 30)
    story.send(*story.crowd.one_person("ann@twice.example", 8))
    assert "doubled" in story.wrong()
    story.world.kill("capture-second")
    story.cured("capture")


def _lanes(story: Story) -> list[int]:
    pipeline = story.world.pipeline
    return [pipeline.says(label).get("lanes", 0) for label in ("capture", "capture-second")]


@pytest.mark.parametrize("bug", ["none", "no_owner_check"])
def test_an_instance_that_writes_lanes_of_another_publishes_out_of_order(story: Story, bug: str) -> None:
    """A split brain: two instances have all lanes. One stands still between its commit and its publishing."""
    pipeline, person = story.world.pipeline, f"{bug.replace('_', '-')}@split.example"
    story.world.kill("sla-monitor")  # its events would make batches of their own
    story.put_back(f"{bug},stand_before_publish=6", "route", LEADLINE_SESSION_TIMEOUT_MS="60000")
    pipeline.wait_ready("route")
    story.put_back(f"{bug},own_group,stand_after_claim", "route", "-other", LEADLINE_SESSION_TIMEOUT_MS="60000")
    story.stands_still("route-other")
    for number in range(1, 6):
        story.ask(person)
        story.reaches("lead.routed", person, number)
    story.ask(person)
    story.stands_still("route")
    story.ask(person)
    story.reaches("lead.scored", person, 7)
    story.world.signal("route-other", SIGCONT)
    story.reaches("lead.routed", person, 7)
    story.world.signal("route", SIGCONT)
    story.reaches("lead.routed", person, 6)
    for name in ("route-other", "route"):
        story.world.kill(name)
    for name in ("route", "sla-monitor"):
        story.world.spawn(name)
        pipeline.wait_ready(name)
    assert story.wrong() == ({"other"} if bug == "no_owner_check" else set())
