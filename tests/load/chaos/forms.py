"""How large a run is: the full form for `make chaos`, the short one for the test suite."""

from dataclasses import dataclass

from leadline_runtime.crash import POINTS


@dataclass(frozen=True)
class Form:
    """One run. `seconds`: for how long leads are sent and things are killed; `enough`: fewer accepted leads fail it.

    `points` of `crashing` services are passed with a crash, one after the other; `zombie_s`: how long one service
    stands still (longer than the session timeout; 0: none does).
    """

    seed: int
    leads: int
    enough: int
    kills: int
    seconds: float
    points: tuple[str, ...]
    crashing: tuple[str, ...]
    zombie_s: float


def full(seed: int) -> Form:
    """At most five minutes on two cores."""
    return Form(
        seed, leads=2400, enough=2000, kills=30, seconds=110, points=POINTS,
        crashing=("capture", "route", "sla-monitor"), zombie_s=9,
    )  # fmt: skip


def short(seed: int) -> Form:
    """About a minute: everything once."""
    return Form(
        seed, leads=300, enough=250, kills=6, seconds=20, points=("after_commit", "in_publish"),
        crashing=("capture", "route"), zombie_s=0,
    )  # fmt: skip
