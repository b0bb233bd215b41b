"""Two instances of a service whose state of a lead is a text, on a real PostgreSQL without Kafka."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from leadline_local.endpoints import Endpoints
from leadline_runtime.database import StateRow, Write
from leadline_runtime.decision import LeadState
from leadline_runtime.postgres import Postgres

ANN, BOB = UUID(int=1), UUID(int=2)
LANE = 0
Between = Callable[[], Awaitable[Any]]


async def nothing() -> None:
    """Nothing happens in between."""


class Text:
    """A lead's state is a text. `looking`: called whenever one is read."""

    looking: Callable[[], None] = staticmethod(lambda: None)

    def encode(self, body: str) -> bytes:
        return body.encode()

    def decode(self, data: bytes) -> str:
        self.looking()
        return data.decode()


class Instance:
    """One instance of a service; all instances of a test share its tables."""

    def __init__(self, stack: Endpoints, prefix: str) -> None:
        self.codec = Text()
        self.database = Postgres(stack.database_url, prefix, self.codec)

    async def claim(self) -> None:
        """Become the owner of the lane."""
        await self.database.claim([LANE])

    async def change(self, lead: UUID, change: Callable[[str], str | None], between: Between = nothing) -> str | None:
        """One batch: read the lead, decide, write. `change` gives the new text; None: nothing to do."""
        async with self.database.batch([LANE]) as tx:
            opened = await tx.open([lead], None, 500)
            state = opened.states.get(lead) or LeadState("")
            after = change(state.body)
            await between()
            if after is not None:
                await tx.write(Write([self.row(lead, state.having(body=after, revision=state.revision + 1))]))
            await tx.commit()
            return after

    def row(self, lead: UUID, state: LeadState[str]) -> StateRow:
        """A lead's row."""
        return StateRow(lead, LANE, state, self.codec.encode(state.body))

    async def read(self, lead: UUID) -> tuple[str, int]:
        """A lead's text and revision."""
        async with self.database.batch([LANE]) as tx:
            state = (await tx.states([lead]))[lead]
            return state.body, state.revision


@asynccontextmanager
async def instances(stack: Endpoints, prefix: str) -> AsyncIterator[tuple[Instance, Instance]]:
    """Two instances; the first owns the lane."""
    one, two = Instance(stack, prefix), Instance(stack, prefix)
    await one.database.prepare()
    await one.claim()
    try:
        yield one, two
    finally:
        for each in (one, two):
            await each.database.close()
