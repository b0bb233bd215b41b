"""`leadline quarantine list | show`: what is kept apart, and why, read from capture's own tables."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from leadline_capture import commands
from leadline_local.endpoints import Endpoints
from tests.integration.capture.stored import StoredCapture
from tests.unit.capture.story import NOW

pytestmark = pytest.mark.stack
Run = Callable[..., str]


@pytest.fixture
async def stored(stack: Endpoints, prefix: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StoredCapture]:
    monkeypatch.setenv("LEADLINE_DATABASE_URL", stack.database_url)
    monkeypatch.setattr("leadline_capture.edge.parts.SCHEMA", prefix)
    capture = await StoredCapture(stack.database_url, prefix).open()
    await capture.freeze(NOW)
    yield capture
    await capture.close()


def run(*arguments: str, code: int = 0) -> str:
    app = typer.Typer()
    commands.register(app)
    result = CliRunner().invoke(app, ["quarantine", *arguments])
    found = getattr(result.exception, "exit_code", result.exit_code) if result.exception else 0
    assert found == code, result
    return str(result.exception) if code else result.stdout


async def in_a_thread(*arguments: str, code: int = 0) -> str:
    """The command has an event loop of its own."""
    return await asyncio.to_thread(run, *arguments, code=code)


async def test_what_is_apart_is_listed_shown_and_gone_once_it_is_released(stored: StoredCapture) -> None:
    spam: dict[str, Any] = {"email": "eve@z.example", "name": "Eve Fox", "honeypot": "buy", "type": "demo_request"}
    (told,) = await stored.transact([stored.received(spam)])
    await stored.transact([stored.received({"email": "ann@x.example"})])
    lead = str(told.captured.lead_id)
    (row,) = json.loads(await in_a_thread("list", "--json"))
    assert (row["lead_id"], row["reason"]) == (lead, told.captured.quarantine.reason)  # type: ignore[union-attr]
    assert lead in await in_a_thread("list") and "Nothing" in await in_a_thread("list", "--reason", "test")
    assert "spam_honeypot" in await in_a_thread("list", "--reason", "honeypot", code=2), "a slip is told, not answered"

    shown = await in_a_thread("show", lead)
    assert "eve@z.example" not in shown and json.loads(shown)["requests"] == ["demo_request"]
    assert json.loads(await in_a_thread("show", lead, "--pii"))["fields"]["email"] == "eve@z.example"

    order = {"kind": "lead.release", "lead_id": lead, "author": "mara", "reason": "she is real"}
    await stored.transact([stored.received(order, way="commands")])
    assert json.loads(await in_a_thread("list", "--json")) == []
    assert "is not kept apart" in await in_a_thread("show", lead, code=4)
