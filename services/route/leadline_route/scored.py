"""What a new scorecard does to a lead: it is routed, or it stays with whom it is."""

from dataclasses import replace

from leadline_route import reentry
from leadline_route.case import Case, give_turn_back, let_go
from leadline_route.conclude import conclude, told_let_go
from leadline_route.core.prospect import Prospect
from leadline_route.core.ruling import Ruling
from leadline_route.core.snapshot import Scored
from leadline_route.leaving import left
from leadline_route.moving import adopted, gone, parted
from leadline_route.state import Body, Standing
from leadline_runtime.canary import passed_on
from leadline_runtime.decision import Decision
from leadline_runtime.items import Record


def on_scored(case: Case, record: Record[Scored]) -> Decision[Body]:
    """Decide on one snapshot. An owned lead never moves by it; what changed of requests or channels is told."""
    scored, raw = record.value, record.raw
    captured = scored.enriched.captured
    if captured.canary:
        return _canary(case, case.prospect(scored, raw))
    if captured.merged_into is not None:
        return gone(case, raw, captured.merged_into)
    if captured.quarantine is not None:
        apart = case.dropped("quarantined", _without_owner(case), scored=raw, timer_at=None)
        return told_let_go(case, apart, raw, "quarantined", f"kept apart ({captured.quarantine.reason})")
    known, messages = parted(case, captured.revision, captured.aliases)
    kept = known if known.offer is None else replace(known, offer=None)
    decision = _standing_anew(case, case.prospect(scored, raw), kept, raw)
    return replace(decision, messages=messages) if messages else decision


def _canary(case: Case, prospect: Prospect) -> Decision[Body]:
    """Looked at as every lead, and given to nobody."""
    ruling = Ruling("parked", "canary", reason="a canary: it is watched, and given to nobody")
    received_at = max(each.received_at for each in prospect.scored.requests)
    return passed_on(conclude(case, prospect, ruling, "scored", Standing()), received_at, case.now)


def _standing_anew(case: Case, prospect: Prospect, known: Standing, raw: bytes) -> Decision[Body]:
    """`known`: where it stood, with what the snapshot says of its parts."""
    offer = case.standing.offer
    if prospect.scored.cause == "rules_change" and known.outcome is not None:
        # New rules act on nothing by themselves (B3.12). Who waits for an owner is given to one as he was to be, by the
        # scorecard that made him wait: by the new one he might be given to nobody.
        return case.dropped("unchanged", known, scored=case.state.body.scored if known.waits else raw)
    if settled(case):
        return conclude(case, prospect, _kept(known), _cause(prospect), known)
    if offer is not None and case.book.team.is_active(offer.owner):
        unmerged = case.state.merged_into is not None
        why = f"{offer.owner} had it {'before the merge' if unmerged else 'as what became part of it'}"
        ruling = adopted(case, offer, why, anew=unmerged)
        return conclude(case, prospect, ruling, "unmerged" if unmerged else "merged", known)
    if known.outcome == "person" and known.owner is not None:  # not settled: he is gone
        return left(case, prospect, known, _cause(prospect))
    if prospect.historical and not reentry.is_aside(known):
        return conclude(case, prospect, _historical(case, prospect), "scored", known)
    decided = reentry.stays_or_comes_back if reentry.is_aside(known) else reentry.routed
    ruling = decided(case, prospect, known)
    return conclude(case, prospect, ruling, _cause(prospect), known)


def _cause(prospect: Prospect) -> str:
    """What the decision is told to follow from: a person who overrode the score is to find that here."""
    return "override" if prospect.scored.cause == "override" else "scored"


def settled(case: Case) -> bool:
    """A person owns the lead who can still own it: no score moves it."""
    standing = case.standing
    return standing.outcome == "person" and standing.owner is not None and case.book.team.is_active(standing.owner)


def _kept(standing: Standing) -> Ruling:
    return Ruling(
        "person",
        standing.rule,
        owner=standing.owner,
        pool=standing.pool,
        manager=standing.manager,
        escalated=standing.escalated,
        covering_for=standing.covering_for,
        reason="owner kept, no turn",
    )


def _historical(case: Case, prospect: Prospect) -> Ruling:
    owner = prospect.scored.enriched.captured.lead.owner
    known = owner if owner is not None and case.book.team.is_active(owner) else None
    return Ruling("parked", "historical", owner=known, reason="historical: stored and scored, not routed")


def _without_owner(case: Case) -> Standing:
    """The lead is no lead of its own any more: nobody owns it, nobody waits for it, the turn is given back."""
    let_go(case)
    give_turn_back(case)
    standing = case.standing
    if standing.hold is not None:
        case.draft.held(standing.hold.pool, -1)
    return replace(standing, outcome=None, owner=None, counted=False, move=None, hold=None, excluded=())
