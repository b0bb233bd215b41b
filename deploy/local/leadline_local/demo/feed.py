"""What goes in during the demo: submissions at a readable pace, and the answers of sellers who are awake."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiokafka import AIOKafkaProducer

from leadline_local.demo.cast import Visitor, cast
from leadline_local.errors import StackError

PACE_S = 1.6
THINKS_S = 5.0  # how long a seller takes to answer


@dataclass
class Feed:
    """Sends visitors, and an answer for each lead that got an owner, unless it is the one nobody answers."""

    edge_url: str
    kafka: str
    key: str
    sent: dict[str, int] = field(default_factory=dict)
    _answers: set["asyncio.Task[None]"] = field(default_factory=set)

    async def run(self) -> None:
        """Send everybody."""
        producer = AIOKafkaProducer(bootstrap_servers=self.kafka, acks="all")
        await producer.start()
        try:
            async with aiohttp.ClientSession(self.edge_url) as http:
                for visitor in cast():
                    if visitor.kafka:
                        await producer.send_and_wait("lead.received", visitor.body)
                    else:
                        await self._post(http, visitor)
                    self.sent[visitor.channel] = self.sent.get(visitor.channel, 0) + 1
                    await asyncio.sleep(PACE_S)
        finally:
            await producer.stop()

    async def _post(self, http: aiohttp.ClientSession, visitor: Visitor) -> None:
        headers = {"Content-Type": visitor.content_type, **dict(visitor.headers)}
        if not visitor.headers:
            headers["Authorization"] = f"Bearer {self.key}"
        async with http.post(visitor.path, data=visitor.body, headers=headers) as answer:
            if answer.status != 202:
                raise StackError(f"The edge answered {answer.status} to {visitor.channel}: {await answer.text()}")

    def answer(self, lead_id: str, owner: str | None, request: str) -> None:
        """The owner writes an e-mail a little later; without an owner the marketing system enrols the lead."""
        activity: dict[str, Any] = {"id": f"answer-{request}", "lead_id": lead_id, "direction": "out"}
        if owner is None:
            activity |= {"kind": "nurture.enrolled", "automated": True, "actor": {"kind": "automation"}}
        else:
            activity |= {"kind": "email.sent", "actor": {"kind": "person", "id": owner}}
        task = asyncio.create_task(self._answer(activity))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer(self, activity: dict[str, Any]) -> None:
        await asyncio.sleep(THINKS_S)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        async with (
            aiohttp.ClientSession(self.edge_url) as http,
            http.post("/v1/activities", data=json.dumps(activity), headers=headers) as answer,
        ):
            if answer.status != 202:
                raise StackError(f"The edge answered {answer.status} to an activity: {await answer.text()}")
