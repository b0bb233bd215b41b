"""Which modules are compiled: those in which deciding spends its time, and no other.

Each gains, and does the same: test_compiled.py of tests/integration/score and of tests/integration/sla_monitor decide
of leads in both forms, and CI runs the unit tests of both services in the compiled one. No model of pydantic is in
them: a compiled class forgets the types that its fields are declared with.

Score's are written for both forms: classes of which a judgement makes many write their constructor out, and what its
state holds stays interpreted (core/marks). The monitor's are plain: constructors are written out by the maker, in its
copy (writing.py), and `leadline_runtime.json_body` writes and reads its values. Reports are asked for by people, and
stay as they are (core/contact, register, report, tallies, told_of).
"""

SCORE = (
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
SLA_MONITOR = (
    "core/acts",
    "core/advance",
    "core/alarms",
    "core/arming",
    "core/asked",
    "core/calendar_order",
    "core/cause",
    "core/course",
    "core/cycle",
    "core/hops",
    "core/known",
    "core/ladder",
    "core/learn",
    "core/life",
    "core/living",
    "core/managers",
    "core/moved",
    "core/moving",
    "core/owner_clock",
    "core/pause_orders",
    "core/pausing",
    "core/policy",
    "core/promise",
    "core/reach",
    "core/recount",
    "core/restart",
    "core/routing",
    "core/rung",
    "core/settle",
    "core/silence",
    "core/speed",
    "core/stage_clock",
    "core/stage_telling",
    "core/standstill",
    "core/standstill_telling",
    "core/telling",
    "core/truth",
    "core/waiting",
    "decide",
)
