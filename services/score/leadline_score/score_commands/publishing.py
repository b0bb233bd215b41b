"""A model becomes a file of the rules, with who put it there and why: whoever watches the folder takes it up."""

from datetime import UTC, datetime
from pathlib import Path

from leadline_runtime.command_errors import NOT_FOUND, USAGE, CommandError
from leadline_runtime.command_settings import rules_directory
from leadline_runtime.command_terminal import terminal
from leadline_score.core.learned import Mode
from leadline_score.learned_file import MODEL_FILE, ModelFile, StageFile, digest_of
from leadline_score.score_commands.model_files import put, read


def publish(model: Path, mode: Mode, author: str, reason: str, rules: Path | None) -> None:
    """Put a model into the folder of rules in this mode. Raises CommandError, RulesError."""
    made = read(model)
    if mode == "promoted" and not _served(made):
        raise CommandError(
            f"{model.name} knows no field of a lead, so every lead is the average lead to it and none would be an MQL "
            "by score. Train it with --capture-time-only MAP.",
            USAGE,
        )
    folder = _folder(rules)
    before = _in_force(folder)
    same = before is not None and digest_of(before) == digest_of(made)
    history = before.stages if before is not None and same else made.stages
    _put(made, history, mode, _Said(author, reason), folder)


def demote_in_force(author: str, reason: str, rules: Path | None) -> None:
    """Put the model in force back into shadow. Raises CommandError, RulesError."""
    folder = _folder(rules)
    before = _in_force(folder)
    if before is None:
        raise CommandError(f"{folder} holds no {MODEL_FILE}: no learned model is at work.", NOT_FOUND)
    if before.mode == "shadow":
        raise CommandError(f"{before.version} is in shadow already: it decides nothing.", USAGE)
    _put(before, before.stages, "shadow", _Said(author, reason), folder)


def _served(model: ModelFile) -> bool:
    return any(feature.field for feature in model.features)


class _Said:
    def __init__(self, author: str, reason: str) -> None:
        self.author, self.reason = author.strip(), reason.strip()
        if not self.author or not self.reason:
            raise CommandError("--author and --reason need some words: they stand in the history of the rules.", USAGE)


def _folder(named: Path | None) -> Path:
    folder = named or rules_directory()
    if folder is None:
        raise CommandError(
            "There is no folder of rules of your own: name one with --rules, or set LEADLINE_RULES_DIR for services "
            "and for this command.",
            USAGE,
        )
    if not folder.is_dir():
        raise CommandError(
            f"{folder} is no folder. Give the one that LEADLINE_RULES_DIR names for the services.", USAGE
        )
    return folder


def _in_force(folder: Path) -> ModelFile | None:
    file = folder / MODEL_FILE
    return read(file) if file.is_file() else None


def _put(model: ModelFile, history: tuple[StageFile, ...], mode: Mode, said: _Said, folder: Path) -> None:
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    stage = StageFile(mode=mode, author=said.author, reason=said.reason, at=at)
    put(model.model_copy(update={"stages": (*history, stage)}), folder / MODEL_FILE)
    does = (
        "counts: its points decide who is an MQL by score"
        if mode == "promoted"
        else "runs in shadow: it decides nothing"
    )
    console = terminal()
    console.print(f"{model.version} ({digest_of(model)}) {does}.", markup=False)
    if not _served(model):
        console.print(
            "No column of it is mapped to a field of a lead: every lead is the average lead to it. Train it with "
            "--capture-time-only MAP.",
            style="yellow",
        )
    console.print("Services take it up within their next look at the folder; leads are scored again by it.")
