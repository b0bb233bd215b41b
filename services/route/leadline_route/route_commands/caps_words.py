"""Caps and what is used of them, in words and as numbers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leadline_route.core.caps import Caps, used
from leadline_route.core.roster import Load
from leadline_route.core.team import Member

NAMES = ("open", "day", "week", "month")


def caps_in_words(caps: Caps) -> str:
    """`open 40, day 10`; empty without any."""
    return ", ".join(f"{name} {cap}" for name in NAMES if (cap := getattr(caps, name)) is not None)


def usage(member: Member, load: Load, at: datetime) -> dict[str, dict[str, int | None]]:
    """Per span the leads that count and the cap (None: no limit), by the member's own calendar at `at`."""
    counts: Mapping[str, int] = {"open": load.open, **used(load.assigned, member.days, at)}
    return {name: {"used": counts[name], "cap": getattr(member.caps, name)} for name in NAMES}


def usage_in_words(usage: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """`3 of 10`, or `3` where nothing limits it."""
    return {
        name: f"{each['used']} of {each['cap']}" if each["cap"] is not None else str(each["used"])
        for name, each in usage.items()
    }
