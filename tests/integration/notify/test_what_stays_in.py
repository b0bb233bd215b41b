"""Addresses of people, secret addresses and secrets stay where they belong: in no log, no metric, no row."""

from dataclasses import replace

import pytest
from prometheus_client import generate_latest

from leadline_notify.core.book import Endpoint
from tests.integration.notify.desk import Desk
from tests.support.receivers import mailbox, receiver
from tests.unit.notify.company import Story
from tests.unit.notify.test_couriers import NEW, settings

pytestmark = pytest.mark.stack
CANARY = "zq7canary"


async def test_no_address_and_no_secret_is_told_to_anybody_else(
    desk: Desk, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    ben = replace(desk.rules.contacts["ana"], name="ben", ways={"mail": f"{CANARY}@fieldline.example", "chat": "sales"})
    endpoints = {**desk.rules.endpoints, "sales": Endpoint("sales", "chat", None, "sales", None)}
    desk.rules = replace(desk.rules, contacts={**desk.rules.contacts, "ben": ben}, endpoints=endpoints)
    with mailbox(to_recipient=f"550 nobody is called {CANARY}@fieldline.example") as box, receiver("500") as chat:
        desk.settings = settings(
            private=chat.host, smtp_host="127.0.0.1", smtp_port=box.port,
            notify_urls={"sales": f"{chat.url}/{CANARY}"}, notify_secrets={"crm": [NEW]},
        )  # fmt: skip
        sender = desk.sender()
        await desk.write(Story(desk.rules, desk.now).routed(owner="ben"))
        await desk.send(sender)
        chat.way = "410"
        desk.later(minutes=1)
        await desk.send(sender)
        assert len(chat.taken) == 2 and chat.taken[0].path.endswith(CANARY)
    await desk.keep_house()
    assert {(row[0], row[1]) for row in await desk.rows("status, fault")} == {("dead", "smtp_550"), ("dead", "gone")}
    rows = await desk.asked.fetch("SELECT notice::text FROM notice UNION SELECT endpoint::text FROM endpoint")
    said = capfd.readouterr()
    # Where a log line goes depends on whether something in this process has set up logging before.
    told = "".join(
        [caplog.text, said.out, said.err, generate_latest(desk.metrics.registry).decode(), *(row for (row,) in rows)]
    )
    assert "an endpoint said that it is gone" in told and "smtp_550" in told
    assert CANARY not in told and NEW not in told
