"""All crash points, one after the other: restart with the crash, send until it died, restart, look at everything."""

import asyncio
from collections.abc import Callable
from random import Random
from threading import Thread
from time import monotonic, sleep

from tests.load.chaos.client import Client
from tests.load.chaos.forms import Form
from tests.load.chaos.people import Crowd
from tests.load.chaos.world import World

PATIENCE_S = 60.0
LEADS = 8  # a burst: more than one lead in a batch, so that a half of it can be published


class Crashing:
    """Passes the crash points of some services. `look` is called at rest after each point."""

    def __init__(self, world: World, form: Form, client: Callable[[], Client], look: Callable[[str], None]) -> None:
        self.world, self.form, self.client, self.look = world, form, client, look
        self.random = Random(form.seed + 2)
        self.crowd = Crowd("crash", form.seed + 3, world.pipeline.partitions)
        self.kills = self.deaths = 0

    def run(self) -> None:
        """Every point of the form."""
        for point in self.form.points:
            self._pass(point)
            self.look(point)

    def _pass(self, point: str) -> None:
        """Every crashing service is killed while leads come, comes back, dies at this point, comes back for good."""
        pipeline = self.world.pipeline
        at_start = point in ("in_claim", "after_claim")
        sending = Thread(target=self._send)
        sending.start()
        for name in self.form.crashing:
            sleep(self.random.uniform(0.0, 0.3))
            nth = 1 if at_start else self.random.choice((1, 1, 2))
            self.world.kill(name)
            self.kills += 1
            self.world.report(f"{name} shall die at {point}, passage {nth}")
            self.world.spawn(name, LEADLINE_CRASH_AT=f"{name}:{point}:{nth}")
        sending.join()
        self._until_dead(point, at_start)
        for name in self.form.crashing:
            pipeline.wait_ready(name)
        pipeline.settle()

    def _until_dead(self, point: str, at_start: bool) -> None:
        waiting, end = set(self.form.crashing), monotonic() + PATIENCE_S
        while waiting:
            for name in sorted(waiting):
                if self.world.pipeline.running[name].poll() is not None:
                    self.world.fault(f"{name} died at {point}")
                    self.world.spawn(name)
                    waiting.discard(name)
                    self.deaths += 1
            if monotonic() > end:
                raise AssertionError(f"{', '.join(sorted(waiting))} did not reach {point} within {PATIENCE_S:.0f} s")
            if waiting and not at_start:
                self._send()
            sleep(0.1)

    def _send(self) -> None:
        operations = self.crowd.operations(LEADS, 0.3)
        asyncio.run(self.client().run(each for each in operations if each.at < 1))
