"""The nemesis: kills each service in turn at random moments, the servers once each, and makes zombies. Seeded.

Meanwhile Redis is flushed again and again, and the vendor of company facts answers, hangs and fails as it likes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from signal import SIGCONT, SIGSTOP
from threading import Thread
from time import monotonic, sleep

from tests.load.chaos.forms import Form
from tests.load.chaos.world import World
from tests.support.pipeline import PROGRAMS
from tests.support.vendor import WAYS

VENDOR_S = 4.0  # how long the vendor stays as it is, about
STEPS = tuple(name for name in PROGRAMS if name != "capture-edge")


@dataclass(frozen=True, order=True)
class Fault:
    """What to do at `at` seconds after the start."""

    at: float
    what: str
    whom: str = ""


def plan(form: Form) -> list[Fault]:
    """The faults of a run, in the order of time."""
    random, faults = Random(form.seed + 1), []
    step = form.seconds / (form.kills + 1)
    turn: list[str] = []
    for n in range(form.kills):
        if not turn:
            turn = random.sample(sorted(PROGRAMS), len(PROGRAMS))
        faults.append(Fault((n + random.random()) * step, "kill", turn.pop()))
    moments = random.sample((0.2, 0.45, 0.7), 3)
    faults += [
        Fault(form.seconds * (share + random.uniform(0, 0.1)), "kill server", name)
        for share, name in zip(moments, ("kafka", "postgres", "valkey"), strict=True)
    ]
    for n in range(int(form.seconds // form.flush_s)):
        faults.append(Fault((n + 0.5) * form.flush_s, "flush"))
    whims = int(form.seconds // VENDOR_S)
    faults += [Fault((n + random.random()) * VENDOR_S, "vendor", random.choice(WAYS)) for n in range(whims)]
    if form.zombie_s:
        one, other = random.sample(STEPS, 2)
        faults += [Fault(form.seconds * 0.3, "zombie", one), Fault(form.seconds * 0.6, "rebalance", other)]
    return sorted(faults)


class Nemesis:
    """Carries a plan out. `after_kill` is called when something died: a moment to look at positions."""

    def __init__(self, world: World, form: Form, after_kill: Callable[[], None]) -> None:
        self.world, self.form, self.after_kill = world, form, after_kill
        self.kills = 0
        self._still = ""
        self._later: list[tuple[float, Callable[[], None]]] = []

    def run(self) -> None:
        """Every fault at its time from now; what a zombie or a rebalance leaves to do comes between them."""
        began = monotonic()
        for fault in plan(self.form):
            self._wait(began + fault.at)
            {
                "kill": self._kill, "kill server": self._kill_server,
                "zombie": self._zombie, "rebalance": self._rebalance,
                "flush": lambda _: self.world.flush(), "vendor": self.world.vendor_is,
            }[fault.what](fault.whom)  # fmt: skip
        while self._later:
            self._wait(self._later[0][0] + 0.01)
        if self.form.away_s:
            self._kafka_away()
        self.world.vendor_is("answering")

    def _kafka_away(self) -> None:
        """Kafka is away; the edge dies in the middle, and again while it drains what it kept."""
        world, edge = self.world, "capture-edge"
        world.kafka_away()
        began = monotonic()
        self._wait(began + self.form.away_s / 2)
        self._again(edge)
        self._wait(began + self.form.away_s)
        kept = self._spooled()
        back = Thread(target=world.kafka_back)
        back.start()
        end = monotonic() + 30
        while (now := self._spooled()) >= kept and monotonic() < end:
            kept = max(kept, now)
            sleep(0.005)
        world.report(f"the edge drains its spool: {now} of {kept} left")
        self._again(edge)
        back.join()
        self.after_kill()

    def _again(self, name: str) -> None:
        self.world.kill(name)
        self.kills += 1
        self.world.spawn(name)

    def _spooled(self) -> int:
        return int(self.world.pipeline.says("capture-edge").get("spooled", 0))

    def _wait(self, until: float) -> None:
        while (left := until - monotonic()) > 0 or (self._later and self._later[0][0] <= monotonic()):
            if self._later and self._later[0][0] <= monotonic():
                self._later.pop(0)[1]()
            else:
                sleep(min(0.05, max(left, 0.0)))

    def _in(self, seconds: float, do: Callable[[], None]) -> None:
        self._later.append((monotonic() + seconds, do))
        self._later.sort(key=lambda pair: pair[0])

    def _kill(self, name: str) -> None:
        if name == self._still:
            self._in(self.form.zombie_s, lambda: self._kill(name))  # a zombie lives on
            return
        if name in self.world.pipeline.running:
            self.world.kill(name)
            self.kills += 1
        self.world.spawn(name)
        self.after_kill()

    def _kill_server(self, name: str) -> None:
        self.world.kill_server(name)
        self.after_kill()

    def _zombie(self, name: str) -> None:
        """One stands still for longer than its session lasts, another takes over; then it goes on."""
        self.world.spawn(name, "-second")
        self._in(3.0, lambda: self._stand_still(name))

    def _stand_still(self, name: str) -> None:
        self._still = name
        self.world.signal(name, SIGSTOP)
        self._in(self.form.zombie_s, lambda: self.world.signal(name, SIGCONT))
        self._in(self.form.zombie_s + 5, lambda: self._alone_again(name))

    def _alone_again(self, name: str) -> None:
        self._still = ""
        self.world.end(f"{name}-second")

    def _rebalance(self, name: str) -> None:
        """A second instance comes and goes."""
        self.world.fault(f"a second {name} joins")
        self.world.spawn(name, "-second")
        self._in(8.0, lambda: self.world.end(f"{name}-second"))
