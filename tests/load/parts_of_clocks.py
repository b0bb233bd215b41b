"""Parts of the bench that measure the monitor's clocks, on Kafka and PostgreSQL of their own."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from leadline_local.endpoints import Endpoints
from tests.load.telling import Bench


def sla_arm(bench: Bench, stack: Endpoints, directory: Path) -> None:
    """The monitor's own step with its state, leads captured and then routed: one process, and two together."""
    argv = ["tests.load.arm_steps", stack.kafka, stack.database_url, directory, bench.options.leads, bench.options.seed]
    made = subprocess.run(
        [sys.executable, "-m", *map(str, argv)], stdout=subprocess.PIPE, text=True, check=True, timeout=1500
    )
    told = list(map(float, made.stdout.split()[-8:]))
    for name, (captured, routed, cpu_of_captured, cpu_of_routed) in (("sla_arm_rate_alone", told[:4]),
                                                                     ("sla_arm_rate", told[4:])):  # fmt: skip
        bench.tell(f"{name}.captured", captured, "1/s")
        bench.tell(name, routed, "leads/s", floor=3000 if name == "sla_arm_rate" else None)
        bench.tell(f"cpu_ms.{name}.captured", cpu_of_captured, "ms/lead")
        bench.tell(f"cpu_ms.{name}.routed", cpu_of_routed, "ms/lead")


PARTS: Mapping[str, Callable[[Bench, Endpoints, Path], None]] = {"sla_arm": sla_arm}
