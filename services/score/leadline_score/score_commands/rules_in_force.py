"""The rules that a command judges by: a file or a folder that was named, else those in force."""

from pathlib import Path

from leadline_runtime.command_errors import USAGE, CommandError
from leadline_runtime.command_settings import rules_directory
from leadline_runtime.core.errors import RulesError, all_of
from leadline_runtime.rules import LoadedRules, load_rules
from leadline_score.core.rulebook import ScoreRules
from leadline_score.rules import FILE, SPEC


def rules_of(named: Path | None) -> LoadedRules[ScoreRules]:
    """The rules of a file like scoring.yaml or of a folder with one. Raises RulesError, CommandError."""
    if named is None:
        return load_rules(SPEC, rules_directory())
    file = named / FILE if named.is_dir() else named
    if not file.is_file():
        raise CommandError(f"There is no file {file}; give a scoring.yaml, or a folder with one.", USAGE)
    try:
        # What else belongs to them (a learned model) is that of the folder, or the one in force.
        return load_rules(SPEC, named if named.is_dir() else rules_directory(), {FILE: file})
    except RulesError as error:  # it is not called scoring.yaml, or is not the one in force
        raise all_of([RulesError(str(file), fault.path, fault.problem) for fault in error.faults]) from None
