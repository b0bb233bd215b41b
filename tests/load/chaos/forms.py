"""How large a run is: the full form for `make chaos`, the short one for the test suite."""

from dataclasses import dataclass

from leadline_runtime.crash import POINTS


@dataclass(frozen=True)
class Form:
    """One run. `enough`: fewer accepted leads fail it.

    Part one: each of the `crashing` services is killed at a random moment and passes each of the crash `points`.
    Part two: for so many `seconds` leads are sent while so many `kills` are done; `zombie_s`: how long one service
    stands still (longer than the session timeout; 0: none does). Part three: Kafka is away for `away_s` while leads are
    sent on, and the edge is killed meanwhile, and again while it writes to Kafka what it had to keep. Every `flush_s`
    Redis forgets everything.
    """

    seed: int
    leads: int
    enough: int
    kills: int
    seconds: float
    points: tuple[str, ...]
    crashing: tuple[str, ...]
    zombie_s: float
    away_s: float
    flush_s: float = 5.0


def full(seed: int) -> Form:
    """About five minutes on two cores."""
    return Form(
        seed, leads=2200, enough=2000, kills=18, seconds=75, points=POINTS, crashing=("capture", "route"), zombie_s=9,
        away_s=60,
    )  # fmt: skip


def short(seed: int) -> Form:
    """About a minute: everything once."""
    return Form(
        seed, leads=300, enough=250, kills=6, seconds=20, points=("after_commit", "in_publish"),
        crashing=("capture", "route"), zombie_s=0, away_s=8,
    )  # fmt: skip
