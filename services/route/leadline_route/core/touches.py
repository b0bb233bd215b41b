"""Which acts of our people are a human touch (rules B5.4), and when a touch forbids automatic moves (rules B4.8)."""

from leadline_schemas.activity import Activity

OUTGOING = frozenset({"email.sent", "call.attempted", "call.connected", "sms.sent", "chat.message"})
EITHER_WAY = frozenset({"call.inbound_answered", "meeting.held"})  # both sides were there
MEETING_OFF = frozenset({"meeting.cancelled", "meeting.no_show"})
BEFORE_SAL = frozenset({None, "raw", "captured", "MQL"})
# Owned in these stages counts as open (rules B4.2); nothing is reassigned automatically in any other.
OPEN_STAGES = BEFORE_SAL | {"SAL"}


def is_human_touch(act: Activity) -> bool:
    """A person of ours wrote, called or met the lead itself; no automation, no note, nothing to the referrer."""
    if act.automated or act.actor.kind != "person" or act.to != "lead":
        return False
    return act.kind in EITHER_WAY or (act.kind in OUTGOING and act.direction != "in")
