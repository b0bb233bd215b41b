"""Every fault of a scoring.yaml that can be read but not compiled, so that its author is not told of one at a time."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from leadline_runtime.core.errors import RulesError, all_of
from leadline_runtime.rules_faults import Faults
from leadline_score.compiling_acts import compile_acts
from leadline_score.compiling_fit import compile_fit, compile_penalties
from leadline_score.rules_file import FitFile, IntentFile, ScoringFile

Compile = Callable[[ScoringFile], Any]


def all_faults(content: ScoringFile, whole: Compile, others: tuple[Compile, ...], file: str) -> RulesError:
    """The faults of a file for which `whole` raises: each rule compiled by itself, each of the other parts, and last
    what only the whole shows, as a name that stands twice.
    """
    faults = Faults()
    for compiled in (*_fit(content.fit, file), *_intent(content.intent, file)):
        faults.take(compiled, None)
    for part in (*others, whole):
        faults.take(partial(part, content), None)
    told = {(each.path, each.problem): each for fault in faults.found for each in fault.faults}
    return all_of(list(told.values()))


def _fit(content: FitFile, file: str) -> Iterator[Callable[[], Any]]:
    for name, group in content.groups.items():
        for rule_name, rule in group.rules.items():
            alone = content.model_copy(update={"groups": {name: group.model_copy(update={"rules": {rule_name: rule}})}})
            yield partial(compile_fit, alone, file)
    for name, penalty in content.penalties.items():
        yield partial(compile_penalties, content.model_copy(update={"penalties": {name: penalty}}), file)


def _intent(content: IntentFile, file: str) -> Iterator[Callable[[], Any]]:
    for name, group in content.groups.items():
        empty = group.model_copy(update={"rules": {}})
        for rule_name, rule in group.rules.items():
            groups = {name: empty.model_copy(update={"rules": {rule_name: rule}})}
            yield partial(compile_acts, content.model_copy(update={"groups": groups, "penalties": {}}), name, file)
    first = next(iter(content.groups), "")
    none = {first: content.groups[first].model_copy(update={"rules": {}})} if first else {}
    for name, penalty in content.penalties.items():
        alone = content.model_copy(update={"groups": none, "penalties": {name: penalty}})
        yield partial(compile_acts, alone, first, file)
