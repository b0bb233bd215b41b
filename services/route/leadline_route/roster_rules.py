"""The rules with what people ordered about the roster over the files."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from leadline_route.core.overlay import TeamOverlay, over
from leadline_route.team_file import TEAM, TeamFile
from leadline_runtime.rules import Overlay, parse

OVERLAID: Final = "overlaid"  # beside the files' contents: team.yaml as it is, and whose examples no longer hold


class InForce:
    """The roster that this process knows; None until it was read. What is loaded by it is named by it."""

    def __init__(self) -> None:
        self.team: TeamOverlay | None = None

    def overlay(self) -> Overlay | None:
        """See RulesSpec.overlay. A roster that nobody has changed yet is none."""
        team = self.team
        if team is None or team.number == 0:
            return None
        digest = hashlib.sha256(json.dumps(team.members, sort_keys=True).encode()).hexdigest()[:16]
        return Overlay(f"roster.{team.number}", digest, lambda contents: laid_over(team, contents))


IN_FORCE: Final = InForce()


def laid_over(overlay: TeamOverlay, contents: Mapping[str, Any]) -> dict[str, Any]:
    """The contents with the roster over team.yaml; the file's own examples speak of the file alone.

    Raises RulesError for a file that is none by itself: it is told as its own fault, and a roster can be laid over it.
    """
    parse(TeamFile, contents[TEAM], TEAM)
    overlaid = {"team": contents[TEAM], "members": frozenset(overlay.members)}
    return {**contents, TEAM: over(overlay, contents[TEAM]), OVERLAID: overlaid}
