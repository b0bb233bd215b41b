"""A service with a known bug put back: `python -m tests.load.chaos.broken no_owner_check leadline_route`.

Each bug takes out one rule that the protocol stands on, in this process only, before the service's own main runs. A
run with it must turn red: a checker that cannot fail proves nothing. `name=n` gives a bug a number.
"""

import asyncio
import os
import runpy
import signal
import sys
from collections.abc import Callable
from typing import Any


def no_publish_at_claim(_: int) -> None:
    """What the outbox holds is forgotten at the claim."""
    from leadline_runtime import claiming

    claiming.unpack = lambda frame: []  # type: ignore[attr-defined]


def ack_before_publish(_: int) -> None:
    """The positions are kept before Kafka has the events, and the events are not."""
    from leadline_runtime import deciding

    deciding.pack = lambda events: b""  # type: ignore[attr-defined]


def no_owner_check(_: int) -> None:
    """Whoever once claimed a lane goes on writing it."""
    from leadline_runtime import postgres_batch

    postgres_batch.LOCK = postgres_batch.LOCK.replace("owner = %b", "(owner = %b OR true)")


def check_then_insert(_: int) -> None:
    """A match key is looked up, and inserted later: no lock in between."""
    from leadline_capture import tables
    from leadline_capture.store import CaptureStore

    given = "unnest(%b::text[], %b::uuid[], %b::bytea[])"
    tables.LOCK_KEYS = f"SELECT key FROM {given} AS wanted (key, holder, detail) WHERE false"
    tables.WRITE_KEYS = (
        f"INSERT INTO reservation SELECT * FROM {given}"
        " ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, detail = excluded.detail"
    )
    looking = CaptureStore._by_key

    async def look_and_think(self: CaptureStore, *asked: Any) -> Any:
        found = await looking(self, *asked)
        await asyncio.sleep(1)  # whatever makes a machine slow at the wrong moment
        return found

    CaptureStore._by_key = look_and_think  # type: ignore[assignment,method-assign]


def wait_for_facts(_: int) -> None:
    """A lead waits in enrich until every provider has answered."""
    from leadline_enrich import app, decide
    from leadline_runtime.decision import drop

    def patient(item: Any, state: Any, view: Any, grounds: Any) -> Any:
        decision = decide.decide(item, state, view, grounds)
        told: list[Any] = [emit.event for emit in decision.events]
        return decision if all(event.complete for event in told) else drop("kept")

    object.__setattr__(app.STEP, "decide", patient)


def decided_anew_at_claim(_: int) -> None:
    """What the outbox holds is judged once more at the claim, by what is known then."""
    from dataclasses import replace

    from leadline_runtime import claiming

    unpack = claiming.unpack  # type: ignore[attr-defined]

    def anew(frame: bytes) -> Any:
        return [replace(one, value=one.value.replace(b'"total":"', b'"total":"1')) for one in unpack(frame)]

    claiming.unpack = anew  # type: ignore[attr-defined]


def no_roster_lock(_: int) -> None:
    """Balances and loads are read without a lock on their rows: what another instance writes meanwhile is lost."""
    from leadline_route import store

    store.LOCK_MEMBERS = "SELECT FROM member WHERE id = ANY(%b::text[]) AND false"
    store.LOCK_POOLS = "SELECT FROM pool WHERE id = ANY(%b::text[]) AND false"


def late_truth_takes_nothing_back(_: int) -> None:
    """A breach stands, whatever is read later."""
    from leadline_sla_monitor.core import advance

    advance._retracted = lambda promise, met: None  # type: ignore[assignment,return-value]


def verdicts_wait_for_nobody(_: int) -> None:
    """What is due is judged as if all had been read, be the horizon where it may."""
    from leadline_sla_monitor.core.advance import Now

    Now.judges = lambda self, due: due <= self.at  # type: ignore[method-assign]
    Now.read_up_to = lambda self, due: due <= self.at  # type: ignore[method-assign]


def own_group(_: int) -> None:
    """No bug of the service: a split brain, in which Kafka gives all lanes to two instances."""
    from leadline_runtime.kafka import Kafka

    made = Kafka.__init__

    def make(self: Kafka, settings: Any, group: str, topics: Any) -> None:
        made(self, settings, f"{group}.other", topics)

    Kafka.__init__ = make  # type: ignore[method-assign]


def stand_after_claim(_: int) -> None:
    """No bug of the service: it is stopped (SIGSTOP) when it has become the owner of its lanes for the first time."""
    from leadline_runtime.claiming import Claiming

    claiming, before = Claiming.claim, iter((False,))

    async def claim(self: Claiming) -> Any:
        claimed = await claiming(self)
        if claimed.lanes and not next(before, True):
            os.kill(os.getpid(), signal.SIGSTOP)
        return claimed

    Claiming.claim = claim  # type: ignore[method-assign]


def stand_before_publish(nth: int) -> None:
    """No bug of the service: it is stopped (SIGSTOP) when it is about to publish events for the n-th time."""
    from leadline_runtime.batching import Batching

    publishing, times = Batching._publish, iter(range(1, 1_000_000))

    async def publish(self: Batching, events: Any, batch: Any) -> None:
        if events and next(times) == nth:
            os.kill(os.getpid(), signal.SIGSTOP)
        await publishing(self, events, batch)

    Batching._publish = publish  # type: ignore[method-assign]


BUGS: dict[str, Callable[[int], None]] = {
    bug.__name__: bug
    for bug in (
        no_publish_at_claim,
        ack_before_publish,
        no_owner_check,
        check_then_insert,
        wait_for_facts,
        decided_anew_at_claim,
        no_roster_lock,
        late_truth_takes_nothing_back,
        verdicts_wait_for_nobody,
        own_group,
        stand_after_claim,
        stand_before_publish,
    )
}


def main(bugs: str, module: str, *arguments: str) -> None:
    """Put the bugs back (names joined by commas, or `none`), then be the service."""
    for bug in bugs.split(","):
        name, _, number = bug.partition("=")
        if name != "none":
            BUGS[name](int(number or 0))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
