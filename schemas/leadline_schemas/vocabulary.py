"""The closed lists of the field: one name per thing, everywhere (rules B0, B1; defaults C2, C7-C9)."""

from typing import Literal

LeadType = Literal[
    "demo_request", "pricing_inquiry", "contact_sales", "inbound_call", "trial_signup", "referral", "chat",
    "event_attended", "webinar_attended", "content_download", "newsletter", "outbound", "other",
]  # fmt: skip
# Strongest first: within one cycle the strongest wins (rules B1.1).
LEAD_TYPES: tuple[LeadType, ...] = LeadType.__args__  # type: ignore[attr-defined]
HAND_RAISES: frozenset[str] = frozenset(LEAD_TYPES[:6])

Source = Literal[
    "website_form", "google_ads", "meta_ads", "linkedin_ads", "webinar", "event", "business_card", "chat",
    "inbound_call", "inbound_email", "referral", "partner", "product", "newsletter", "content", "manual",
    "csv_import", "purchased_list", "cold_outreach", "crm", "tracking", "other",
]  # fmt: skip
Segment = Literal["organic", "inbound", "outbound", "referral"]
Stage = Literal[
    "raw", "captured", "MQL", "SAL", "SQL", "opportunity", "customer", "nurture", "disqualified", "archived"
]
# What moves a lead from one stage to another: what routing decided, a person's command, the owner's first touch, a
# deal, silence, an act of the lead.
StageWay = Literal["routed", "command", "acting", "deal", "stale", "act"]
WhyNotApplied = Literal[
    "already",  # it is in that stage
    "illegal",  # no transition leads there from where it is
    "reason_required", "unknown_reason", "note_required",
    "not_qualified",  # too little of budget, authority, need, timeline is recorded
    "not_the_owner",
    "known_otherwise",  # a later truth: it was not silent after all
    "unmerged",  # it is about a lead that was part of this one until then
]  # fmt: skip
# Rules B6.2, and the two stages that it does not name.
LeadStatus = Literal[
    "new", "contacted", "in_conversation", "qualified", "in_pipeline", "customer", "nurture", "disqualified", "archived"
]
StageKind = Literal["applied", "not_applied", "reverted", "stale", "reactivation", "delisted"]
Confirmed = Literal["budget", "authority", "need", "timeline"]

# What a job title says: how far up somebody is, and what the work is.
Seniority = Literal["c_level", "vp", "director", "head", "manager", "practitioner", "student"]
Function = Literal[
    "sales", "marketing", "product", "engineering", "it", "data", "operations", "finance", "hr", "legal", "procurement",
    "customer_service", "research", "design", "healthcare", "education", "consulting", "administration", "management",
]  # fmt: skip

ActivityKind = Literal[
    "email.sent", "email.delivered", "email.opened", "email.clicked", "email.replied", "email.bounced",
    "call.attempted", "call.connected", "call.missed", "call.inbound_answered",
    "sms.sent", "sms.received", "chat.message",
    "meeting.booked", "meeting.held", "meeting.cancelled", "meeting.no_show",
    "page.viewed", "form.submitted", "content.downloaded",
    "webinar.registered", "webinar.attended", "webinar.no_show", "event.attended",
    "product.activated", "product.teammate_invited", "product.usage_limit", "product.used",
    "document.shared", "note.added",
    "nurture.enrolled", "nurture.sent", "nurture.completed",
    "consent.granted", "consent.withdrawn", "consent.declined", "consent.pending",
    "stage.changed", "deal.created", "deal.won", "deal.lost", "list.added",
    "assignment.accepted", "assignment.declined", "assignment.claimed", "assignment.reassigned", "assignment.released",
    "score.overridden", "sla.paused", "sla.resumed", "calendar.applied", "lead.released", "lead.dismissed", "other",
]  # fmt: skip

# What a person may set in place of what is computed (rules B3.11).
OverrideTarget = Literal["fit", "intent", "mql", "veto"]

ConsentPurpose = Literal["respond", "marketing", "profiling", "sharing"]
ConsentChannel = Literal["email", "phone", "sms", "messaging", "any"]
ConsentState = Literal["unknown", "pending", "granted", "declined", "withdrawn"]
LawfulBasis = Literal["consent", "pre_contract", "legitimate_interest", "contract"]
Channel = Literal["email", "phone", "sms", "messaging"]

RouteOutcome = Literal["person", "queue", "held", "nurture", "parked", "disqualified"]
SlaKind = Literal[
    "armed", "warned", "breached", "met", "resolved_late", "breach_retracted", "cancelled", "lapsed",
    "paused", "resumed", "pause_refused", "moved", "escalated",
]  # fmt: skip
# What a step of a promise's ladder asks for: the next member, the manager, whoever claims it. The furthest is last.
Escalation = Literal["reassign", "manager", "queue"]
Clock = Literal["decision", "customer", "owner", "stage"]
ClockMode = Literal["working", "wall", "wall_rolled"]

DISQUALIFY_REASONS: tuple[str, ...] = (
    "wrong_fit", "no_budget", "competitor_chosen", "unresponsive", "no_need", "bad_timing", "competitor", "student",
    "employee", "duplicate_person", "invalid_contact", "spam", "do_not_contact", "other",
)  # fmt: skip
