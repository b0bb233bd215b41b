"""What share of promises should be kept, and from which burn rate on somebody is told."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from leadline_runtime.core.errors import RulesError
from leadline_runtime.rules import parse, read_yaml

LEAST, MOST = 0.8, 0.9995
Objective = Annotated[float, Field(ge=LEAST, le=MOST)]
Policy = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


@dataclass(frozen=True)
class Window:
    """A long window that says how bad it is and a short one that says whether it still is.

    `factor`: how many times faster than the objective allows the budget must burn. The usual factors are made for
    99.9 %, where the highest burn rate there can be is 1,000; at 90 % it is 10, and 14.4 could never fire. So `share`
    bounds the factor: this share of broken promises is enough at any objective. `holds`: for how long the newest short
    window counts in which anything came due. `lasts`: how long all that must be so.
    """

    alert: str
    long: str
    short: str
    factor: float
    share: float
    holds: str
    lasts: str
    severity: str

    def limit(self, objective: float) -> float:
        """From which burn rate on somebody is told: below `highest_burn`, and never below 1."""
        return min(self.factor, round(self.share * highest_burn(objective), 2))


# The budget is that of 30 days: 2 % of it in an hour, 5 % in six hours, 10 % in a day, 10 % in three days.
# A page ends soon after the last promise of the day came due; a ticket stays over the weekend.
WINDOWS = (
    Window("LeadlineSlaBurnFast", "1h", "5m", 14.4, 0.5, "1h", "2m", "critical"),
    Window("LeadlineSlaBurnFast", "6h", "30m", 6, 0.4, "1h", "5m", "critical"),
    Window("LeadlineSlaBurnSlow", "1d", "2h", 3, 0.3, "1d", "15m", "warning"),
    Window("LeadlineSlaBurnSlow", "3d", "6h", 1, 0.2, "3d", "1h", "warning"),
)


def highest_burn(objective: float) -> float:
    """The burn rate when every promise is broken: the error rate 1 by the budget."""
    return 1 / budget(objective)


def budget(objective: float) -> float:
    """The share of promises that may be broken, without what floating point adds to it."""
    return round(1 - objective, 6)


class Objectives(BaseModel):
    """The file `deploy/prometheus/objectives.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    default: Objective
    policies: dict[Policy, Objective] = {}
    imminent: list[Policy] = []

    @cached_property
    def classes(self) -> dict[float, str]:
        """Each objective with the PromQL matcher of the policies that have it; the default's is of all not named."""
        named: dict[float, list[str]] = {}
        for policy, objective in sorted(self.policies.items()):
            if objective != self.default:
                named.setdefault(objective, []).append(policy)
        others = sorted(policy for group in named.values() for policy in group)
        found = {self.default: f'policy!~"{"|".join(others)}"'}
        return found | {objective: f'policy=~"{"|".join(group)}"' for objective, group in sorted(named.items())}


def load(file: Path) -> Objectives:
    """Read the file. Raises RulesError, which says where in it what is wrong."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(str(file), "", f"cannot be read ({type(error).__name__})") from None
    return parse(Objectives, read_yaml(str(file), text), str(file))
