"""Several leads as one, and apart again (rules B1.6, B1.7): each origin's own part is kept, the whole is their union.

Whatever the order of submissions, acts, merges and unmerges: a lead is a function of the parts it has.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import reduce
from uuid import UUID

from leadline_capture.core.consent import kept
from leadline_capture.core.joining import first_of, last_of
from leadline_capture.core.known_lead import (
    MOST_ACTS,
    MOST_MARKETING,
    MOST_REQUESTS,
    MOST_SUSPECTS,
    KnownLead,
    Parts,
    newest_acts,
    newest_requests,
)
from leadline_capture.core.survivorship import united_fields
from leadline_schemas.lead import ExternalId, PossibleDuplicate

MOST_APART = 100


def changed(known: KnownLead, origin: UUID, change: Callable[[KnownLead], KnownLead]) -> KnownLead:
    """The lead after a change of one origin's part."""
    if not known.parts:
        return change(known)
    assert any(each == origin for each, _ in known.parts), "what is told of a lead is told of one of its parts"
    parts = tuple((each, change(part) if each == origin else part) for each, part in known.parts)
    return _whole(known, parts)


def merged(lead_id: UUID, known: KnownLead, other_id: UUID, other: KnownLead) -> KnownLead:
    """`known` with `other` and all that is part of it."""
    aliases = tuple(sorted({*known.aliases, other_id, *other.aliases}))
    parts = (*parts_of(lead_id, known), *parts_of(other_id, other))
    apart = tuple(each for each in known.apart if each not in aliases)
    return _whole(replace(known, aliases=aliases, apart=apart), parts)


def given_away(known: KnownLead) -> KnownLead:
    """What a lead keeps that became part of another: what is part of it, and its counters."""
    return KnownLead(
        known.beginning,
        aliases=known.aliases,
        apart=known.apart,
        passed_on=known.passed_on,
        parted_at=known.parted_at,
        activity_revision=known.activity_revision,
    )


def parted(
    lead_id: UUID, known: KnownLead, other_id: UUID, shell: KnownLead, at: datetime
) -> tuple[KnownLead, KnownLead]:
    """Both after `other` was taken out of the lead again; `shell` is what it kept (`given_away`)."""
    leaving = {other_id, *shell.aliases}
    theirs = tuple((origin, part) for origin, part in known.parts if origin in leaving)
    ours = tuple((origin, part) for origin, part in known.parts if origin not in leaving)
    begun_here = (r for _, part in theirs for r in part.requests if r.root == lead_id)
    root = replace(
        known,
        aliases=tuple(each for each in known.aliases if each not in leaving),
        apart=_with(known.apart, other_id),
        passed_on=newest_requests((*known.passed_on, *begun_here)),
        parted_at=at,
    )
    shell = replace(shell, apart=_with(shell.apart, lead_id), parted_at=at)
    return _whole(root, ours), _whole(shell, theirs)


def parts_of(lead_id: UUID, known: KnownLead) -> Parts:
    """Every origin's part; of a lead that nothing was merged into its own alone."""
    if known.parts:
        return known.parts
    own = replace(known, aliases=(), apart=(), passed_on=(), parted_at=None, quarantine=None, activity_revision=0)
    return ((lead_id, own),)


def united(one: KnownLead, other: KnownLead) -> KnownLead:
    """What both know of the person: commutative, associative, idempotent."""
    statements = (*one.statements, *other.statements)
    return KnownLead(
        beginning=min(one.beginning, other.beginning, key=lambda b: (b.at, b.cause)),
        fields=united_fields(one.fields, other.fields),
        external_ids=_external_ids((*one.external_ids, *other.external_ids)),
        requests=newest_requests((*one.requests, *other.requests))[-MOST_REQUESTS:],
        acts=newest_acts((*one.acts, *other.acts)),
        known_acts=tuple(dict.fromkeys((*one.known_acts, *other.known_acts)))[-MOST_ACTS:],
        marketing=tuple(sorted({*one.marketing, *other.marketing}, key=lambda m: (m[1], m[0]))[-MOST_MARKETING:]),
        statements=kept(statements) if statements else (),
        first_touch=first_of(one.first_touch, other.first_touch),
        last_touch=last_of(one.last_touch, other.last_touch),
        possible_duplicates=_suspects((*one.possible_duplicates, *other.possible_duplicates)),
    )


def _external_ids(found: Iterable[ExternalId]) -> tuple[ExternalId, ...]:
    once = {(each.system, each.id): each for each in found}
    return tuple(once[each] for each in sorted(once))


def _suspects(found: Iterable[PossibleDuplicate]) -> tuple[PossibleDuplicate, ...]:
    once = {each.lead_id: each for each in sorted(found, key=lambda s: (s.lead_id, s.reason), reverse=True)}
    return tuple(sorted(once.values(), key=lambda s: s.lead_id))[-MOST_SUSPECTS:]


def _whole(root: KnownLead, parts: Parts) -> KnownLead:
    """The union of the parts, with what is the root's own."""
    parts = tuple(sorted(parts, key=lambda each: each[0]))
    whole = reduce(united, (part for _, part in parts))
    return replace(
        whole,
        aliases=root.aliases,
        apart=root.apart,
        passed_on=root.passed_on,
        parted_at=root.parted_at,
        quarantine=root.quarantine,
        activity_revision=root.activity_revision,
        parts=parts if len(parts) > 1 else (),
    )


def recomputed(root: KnownLead) -> KnownLead:
    """The lead from its parts, as it is read back: what is stored is only they."""
    return _whole(root, root.parts) if root.parts else root


def _with(apart: tuple[UUID, ...], lead_id: UUID) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys((*apart, lead_id)))[-MOST_APART:]
