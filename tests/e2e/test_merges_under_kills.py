"""Leads merged and taken apart while services are killed: nothing lost, nothing doubled, every service of one mind."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from leadline_route.state import BodyCodec as RouteCodec
from leadline_runtime.bodies import restored
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_SLA, dead_letter_topic
from leadline_score.state import BodyCodec as ScoreCodec
from leadline_sla_monitor.state import CODEC
from tests.e2e import golden
from tests.support.pipeline import STEPS, Pipeline, wait

pytestmark = pytest.mark.stack
PAIRS, ROUNDS = 8, 10
NOON = datetime.fromisoformat("2026-03-10T16:00:00+00:00")
CRASHES = ("after_commit:1", "in_t2:1", "after_publish:1", "before_commit:1", "in_publish:1")


class Crowd:
    """Pairs of people; each pair is one person at times."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline, self.chance, self.sent = pipeline, random.Random(11), 0
        self.key = pipeline.make_key("--scope", "leads:write", "--scope", "leads:command", "--trusted")
        self.people = [f"{who}{n}@x.example" for n in range(PAIRS) for who in ("ann", "bob")]

    def says(self, path: str, **body: Any) -> None:
        self.sent += 1
        golden.post(self.pipeline.url, self.key, path, json.dumps({"id": f"say-{self.sent}", **body}, default=str))

    def live(self) -> None:
        """All ask; then, while services die, pairs are merged and taken apart, and some are answered."""
        for person in self.people:
            self.says("/v1/leads", email=person, name=person[:4].title(), type="demo_request", country="US", state="NY")
        self.pipeline.settle(120)
        ids = {e.lead.email: e.lead_id for e in self.pipeline.events(LEAD_CAPTURED)}
        merged: set[int] = set()
        for _ in range(ROUNDS):
            self._one_dies()
            for pair in self.chance.sample(range(PAIRS), 4):
                ann, bob = ids[f"ann{pair}@x.example"], ids[f"bob{pair}@x.example"]
                leads = {"lead_id": bob} if pair in merged else {"lead_id": ann, "duplicate_id": bob}
                kind = "lead.unmerge" if pair in merged else "lead.merge"
                self.says("/v1/commands", kind=kind, **leads, author="mara", reason="so it is")
                merged ^= {pair}
                rep = {"kind": "person", "id": "ana"}
                self.says("/v1/activities", kind="email.sent", email=self.chance.choice(self.people), actor=rep)
        for name in STEPS:
            self.pipeline.wait_ready(name, 90)

    def _one_dies(self) -> None:
        """Killed outright, or at a point of its next batches; another takes its place."""
        name = self.chance.choice(STEPS)
        self.pipeline.kill(name)
        crash = {"LEADLINE_CRASH_AT": f"{name}:{self.chance.choice(CRASHES)}"} if self.chance.random() < 0.5 else {}
        process = self.pipeline.spawn(name, **crash)
        if crash:
            self.says("/v1/leads", email=f"more{self.sent}@y.example", name="Cy", type="other")
            wait(lambda: process.poll() is not None, f"{name} to die at {crash}", 60)
            self.pipeline.running.pop(name)
            self.pipeline.spawn(name)


@pytest.fixture(scope="module")
def crowd(pipeline: Pipeline) -> Iterator[Crowd]:
    pipeline.start()
    pipeline.freeze(NOON)
    wait(lambda: pipeline.edge_clock() == NOON, "the edge to see the clock", 10)
    made = Crowd(pipeline)
    made.live()
    pipeline.settle(180)
    pipeline.freeze(NOON + timedelta(minutes=20))
    pipeline.settle(120)
    yield made


def states(pipeline: Pipeline, step: str) -> dict[UUID, tuple[UUID | None, bytes]]:
    """What a service holds of each lead: what it is part of, and its body."""
    with psycopg.connect(pipeline.stack.database_url) as connection:
        query = sql.SQL("SELECT lead_id, merged_into, body FROM {}.state")
        rows = connection.execute(query.format(sql.Identifier(step.replace("-", "_")))).fetchall()
    return {lead: (into, restored(bytes(body))) for lead, into, body in rows}


def test_all_services_know_the_same_roots_and_nothing_is_on_its_way(crowd: Crowd) -> None:
    roots = {step: {lead: into for lead, (into, _) in states(crowd.pipeline, step).items()} for step in STEPS}
    assert any(roots["capture"].values()), "some are merged at the end"
    for step in STEPS[1:]:
        assert roots[step] == roots["capture"], step
    for step in STEPS:
        assert not crowd.pipeline.raw(dead_letter_topic(step))


def test_a_promise_is_broken_once_and_held_by_one(crowd: Crowd) -> None:
    told = [e for e in crowd.pipeline.events(LEAD_SLA) if e.clock == "customer"]
    for kind in ("breached", "breach_retracted"):
        times = Counter((e.cycle, e.target) for e in told if e.kind == kind)
        assert (times and max(times.values()) == 1) or kind == "breach_retracted", kind
    held = Counter(
        (promise.cycle, promise.target)
        for _, body in states(crowd.pipeline, "sla-monitor").values()
        for promise in CODEC.decode(body).promises
        if promise.clock == "customer"
    )
    assert held and max(held.values()) == 1
    armed = {(e.cycle, e.target) for e in told if e.kind == "armed"}
    assert set(held) <= armed


def test_each_act_counts_for_one_lead_and_loads_are_true(crowd: Crowd) -> None:
    codec = ScoreCodec()
    facts = Counter(
        fact.id for _, body in states(crowd.pipeline, "score").values() for fact in codec.decode(body).memory.facts
    )
    assert len(facts) == ROUNDS * 4 and set(facts.values()) == {1}
    route = RouteCodec()
    standings = [route.decode(body).standing for _, body in states(crowd.pipeline, "route").values()]
    owned = Counter(each.owner for each in standings if each.counted)
    with psycopg.connect(crowd.pipeline.stack.database_url) as connection:
        rows = connection.execute("SELECT id, open FROM route.member WHERE open > 0").fetchall()
    assert dict(rows) == dict(owned)
