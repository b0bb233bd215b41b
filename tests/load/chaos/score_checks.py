"""Every lead is judged, whatever its providers and Redis do; one judgement is one scorecard; facts are those told."""

import json
from collections import defaultdict

from tests.load.chaos.history import Evidence, parsed
from tests.load.chaos.told import Told, newest
from tests.load.chaos.verdict import Verdict

VENDOR = "registry"


def people_of(domain: str) -> int:
    """What the vendor of a run tells of a company (tests/support/vendor.py), written down here once more."""
    return 10 + sum(domain.encode()) % 5000


def check_scores(evidence: Evidence, told: Told, verdict: Verdict) -> None:
    """No lead without a score, no scorecard twice with different content, no fact that nobody said."""
    scored = newest(told["lead.scored"])
    for lead, event in newest(told["lead.captured"]).items():
        body = event.body
        apart = "quarantine" in body or "merged_into" in body or body["outcome"] == "tombstone"
        if not apart and lead not in scored:
            verdict.add("lost", "I1", f"lead {lead} has no score")
    _check_cards(evidence, verdict)
    _check_facts(told, verdict)


def _check_cards(evidence: Evidence, verdict: Verdict) -> None:
    """By revision, and by what made it: both name one judgement. Read from raw records, repeats among them."""
    cards: dict[tuple[str, str], set[str]] = defaultdict(set)
    for raw in evidence.records.get("lead.scored", ()):
        body = parsed(raw.value)
        card = json.dumps(body["scorecard"], sort_keys=True)
        cards[raw.key, f"revision {body['revision']}"].add(card)
        cards[raw.key, f"made by {body['basis']['cause']}"].add(card)
    for (lead, what), found in cards.items():
        if len(found) > 1:
            verdict.add("doubled", "I3", f"lead {lead}: the scorecard {what} is {len(found)} scorecards")


def _check_facts(told: Told, verdict: Verdict) -> None:
    verdict.numbers["late facts"] = sum(e.body["basis"]["cause_kind"] == "timer" for e in told["lead.enriched"])
    for event in told["lead.enriched"]:
        fact = event.body["facts"].get("employees", {})
        domain = event.body["effective"].get("company_domain")
        if fact.get("provider") == VENDOR and "value" in fact and fact["value"] != people_of(domain):
            verdict.add("other", "I7", f"lead {event.lead} revision {event.revision}: {VENDOR} never said this")
