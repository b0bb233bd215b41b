"""A lead before and after a submission or an act: a pure union, whatever the order they come in."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from leadline_capture.core.acts import Observed
from leadline_capture.core.attribution import DIRECT
from leadline_capture.core.consent import kept
from leadline_capture.core.identity import Match
from leadline_capture.core.known_lead import (
    MOST_ACTS,
    MOST_SUSPECTS,
    Beginning,
    KnownLead,
    newest_acts,
    newest_marketing,
    newest_requests,
)
from leadline_capture.core.lead_reading import Submission
from leadline_capture.core.survivorship import with_values
from leadline_schemas.activity import Activity
from leadline_schemas.event import trusted
from leadline_schemas.lead import ExternalId, PossibleDuplicate, Quarantine, Request, Touch

_request_of = trusted(Request)


def with_submission(
    before: KnownLead | None, submission: Submission, act: Activity, match: Match, root: UUID | None = None
) -> KnownLead:
    """The lead after a submission. `act`: the act that it is, as this lead's; `root`: what the lead is part of."""
    lead_id = act.origin
    beginning = Beginning(submission.at, submission.receipt.submission_id, submission.source, submission.source_detail)
    known = before or KnownLead(beginning)
    reason = submission.quarantine if before is None else None
    return KnownLead(
        beginning=min(known.beginning, beginning, key=lambda b: (b.at, b.cause)),
        fields=with_values(known.fields, submission.values, submission.evidence),
        external_ids=_external_ids(known.external_ids, submission.external_id),
        requests=newest_requests(
            (*known.requests, *([request_of(submission, lead_id, root)] if submission.asks else ()))
        ),
        acts=newest_acts((*known.acts, act)) if submission.told else known.acts,
        known_acts=known.known_acts,
        marketing=known.marketing,
        statements=kept((*known.statements, *submission.statements)),
        first_touch=first_of(known.first_touch, submission.touch),
        last_touch=last_of(known.last_touch, submission.touch),
        possible_duplicates=suspected(known.possible_duplicates, match),
        aliases=known.aliases,
        quarantine=Quarantine(reason=reason, since=submission.receipt.received_at) if reason else known.quarantine,
        activity_revision=known.activity_revision,
        apart=known.apart,
        passed_on=known.passed_on,
        parted_at=known.parted_at,
    )


def request_of(submission: Submission, lead_id: UUID, root: UUID | None = None) -> Request:
    """What the submission asks for; its id is the id of its act. `root`: what its lead is part of, if it is."""
    return _request_of(
        id=submission.act.id,
        type=submission.type,
        start=submission.at,
        received_at=submission.receipt.received_at,
        historical=submission.historical,
        origin=lead_id,
        root=root,
        event_end=submission.event_end,
        missed_call=submission.missed_call,
    )


Root = UUID | None  # what the lead is part of


def with_held(known: KnownLead, acts: Sequence[Activity], observed: Sequence[Observed], root: Root = None) -> KnownLead:
    """The lead after acts that are told with its submission. `observed`: the same acts, with all they said."""
    return replace(_with(known, acts, observed, root), acts=newest_acts((*known.acts, *acts)))


def with_acts(known: KnownLead, acts: Sequence[Activity], observed: Sequence[Observed], root: Root = None) -> KnownLead:
    """The lead after acts that are told only on lead.activity. `observed`: the same acts, with all they said."""
    ids = dict.fromkeys((*known.known_acts, *(act.id for act in acts)))
    return replace(_with(known, acts, observed, root), known_acts=tuple(ids)[-MOST_ACTS:])


def _with(known: KnownLead, acts: Sequence[Activity], observed: Sequence[Observed], root: Root) -> KnownLead:
    """What acts say besides themselves: of consent, of where the person came from, and what it asked for before anybody
    knew who it was. A chat is no more than talk (rules B1.1)."""
    said = [each for one in observed for each in one.statements]
    asked = [_asked(act, root) for act in acts if act.request_type not in (None, "chat")]
    first, last = known.first_touch, known.last_touch
    for one in observed:
        first, last = first_of(first, one.touch), last_of(last, one.touch)
    return replace(
        known,
        requests=newest_requests((*known.requests, *asked)) if asked else known.requests,
        marketing=newest_marketing(known.marketing, acts),
        statements=kept((*known.statements, *said)) if said else known.statements,
        first_touch=first,
        last_touch=last,
    )


def _asked(act: Activity, root: Root) -> Request:
    assert act.request_type is not None, "only acts that ask for something"
    return _request_of(
        id=act.id,
        root=root,
        type=act.request_type,
        start=act.occurred_at,
        received_at=act.received_at,
        historical=act.historical,
        origin=act.origin,
    )


def _external_ids(known: tuple[ExternalId, ...], new: ExternalId | None) -> tuple[ExternalId, ...]:
    if new is None or new in known:
        return known
    return tuple(sorted((*known, new), key=lambda each: (each.system, each.id)))


def first_of(one: Touch | None, other: Touch | None) -> Touch | None:
    """The earlier of two touches."""
    return min((each for each in (one, other) if each), key=_touch_order, default=None)


def last_of(one: Touch | None, other: Touch | None) -> Touch | None:
    """The later of two touches; a direct one only if there is no other."""
    touches = [each for each in (one, other) if each]
    return max(touches, key=lambda each: (each.channel != DIRECT, _touch_order(each)), default=None)


def _touch_order(touch: Touch) -> tuple[object, ...]:
    # At one instant the touches' own content decides, so that their order of arrival does not.
    return (touch.at, touch.channel, touch.model_dump_json())


def suspected(known: tuple[PossibleDuplicate, ...], match: Match) -> tuple[PossibleDuplicate, ...]:
    """The possible duplicates with those that a match brought up."""
    if not match.suspects:
        return known
    found = {each.lead_id: each for each in known}
    for lead_id, kind in match.suspects:
        found.setdefault(lead_id, PossibleDuplicate(lead_id=lead_id, reason=kind))
    return tuple(found.values())[-MOST_SUSPECTS:]
