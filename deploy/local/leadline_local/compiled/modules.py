"""Which modules of leadline_score are compiled: those in which judging spends its time, and no other.

Each gains, and does the same: tests/integration/score/test_compiled.py judges leads in both forms, and CI runs score's
own tests in the compiled one. What pydantic reads or writes stays interpreted (core/marks): a compiled class has no
`__dict__`, and of the declared types of its fields it keeps only the simplest.
"""

MODULES = (
    "core/acts",
    "core/answers",
    "core/bands",
    "core/clipping",
    "core/counting",
    "core/days",
    "core/decay",
    "core/exact",
    "core/explain",
    "core/falling",
    "core/fit",
    "core/intent",
    "core/known",
    "core/matching",
    "core/recheck",
    "core/rulebook",
    "core/scorecard",
    "core/signals",
    "core/standing_in",
    "core/tallies",
    "core/tally",
    "core/trajectory",
    "core/vetoes",
    "core/walker",
    "core/wording",
)
