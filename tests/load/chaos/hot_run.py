"""A run over one hot pool by itself: servers, instances, kills, verdict."""

import shutil
import tempfile
from pathlib import Path

from leadline_local.stack import endpoints
from leadline_local.state import State
from tests.load.chaos.hot_pool import HotForm, HotPool
from tests.load.chaos.run import say
from tests.load.chaos.verdict import COLUMNS, Verdict
from tests.support.pipeline import Pipeline
from tests.support.stack import opened


def run_hot(form: HotForm) -> int:
    """One run; the exit code. The logs are kept if anything was wrong, or if too little was done to prove anything."""
    directory = Path(tempfile.mkdtemp(prefix="leadline-hot-pool-"))
    directory.chmod(0o755)
    say(f"seed {form.seed}, in {directory}")
    with opened("local", directory, alone=True):
        home = directory / "leadline-stack"
        pipeline = Pipeline(endpoints(State(home)), directory / "programs", home=home)
        pipeline.prepare()
        hot = HotPool(pipeline, say)
        try:
            hot.start()
            say("four instances are ready")
            hot.run(form)
            verdict = hot.verdict()
        finally:
            pipeline.stop()
    for name, done, least in (("kills", hot.kills, form.kills), ("leads", hot.sent, form.leads)):
        if done < least:
            verdict.add("other", "run", f"{name}: {done}, at least {least} make a proof")
    print(_told(form, hot, verdict), flush=True)
    if verdict.violations:
        print(f"The logs of the processes are in {directory}.")
        return 1
    shutil.rmtree(directory, ignore_errors=True)
    return 0


def _told(form: HotForm, hot: HotPool, verdict: Verdict) -> str:
    did = f"{hot.sent} leads, {hot.kills} kills, {hot.storms} storms, {hot.zombies} zombies"
    counts = ", ".join(f"{column} {verdict.count(column)}" for column in COLUMNS)
    numbers = ", ".join(f"{name} {number}" for name, number in sorted(verdict.numbers.items()))
    lines = [f"seed {form.seed}: {did}; {numbers}", counts, *map(str, sorted(verdict.violations)[:20])]
    return "\n".join(lines)
