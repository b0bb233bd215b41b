"""What the parts of the bench share: options, and the measures taken so far."""

import argparse
from typing import Any

from tests.load.measure import Measure, loop_rate, machine


class Bench:
    """Takes measures one after the other."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.machine = options, machine()
        self.measures: list[Measure] = []

    def tell(self, measure: str, value: float, unit: str, **more: Any) -> None:
        """One measure: print it at once."""
        made = Measure(measure, round(value, 3), unit, self.options.seed, self.machine, **more)
        self.measures.append(made)
        print(made.line(), flush=True)

    def core(self, before: str) -> None:
        """How fast one core is just now."""
        self.tell(f"python_loop_rate.{before}", loop_rate(), "1e6/s")
