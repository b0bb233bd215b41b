"""Leads that may be one person, from the step to the person who decides."""

import json
from typing import Any
from uuid import UUID

import pytest
import typer
from typer.testing import CliRunner

from leadline_capture import commands, tables
from leadline_capture.suggestions import dismiss, open_suggestions
from leadline_local.endpoints import Endpoints
from leadline_runtime.sql import Sql
from tests.integration.capture.stored import StoredCapture

pytestmark = pytest.mark.stack

ANN = {"name": "Ann Krüger", "company": "NorthHaul Ltd", "email": "ann@northhaul.example"}
AGAIN = {"name": "Anne Krueger", "company": "Northhaul", "email": "a.krueger@web.example"}


@pytest.fixture
async def stored(stack: Endpoints, prefix: str) -> Any:
    capture = await StoredCapture(stack.database_url, prefix).open()
    yield capture
    await capture.close()


def run(*arguments: str, code: int = 0) -> str:
    app = typer.Typer()
    commands.register(app)
    result = CliRunner().invoke(app, ["duplicates", *arguments])
    assert getattr(result.exception, "exit_code", result.exit_code) == code, (result, result.exception)
    return result.stdout


async def test_a_person_sees_suggestions_and_decides(
    stored: StoredCapture, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    (first,) = await stored.transact([stored.received(ANN)])
    (second,) = await stored.transact([stored.received(AGAIN)])
    monkeypatch.setenv("LEADLINE_DATABASE_URL", stored.url)
    monkeypatch.setattr("leadline_capture.edge.parts.SCHEMA", prefix)
    one, other = str(second.captured.lead_id), str(first.captured.lead_id)

    def decide() -> None:
        (shown,) = json.loads(run("list", "--json"))
        assert (shown["lead_id"], shown["other"]) == (one, other)
        assert shown["score"] >= 0.5 and "company equal" in shown["words"]
        assert json.loads(run("list", "--json", "--lead", other)) == [shown]
        assert "Krüger" not in run("list") and one in run("list")
        run("dismiss", other, one)
        assert json.loads(run("list", "--json")) == []
        run("dismiss", other, one, code=4)
        run("dismiss", "Ann", one, code=2)

    await asyncio.to_thread(decide)


async def test_parts_of_one_lead_are_one_suggestion_and_none_to_each_other(stored: StoredCapture) -> None:
    """B became part of A, and A of C, also if D looks like all of them: one pair to decide, of C and D."""
    ids = []
    for email in ("ann@northhaul.example", "a.krueger@web.example", "annk@post.example", "ak@mail.example"):
        (told,) = await stored.transact([stored.received({**ANN, "email": email})])
        ids.append(told.captured.lead_id)
    a, b, c, d = ids
    await merge(stored, a, b)
    await merge(stored, c, a)
    sql = Sql(stored.url, stored.schema)
    try:
        found = await open_suggestions(sql, None, 10)
        assert [{each.lead_id, each.other} for each in found] == [{c, d}]
        assert await open_suggestions(sql, c, 10) == found
        assert await dismiss(sql, d, c, stored.now)
        assert await open_suggestions(sql, None, 10) == []
    finally:
        await sql.close()


async def merge(stored: StoredCapture, lead: UUID, duplicate: UUID) -> None:
    command = {"kind": "lead.merge", "lead_id": str(lead), "duplicate_id": str(duplicate), "author": "mara"}
    (told,) = await stored.transact([stored.received({**command, "reason": "one person"}, way="commands")])
    assert told.events


async def test_the_tables_are_read_by_their_keys_whatever_their_size(stored: StoredCapture) -> None:
    await stored.transact([stored.received(ANN)])
    plan = await stored.rows_of(
        "EXPLAIN " + tables.READ_LOOKALIKES.replace("%b::int", "20").replace("%b::bigint[]", "'{1,2,3}'::bigint[]")
    )
    text = "\n".join(line for (line,) in plan)
    assert "Seq Scan on blocking" not in text and "Seq Scan on looks" not in text, text
