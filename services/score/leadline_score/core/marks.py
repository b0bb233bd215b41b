"""How far a lead's walk came and where it stands: what of a walk is kept in score's state.

A module of its own, never compiled: the state is written and read by pydantic, which needs the fields' declared types.
"""

from leadline_runtime.core.values import dataclass


@dataclass(slots=True)
class Standing:
    """Where a lead stands. `letter` and `digit` count from the best (0); `entries` how often the MQL band was entered.

    `qualified_at`: when it last came into the MQL or PQL band from outside both, in microseconds.
    """

    letter: int
    digit: int
    mql: bool = False
    entries: int = 0
    pql: bool = False
    fast: bool = False
    qualified_at: int | None = None


@dataclass(slots=True)
class Mark:
    """A walk that was done before: up to `until`, over these `acts` (their fingerprint), and where it ended.

    Without it a lead with hundreds of acts would be walked from its first act at each new one.
    """

    until: int
    acts: str
    fit: int
    standing: Standing
