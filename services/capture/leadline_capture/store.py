"""Capture's tables in the one transaction of a batch: keys are locked first, then root leads (loop, section 6)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from leadline_capture import codecs, pointer_table, tables
from leadline_capture.alike import Alike, alike
from leadline_capture.core.acts import Observed
from leadline_capture.core.identity import Reservation
from leadline_capture.core.lookalikes import unpacked
from leadline_capture.core.ordered_act import OrderedAct
from leadline_capture.core.orders import Command
from leadline_capture.core.releasing import keys_of
from leadline_capture.core.stitching import MOST_FOLLOWED, MOST_HELD
from leadline_capture.reading import Parsed, read_all
from leadline_capture.view import CaptureView, Submitted
from leadline_runtime.decision import Grounds, LeadState
from leadline_runtime.items import Item
from leadline_runtime.outcomes import NotNow
from leadline_runtime.transaction import Transaction

FORGET_EVERY = 64  # batches


class CaptureStore:
    """The tables in PostgreSQL."""

    def __init__(self) -> None:
        self._batches = 0

    async def read(
        self, tx: Transaction, items: Sequence[Item], leads: dict[UUID, LeadState[Any]], grounds: Grounds
    ) -> CaptureView:
        """Read what the records say, lock their keys, and see what is known under them."""
        parsed = read_all(items, grounds.rules, grounds.decided_at)
        likely = likely_rows(parsed.values())
        for key in await keys_to_take(tx, parsed.values(), grounds):
            likely.setdefault(key, Reservation(key))
        keys = sorted(likely)
        stored, held = await self._by_key(tx, keys, likely)
        while further := further_keys(held, stored, len(likely) + MOST_FOLLOWED):
            await self._follow(tx, further, stored, held)
        submitted = await self._submitted(tx, [each.received.submission_id for each in parsed.values()])
        found = [row for key, row in stored.items() if row is not likely.get(key)]
        await load(tx, named(parsed.values(), found), leads)
        looks = alike(grounds.rules.tables.lookalikes, parsed.values(), stored, likely)
        if looks.keys:
            most = looks.finder.rules.most_per_key
            columns = (most, looks.keys, most, most)
            looks.stored(await tx.fetch(tables.READ_LOOKALIKES, columns), lambda body: unpacked(bytes(body)))
        return CaptureView(parsed, leads, stored, submitted, held, grounds.decided_at, looks)

    async def _by_key(
        self, tx: Transaction, keys: list[str], likely: dict[str, Reservation]
    ) -> tuple[dict[str, Reservation], dict[str, dict[UUID, Observed]]]:
        if not keys:
            return {}, {}
        rows = [likely[key] for key in keys]
        columns = (keys, [row.holder for row in rows], [codecs.detail_of(row) for row in rows])
        new = {key for (key,) in await tx.fetch(tables.LOCK_KEYS, columns)}
        stored = {key: row for key, row in likely.items() if key in new}
        held: dict[str, dict[UUID, Observed]] = {}
        if old := [key for key in keys if key not in new]:  # nothing can be held under a new key
            for key, holder, detail in await tx.fetch(tables.READ_KEYS, (old,)):
                stored[key] = codecs.reservation(key, holder, bytes(detail))
            await self._read_held(tx, old, held)
        return stored, held

    async def _follow(
        self, tx: Transaction, keys: list[str], stored: dict[str, Reservation], held: dict[str, dict[UUID, Observed]]
    ) -> None:
        rows = await tx.fetch(tables.FOLLOW_KEYS, (keys,))
        ((count,),) = await tx.fetch(tables.COUNT_KEYS, (keys,))
        if count != len(rows):
            raise NotNow("another instance has a key of the same person at this moment")
        stored.update((key, codecs.reservation(key, holder, bytes(detail))) for key, holder, detail in rows)
        if missing := [key for key in keys if key not in stored]:  # forgotten, with all that was held under them
            blank = [Reservation(key) for key in missing]
            columns = (missing, [None] * len(missing), [codecs.detail_of(row) for row in blank])
            await tx.fetch(tables.LOCK_KEYS, columns)
            stored.update((row.key, row) for row in blank)
        await self._read_held(tx, keys, held)

    async def _read_held(self, tx: Transaction, keys: list[str], held: dict[str, dict[UUID, Observed]]) -> None:
        for key, body in await tx.fetch(tables.READ_HELD, (keys, MOST_HELD)):
            act = codecs.held_act(bytes(body))
            held.setdefault(key, {})[act.id] = act

    async def _submitted(self, tx: Transaction, ids: list[UUID]) -> dict[UUID, Submitted]:
        if not ids:
            return {}
        rows = await tx.fetch(tables.READ_SUBMITTED, (ids,))
        return {each: Submitted(each, bytes(digest), lead, outcome) for each, digest, lead, outcome in rows}

    async def write(self, tx: Transaction, view: CaptureView) -> None:
        """Write what the batch changed."""
        rows = view.rewritten()
        if rows:
            await tx.execute(
                tables.WRITE_KEYS,
                ([r.key for r in rows], [r.holder for r in rows], [codecs.detail_of(r) for r in rows]),
            )
        if view.released:
            places = sorted(view.released)
            await tx.execute(tables.RELEASE, ([key for key, _ in places], [act for _, act in places]))
        if view.new_held:
            holding = sorted(view.new_held.items())
            await tx.execute(tables.HOLD, (
                [key for (key, _), _ in holding], [act for (_, act), _ in holding],
                [codecs.held_bytes(act) for _, (act, _) in holding], [until for _, (_, until) in holding],
            ))  # fmt: skip
        if view.new_pointers:
            pointed = sorted(view.new_pointers.items())
            await tx.execute(pointer_table.POINT, (
                [each for each, _ in pointed], [one.pointer.source for _, one in pointed],
                [codecs.pointer_bytes(one.pointer) for _, one in pointed], [one.received_at for _, one in pointed],
            ))  # fmt: skip
        if view.new_submitted:
            new = view.new_submitted
            columns = (
                view.decided_at, [s.submission_id for s in new], [s.digest for s in new],
                [s.lead_id for s in new], [s.outcome for s in new], [s.source for s in new], [s.reason for s in new],
            )  # fmt: skip
            if len(await tx.fetch(tables.WRITE_SUBMITTED, columns)) < len(new):
                raise NotNow("a submission is being decided by another instance at this moment")
        if view.buried:
            letters = [view.buried[each] for each in sorted(view.buried)]
            await tx.execute(tables.WRITE_BURIED, (
                view.decided_at, [b.submission_id for b in letters], [b.source for b in letters],
                [b.failure_class for b in letters],
            ))  # fmt: skip
        await self._write_alike(tx, view.alike, view.decided_at)
        if self._batches % FORGET_EVERY == 0:
            await tx.execute(tables.FORGET, (view.decided_at, view.decided_at))
        self._batches += 1

    async def _write_alike(self, tx: Transaction, looks: Alike, decided_at: datetime) -> None:
        if looks.new_looks:
            leads = sorted(looks.new_looks)
            await tx.execute(tables.WRITE_LOOKS, (leads, [looks.new_looks[each] for each in leads]))
        if looks.new_keys:
            keys = sorted(looks.new_keys)
            await tx.execute(tables.WRITE_BLOCKING, ([key for key, _ in keys], [lead for _, lead in keys]))
        if looks.suggestions:
            told = sorted(looks.suggestions.items())
            await tx.execute(tables.SUGGEST, (
                decided_at, [lead for (lead, _), _ in told], [other for (_, other), _ in told],
                [one.reason for _, one in told], [one.score for _, one in told], [one.words for _, one in told],
            ))  # fmt: skip


async def keys_to_take(tx: Transaction, parsed: Iterable[Parsed], grounds: Grounds) -> set[str]:
    """The keys of leads that are to be released. Nothing changes them while a lead is apart: they are read unlocked."""
    said = (each.said for each in parsed)
    leads = {each.releases for each in said if isinstance(each, Command) and each.releases is not None}
    if not leads:
        return set()
    found = await tx.states(sorted(leads))
    tables_ = grounds.rules.tables
    return {key for state in found.values() for key in keys_of(state.body, tables_).all}


def likely_rows(parsed: Iterable[Parsed]) -> dict[str, Reservation]:
    """Every key of the batch with the row it will most likely have: that of its first submission."""
    found: dict[str, Reservation] = {}
    for each in parsed:
        for row in each.likely():
            found.setdefault(row.key, row)
    return found


def further_keys(held: Mapping[str, Mapping[UUID, Observed]], stored: Collection[str], most: int) -> list[str]:
    """The pseudonyms that held acts name besides: an alias leads from one to the other, and to what is held there. No
    more than make `most` with those that are `stored` already."""
    named_too = {key for acts in held.values() for act in acts.values() for key in act.keys.pseudonyms}
    return sorted(key for key in named_too if key not in stored)[: max(0, most - len(stored))]


def named(parsed: Iterable[Parsed], rows: Iterable[Reservation]) -> set[UUID]:
    """The leads that the keys of the batch lead to, and those that its acts and commands name themselves."""
    own: set[UUID] = set()
    for each in parsed:
        if isinstance(each.said, Command | OrderedAct):
            own.update(each.said.leads)
        elif isinstance(each.said, Observed) and each.said.lead_id is not None:
            own.add(each.said.lead_id)
    return own.union(*(row.leads for row in rows))


async def load(tx: Transaction, wanted: set[UUID], leads: dict[UUID, LeadState[Any]]) -> None:
    """Lock and read these leads, and the roots of those that became part of another. Raises NotNow."""
    first = True
    while missing := wanted - leads.keys():
        found = await tx.states(sorted(missing), lock=True, wait=first)
        leads.update(found)
        first = False
        wanted = {state.merged_into.lead_id for state in found.values() if state.merged_into is not None}
