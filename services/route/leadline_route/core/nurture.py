"""What becomes of a lead that no person should work on yet: a cadence, or parked with the reason."""

from collections.abc import Iterable, Mapping
from typing import Any

from leadline_runtime.core.conditions import Condition
from leadline_runtime.core.values import dataclass
from leadline_schemas.routed import AllowedChannel

UNLAWFUL = "no_lawful_contact"


@dataclass(frozen=True, eq=False)
class Cadences:
    """Named cadences with their conditions; all that hold are done one after the other, else the default."""

    ordered: tuple[tuple[str, Condition], ...]
    default: str

    def choose(self, values: Mapping[str, Any]) -> str:
        """The cadences of a lead: `post_event then fast_track`."""
        return " then ".join(name for name, when in self.ordered if when.holds(values)) or self.default


def unlawful(channels: Iterable[AllowedChannel]) -> str:
    """Why nobody may write to this lead: `no_lawful_contact (unknown consent, country DE is opt-in)`."""
    marketing = [each for each in channels if each.purpose == "marketing" and each.channel in ("email", "phone")]
    mail = next((each for each in marketing if each.channel == "email"), None)
    why = mail.why if mail is not None else "no address"
    if mail is not None and why in ("declined", "withdrawn"):
        why = f"marketing by e-mail {why}"
    return f"{UNLAWFUL} ({why})"
