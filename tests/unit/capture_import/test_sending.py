"""Rows on their way: all of them, each once, those of one person in their order, whatever the door does meanwhile."""

import asyncio
import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.csv_lead import Imported
from leadline_capture.core.csv_report import ReportRow
from leadline_capture.imports import sending
from leadline_capture.imports.sending import Fate, Item, Sender


class UnevenDoor:
    """Takes batches in any order: the n-th takes `delays[n]` turns of the event loop. Refuses what is marked."""

    def __init__(self, delays: Sequence[int], dies_at: int | None = None) -> None:
        self.delays, self.dies_at, self.batches = delays, dies_at, 0
        self.arrived: list[dict[str, object]] = []

    async def send(self, sent: Sequence[Item]) -> list[Fate]:
        mine, self.batches = self.batches, self.batches + 1
        for _ in range(self.delays[mine % len(self.delays)] if self.delays else 0):
            await asyncio.sleep(0)
        if mine == self.dies_at:
            raise RuntimeError("the door is gone")
        items = [json.loads(item.body) for item in sent]
        self.arrived += items
        return [Fate(reasons=("no",)) if item.get("refuse") else Fate(f"s{item['n']}") for item in items]


ROWS = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["good", "refused", "unread"])), max_size=40)


def rows(kinds: Sequence[tuple[str, str]]) -> list[Imported]:
    return [
        Imported(n, n + 1, None, ("unread",), ())
        if kind == "unread"
        else Imported(n, n + 1, {"id": str(n), "n": n, "who": who, "refuse": kind == "refused"}, (), (who,))
        for n, (who, kind) in enumerate(kinds, 1)
    ]


def send(door: UnevenDoor, given_: Sequence[Imported]) -> list[ReportRow]:
    told: list[ReportRow] = []

    async def tell(fates: list[ReportRow]) -> None:
        told.extend(fates)

    try:
        asyncio.run(Sender(door, tell).send_all(iter(given_)))
    except RuntimeError:
        assert door.dies_at is not None
    return told


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "BATCH_ROWS", 3)


@settings(deadline=None)
@given(kinds=ROWS, delays=st.lists(st.integers(0, 12), max_size=6))
def test_every_row_has_its_fate_in_order_and_persons_keep_theirs(
    kinds: list[tuple[str, str]], delays: list[int]
) -> None:
    door, made = UnevenDoor(delays), rows(kinds)
    told = send(door, made)
    assert [each.row for each in told] == [each.row for each in made]
    assert sum(each.status == "accepted" for each in told) == sum(kind == "good" for _, kind in kinds)
    for row, (_, kind) in zip(told, kinds, strict=True):
        assert (row.status, row.reasons) == {
            "good": ("accepted", ()),
            "refused": ("rejected", ("no",)),
            "unread": ("rejected", ("unread",)),
        }[kind]
        assert row.submission_id == (f"s{row.row}" if kind == "good" else "")
    assert sorted(str(item["n"]) for item in door.arrived) == sorted(
        str(n) for n, (_, kind) in enumerate(kinds, 1) if kind != "unread"
    )
    for who in "abcdef":
        mine = [int(str(item["n"])) for item in door.arrived if item["who"] == who]
        assert mine == sorted(mine)


@settings(deadline=None)
@given(kinds=ROWS, dies_at=st.integers(0, 5), delays=st.lists(st.integers(0, 5), max_size=4))
def test_what_is_told_before_the_door_is_gone_is_a_beginning_of_the_file(
    kinds: list[tuple[str, str]], dies_at: int, delays: list[int]
) -> None:
    door, made = UnevenDoor(delays, dies_at), rows(kinds)
    told = send(door, made)
    assert [each.row for each in told] == [each.row for each in made[: len(told)]]
    arrived = {item["n"] for item in door.arrived}
    assert all(each.row in arrived for each in told if each.submission_id)
