"""What people set in place of what is computed, and what of it is in force at an instant (rules B3.11).

Of each target the newest order counts (by when it was given, then by id) until it expires: what it replaced does not
come back. So a set of orders gives one answer, whatever their order of arrival.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from leadline_runtime.core.values import dataclass
from leadline_schemas.activity import Activity, ScoreOverride
from leadline_score.core.exact import microseconds

MOST = 100  # orders that are kept beyond the acts of a lead
Target = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Setting:
    """An override in force from `since` to before `until`, both in microseconds."""

    order: ScoreOverride
    since: int
    until: int

    @property
    def on(self) -> bool:
        """MQL yes, a veto on."""
        return self.order.value is True

    def points(self, cap: int) -> int:
        """The value of a dimension in thousandths, which its cap limits like any other."""
        return min(int(self.order.value or 0) * 1000, cap)


@dataclass(frozen=True, slots=True)
class InForce:
    """All that is in force at one instant. `changes_at`: when the next order begins or ends, in microseconds."""

    fit: Setting | None = None
    intent: Setting | None = None
    mql: Setting | None = None
    vetoes: Mapping[str, Setting] = field(default_factory=dict)
    changes_at: int | None = None

    def __bool__(self) -> bool:
        return bool(self.fit or self.intent or self.mql or self.vetoes)


NOTHING_SET = InForce()


def in_force(orders: Sequence[Activity], as_of: int) -> InForce:
    """What is in force at `as_of` (microseconds); orders given later wait."""
    if not orders:
        return NOTHING_SET
    given = [each for each in orders if microseconds(each.occurred_at) <= as_of]
    moments = [at for each in orders if (at := microseconds(each.occurred_at)) > as_of]
    found: dict[Target, Setting] = {}
    for target, order in newest_orders(given).items():
        setting = _setting(order)
        if setting is not None and setting.until > as_of:
            found[target] = setting
            moments.append(setting.until)
    return InForce(
        fit=found.get(("fit", None)),
        intent=found.get(("intent", None)),
        mql=found.get(("mql", None)),
        vetoes={name: found[kind, name] for kind, name in sorted(found, key=str) if kind == "veto" and name},
        changes_at=min(moments, default=None),
    )


def changed_between(orders: Iterable[Activity], since: int, until: int) -> bool:
    """Did any order begin or end after `since`, up to `until` (microseconds)?"""
    for each in orders:
        assert each.override is not None, "orders alone"
        ends = each.override.expires_at
        if since < microseconds(each.occurred_at) <= until or (ends and since < microseconds(ends) <= until):
            return True
    return False


def newest_orders(orders: Iterable[Activity]) -> dict[Target, Activity]:
    """The order that counts of each target."""
    found: dict[Target, Activity] = {}
    for each in sorted(orders, key=_given):
        assert each.override is not None, "orders alone"
        found[each.override.target, each.override.veto] = each
    return found


def kept_orders(orders: Iterable[Activity]) -> list[Activity]:
    """The orders that may still count, also if what is part of the lead leaves it: the newest of each origin."""
    by_origin: dict[int, list[Activity]] = {}
    for each in orders:
        by_origin.setdefault(each.origin.int, []).append(each)
    found = [order for own in by_origin.values() for order in newest_orders(own).values()]
    return sorted(found, key=_given)[-MOST:]


def _given(order: Activity) -> tuple[object, int]:
    return (order.occurred_at, order.id.int)


def _setting(order: Activity) -> Setting | None:
    """What the order sets; None if it clears, or says nothing that its target can take."""
    told = order.override
    if told is None or told.value is None or told.expires_at is None:
        return None
    if (told.target in ("mql", "veto")) != isinstance(told.value, bool):
        return None
    return Setting(told, microseconds(order.occurred_at), microseconds(told.expires_at))
