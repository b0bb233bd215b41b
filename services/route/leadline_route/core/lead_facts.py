"""What routing rules may ask about a lead, read from its scorecard snapshot."""

from collections.abc import Mapping
from typing import Any

from leadline_route.core.snapshot import Scored

# Every name a condition may use; `marketing_allowed` and `contact_allowed` come from the channels, `territory` from the
# team file, `segments` are those of routing.yaml that the lead is in. An unknown value is None.
FIELDS: frozenset[str] = frozenset(
    {
        "type", "source", "source_detail", "segment", "segments", "stage", "country", "state", "postal_code",
        "language", "employees", "industry", "account", "parent_account",
        "interest", "seniority", "function", "size_band", "industry_band", "first_touch_channel", "last_touch_channel",
        "domain_class", "company_domain", "account_status", "veto", "vetoes", "mql", "mql_reasons",
        "hand_raise", "fast_track", "signal", "temperature", "grade", "total", "fit", "fit_known", "intent",
        "budget_stated", "timeline_months", "territory", "marketing_allowed", "contact_allowed", "contact_withdrawn",
    }
)  # fmt: skip
# What a segment may ask: all that is known before segments are.
SEGMENT_FIELDS: frozenset[str] = FIELDS - {"segments"}
# A territory is where a lead comes from and what company it is, whichever rule decides it.
TERRITORY_FIELDS: frozenset[str] = frozenset(
    {
        "country", "state", "postal_code", "language", "employees", "size_band", "industry", "industry_band",
        "company_domain", "account", "parent_account", "account_status",
    }
)  # fmt: skip
# Fields that may hold several values at once.
SEVERAL: frozenset[str] = frozenset({"veto", "vetoes", "mql_reasons", "segments"})
PERSONAL: frozenset[str] = frozenset({"postal_code"})
# Of somebody who refuses to be profiled only what he asked for and where he is may be asked (rules B1.9).
_NO_PROFILE: dict[str, Any] = {
    "employees": None, "industry": None, "account": None, "parent_account": None, "interest": None,
    "domain_class": None, "company_domain": None,
    "budget_stated": False, "timeline_months": None, "seniority": None, "function": None, "size_band": None,
    "industry_band": None, "first_touch_channel": None, "last_touch_channel": None,
}  # fmt: skip


def lead_values(scored: Scored, lifted: tuple[str, ...] = ()) -> dict[str, Any]:
    """The values of a lead by name, without those that are decided here (territory, channels).

    Without the `lifted` vetoes: what they alone kept from people is an MQL by what it asked for, its score, and what a
    person set it to be: no is the last word (rules B3.11).
    """
    enriched = scored.enriched
    lead, effective, card = enriched.captured.lead, enriched.effective, scored.scorecard
    account = enriched.account
    vetoes = tuple(veto for veto in card.vetoes if veto.id not in lifted)
    mql = scored.mql
    reasons: tuple[str, ...] = card.mql_reasons
    if card.vetoes and not vetoes:
        found = {"hand_raise": card.hand_raise, "score": card.mql_by_score, "override": card.set_mql}
        reasons = tuple([reason for reason, holds in found.items() if holds])
        mql = bool(reasons) and card.set_mql is not False
    values: dict[str, Any] = {
        "type": lead.type,
        "source": lead.source,
        "source_detail": lead.source_detail,
        "segment": lead.segment,
        "stage": lead.stage,
        "country": effective.country,
        "state": effective.state,
        "postal_code": postal(lead.postal_code),
        "language": effective.language,
        "employees": effective.employees,
        "industry": effective.industry,
        "interest": lead.interest,
        "seniority": effective.seniority,
        "function": effective.function,
        "size_band": effective.size_band,
        "industry_band": effective.industry_band,
        "first_touch_channel": effective.first_touch_channel,
        "last_touch_channel": effective.last_touch_channel,
        "domain_class": effective.domain_class,
        "company_domain": effective.company_domain,
        "account": account.domain if account else None,
        "parent_account": account.parent if account else None,
        "account_status": account.status if account else None,
        "veto": tuple(veto.effect for veto in vetoes),
        "vetoes": tuple(veto.id for veto in vetoes),
        "mql": mql,
        "mql_reasons": reasons if mql else (),
        "hand_raise": card.hand_raise,
        "fast_track": card.fast_track,
        "signal": card.signal,
        "temperature": card.temperature,
        "grade": card.grade,
        "total": float(card.total),
        "fit": float(card.fit.value),
        "fit_known": float(card.fit.known),
        "intent": float(card.intent.value),
        "budget_stated": bool(lead.budget),
        "timeline_months": lead.timeline_months,
    }
    return values | _NO_PROFILE if card.withheld else values


def postal(code: str | None) -> str | None:
    """A postal code as conditions compare it: capitals, single spaces: `sw1a  1aa` is `SW1A 1AA`."""
    return " ".join(code.upper().split()) or None if code else None


def spoken(values: Mapping[str, Any], fields: tuple[str, ...]) -> str:
    """The values that a condition asked about: `employees 200, country DE`; unknown ones as such."""
    return ", ".join(f"{name.replace('_', ' ')} {_of(name, values.get(name))}" for name in fields)


def _of(name: str, value: Any) -> str:
    # A postal code is the person's own: an explanation says no more than whether there is one.
    return "known, another one" if name in PERSONAL and value is not None else _spoken(value)


def _spoken(value: Any) -> str:
    if value is None or value == ():
        return "none" if value == () else "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " and ".join(map(str, value))
    return f"{value:,g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
