"""Ladders of sla.yaml, compiled: who hears of a promise when, and what becomes of a lead that nobody answers."""

from collections.abc import Sequence

from leadline_runtime.core.errors import RulesError
from leadline_sla_monitor.core.rung import DUE_LEVEL, Rung
from leadline_sla_monitor.rules_file import FILE, PolicyRules, RungRules, SlaFile, TargetRules

# The ladder of a file that has none: the owner is warned twice, owner and manager hear of the breach.
SHIPPED = (Rung(50), Rung(80), Rung(DUE_LEVEL, ("owner", "manager")))


def file_ladder(file: SlaFile) -> tuple[Rung, ...]:
    """The ladder of promises that have none of their own. Raises RulesError."""
    if file.ladder is not None and file.warnings is not None:
        raise RulesError(FILE, "warnings", "is short for the steps of a ladder before the due time: write one of both")
    if file.warnings is not None:
        if list(file.warnings) != sorted(set(file.warnings)):
            raise RulesError(FILE, "warnings", "must be percentages in ascending order, e.g. [50, 80]")
        return (*(Rung(level) for level in file.warnings), SHIPPED[-1])
    return SHIPPED if file.ladder is None else _compiled(file.ladder, "ladder")


def target_ladder(
    policy: PolicyRules, target: TargetRules, file: tuple[Rung, ...], path: str, name: str
) -> tuple[Rung, ...]:
    """The ladder of a target: its own, else its policy's, else the file's. Raises RulesError."""
    if target.ladder is not None:
        return _compiled(target.ladder, f"{path}.targets.{name}.ladder")
    return file if policy.ladder is None else _compiled(policy.ladder, f"{path}.ladder")


def at_due(target: TargetRules, ladder: Sequence[Rung]) -> tuple[str, ...]:
    """Who hears of the breach: whom the target names itself, else the step at the due time."""
    if target.tell is not None:
        return target.tell
    return next((each.tell for each in ladder if each.level == DUE_LEVEL), ())


def _compiled(rows: tuple[RungRules, ...], path: str) -> tuple[Rung, ...]:
    levels = [row.at for row in rows]
    if levels != sorted(set(levels)):
        raise RulesError(FILE, path, "must have its steps in ascending order, each percentage once")
    for index, row in enumerate(rows):
        if row.then is not None and row.at <= DUE_LEVEL:
            problem = "is for steps after the due time; before it an owner loses the lead by reassign_after"
            raise RulesError(FILE, f"{path}.{index}.then", problem)
        if not row.tell and row.then is None:
            raise RulesError(FILE, f"{path}.{index}", "does nothing: say whom to tell, or what becomes of the lead")
    return tuple(Rung(row.at, row.tell, row.then) for row in rows)
