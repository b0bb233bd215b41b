"""Capture's tables in memory and in PostgreSQL tell the same story, row for row."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from leadline_capture import codecs
from leadline_local.endpoints import Endpoints
from leadline_runtime.bodies import restored
from tests.integration.capture.stored import StoredCapture
from tests.unit.capture.story import MINUTE, NOW, Capture, Told
from tests.unit.capture.test_identity import SOURCES, STEPS, payload_of

pytestmark = pytest.mark.stack

EMAILS = ("ann@x.example", "Ann+tag@x.example", "bob@x.example", "info@x.example", "ann@home.example", None)
PHONES = ("+12125550101", "+12125550102", None, None)
NAMES = ("Ann Lee", "Anne Lea", "Bob Ray", "Cy Fox", None)
FIRMS = ("Bay Freight", "BAY Freight Inc.", "NorthHaul", None)
ANONYMOUS = ("anon-1", "anon-2", None)


@pytest.fixture
async def stored(stack: Endpoints, prefix: str) -> AsyncIterator[StoredCapture]:
    capture = await StoredCapture(stack.database_url, prefix).open()
    yield capture
    await capture.close()


class Both:
    """One story, told to capture in memory and in PostgreSQL; after each batch both must say the same."""

    def __init__(self, stored: StoredCapture) -> None:
        self.memory, self.stored = Capture(), stored

    async def at(self, minutes: float) -> None:
        now = NOW + minutes * MINUTE
        self.memory.at(now)
        await self.stored.freeze(now)

    async def batch(self, *said: dict[str, Any]) -> list[Told]:
        told = self.memory.batch(*(self.memory.received(**each) for each in said))
        stored = await self.stored.transact([self.stored.received(**each) for each in said])
        assert stored == told
        return told

    async def same_tables(self) -> None:
        held = {(key, act): codecs.held_act(bytes(body)) for key, act, body in await self.rows("held")}
        assert held == {(k, a): one for k, acts in self.memory.store.held.items() for a, (one, _) in acts.items()}
        rows = {key: codecs.reservation(key, who, bytes(detail)) for key, who, detail in await self.rows("reservation")}
        assert rows == self.memory.store.reservations
        states = {lead: restored(bytes(body)) for lead, body in await self.rows("state")}
        assert states == {lead: body for lead, (body, _) in self.memory.leads.rows.items()}
        assert set(await self.rows("blocking")) == self.memory.store.blocking
        assert {lead: bytes(body) for lead, body in await self.rows("looks")} == self.memory.store.looks
        told = {(lead, other): (reason, words) for lead, other, reason, words in await self.rows("suggestion")}
        assert told == {pair: (one.reason, one.words) for pair, one in self.memory.store.suggestions.items()}
        assert {row[0] for row in await self.rows("submission")} == set(self.memory.store.submitted)

    async def rows(self, table: str) -> list[tuple[Any, ...]]:
        columns = {
            "held": "key, act_id, body", "reservation": "key, holder, detail", "state": "lead_id, body",
            "blocking": "key, lead_id", "looks": "lead_id, body", "suggestion": "lead_id, other, reason, words",
        }  # fmt: skip
        return await self.stored.rows_of(f"SELECT {columns.get(table, 'submission_id')} FROM {table}")


async def test_the_story_of_identity(stored: StoredCapture) -> None:
    both = Both(stored)
    for number, step in enumerate(STEPS):
        await both.at(number)
        source = SOURCES[step["source"]]
        await both.batch({"payload": payload_of(step), "source": source, "trusted": source == "crm"})
    await both.same_tables()


@pytest.mark.parametrize("seed", range(4))
async def test_any_story(stored: StoredCapture, seed: int) -> None:
    both, chance = Both(stored), random.Random(seed)
    for number in range(25):
        await both.at(number)
        await both.batch(*(_anything(chance) for _ in range(chance.randint(1, 6))))
    await both.same_tables()


@pytest.mark.parametrize("seed", range(1, 4))
async def test_any_story_with_merges_unmerges_and_releases(stored: StoredCapture, seed: int) -> None:
    both, chance = Both(stored), random.Random(seed)
    told: list[Told] = []
    for number in range(25):
        await both.at(number)
        orders = [_order(chance, both.memory) for _ in range(chance.randint(0, 2)) if both.memory.order]
        told += await both.batch(*(_anything(chance) for _ in range(chance.randint(1, 4))), *orders)
    await both.same_tables()
    done = {row[0] for row in await stored.rows_of("SELECT outcome FROM submission")}
    assert {"leads_merged", "leads_parted", "not_applied"} <= done
    merged = {lead for (lead,) in await stored.rows_of("SELECT lead_id FROM state WHERE merged_into IS NOT NULL")}
    assert merged == {lead for lead, (_, state) in both.memory.leads.rows.items() if state.merged_into is not None}


def _order(chance: random.Random, memory: Capture) -> dict[str, Any]:
    """An order about any of the leads; to take apart mostly one that is part of another, or it would hardly ever be."""
    kind, leads = chance.choice(["merge", "merge", "unmerge", "release"]), memory.order
    merged = [lead for lead, (_, state) in memory.leads.rows.items() if state.merged_into is not None]
    if kind == "unmerge" and merged and chance.random() < 0.8:
        leads = merged
    command = {"kind": f"lead.{kind}", "lead_id": str(chance.choice(leads)), "author": "mara", "reason": "so it is"}
    if kind == "merge":
        command["duplicate_id"] = str(chance.choice(leads))
    return {"payload": command, "way": "commands"}


def _anything(chance: random.Random) -> dict[str, Any]:
    who = {"email": chance.choice(EMAILS), "phone": chance.choice(PHONES), "anonymous_id": chance.choice(ANONYMOUS)}
    again = {"id": f"shared-{chance.randint(1, 30)}"} if chance.random() < 0.2 else {}
    if chance.random() < 0.4:
        kind = chance.choice(["page.viewed", "email.sent", "consent.withdrawn", "consent.granted"])
        return {
            "payload": {"kind": kind, "id": f"a{chance.randint(1, 40)}", **_known(who)},
            "way": "activities",
        } | again
    if chance.random() < 0.1:
        return {"payload": "{broken"} | again
    if chance.random() < 0.4:
        return _tracked(chance) | again
    payload: dict[str, Any] = {
        "name": chance.choice(NAMES),
        "company": chance.choice(FIRMS),
        "type": chance.choice(["demo_request", "other", None]),
        **who,
    }
    if chance.random() < 0.2:
        payload["honeypot"] = "x"
    if chance.random() < 0.3:
        payload["external_id"] = {"system": "sf", "id": str(chance.randint(1, 4))}
    return {"payload": _known(payload), "source": "crm", "trusted": chance.random() < 0.5} | again


def _tracked(chance: random.Random) -> dict[str, Any]:
    """A message of the tracking API: pages and aliases of people who are known, will be, or never are."""
    users, browsers = ("u-1", "u-2", "anon-1", "old-1", "old-2", None), ("anon-1", "anon-2", None)
    who = {"userId": chance.choice(users), "anonymousId": chance.choice(browsers)}
    message: dict[str, Any] = {"type": chance.choice(["page", "track", "identify", "alias"]), **_known(who)}
    message |= {"event": "Demo Requested"} if message["type"] == "track" else {}
    if message["type"] == "alias":
        message |= {"previousId": chance.choice(["old-1", "old-2", "anon-1"]), "userId": chance.choice(users[:4])}
    if message["type"] == "identify" and chance.random() < 0.7:
        message["traits"] = _known({"email": chance.choice(EMAILS)})
    source = {"way": "tracking", "source": "tracking", "trusted": chance.random() < 0.5}
    return {"payload": message, **source}


def _known(payload: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in payload.items() if value is not None}


async def test_what_nobody_claimed_is_forgotten_with_its_blank_key(stored: StoredCapture) -> None:
    both = Both(stored)
    await both.at(0)
    await both.batch({"payload": {"kind": "page.viewed", "anonymous_id": "anon-1"}, "way": "activities"})
    assert [key for key, _, _ in await both.rows("reservation")] == ["a:anon-1"]
    await both.at(timedelta(days=91) / MINUTE)
    stored.tables = type(stored.tables)()  # the first batch of an instance looks for what is too old
    await both.batch({"payload": {"email": "ann@x.example"}})
    assert await both.rows("held") == []
    assert [key for key, _, _ in await both.rows("reservation")] == ["e:ann@x.example"]


async def test_a_replay_of_everything_changes_nothing(stored: StoredCapture) -> None:
    chance = random.Random(7)
    records = [stored.received(**_anything(chance)) for _ in range(60)]
    await stored.transact(records)
    before = [await stored.rows_of(f"SELECT * FROM {t} ORDER BY 1, 2") for t in ("state", "reservation", "held")]
    told = await stored.transact(records)
    assert not [one for one in told if one.events]
    after = [await stored.rows_of(f"SELECT * FROM {t} ORDER BY 1, 2") for t in ("state", "reservation", "held")]
    assert after == before
