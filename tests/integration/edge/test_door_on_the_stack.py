"""The door on a real Kafka and a real PostgreSQL."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from leadline_capture.edge.keys import revoke_key, store_key
from leadline_local.endpoints import Endpoints
from leadline_runtime.rules import rules_files
from leadline_schemas.codec import decode
from leadline_schemas.ids import partition_of
from leadline_schemas.topics import LEAD_RECEIVED
from tests.integration.edge.world import LEAD, PARTITIONS, open_world
from tests.support.door import made_key
from tests.support.running import until

pytestmark = pytest.mark.stack


async def test_what_was_answered_202_is_in_kafka_where_every_client_looks_for_it(stack: Endpoints, prefix: str) -> None:
    async with open_world(stack, prefix) as world:
        answers = await asyncio.gather(*[world.post("/v1/leads", {**LEAD, "name": f"A{n}"}) for n in range(40)])
        told = {answer["submission_id"] for status, answer in answers if status == 202}
        assert len(told) == 40
        records = await world.written()
        assert {record.key.decode() for record in records} == told
        for record in records:
            received = decode(LEAD_RECEIVED, record.value)
            headers = dict(record.headers)
            assert record.key == headers["ce_id"] == str(received.submission_id).encode()
            assert record.partition == partition_of(record.key, PARTITIONS)
            assert json.loads(received.body)["email"] == "ada@works.example"
        assert (await world.ready())[0] == 200


async def test_fifty_at_once_with_one_key_are_one_submission(stack: Endpoints, prefix: str) -> None:
    async with open_world(stack, prefix) as world:
        named = {"headers": {"Idempotency-Key": "once"}}
        answers = await asyncio.gather(*[world.post("/v1/leads", LEAD, **named) for _ in range(50)])
        assert {status for status, _ in answers} == {202}
        assert len({answer["submission_id"] for _, answer in answers}) == 1
        assert len({record.value.split(b'"received_at"')[0] for record in await world.written()}) == 1


async def test_of_two_bodies_at_once_with_one_key_exactly_one_gets_in(stack: Endpoints, prefix: str) -> None:
    async with open_world(stack, prefix) as world:
        bodies = [{**LEAD, "name": f"B{n % 2}"} for n in range(20)]
        named = {"headers": {"Idempotency-Key": "twice"}}
        answers = await asyncio.gather(*[world.post("/v1/leads", body, **named) for body in bodies])
        by_body = [{answers[n][0] for n in range(which, 20, 2)} for which in (0, 1)]
        assert sorted(by_body, key=str) == [{202}, {409}]
        assert len({json.loads(decode(LEAD_RECEIVED, r.value).body)["name"] for r in await world.written()}) == 1


async def test_a_second_door_knows_the_keys_of_the_first(stack: Endpoints, prefix: str) -> None:
    async with open_world(stack, prefix) as world:
        named = {"headers": {"Idempotency-Key": "anywhere"}}
        _, first = await world.post("/v1/leads", LEAD, **named)
        ((kept,),) = await world.sql.fetch("SELECT submission_id FROM idempotency")
        assert kept == UUID(first["submission_id"])
        status, _ = await world.post("/v1/leads", {**LEAD, "name": "other"}, **named)
        assert status == 409


async def test_a_new_key_opens_and_a_revoked_one_closes_without_a_restart(stack: Endpoints, prefix: str) -> None:
    async with open_world(stack, prefix) as world:
        text, key = made_key(source="crm", trusted=True)
        assert (await world.post("/v1/leads", LEAD, key=text))[0] == 401
        await store_key(world.sql, key)
        await until(lambda: world.edge.keys.find(text, datetime.now(UTC)), "the new key")
        assert (await world.post("/v1/leads", LEAD, key=text))[0] == 202
        assert await revoke_key(world.sql, key.id, datetime.now(UTC) - timedelta(seconds=1))
        await until(lambda: world.edge.keys.find(text, datetime.now(UTC)) is None, "the key's end")
        assert (await world.post("/v1/leads", LEAD, key=text))[0] == 401


async def test_the_time_of_receipt_is_the_pipelines(stack: Endpoints, prefix: str) -> None:
    async with open_world(stack, prefix) as world:
        tuesday = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
        await world.sql.fetch("INSERT INTO clock (at, set_at, rate) VALUES (%s, now(), 0)", (tuesday,))
        await until(lambda: world.edge.clock.now() == tuesday, "the frozen clock")
        await world.post("/v1/leads", LEAD)
        (record,) = await world.written()
        assert decode(LEAD_RECEIVED, record.value).received_at == tuesday
        assert dict(record.headers)["ce_time"] == b"2026-03-10T14:00:00Z"


async def test_a_new_source_is_taken_in_without_a_restart_and_a_bad_file_changes_nothing(
    stack: Endpoints, prefix: str, tmp_path: Path
) -> None:
    own = tmp_path / "sources.yaml"
    shipped = next(iter(rules_files_of()))
    own.write_text(shipped)
    async with open_world(stack, prefix, rules_dir=tmp_path) as world:
        assert (await world.post("/v1/sources/landing_page", {"mail": "a@works.example"}))[0] == 404
        own.write_text(shipped + LANDING_PAGE)
        await until(lambda: "landing_page" in world.edge.rules.current.rules.sources, "the new source")
        assert (await world.post("/v1/sources/landing_page", {"mail": "a@works.example"}))[0] == 202
        own.write_text(shipped + LANDING_PAGE.replace("email: mail", "emial: mail"))
        failed = ("leadline_rules_reload_failed", {"service": "capture-edge"})
        await until(lambda: world.edge.registry.get_sample_value(*failed) == 1, "the refusal of the bad file")
        assert (await world.post("/v1/sources/landing_page", {"mail": "a@works.example"}))[0] == 202


def rules_files_of() -> list[str]:
    from leadline_capture.edge.app import RULES

    return [source.read_text() for source in rules_files(RULES, None).values()]


LANDING_PAGE = """
  landing_page:
    title: A landing page that posts JSON
    channel: website_form
    authenticate: {kind: api_key}
    maps: [{fields: {email: mail}}]
    examples:
      - {name: one, content_type: application/json, json: {mail: a@b.example}, gives: {leads: [{email: a@b.example}]}}
"""
