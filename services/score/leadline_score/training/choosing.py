"""Which columns a model may learn from: kept, warned of, refused as filled after contact, or nothing to learn from."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from leadline_score.core.cells import number
from leadline_score.learned_file import ColumnFile
from leadline_score.training.bins import edges_of, least_support
from leadline_score.training.candidates import Candidate, Timeline, candidates_of, instants_of, later_than_capture
from leadline_score.training.evidence import Evidence, evidence, grouped
from leadline_score.training.headers import afterwards, speaks_of_work
from leadline_score.training.leakage import Suspicion, suspect
from leadline_score.training.profiles import Column

LATE_SHARE = 0.05  # of a column's dates may lie after capture before it is refused
_DAY_S = 86_400


@dataclass(slots=True)
class Terms:
    """What a person said about columns: `known` at capture (their map, None without one), `allowed` in spite of all."""

    known: Mapping[str, str | None] | None = None
    allowed: frozenset[str] = frozenset()


@dataclass(slots=True)
class Chosen:
    """The features to learn from, and the verdict on every column. `aucs`: what each feature tells alone."""

    candidates: list[Candidate] = field(default_factory=list)
    verdicts: list[ColumnFile] = field(default_factory=list)
    aucs: dict[str, float] = field(default_factory=dict)


def choose(
    columns: Sequence[Column], outcomes: Sequence[int], learn: Sequence[int], timeline: Timeline | None, terms: Terms
) -> Chosen:
    """Look at each column by the rows in `learn` alone."""
    chosen = Chosen()
    ends = [outcomes[place] for place in learn]
    late = _late(columns, timeline)
    for column in columns:
        verdict, candidates = _judged(column, ends, learn, timeline, late)
        verdict = _as_said(verdict, column.name, terms)
        chosen.verdicts.append(verdict)
        if verdict.verdict in ("kept", "warned"):
            for candidate in candidates:
                chosen.candidates.append(candidate)
                chosen.aucs[candidate.name] = _weighed(candidate, ends, learn).auc
    return chosen


def _weighed(candidate: Candidate, ends: Sequence[int], learn: Sequence[int]) -> Evidence:
    return evidence(grouped([candidate.encoded[place] for place in learn], ends, candidate.slots.count))


def _judged(
    column: Column, ends: Sequence[int], learn: Sequence[int], timeline: Timeline | None, late: Mapping[str, str]
) -> tuple[ColumnFile, list[Candidate]]:
    filled = round(column.filled, 4)
    if column.holds == "nothing":
        why = column.why + (_order_tells(column, ends, learn) if column.identifier else "")
        return ColumnFile(column=column.name, verdict="dropped", why=why, filled=filled), []
    candidates = candidates_of(column, learn, timeline)
    if not candidates:
        why = f"too many different values ({len(column.counts)}), too few rows of each"
        return ColumnFile(column=column.name, verdict="dropped", why=why, filled=filled), []
    found = [_weighed(candidate, ends, learn) for candidate in candidates]
    best = max(range(len(found)), key=lambda place: found[place].auc)
    suspicion = _suspicion(column, candidates[best], found[best], late)
    verdict = "kept" if suspicion is None else "refused" if suspicion.refused else "warned"
    why = suspicion.why if suspicion else _kept(candidates)
    leak = suspicion is not None and suspicion.refused
    return (
        ColumnFile(
            column=column.name, verdict=verdict, why=why, auc=round(found[best].auc, 4), filled=filled, leak=leak
        ),
        candidates,
    )


def _suspicion(column: Column, best: Candidate, found: Evidence, late: Mapping[str, str]) -> Suspicion | None:
    if column.name in late:
        return Suspicion(True, late[column.name])
    hint = afterwards(column.name)
    if hint is not None and column.holds == "date":
        return Suspicion(True, "its name speaks of a time after the first contact")
    notes = column.holds == "category" and speaks_of_work(list(column.counts))
    return suspect(found, hint, notes, best.slots.words())


def _kept(candidates: Sequence[Candidate]) -> str:
    said = []
    for candidate in candidates:
        slots = candidate.slots
        number_of = f"{len(slots.levels)} categories" if slots.kind == "category" else f"{len(slots.edges) + 1} ranges"
        said.append({"yes_no": "yes or no", "weekday": "weekday"}.get(slots.kind, number_of))
    return ", ".join(said)


def _as_said(verdict: ColumnFile, name: str, terms: Terms) -> ColumnFile:
    """What a person said about a column wins over what was found."""
    if verdict.verdict == "dropped":
        return verdict
    said_known = terms.known is not None and name in terms.known
    if said_known or name in terms.allowed:
        if verdict.verdict != "refused":
            return verdict
        by = "the map" if said_known else "--allow"
        return verdict.model_copy(
            update={"verdict": "warned", "why": f"used because {by} says so, though {verdict.why}"}
        )
    if terms.known is not None and verdict.verdict != "refused":
        return verdict.model_copy(update={"verdict": "refused", "why": "the map does not name it as known at capture"})
    return verdict


def _late(columns: Sequence[Column], timeline: Timeline | None) -> dict[str, str]:
    """Columns of dates that lie after capture; without a time of capture, after the first date of their rows."""
    dated = [column for column in columns if column.holds == "date"]
    if timeline is not None:
        shares = {c.name: later_than_capture(c, timeline) for c in dated if c.name != timeline.column}
        return {
            name: f"its dates lie after the capture ({timeline.column}) in {share:.0%} of rows"
            for name, share in shares.items()
            if share >= LATE_SHARE
        }
    return _late_by_another(dated)


def _late_by_another(dated: Sequence[Column]) -> dict[str, str]:
    instants = {column.name: instants_of(column) for column in dated}
    found: dict[str, str] = {}
    for name, own in instants.items():
        for other, theirs in instants.items():
            gaps = [(a - b).total_seconds() for a, b in zip(own, theirs, strict=True) if a and b]
            later = sum(gap > _DAY_S for gap in gaps)
            if gaps and later > LATE_SHARE * len(gaps) and sum(gap < -_DAY_S for gap in gaps) < 0.01 * len(gaps):
                found[name] = f"its dates lie after those of {other} in {later / len(gaps):.0%} of rows"
    return found


def _order_tells(column: Column, ends: Sequence[int], learn: Sequence[int]) -> str:
    """Numbers that grow with time tell which leads had long enough to end well: worth saying."""
    numbers = ((number(column.words[place]), end) for place, end in zip(learn, ends, strict=True))
    pairs = [(value, end) for value, end in numbers if value is not None]
    if len(pairs) < 0.9 * len(ends):
        return ""
    edges = edges_of([value for value, _ in pairs], least_support(len(pairs)))
    rows, won = [0] * (len(edges) + 1), [0] * (len(edges) + 1)
    for value, end in pairs:
        slot = bisect_left(edges, value)
        rows[slot] += 1
        won[slot] += end
    found = evidence([*zip(rows, won, strict=True), (0, 0)])
    return f"; its order tells the end (AUC {found.auc:.2f}), as time does" if found.least_auc > 0.53 else ""
