"""Rules with one pool that gets every lead from New York: its members are always there and have no caps."""

from pathlib import Path

from ruamel.yaml import YAML

from leadline_route.app import STEP
from leadline_runtime.rules import rules_files

POOL = "us_east"
EQUAL = tuple(f"hot{number}" for number in range(10))


def hot_pool(folder: Path) -> None:
    """Write the rules."""
    folder.mkdir(parents=True, exist_ok=True)
    yaml = YAML()
    team = yaml.load(rules_files(STEP.rules, None)["team.yaml"].read_text(encoding="utf-8"))
    for member in EQUAL:
        team["members"][member] = {"zone": "America/New_York", "hours": {"mon-sun": ["00:00-24:00"]}}
    team["pools"][POOL] = {"members": dict.fromkeys(EQUAL, 1)}
    with (folder / "team.yaml").open("w", encoding="utf-8") as stream:
        yaml.dump(team, stream)
