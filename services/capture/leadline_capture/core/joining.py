"""A lead before and after a submission or an act: a pure union, whatever the order they come in."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from leadline_capture.core.consent import Statement, kept
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


def with_submission(before: KnownLead | None, submission: Submission, act: Activity, match: Match) -> KnownLead:
    """The lead after a submission. `act`: the act that it is, as this lead's."""
    lead_id = act.origin
    beginning = Beginning(submission.at, submission.receipt.submission_id, submission.source, submission.source_detail)
    known = before or KnownLead(beginning)
    reason = submission.quarantine if before is None else None
    return KnownLead(
        beginning=min(known.beginning, beginning, key=lambda b: (b.at, b.cause)),
        fields=with_values(known.fields, submission.values, submission.evidence),
        external_ids=_external_ids(known.external_ids, submission.external_id),
        requests=newest_requests((*known.requests, request_of(submission, lead_id))),
        acts=newest_acts((*known.acts, act)),
        known_acts=known.known_acts,
        marketing=known.marketing,
        statements=kept((*known.statements, *submission.statements)),
        first_touch=_first(known.first_touch, submission.touch),
        last_touch=_last(known.last_touch, submission.touch),
        possible_duplicates=_suspects(known.possible_duplicates, match),
        aliases=known.aliases,
        quarantine=Quarantine(reason=reason, since=submission.receipt.received_at) if reason else known.quarantine,
        activity_revision=known.activity_revision,
    )


def request_of(submission: Submission, lead_id: UUID) -> Request:
    """What the submission asks for; its id is the id of its act."""
    return _request_of(
        id=submission.act.id,
        type=submission.type,
        start=submission.at,
        received_at=submission.receipt.received_at,
        historical=submission.historical,
        origin=lead_id,
        event_end=submission.event_end,
        missed_call=submission.missed_call,
    )


def with_held(known: KnownLead, held: Sequence[Activity], said: Iterable[Statement]) -> KnownLead:
    """The lead after acts that are told with its submission, and what they said about consent."""
    return replace(
        known,
        acts=newest_acts((*known.acts, *held)),
        marketing=newest_marketing(known.marketing, held),
        statements=kept((*known.statements, *said)),
    )


def with_acts(known: KnownLead, acts: Sequence[Activity], said: Iterable[Statement]) -> KnownLead:
    """The lead after acts that are told only on lead.activity, and what they said about consent."""
    statements = tuple(said)
    ids = dict.fromkeys((*known.known_acts, *(act.id for act in acts)))
    return replace(
        known,
        known_acts=tuple(ids)[-MOST_ACTS:],
        marketing=newest_marketing(known.marketing, acts),
        statements=kept((*known.statements, *statements)) if statements else known.statements,
    )


def _external_ids(known: tuple[ExternalId, ...], new: ExternalId | None) -> tuple[ExternalId, ...]:
    if new is None or new in known:
        return known
    return tuple(sorted((*known, new), key=lambda each: (each.system, each.id)))


def _first(known: Touch | None, new: Touch) -> Touch:
    return new if known is None else min(known, new, key=_touch_order)


def _last(known: Touch | None, new: Touch) -> Touch:
    return new if known is None else max(known, new, key=_touch_order)


def _touch_order(touch: Touch) -> tuple[object, ...]:
    # At one instant the touches' own content decides, so that their order of arrival does not.
    return (touch.at, touch.channel, touch.model_dump_json())


def _suspects(known: tuple[PossibleDuplicate, ...], match: Match) -> tuple[PossibleDuplicate, ...]:
    if not match.suspects:
        return known
    found = {each.lead_id: each for each in known}
    for lead_id, kind in match.suspects:
        found.setdefault(lead_id, PossibleDuplicate(lead_id=lead_id, reason=kind))
    return tuple(found.values())[-MOST_SUSPECTS:]
