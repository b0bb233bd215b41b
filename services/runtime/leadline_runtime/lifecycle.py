"""`lifecycle.yaml`: stages, transitions, reasons, stage clocks, silence, re-entry. Checked as a whole."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final, get_args

from pydantic import Field

from leadline_runtime.core.errors import all_of
from leadline_runtime.core.lifecycle import Lifecycle, Reentry, StageClock, Stale, StaleAction, Transition
from leadline_runtime.durations import Duration, Wait
from leadline_runtime.rules import RulesError, RulesModel, parse
from leadline_schemas.vocabulary import ClockMode, Stage, StageWay

LIFECYCLE: Final = "lifecycle.yaml"
STAGES: tuple[Stage, ...] = get_args(Stage)
_Stages = Annotated[tuple[Stage, ...], Field(min_length=1)]
_Words = Annotated[tuple[str, ...], Field(min_length=1)]


class TransitionRules(RulesModel):
    """One row: from each of these stages to each of those."""

    from_: _Stages = Field(alias="from")
    to: _Stages
    by: Annotated[tuple[StageWay, ...], Field(min_length=1)]
    reasons: tuple[str, ...] = ()
    qualified: bool = False


class ClockRules(RulesModel):
    """How long a lead may be in a stage."""

    within: Wait
    mode: ClockMode


class StaleRules(RulesModel):
    """What silence does."""

    notice_after: Duration
    after: Duration
    then: Annotated[dict[Stage, StaleAction], Field(min_length=1)]
    unresponsive_after: Duration
    unresponsive: _Stages
    archive_after: Duration


class ReentryRules(RulesModel):
    """When a lead that was put aside comes back."""

    after: Duration
    after_lost: Duration
    points: Annotated[int, Field(ge=0)]
    total: Annotated[int, Field(ge=0, le=100)]
    not_to_previous_owner: tuple[str, ...] = ()
    reopened: _Words


class LostRules(RulesModel):
    """Where a lost deal leaves its lead."""

    by_reason: dict[str, Stage]
    otherwise: Stage


class LifecycleFile(RulesModel):
    """The whole file."""

    version: str | int | float | date
    reasons: Annotated[dict[str, _Words], Field(min_length=1)]
    note_required: tuple[str, ...] = ()
    confirmed_at_least: Annotated[int, Field(ge=0, le=4)]
    transitions: Annotated[tuple[TransitionRules, ...], Field(min_length=1)]
    clocks: dict[Stage, ClockRules] = {}
    lost: LostRules
    stale: StaleRules
    reentry: ReentryRules
    reactivation: tuple[Annotated[str, Field(pattern="^[A-D]$")], ...]


def build_lifecycle(content: Any, file: str = LIFECYCLE) -> Lifecycle:
    """The compiled rules. Raises RulesError naming all that is wrong."""
    rules = parse(LifecycleFile, content, file)
    if faults := [RulesError(file, path, problem) for path, problem in _faults(rules)]:
        raise all_of(faults)
    transitions: dict[tuple[Stage, Stage], tuple[Transition, ...]] = {}
    for row in rules.transitions:
        reasons = frozenset(word for name in row.reasons for word in rules.reasons[name])
        one = Transition(frozenset(row.by), reasons, row.qualified)
        for pair in _pairs(row):
            transitions[pair] = (*transitions.get(pair, ()), one)
    return Lifecycle(
        transitions=transitions,
        clocks={stage: StageClock(each.within, each.mode) for stage, each in rules.clocks.items()},
        confirmed_at_least=rules.confirmed_at_least,
        noted=frozenset(rules.note_required),
        lost=rules.lost.by_reason,
        lost_otherwise=rules.lost.otherwise,
        stale=_stale(rules.stale),
        reentry=_reentry(rules.reentry),
        reactivated_grades=frozenset(rules.reactivation),
    )


def _stale(rules: StaleRules) -> Stale:
    return Stale(
        notice_after=rules.notice_after, after=rules.after, then=rules.then,
        unresponsive_after=rules.unresponsive_after, unresponsive=frozenset(rules.unresponsive),
        archive_after=rules.archive_after,
    )  # fmt: skip


def _reentry(rules: ReentryRules) -> Reentry:
    return Reentry(
        after=rules.after, after_lost=rules.after_lost, points=rules.points, total=rules.total,
        not_to_previous_owner=frozenset(rules.not_to_previous_owner), reopened=frozenset(rules.reopened),
    )  # fmt: skip


def _pairs(row: TransitionRules) -> Iterator[tuple[Stage, Stage]]:
    return ((before, after) for before in row.from_ for after in row.to)


def _faults(rules: LifecycleFile) -> Iterator[tuple[str, str]]:
    taken: set[tuple[Stage, Stage, StageWay]] = set()
    for index, row in enumerate(rules.transitions):
        path = f"transitions.{index}"
        for name in row.reasons:
            if name not in rules.reasons:
                yield f"{path}.reasons", f"{name} is no list under reasons; known: {', '.join(rules.reasons)}"
        for before, after in _pairs(row):
            if before == after:
                yield path, f"leads from {before} to itself"
            for way in row.by:
                if (before, after, way) in taken:
                    yield path, f"{before} to {after} by {way} stands in an earlier row"
                taken.add((before, after, way))
    yield from _dead_ends(rules, {(before, after) for before, after, _ in taken})
    yield from _silence(rules, taken)
    known = {word for words in rules.reasons.values() for word in words}
    lists: Mapping[str, tuple[str, ...]] = {
        "note_required": rules.note_required, "lost.by_reason": tuple(rules.lost.by_reason),
        "reentry.reopened": rules.reentry.reopened,
        "reentry.not_to_previous_owner": rules.reentry.not_to_previous_owner,
    }  # fmt: skip
    for path, words in lists.items():
        yield from ((path, f"{word} is in no list under reasons") for word in words if word not in known)


def _dead_ends(rules: LifecycleFile, pairs: set[tuple[Stage, Stage]]) -> Iterator[tuple[str, str]]:
    """Stages that no lead ever comes to, and promises to leave one that nothing leads out of."""
    reached: set[Stage] = {"raw", "captured"}
    while new := {after for before, after in pairs if before in reached} - reached:
        reached |= new
    for stage in STAGES:
        if stage not in reached:
            yield "transitions", f"no lead ever comes to {stage}"
    for stage in rules.clocks:
        if not any(before == stage for before, _ in pairs):
            yield f"clocks.{stage}", "no transition leads out of it: it could only be broken"


def _silence(rules: LifecycleFile, taken: set[tuple[Stage, Stage, StageWay]]) -> Iterator[tuple[str, str]]:
    stale = rules.stale
    if not stale.notice_after < stale.after:
        yield "stale.notice_after", "must be shorter than after: it is the notice before it"
    for stage, action in stale.then.items():
        if action == "nurture" and (stage, "nurture", "stale") not in taken:
            yield f"stale.then.{stage}", "no transition leads from it to nurture by stale"
    for stage in stale.unresponsive:
        if (stage, "disqualified", "stale") not in taken:
            yield "stale.unresponsive", f"no transition leads from {stage} to disqualified by stale"
    if ("disqualified", "archived", "stale") not in taken:
        yield "stale.archive_after", "no transition leads from disqualified to archived by stale"
