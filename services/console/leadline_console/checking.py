"""Rules files checked as the services would read them: what is wrong, what can never count, by which name they go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from leadline_console.errors import UserError
from leadline_console.rules_offers import known_files, offers, which
from leadline_runtime.core.matchers import closest
from leadline_runtime.core.values import dataclass
from leadline_runtime.rules import RulesError, RulesSpec, read_rules, rules_files

Places = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """One thing wrong, or to be warned of: in which file (as it lies on the disk), where in it, and what."""

    file: str
    path: str
    problem: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The rules of one service. `files`: where each lies, by name; without `digest` they must not be used."""

    service: str
    files: Places
    version: str | None = None
    digest: str | None = None
    faults: Sequence[Said] = ()
    warnings: Sequence[Said] = ()


@dataclass(slots=True)
class Report:
    """All that was checked; `warnings` are about files that no service reads."""

    checked: list[Checked] = field(default_factory=list)
    warnings: list[Said] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """May all of it be used?"""
        return not any(each.faults for each in self.checked)


def check(paths: Iterable[Path], directory: Path | None) -> Report:
    """Check these files and folders; without any, what the services read: `directory`, and what ships for the rest.

    A file is checked in the place of the one in force that it is a version of. Raises UserError for a path that is
    none or that no service knows.
    """
    report = Report()
    given = list(paths)
    if not given:
        _folder(report, directory, everything=True)
    for path in given:
        if path.is_dir():
            _folder(report, path, everything=False)
        elif path.is_file():
            known = which(path)
            for service in known.services:
                report.checked.append(_checked(service, directory, {known.name: path}))
        else:
            raise UserError(f"There is no file or folder {path}.")
    return report


def _folder(report: Report, directory: Path | None, *, everything: bool) -> None:
    if directory is not None and not directory.is_dir():
        raise UserError(f"LEADLINE_RULES_DIR is {directory}, and there is no such folder.")
    for service, spec in offers().items():
        if everything or _has_own(spec, directory):
            report.checked.append(_checked(service, directory, {}))
    if directory is not None:
        report.warnings += _strays(directory)
        if not report.checked:
            raise UserError(f"{directory} holds no rules file that a service knows: {', '.join(known_files())}.")


def _has_own(spec: RulesSpec[Any], directory: Path | None) -> bool:
    return directory is not None and any(
        Path(str(source)).is_relative_to(directory) for source in rules_files(spec, directory).values()
    )


def _strays(directory: Path) -> list[Said]:
    """Files that look like rules and are read by nobody: the name is wrong."""
    known = known_files()
    folders = {folder for spec in offers().values() for folder in spec.folders}
    found = []
    for file in sorted(directory.glob("*.y*ml")):
        if file.name not in known:
            hint = closest(file.name, frozenset(known) - {name for name in known if "/" in name})
            found.append(Said(str(file), "", f"no service reads a file of this name; {hint}"))
    for folder in sorted(each for each in directory.iterdir() if each.is_dir() and each.name[0] != "."):
        if folder.name not in folders and any(folder.glob("*.yaml")):
            found.append(
                Said(str(folder), "", f"no service reads a folder of this name; {closest(folder.name, folders)}")
            )
    return found


def _checked(service: str, directory: Path | None, instead: Mapping[str, Path]) -> Checked:
    spec = offers()[service]
    places = {name: str(source) for name, source in rules_files(spec, directory, instead).items()}
    try:
        read = read_rules(spec, directory, instead)
        rules = spec.build(read.contents)
    except RulesError as error:
        return Checked(service, places, faults=[_said(each, places) for each in error.faults])
    warnings = [_said(each, places) for each in spec.warn(read.contents, rules)]
    return Checked(service, places, read.ref.version, read.ref.digest, warnings=warnings)


def _said(fault: RulesError, places: Places) -> Said:
    return Said(places.get(fault.file, fault.file), fault.path, fault.problem)
