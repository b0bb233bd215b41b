"""A run over armed clocks by itself: servers, monitors, kills, verdict."""

import logging
import shutil
import tempfile
from pathlib import Path

from tests.load.chaos.clocks import ClockForm, Clocks
from tests.load.chaos.run import say
from tests.load.chaos.verdict import COLUMNS, Verdict
from tests.load.chaos.world import opened_world


def run_clocks(form: ClockForm) -> int:
    """One run; the exit code. The logs are kept if anything was wrong, or if too little was done to prove anything."""
    for name in ("aiokafka", "kafka"):  # that connections break is what happens here
        logging.getLogger(name).setLevel(logging.CRITICAL)
    directory = Path(tempfile.mkdtemp(prefix="leadline-clocks-"))
    directory.chmod(0o755)
    say(f"seed {form.seed}, in {directory}")
    with opened_world(directory, say) as world:
        clocks = Clocks(world, form, say)
        clocks.prepare()
        clocks.run()
        world.pipeline.stop()
        verdict = clocks.verdict()
    enough = {
        "kills": (clocks.kills, form.kills), "restarts": (clocks.restarts, 2 * form.restarts),
        "retractions": (verdict.numbers["retractions"], form.leads // 20),
        "provisional": (verdict.numbers["provisional"], 1),
    }  # fmt: skip
    for name, (done, least) in enough.items():
        if done < least:
            verdict.add("other", "run", f"{name}: {done}, at least {least} make a proof")
    print(_told(form, clocks, verdict), flush=True)
    if verdict.violations:
        print(f"The logs of the processes are in {directory}.")
        return 1
    shutil.rmtree(directory, ignore_errors=True)
    return 0


def _told(form: ClockForm, clocks: Clocks, verdict: Verdict) -> str:
    did = f"{clocks.kills} kills of monitors, {clocks.restarts} restarts of servers, {len(clocks.settings) - 1} jumps"
    wrong = "wrong by minutes" if clocks.machines.available else "right, for want of libfaketime (.ci/faketime)"
    did += f", machine clocks {wrong}"
    counts = ", ".join(f"{column} {verdict.count(column)}" for column in COLUMNS)
    numbers = ", ".join(f"{name} {number}" for name, number in sorted(verdict.numbers.items()))
    lines = [f"seed {form.seed}: {did}; {numbers}", counts, *map(str, sorted(verdict.violations)[:20])]
    return "\n".join(lines)
