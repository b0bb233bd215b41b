"""Leads that may be one person, from the step to the person who decides."""

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from leadline_capture import commands, tables
from leadline_local.endpoints import Endpoints
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


async def test_the_tables_are_read_by_their_keys_whatever_their_size(stored: StoredCapture) -> None:
    await stored.transact([stored.received(ANN)])
    plan = await stored.rows_of(
        "EXPLAIN " + tables.READ_LOOKALIKES.replace("%b::int", "20").replace("%b::bigint[]", "'{1,2,3}'::bigint[]")
    )
    text = "\n".join(line for (line,) in plan)
    assert "Seq Scan on blocking" not in text and "Seq Scan on looks" not in text, text
