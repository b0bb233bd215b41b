"""Intent worked out the slow way from the table of the design, by nobody else's code: an oracle for the laws."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

from leadline_schemas.activity import Activity
from tests.support.golden import golden

RULES: dict[str, Any] = golden()["score_rules"]
NAMES = {
    ("form.submitted", "demo_request"): "demo_request",
    ("form.submitted", "trial_signup"): "trial_signup",
    ("page.viewed", "pricing"): "pricing_page",
    ("page.viewed", "security"): "key_page",
    ("page.viewed", "careers"): "careers_page",
    ("page.viewed", None): "site_visit",
    ("content.downloaded", None): "gated_download",
    ("webinar.attended", None): "webinar_attended",
    ("email.clicked", None): "email_click",
    ("email.opened", None): "email_open",
    ("email.bounced", None): "hard_bounce",
    ("product.activated", None): "product_activated",
    ("product.teammate_invited", None): "teammate_invited",
    ("meeting.held", None): "meeting_attended",
}


def naive_intent(acts: Iterable[Activity], as_of: datetime) -> Decimal:
    """Intent at `as_of`, thousandths exact."""
    by_rule: dict[str, list[Activity]] = {}
    for act in {act.id: act for act in acts}.values():
        if act.occurred_at <= as_of and not act.automated:
            by_rule.setdefault(NAMES[act.kind, act.tag or act.request_type], []).append(act)
    groups: dict[str, Decimal] = {}
    penalties = Decimal(0)
    for name, members in by_rule.items():
        if name in RULES["activity_penalty"]:
            points, count = RULES["activity_penalty"][name]
            penalties += points * len(_kept(members, count))
            continue
        points, group, count, cap, decay = RULES["activity"][name]
        left = sum((_left(points, decay, as_of - act.occurred_at) for act in _kept(members, count)), Decimal(0))
        groups[group] = groups.get(group, Decimal(0)) + min(left, Decimal(cap))
    caps = RULES["intent"]["groups"]
    gained = sum((min(value, Decimal(caps[group]["cap"])) for group, value in groups.items()), Decimal(0))
    lost = max(penalties, Decimal(RULES["intent"]["penalty_floor"]))
    return max(Decimal(0), min(gained, Decimal(RULES["intent"]["cap"])) + lost)


def _kept(acts: list[Activity], count: list[Any]) -> list[Activity]:
    number, period = count
    newest_first = sorted(acts, key=lambda a: (-(a.occurred_at - datetime(1970, 1, 1, tzinfo=UTC)), a.id.int))
    kept: list[Activity] = []
    for act in newest_first:
        if period == "day":
            same = [k for k in kept if _day(k) == _day(act)]
            allowed = len(same) < number
        elif period == "ever":
            allowed = len(kept) < number
        else:
            allowed = not kept or kept[-1].occurred_at - act.occurred_at >= timedelta(days=int(period[:-1]))
        if allowed:
            kept.append(act)
    return kept


def _day(act: Activity) -> str:
    return act.occurred_at.astimezone(ZoneInfo(RULES["zone"])).date().isoformat()


def _left(points: int, decay: list[Any], age: timedelta) -> Decimal:
    kind, span, grace = decay
    days = Decimal(age // timedelta(microseconds=1)) / Decimal(86_400_000_000)
    over = max(Decimal(0), days - grace)
    with localcontext(prec=50):
        if kind == "linear":
            share = max(Decimal(0), 1 - over / span)
        else:
            share = Decimal("0.5") ** (over / span) if over <= 8 * span else Decimal(0)
        left: Decimal = points * share
        return left.quantize(Decimal("0.001"), ROUND_HALF_EVEN)
