"""`python -m tests.load.chaos`: kill everything at random moments, and count what was lost, doubled or early."""

import argparse
import signal
from dataclasses import replace
from random import SystemRandom
from typing import Any

from tests.load.chaos.clock_run import run_clocks
from tests.load.chaos.clocks import clock_form
from tests.load.chaos.forms import full, short
from tests.load.chaos.hot_pool import hot_form
from tests.load.chaos.hot_run import run_hot
from tests.load.chaos.run import run


def main() -> None:
    """Exit 0 only if every count is zero and enough was done to prove it."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--short", action="store_true", help="about a minute, for the test suite")
    parser.add_argument("--seed", type=int, help="repeat the choices of an earlier run; its line begins with its seed")
    parser.add_argument("--leads", type=int)
    parser.add_argument("--kills", type=int)
    parser.add_argument("--seconds", type=float, help="for how long leads are sent and things are killed")
    parser.add_argument("--hot-pool", action="store_true", help="only route, four instances, every lead in one pool")
    parser.add_argument("--clocks", action="store_true", help="only monitors, 100,000 armed clocks, and time itself")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else SystemRandom().randrange(1_000_000)
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    if options.hot_pool:
        raise SystemExit(run_hot(hot_form(seed, short=options.short, **_given(options))))
    if options.clocks:
        raise SystemExit(run_clocks(clock_form(seed, short=options.short, **_given(options))))
    form = short(seed) if options.short else full(seed)
    given = _given(options)
    if "leads" in given:
        given["enough"] = given["leads"] * 4 // 5
    raise SystemExit(run(replace(form, **given)))


def _given(options: argparse.Namespace) -> dict[str, Any]:
    return {name: value for name in ("leads", "kills", "seconds") if (value := getattr(options, name)) is not None}


if __name__ == "__main__":
    main()
