"""What people do with a lead that they have been given: touches, meetings; commands stand in commands.py."""

from dataclasses import replace

from leadline_route.case import Case
from leadline_route.commands import COMMANDS, in_sal
from leadline_route.core.touches import MEETING_OFF, is_human_touch
from leadline_route.moving import foreign, with_deeds
from leadline_route.outcomes import told
from leadline_route.state import Body, Deeds, Standing, Touch
from leadline_runtime.decision import Decision, drop
from leadline_runtime.items import Record
from leadline_schemas.activity import Activity, LeadActivity


def on_activity(case: Case, record: Record[LeadActivity]) -> Decision[Body]:
    """Decide on one act. Touches are kept even before the lead is known: they may come first."""
    act = record.value.activity
    named = foreign(case, record)
    if isinstance(named, Decision):
        return named
    if named is not None and _is_deed(act):
        return _theirs(case, act, named)
    if act.kind in COMMANDS:
        return told(act, case.state, _commanded(case, record), case.lead_id, case.now)
    return _own(case, act)


def _commanded(case: Case, record: Record[LeadActivity]) -> Decision[Body]:
    act = record.value.activity
    if record.passage is not None and act.assignment is not None:
        return drop("stale_command")  # it names an assignment of the lead that it was meant for
    return COMMANDS[act.kind](case, act)


def _own(case: Case, act: Activity) -> Decision[Body]:
    if is_human_touch(act):
        return _touch(case, act)
    return _meeting(case, act) if _is_deed(act) else drop("not_addressed")


def _is_deed(act: Activity) -> bool:
    """Did our people do something with the lead, or make an appointment?"""
    return is_human_touch(act) or act.kind == "meeting.booked" or act.kind in MEETING_OFF


def _theirs(case: Case, act: Activity, named: int) -> Decision[Body]:
    """A touch or meeting under the origin of what is part of the lead; it goes with that if it leaves."""
    standing = case.standing
    old = next((each for each in standing.deeds if each.origin == act.origin), Deeds(act.origin))
    new = Deeds(act.origin, named=named)
    if is_human_touch(act):
        new = replace(new, touched=Touch(at=act.occurred_at, by=act.actor.id or "somebody"))
    elif act.kind == "meeting.booked":
        new = replace(new, meeting_at=act.occurred_at)
    elif old.meeting_at is not None and old.meeting_at <= act.occurred_at:
        rest = tuple(each for each in standing.deeds if each is not old)
        return _keep(case, replace(standing, deeds=(*rest, replace(old, meeting_at=None))))
    after = with_deeds(case, new)
    if new.touched and new.touched.by == standing.owner and (accepted := in_sal(after, act.occurred_at)) is not None:
        after = accepted
    return drop("unchanged") if after == standing else _keep(case, after)


def _touch(case: Case, act: Activity) -> Decision[Body]:
    """The newest touch counts; the owner's own accepts the lead (rules B6.2)."""
    standing, by = case.standing, act.actor.id or "somebody"
    if standing.touched is not None and standing.touched.at >= act.occurred_at:
        return drop("unchanged")
    touched = replace(standing, touched=Touch(at=act.occurred_at, by=by))
    if by == standing.owner and (accepted := in_sal(touched, act.occurred_at)) is not None:
        touched = accepted
    return _keep(case, touched)


def _meeting(case: Case, act: Activity) -> Decision[Body]:
    standing = case.standing
    if act.kind == "meeting.booked":
        if standing.meeting_at is not None and standing.meeting_at >= act.occurred_at:
            return drop("unchanged")
        return _keep(case, replace(standing, meeting_at=act.occurred_at))
    if standing.meeting_at is None or standing.meeting_at > act.occurred_at:
        return drop("unchanged")
    return _keep(case, replace(standing, meeting_at=None))


def _keep(case: Case, standing: Standing) -> Decision[Body]:
    return case.dropped("kept", standing)
