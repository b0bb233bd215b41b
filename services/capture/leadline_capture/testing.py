"""Capture's tables in memory, for tests; they pass the same laws as those in PostgreSQL."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from leadline_capture.alike import alike
from leadline_capture.core.acts import Observed
from leadline_capture.core.identity import Reservation
from leadline_capture.core.lookalikes import unpacked
from leadline_capture.core.stitching import MOST_FOLLOWED, MOST_HELD
from leadline_capture.reading import read_all
from leadline_capture.store import further_keys, keys_to_take, likely_rows, load, named
from leadline_capture.view import Buried, CaptureView, Pointed, Submitted
from leadline_runtime.decision import Grounds, LeadState
from leadline_runtime.items import Item
from leadline_runtime.transaction import Transaction
from leadline_schemas.lead import PossibleDuplicate


class MemoryCaptureStore:
    """The same as `CaptureStore`, with dictionaries for tables; what a batch reads is a copy until it is written."""

    def __init__(self) -> None:
        self.reservations: dict[str, Reservation] = {}
        self.submitted: dict[UUID, Submitted] = {}
        self.held: dict[str, dict[UUID, tuple[Observed, datetime]]] = {}
        self.buried: dict[UUID, Buried] = {}
        self.pointers: dict[UUID, Pointed] = {}
        self.blocking: set[tuple[int, UUID]] = set()
        self.looks: dict[UUID, bytes] = {}
        self.suggestions: dict[tuple[UUID, UUID], PossibleDuplicate] = {}

    async def read(
        self, tx: Transaction, items: Sequence[Item], leads: dict[UUID, LeadState[Any]], grounds: Grounds
    ) -> CaptureView:
        """See Store.read."""
        parsed = read_all(items, grounds.rules, grounds.decided_at)
        likely = likely_rows(parsed.values())
        for key in await keys_to_take(tx, parsed.values(), grounds):
            likely.setdefault(key, Reservation(key))
        for key, row in likely.items():
            self.reservations.setdefault(key, row)
        stored = {key: self.reservations[key] for key in likely}
        held = {key: self._held(key) for key in likely}
        while further := further_keys(held, stored, len(likely) + MOST_FOLLOWED):
            stored.update((key, self.reservations.get(key, Reservation(key))) for key in further)
            held.update((key, self._held(key)) for key in further)
        ids = {each.received.submission_id for each in parsed.values()}
        submitted = {each: self.submitted[each] for each in ids if each in self.submitted}
        await load(tx, named(parsed.values(), stored.values()), leads)
        looks = alike(grounds.rules.tables.lookalikes, parsed.values(), stored, likely)
        looks.stored(self._alike(looks.keys, looks.finder.rules.most_per_key), unpacked)
        return CaptureView(parsed, leads, stored, submitted, held, grounds.decided_at, looks)

    def _alike(self, keys: Sequence[int], most: int) -> Iterator[tuple[int, UUID | None, bytes | None]]:
        for key in keys:
            leads = sorted(lead for each, lead in self.blocking if each == key)[: most + 1]
            yield from ((key, lead, self.looks[lead]) for lead in leads) if len(leads) <= most else [(key, None, None)]

    def _held(self, key: str) -> dict[UUID, Observed]:
        acts = self.held.get(key, {})
        newest = sorted(sorted(acts), key=lambda act: acts[act][1], reverse=True)[:MOST_HELD]
        return {act: acts[act][0] for act in newest}

    async def write(self, tx: Transaction, view: CaptureView) -> None:
        """See Store.write."""
        self.reservations.update((row.key, row) for row in view.rewritten())
        for key, act_id in view.released:
            self.held[key].pop(act_id, None)
        for (key, act_id), held in view.new_held.items():
            self.held.setdefault(key, {})[act_id] = held
        self.submitted.update((each.submission_id, each) for each in view.new_submitted)
        self.buried.update(view.buried)
        self.pointers.update({each: one for each, one in view.new_pointers.items() if each not in self.pointers})
        self.blocking.update(view.alike.new_keys)
        self.looks.update(view.alike.new_looks)
        for pair, told in view.alike.suggestions.items():
            self.suggestions.setdefault(pair, told)
        for acts in self.held.values():
            for act_id in [act_id for act_id, (_, until) in acts.items() if until < view.decided_at]:
                del acts[act_id]
