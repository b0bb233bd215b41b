"""The rules that a command routes by: a file or a folder that was named, else those in force."""

from pathlib import Path

from leadline_route.core.overlay import TeamOverlay
from leadline_route.core.rulebook import Rulebook
from leadline_route.roster_rules import IN_FORCE
from leadline_route.roster_table import READ, overlay_of
from leadline_route.route_commands.route_tables import with_tables
from leadline_route.routing_file import ROUTING
from leadline_route.rules import CALENDARS, SPEC
from leadline_route.team_file import TEAM
from leadline_runtime.command_errors import USAGE, CommandError
from leadline_runtime.command_settings import rules_directory
from leadline_runtime.core.errors import RulesError, all_of
from leadline_runtime.rules import LoadedRules, load_rules
from leadline_runtime.sql import Sql

FILES = (TEAM, ROUTING, CALENDARS)


def rules_of(named: Path | None) -> LoadedRules[Rulebook]:
    """The rules with one file in place of that in force, or those of a folder. Raises RulesError, CommandError.

    What people ordered about the roster holds over other files too: so it will be when they are published.
    """
    _with_roster()
    if named is None:
        return load_rules(SPEC, rules_directory())
    if named.is_dir():
        found = {name: named / name for name in FILES if (named / name).is_file()}
        if not found:
            raise CommandError(f"The folder {named} holds none of {', '.join(FILES)}.", USAGE)
    elif named.is_file():
        found = {_which(named): named}
    else:
        raise CommandError(f"There is no file or folder {named}; give a routing.yaml, or a folder with one.", USAGE)
    try:
        return load_rules(SPEC, rules_directory(), found)
    except RulesError as error:  # by the names of the files that were given
        faults = [RulesError(str(found.get(each.file, each.file)), each.path, each.problem) for each in error.faults]
        raise all_of(faults) from None


def _with_roster() -> None:
    """What people ordered over the files, if the database tells it; without one the files alone are in force here."""
    try:
        IN_FORCE.team = with_tables(_roster)
    except CommandError:
        IN_FORCE.team = None


async def _roster(sql: Sql) -> TeamOverlay | None:
    if (await sql.fetch("SELECT to_regclass('roster')::text"))[0][0] is None:
        return None
    ((number, body),) = await sql.fetch(READ)
    return overlay_of(number, body)


def _which(file: Path) -> str:
    """Which of the files it is to be read for: its name begins like it, as routing-april.yaml."""
    for name in FILES:
        if file.name.startswith(name.removesuffix(".yaml")):
            return name
    raise CommandError(f"{file} is named like none of {', '.join(FILES)}; call it routing-april.yaml or alike.", USAGE)
