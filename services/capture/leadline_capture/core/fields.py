"""The fields of one item: each found by its expression, made the kind its payload field needs, put in its place."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any, Final

from leadline_capture.core import values
from leadline_capture.core.items import asked
from leadline_capture.core.sources import ConsentRule, FieldRule, ItemMap, Lookup
from leadline_capture.core.surroundings import Surroundings
from leadline_capture.core.times import instant

# What the payload's `extra` takes (payloads.LeadPayload).
MAX_EXTRA: Final = 50
_EXTRA_LENGTH: Final = 200


def fields_of(
    item_map: ItemMap, item: Mapping[str, Any], around: Surroundings, zone: tzinfo, notes: list[str]
) -> dict[str, Any]:
    """The values of a payload, still to be validated. A field that does not fit is absent, with a note."""
    found: dict[str, Any] = {}
    for rule in item_map.fields:
        name = ".".join(rule.path)
        raw = asked(rule.expression, item, around, notes, name)
        value = _converted(rule, raw, zone, _noting(notes, name))
        if value is not None:
            _put(found, rule.path, value)
    statements = [said for rule in item_map.consent if (said := _consent(rule, item, around, notes)) is not None]
    if statements:
        found["consent"] = statements
    return found


def _converted(rule: FieldRule, raw: Any, zone: tzinfo, note: Callable[[str], None]) -> Any:
    if rule.lookup is not None:
        return looked_up(rule.lookup, raw, note)
    if rule.kind == "instant":
        return _instant(rule, raw, zone, note)
    if rule.kind == "text":
        return values.text(raw, note, first=rule.first, longest=rule.longest)
    return _PLAIN_KINDS[rule.kind](raw, note)


def looked_up(lookup: Lookup, raw: Any, note: Callable[[str], None]) -> Any:
    """What we call it; the table's `otherwise` for a name that is not in it (noted) and for none."""
    name = values.text(raw, note)
    if name is None:
        return lookup.otherwise
    if name.lower() in lookup.names:
        return lookup.names[name.lower()]
    if lookup.names:
        note("is not in the mapping's table")
    return lookup.otherwise


def _instant(rule: FieldRule, raw: Any, zone: tzinfo, note: Callable[[str], None]) -> Any:
    while isinstance(raw, list) and len(raw) == 1:
        raw = raw[0]
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    found = instant(raw, rule.times, zone)
    if found is None:
        note(f"is not a time ({', '.join(rule.times)})")
    return found


def _extra(raw: Any, note: Callable[[str], None]) -> dict[str, str] | None:
    if not isinstance(raw, dict):
        return None
    found: dict[str, str] = {}
    for key, value in raw.items():
        name = values.text(key, note, longest=_EXTRA_LENGTH)
        text = values.text(value, note, longest=_EXTRA_LENGTH)
        if name is None or text is None:
            continue
        if len(found) == MAX_EXTRA:
            note(f"only the first {MAX_EXTRA} fields were kept")
            break
        found[name] = text
    return found or None


_PLAIN_KINDS: Final[Mapping[str, Callable[[Any, Callable[[str], None]], Any]]] = {
    "ticked": values.ticked,
    "whole_number": values.whole_number,
    "amount": values.amount,
    "object": _extra,
}


def _consent(
    rule: ConsentRule, item: Mapping[str, Any], around: Surroundings, notes: list[str]
) -> dict[str, Any] | None:
    name = f"consent.{rule.purpose}"
    raw = asked(rule.expression, item, around, notes, name)
    if rule.states is not None:
        state = looked_up(rule.states, raw, _noting(notes, name))
    else:
        box = values.ticked(raw, _noting(notes, name))
        state = None if box is None else "granted" if box else "declined"
    if state is None:
        return None
    return {"purpose": rule.purpose, "channel": rule.channel, "state": state, "text_version": rule.text_version}


def _put(found: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        found = found.setdefault(step, {})
    if path[-1] in found and isinstance(found[path[-1]], dict) and isinstance(value, dict):
        found[path[-1]].update(value)
    else:
        found[path[-1]] = value


def _noting(notes: list[str], name: str) -> Callable[[str], None]:
    return lambda problem: notes.append(f"{name}: {problem}")
