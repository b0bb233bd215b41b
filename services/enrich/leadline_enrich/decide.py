"""What enrich makes of a captured lead, and of the alarm to ask its providers again. Pure."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from leadline_enrich.core.answers import NOTHING_GATHERED, Gathered
from leadline_enrich.core.chain import Learned, learn
from leadline_enrich.core.company_domain import company_domain
from leadline_enrich.core.completeness import Patience, ask_again, is_late
from leadline_enrich.core.enrich_rules import EnrichRules
from leadline_enrich.core.sight import Sight
from leadline_enrich.state import NOTHING_KNOWN, Body, Known
from leadline_runtime.canary import passed_on
from leadline_runtime.decision import Decision, Emit, Grounds, LeadState, drop, emitted
from leadline_runtime.items import Item, Record, Timer
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import decode, encode_model
from leadline_schemas.enriched import Fact, LeadEnriched
from leadline_schemas.event import trusted
from leadline_schemas.topics import LEAD_ENRICHED
from leadline_schemas.views import CAPTURED_LOOKED_UP

_enriched, _known = trusted(LeadEnriched), trusted(Known)
_FACTS = TypeAdapter(dict[str, Fact]).serializer
# A value is used up to its greatest age inclusive, so the alarm for it rings just after.
_JUST_AFTER = timedelta(seconds=1)


def decide(item: Item, state: LeadState[Body] | None, view: Any, grounds: Grounds) -> Decision[Body]:
    """A captured lead is told with its facts, an alarm tells it again if they changed; nobody sends messages here."""
    if isinstance(item, Record):
        return _captured(item, state or LeadState(Body()), grounds)
    if isinstance(item, Timer) and state is not None:
        return _alarm(item, state, grounds)
    return drop("not_addressed")


def _captured(record: Record[LeadCaptured], state: LeadState[Body], grounds: Grounds) -> Decision[Body]:
    captured = record.value
    if captured.quarantine is not None:
        kept = state.having(body=Body(state.body.known), timer_at=None)
        return drop("quarantined", {captured.lead_id: kept})
    told = _tell(captured, record.raw, state, grounds, captured.received_at)
    return passed_on(told, captured.received_at, grounds.decided_at) if captured.canary else told


def _alarm(timer: Timer, state: LeadState[Body], grounds: Grounds) -> Decision[Body]:
    if timer.kind != "timer" or not state.body.captured:
        return drop("no_longer_due", {timer.lead_id: state.having(timer_at=None)})
    captured = decode(CAPTURED_LOOKED_UP, state.body.captured)
    return _tell(captured, state.body.captured, state, grounds, timer.due)


def _tell(
    captured: LeadCaptured, raw: bytes, state: LeadState[Body], grounds: Grounds, as_of: datetime
) -> Decision[Body]:
    rules: EnrichRules = grounds.rules
    gathered: Gathered = grounds.facts or NOTHING_GATHERED
    sight = _sight(captured, state.body.known, gathered, grounds)
    learned = learn(sight)
    domain = sight.company.domain if sight.company else None
    before = state.body.known
    patience, wait = _patience(learned, before, domain, gathered, rules)
    known = _known(
        domain=domain,
        asked=patience.asked,
        late=patience.late,
        facts=learned.facts,
        account=learned.account,
        effective=learned.effective,
    )
    unchanged = isinstance(grounds.item, Timer) and _same(known, before)
    encoded = _encoded(learned)
    told = state.having(
        body=Body(known, raw, encoded),
        revision=state.revision + (not unchanged),
        merged_into=captured.merged_into,
        timer_at=None if captured.merged_into else next_look(learned, wait, rules, grounds.decided_at),
    )
    if unchanged:
        return drop("unchanged", {captured.lead_id: told})
    event = _enriched(
        lead_id=captured.lead_id,
        revision=told.revision,
        basis=grounds.basis(revision_before=state.revision, as_of=as_of, facts=gathered.recorded()),
        facts=learned.facts,
        account=learned.account,
        effective=learned.effective,
        complete=learned.complete,
        captured=captured,
    )
    emit: Emit[Any] = Emit(LEAD_ENRICHED, event, captured.lead_id, carried=raw, told=encoded)
    return emitted(emit, states={captured.lead_id: told})


def _encoded(learned: Learned) -> dict[str, bytes]:
    """What both the event and the state tell of what was learned: encoding it twice would cost a tenth of a lead."""
    encoded = {
        "facts": _FACTS.to_json(learned.facts, exclude_none=True),
        "effective": encode_model(learned.effective),
    }
    if learned.account is not None:
        encoded["account"] = encode_model(learned.account)
    return encoded


def _sight(captured: LeadCaptured, known: Known, gathered: Gathered, grounds: Grounds) -> Sight:
    rules: EnrichRules = grounds.rules
    company = company_domain(captured.lead, rules.lists, rules.registrable)
    # What was known of another company is not known of this one.
    earlier = known if known.domain == (company.domain if company else None) else NOTHING_KNOWN
    return Sight(
        captured=captured,
        company=company,
        gathered=gathered,
        earlier=earlier.facts,
        rules=rules,
        now=grounds.decided_at,
        earlier_account=earlier.account,
    )


def _patience(
    learned: Learned, before: Known, domain: str | None, gathered: Gathered, rules: EnrichRules
) -> tuple[Patience, timedelta | None]:
    if learned.complete:
        return Patience(), None
    so_far = Patience(before.asked, before.late) if before.domain == domain else Patience()
    return ask_again(so_far, is_late(gathered.answers.values()), rules.ask_again)


def _same(new: Known, old: Known) -> bool:
    """Is there nothing to tell? That a provider says once more what it said is nothing to judge a lead by anew."""
    if (new.account, new.effective) != (old.account, old.effective) or new.facts.keys() != old.facts.keys():
        return False
    return all(_says(fact) == _says(old.facts[name]) for name, fact in new.facts.items())


def _says(fact: Fact) -> tuple[Any, ...]:
    return fact.value, fact.absent, fact.provider, fact.confidence, fact.flags, fact.written == "refused"


def next_look(learned: Learned, wait: timedelta | None, rules: EnrichRules, now: datetime) -> datetime | None:
    """When to look again: when a silent provider is to be asked once more, or a value in use grows too old."""
    again = None if wait is None else now + wait
    ends = [
        fact.at + rules.policy.max_age + _JUST_AFTER
        for name in rules.fields.values()
        if (fact := learned.facts.get(name)) and fact.value is not None and "stale" not in fact.flags
    ]
    return min([each for each in (again, *ends) if each is not None and each > now], default=None)
