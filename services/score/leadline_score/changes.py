"""What is new in a snapshot, an act or an alarm, and why that makes score speak."""

from collections.abc import Iterable
from typing import Literal

from leadline_runtime.core.values import dataclass
from leadline_schemas.activity import Activity
from leadline_schemas.enriched import LeadEnriched

Cause = Literal["act", "fact", "decay", "rules_change", "merge", "review", "override"]


@dataclass(frozen=True, slots=True)
class Changes:
    """`request`: a request came that was not known; `act`: the act read just now, if it is one; `elsewhere`: something
    that later steps decide on changed beside the scorecard and the requests; `acts`: those that were not known, of a
    snapshot; `reviewed`: what a person decided about a lead on the review list.
    """

    cause: Cause
    request: bool = False
    act: Activity | None = None
    elsewhere: bool = False
    acts: tuple[Activity, ...] = ()
    reviewed: Activity | None = None


def changes_of(
    now: LeadEnriched, before: LeadEnriched | None, facts: Iterable[Activity], act: Activity | None = None
) -> Changes:
    """The difference between two snapshots of a lead, or what an act (`now` is `before`) or an alarm brings."""
    if act is not None:
        return Changes("override" if act.override else "act", act=act, acts=(act,))
    if now is before:
        return Changes("decay")
    if before is None or before.captured.quarantine is not None:  # nobody was told of it yet
        return Changes("act", request=bool(now.captured.requests), elsewhere=True)
    known = {each.id for each in before.captured.acts} | {each.id for each in facts}
    requests = {each.id for each in before.captured.requests}
    request = any(each.id not in requests for each in now.captured.requests)
    acts = tuple(each for each in now.captured.acts if each.id not in known)
    was, is_now = before.captured, now.captured
    merged = (is_now.aliases, is_now.merged_into) != (was.aliases, was.merged_into)
    cause: Cause = "merge" if merged else "act" if request or acts else "fact"
    return Changes(cause, request, None, _elsewhere(now, before), acts)


def _elsewhere(now: LeadEnriched, before: LeadEnriched) -> bool:
    """Where to and whether somebody may write is decided on these too, though no points depend on them."""
    one, other = now.captured, before.captured
    return (now.effective, now.account, one.lead, one.aliases, one.merged_into) != (
        before.effective,
        before.account,
        other.lead,
        other.aliases,
        other.merged_into,
    )
