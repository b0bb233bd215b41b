"""The port to the database as a store sees it, inside the one transaction of a batch."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from leadline_runtime.decision import LeadState


class Transaction(Protocol):
    """One open transaction in the service's schema (search_path is set). PostgreSQL only; see testing for memory."""

    async def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Run a statement whose rows nobody needs; it may wait in the pipeline until the next fetch."""

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement and give its rows. Parameters %s are sent as text, %b binary (lists too)."""

    async def states(
        self, lead_ids: Sequence[UUID], *, lock: bool = False, wait: bool = True
    ) -> Mapping[UUID, LeadState[Any]]:
        """The service's states of these leads (absent ones are missing), locked in the order of their ids if asked.

        Leads that turn out to be needed when others are locked already are locked without waiting, so that no two
        instances wait for each other: raises NotNow if another has one of them.
        """
