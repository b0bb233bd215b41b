"""Versions of calendars.yaml for commands: the one in force, a file that is not published yet, a folder with one."""

from collections.abc import Sequence
from datetime import date
from itertools import takewhile
from pathlib import Path

from leadline_console.calendar_days import CalendarDay, days_of
from leadline_console.errors import UserError
from leadline_runtime.calendars import CalendarFile, Calendars, build_calendars
from leadline_runtime.command_settings import rules_directory
from leadline_runtime.core.values import dataclass
from leadline_runtime.rules import RulesSpec, parse, read_rules

FILE = "calendars.yaml"
CURRENT = "current"
_SPEC = RulesSpec(
    "leadline_runtime", (FILE,), lambda contents: build_calendars(contents[FILE], FILE), libraries=("holidays",)
)


@dataclass(frozen=True, slots=True)
class Version:
    """Calendars as they are counted by, and as their author wrote them, for the names of holidays."""

    calendars: Calendars
    written: CalendarFile

    def days(self, name: str, first: date, last: date) -> Sequence[CalendarDay]:
        """The days of one of them, the last among them."""
        holidays = self.written.calendars[name].holidays_by_date()
        return list(takewhile(lambda each: each.day <= last, days_of(self.calendars[name], holidays, first)))


def version_of(path: Path | None) -> Version:
    """A file, or the one in force (None). Raises RulesError, UserError."""
    if path is not None and not path.is_file():
        raise UserError(f"There is no file {path}.")
    content = read_rules(_SPEC, rules_directory(), {} if path is None else {FILE: path}).contents[FILE]
    return Version(build_calendars(content, FILE), parse(CalendarFile, content, FILE))


def version_named(text: str) -> Version:
    """What a person named: a file, a folder with calendars.yaml, or `current`. Raises RulesError, UserError."""
    if text == CURRENT:
        return version_of(None)
    path = Path(text)
    return version_of(path / FILE if path.is_dir() else path)
