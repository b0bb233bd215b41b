"""What people do with a lead that they have been given: touches, meetings, stages; commands stand in commands.py."""

from dataclasses import replace

from leadline_route.case import Case, is_open
from leadline_route.commands import COMMANDS, in_sal
from leadline_route.core.touches import MEETING_OFF, is_human_touch
from leadline_route.state import Body, Standing, Touch
from leadline_runtime.decision import Decision, drop
from leadline_schemas.activity import Activity


def on_activity(case: Case, act: Activity) -> Decision[Body]:
    """Decide on one act. Touches and stages are kept even before the lead is known: they may come first."""
    command = COMMANDS.get(act.kind)
    if command is not None:
        return command(case, act)
    if act.kind == "stage.changed":
        return _stage(case, act)
    if act.kind == "meeting.booked" or act.kind in MEETING_OFF:
        return _meeting(case, act)
    if is_human_touch(act):
        return _touch(case, act)
    return drop("not_addressed")


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


def _stage(case: Case, act: Activity) -> Decision[Body]:
    """A stage set by a person decides whether the lead is among the owner's open ones."""
    standing = case.standing
    if act.stage is None or (standing.stage_at is not None and standing.stage_at >= act.occurred_at):
        return drop("unchanged")
    after = replace(standing, stage=act.stage, stage_at=act.occurred_at)
    counts = standing.owner in case.book.team.members and is_open(after)
    if standing.owner is not None and counts != standing.counted:
        case.draft.opened(standing.owner, 1 if counts else -1)
    return _keep(case, replace(after, counted=counts))


def _keep(case: Case, standing: Standing) -> Decision[Body]:
    return case.dropped("kept", standing)
