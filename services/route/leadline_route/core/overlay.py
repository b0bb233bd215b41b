"""What people ordered about the roster, over what team.yaml says. Pure: a fold over the changes in their order."""

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from leadline_runtime.core.values import dataclass
from leadline_schemas.roster import MemberSettings, RosterChange

FORGET_AFTER: Final = timedelta(days=30)  # an absence that is over for so long is not carried on


@dataclass(frozen=True, slots=True)
class TeamOverlay:
    """The changes that applied, folded; `number`: how many. `members`: by id what stands in place of the file's."""

    number: int = 0
    members: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class NotPossible(Exception):
    """A change that cannot apply: `reason` is one of a closed list, `detail` says it in words."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def changed(overlay: TeamOverlay, change: RosterChange, now: datetime) -> TeamOverlay:
    """The roster after a change. Raises NotPossible."""
    old = {**overlay.members.get(change.member, {})}
    if change.kind == "absence.declared":
        new = _declared(old, change, now)
    elif change.kind == "absence.ended":
        new = _ended(old, change)
    else:
        assert change.settings is not None, "the door checks it"
        new = _set(old, change.settings)
    members = {**overlay.members, change.member: new}
    return TeamOverlay(overlay.number + 1, {name: parts for name, parts in sorted(members.items()) if parts})


def over(overlay: TeamOverlay, team: Mapping[str, Any]) -> dict[str, Any]:
    """The content of team.yaml with the roster over it. Members and pools that it has no more are passed over."""
    # Nothing is changed in its place: in YAML two places may be one, by an alias.
    members, pools = {**(team.get("members") or {})}, {**(team.get("pools") or {})}
    for name, parts in overlay.members.items():
        if name not in members:
            continue
        member = members[name] = {**members[name]}
        for part in ("active", "hours"):
            if part in parts:
                member[part] = parts[part]
        if "caps" in parts:
            member["caps"] = {**(member.get("caps") or {}), **parts["caps"]}
        declared = [{part: each[part] for part in ("from", "back", "reason")} for each in parts.get("absences", ())]
        if declared:
            member["absences"] = [*(member.get("absences") or ()), *declared]
        for pool, weight in parts.get("weights", {}).items():
            if pool in pools:
                seats = {member: seat for member, seat in pools[pool]["members"].items() if member != name}
                pools[pool] = {**pools[pool], "members": {**seats, name: weight} if weight else seats}
    return {**team, "members": members, "pools": pools}


def _declared(old: dict[str, Any], change: RosterChange, now: datetime) -> dict[str, Any]:
    assert change.absence is not None, "the door checks it"
    told = change.absence.model_dump(mode="json")
    absence = {"id": str(change.submission_id), "from": told["away"], "back": told["back"], "reason": told["reason"]}
    live = [each for each in old.get("absences", ()) if _back(each) > now - FORGET_AFTER]
    return {**old, "absences": [*live, absence]}


def _back(absence: Mapping[str, Any]) -> datetime:
    text = str(absence["back"])
    if len(text) == len("2026-03-09"):
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) + timedelta(days=1)
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _ended(old: dict[str, Any], change: RosterChange) -> dict[str, Any]:
    left = [each for each in old.get("absences", ()) if each["id"] != str(change.absence_id)]
    if len(left) == len(old.get("absences", ())):
        raise NotPossible("no_such_absence", f"{change.member} has no such absence; one of team.yaml is ended there")
    return {**old, "absences": left} if left else {name: part for name, part in old.items() if name != "absences"}


def _set(old: dict[str, Any], settings: MemberSettings) -> dict[str, Any]:
    new = {name: part for name, part in old.items() if name not in settings.clear}
    told = settings.model_dump(mode="json", exclude_none=True, include={"active", "hours", "caps", "weights"})
    for part, value in told.items():
        new[part] = {**new.get(part, {}), **value} if part in ("caps", "weights") else value
    return new
