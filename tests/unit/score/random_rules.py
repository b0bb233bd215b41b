"""Rules files as hypothesis makes them up, and acts for them: small numbers, so that caps, windows and edges meet."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from leadline_schemas.activity import Activity
from leadline_score.core.rulebook import ScoreRules
from leadline_score.rules import compile_rules
from leadline_score.rules_file import ScoringFile
from tests.unit.score.builders import act, at

# A minute before midnight, at the end of a week and of a month, where the company is.
START = at("2026-06-01T03:59:00Z")
KINDS = ("page.viewed", "email.clicked", "content.downloaded", "webinar.attended")
TAGS = (None, "a", "b")
GROUPS = ("web", "product", "sales")
COUNTS = (None, "1 per day", "2 per day", "2 per week", "1 per month", "3 ever", "1 ever", "1 every 1d")


@st.composite
def decays(draw: st.DrawFn, unit: str) -> dict[str, Any]:
    """Any form of decay, in seconds or in days."""
    form = draw(st.sampled_from(["half_life", "linear", "steps"]))
    value: Any = f"{draw(st.integers(1, 30))}{unit}"
    if form == "steps":
        ages = sorted(draw(st.sets(st.integers(1, 60), min_size=1, max_size=3)))
        left = sorted(draw(st.sets(st.integers(0, 100), min_size=len(ages), max_size=len(ages))), reverse=True)
        value = {f"{age}{unit}": percent for age, percent in zip(ages, left, strict=True)}
    grace = draw(st.sampled_from([0, 0, 5]))
    return {form: value, **({"grace": f"{grace}{unit}"} if grace else {})}


@st.composite
def _act_rules(draw: st.DrawFn, unit: str, name: str) -> dict[str, Any]:
    points = draw(st.integers(1, 40))
    when = draw(st.sampled_from([None, None, {"tag": "a"}, {"tag": {"in": ["a", "b"]}}, {"not": {"tag": "a"}}]))
    return {
        "points": points,
        "kind": draw(st.sampled_from(KINDS)),
        "when": when,
        "cap": draw(st.sampled_from([None, points, min(100, 2 * points), 100])),
        "count": draw(st.sampled_from(COUNTS)),
        "decay": draw(st.none() | decays(unit)),
        "words": name,
    }


@st.composite
def _intent(draw: st.DrawFn, unit: str) -> dict[str, Any]:
    groups = {}
    for group in GROUPS:
        names = [f"{group} {number}" for number in range(draw(st.integers(1, 3)))]
        groups[group] = {
            "cap": draw(st.integers(5, 60)),
            "decay": draw(st.none() | decays(unit)),
            "rules": {name: draw(_act_rules(unit, name)) for name in names},
        }
    lost = draw(st.integers(-30, -1))
    penalty = {
        "points": lost, "kind": draw(st.sampled_from(KINDS)), "when": {"tag": "b"}, "words": "lost",
        "count": draw(st.sampled_from(COUNTS)), "floor": draw(st.sampled_from([None, lost, max(-100, 2 * lost)])),
    }  # fmt: skip
    return {
        "cap": draw(st.integers(20, 100)),
        "penalty_floor": draw(st.integers(-60, 0)),
        "decay": draw(decays(unit)),
        "groups": groups,
        "penalties": {"lost": penalty} if draw(st.booleans()) else {},
    }


@st.composite
def _fit(draw: st.DrawFn) -> dict[str, Any]:
    def rule(fact: str, *asked: dict[str, Any]) -> dict[str, Any]:
        levels = [{"points": draw(st.integers(1, 40)), "when": {fact: when}} for when in asked]
        return {"fact": fact, "why": f"{{{fact}}}", "levels": levels}

    size = rule("employees", {"gte": 1000}, {"gte": 50}, {"gte": 1})
    return {
        "cap": draw(st.integers(10, 100)),
        "penalty_floor": draw(st.integers(-60, 0)),
        "groups": {
            "company": {
                "cap": draw(st.integers(5, 60)),
                "rules": {"size": size, "industry": rule("industry", {"eq": "logistics"}, {"exists": True})},
            },
            "role": {"cap": draw(st.integers(5, 40)), "rules": {"title": rule("title", {"contains_word": ["ceo"]})}},
        },
        "penalties": {"free": {"points": draw(st.integers(-40, -1)), "when": {"domain_class": "free"}, "why": "free"}},
    }


@st.composite
def _nested(draw: st.DrawFn, names: tuple[Any, ...]) -> dict[Any, Any]:
    apart = draw(st.integers(1, 8))
    enters = sorted(draw(st.sets(st.integers(apart, 60), min_size=3, max_size=3)), reverse=True)
    return {name: {"enter": enter, "leave": enter - apart} for name, enter in zip(names, enters, strict=True)}


@st.composite
def _bands(draw: st.DrawFn) -> dict[str, Any]:
    def band() -> dict[str, int]:
        enter = draw(st.integers(2, 80))
        return {"enter": enter, "leave": draw(st.integers(0, enter - 1))}

    return {
        "letter": draw(_nested(("A", "B", "C"))),
        "digit": draw(_nested((1, 2, 3))),
        "temperature": {1: "hot", 2: "warm", 3: "warm", 4: "cold"},
        "presets": {"one": band()},
        "mql": {"preset": "one", "fit": draw(st.integers(0, 30)), "intent": draw(st.integers(0, 30))},
        "pql": {**band(), "group": "product"},
        "fast_track": band(),
    }


@st.composite
def rules(draw: st.DrawFn, unit: str = "d") -> ScoreRules:
    """Compiled rules. `unit`: what spans of decay are in, `s` where a law looks at every second."""
    content = {
        "version": 1,
        "zone": "America/New_York",
        "hand_raises": ["demo_request"],
        "fit": draw(_fit()),
        "intent": draw(_intent(unit)),
        "total": {"floor": draw(st.sampled_from([0, 0, 3])), "cap": draw(st.sampled_from([100, 100, 60]))},
        "veto": {},
        "bands": draw(_bands()),
        "sql_suggestion": {"fit": {"gte": 30}},
        "examples": [{"name": "none", "as_of": START, "expect": {}}],
    }
    return compile_rules(ScoringFile.model_validate(content))


@st.composite
def histories(draw: st.DrawFn, unit: str = "d", most: int = 14) -> list[Activity]:
    """Acts of two minutes or of two months, some at one instant, some of them a machine's."""
    whole = timedelta(seconds=1) if unit == "s" else timedelta(days=1)
    acts = []
    for number in range(draw(st.integers(0, most))):
        when = START + draw(st.integers(0, 90)) * whole + draw(st.sampled_from([0.0, 0.0, 0.25, 0.5])) * whole
        kind, tag = draw(st.sampled_from(KINDS)), draw(st.sampled_from(TAGS))
        acts.append(act(f"act {number}", kind, when, tag=tag, automated=draw(st.integers(0, 9)) == 0))
    return acts


def moments(unit: str = "d") -> st.SearchStrategy[timedelta]:
    """How long after the start somebody looks."""
    whole = timedelta(milliseconds=100) if unit == "s" else timedelta(hours=1)
    return st.integers(0, 1500).map(lambda tenths: tenths * whole)


known = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["CEO", "Clerk"]),
        "employees": st.sampled_from([3, 300, 3000]),
        "industry": st.sampled_from(["logistics", "mining"]),
        "domain_class": st.sampled_from(["free", "corporate"]),
    },
)
