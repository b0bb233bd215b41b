"""What is told of a promise's pauses: that the clock stands still, that it runs again, or why an order does nothing.

Of each order each is told once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from leadline_runtime.core.values import replace
from leadline_schemas.vocabulary import SlaKind
from leadline_sla_monitor.core.advance import Change
from leadline_sla_monitor.core.pause_orders import TOO_LONG
from leadline_sla_monitor.core.promise import Paused, Promise
from leadline_sla_monitor.core.standstill import groups

PAUSED: Final = "paused"
RESUMED: Final = "resumed"
News = tuple[SlaKind, datetime, Paused]


def told(
    promise: Promise, found: Sequence[Paused], spans: Sequence[Paused], refused: Mapping[UUID, str], now: datetime
) -> tuple[Promise, list[Change]]:
    """The promise with what was said of each order, and the changes. Only of an open promise is told what moved it."""
    said = {each.order: each.said for each in found}
    news: list[News] = []
    for each in found:
        why = refused.get(each.order)
        # One that turned out to be beyond what all may be together is told so, though it was granted before.
        if why is not None and said[each.order] not in ((why,) if why == TOO_LONG else (PAUSED, RESUMED, why)):
            said[each.order] = why
            news.append(("pause_refused", each.start, replace(each, said=why)))
    if promise.status == "open":
        for group in groups(spans):
            news += _of_group(group, said, now)
        news += _still(spans, news, now)
    kept = tuple(
        replace(each, said=said[each.order]) for each in found if each.counted or said[each.order]
    )  # fmt: skip
    return _numbered(replace(promise, pauses=kept), news)


def told_again(promise: Promise, pause: Paused) -> tuple[Promise, list[Change]]:
    """That a promise that was told to be paused is due at another time than was told."""
    kind: SlaKind = "paused" if promise.runs_at is not None else "resumed"
    ran_again = kind == RESUMED and pause.moves
    return _numbered(promise, [(kind, pause.end if ran_again else pause.start, pause)])


def _of_group(group: Sequence[Paused], said: dict[UUID, str], now: datetime) -> list[News]:
    news: list[News] = []
    for each in group:
        if said[each.order] not in (PAUSED, RESUMED):
            said[each.order] = PAUSED
            news.append((PAUSED, each.start, each))
    last = max(group, key=lambda each: (each.end, each.order.int))
    if last.end <= now:
        if news or said[last.order] != RESUMED:
            first = min(group, key=lambda each: each.start)
            news.append((RESUMED, last.end, replace(last, start=first.start)))
        said.update((each.order, RESUMED) for each in group)
    return news


def _still(spans: Sequence[Paused], news: Sequence[News], now: datetime) -> list[News]:
    """What stands still is not told last to run: that an earlier standstill is over may be read in a later one."""
    running = [each for each in spans if each.end > now]
    if not running or not news or news[-1][0] != RESUMED:
        return []
    longest = max(running, key=lambda each: (each.end, each.order.int))
    return [(PAUSED, longest.start, longest)]


def _numbered(promise: Promise, news: Sequence[News]) -> tuple[Promise, list[Change]]:
    after = replace(promise, turn=promise.turn + len(news)) if news else promise
    changes = [
        Change(kind, promise.event_id(kind, promise.turn + n, pause.order), at, after, pause=pause)
        for n, (kind, at, pause) in enumerate(news)
    ]
    return after, changes
