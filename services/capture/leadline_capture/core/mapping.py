"""A submission, untouched, made the payloads it speaks of. Pure, and total: an odd value is noted, never raised."""

from collections.abc import Mapping
from typing import Any

from leadline_capture.core.bodies import raw_body
from leadline_capture.core.charsets import with_charset
from leadline_capture.core.documents import media_type
from leadline_capture.core.fields import fields_of
from leadline_capture.core.items import asked, chosen, surroundings, with_let
from leadline_capture.core.pointers import Pointer, pointer_of
from leadline_capture.core.salvage import salvage
from leadline_capture.core.sources import ItemMap, Mapped, Source, SourceRules
from leadline_capture.core.surroundings import Surroundings
from leadline_capture.core.values import truthy
from leadline_runtime.core.json_reader import NotReadable, Read, read_json
from leadline_runtime.outcomes import Never
from leadline_schemas.codec import Undecodable, decode_model
from leadline_schemas.payloads import ActivityPayload, ConsentSubmission, LeadPayload
from leadline_schemas.received import LeadReceived

MAX_NOTES = 50


def submissions(received: LeadReceived, rules: SourceRules) -> Mapped:
    """What a submission says. Raises Never if its body is not what it says it is, or its source is not known."""
    try:
        body = raw_body(received)
        if received.way in ("source", "tracking"):
            source = rules.sources.get(received.source)
            if source is None:
                raise Never("unknown_source", "rules/sources.yaml has no such source; add it, then retry")
            document = decoded(source, body, received.content_type, received.query)
            return mapped(source, document, dict(received.query), received.item)
        if received.way == "activities":
            return _own_activity(body)
        if received.way == "consents":
            return _own_consent(body)
        return _own_lead(body)
    except NotReadable as fault:
        raise Never("body_undecodable", str(fault)) from None


def decoded(source: Source, body: bytes, content_type: str, query: Mapping[str, str] | None = None) -> Read:
    """The document in a body of this source, whose address had this query. Raises NotReadable."""
    decode = source.decoders.get(media_type(content_type)) or next(iter(source.decoders.values()))
    return decode(body, with_charset(content_type, body, query or {}, source.charset_field))


def mapped(source: Source, document: Read, query: dict[str, str], only: int | None = None) -> Mapped:
    """The payloads in a document of this source, or `only` the one of that number. Raises Never if it is not there."""
    around = surroundings(document, query)
    notes = list(document.notes)
    found = [(item_map, item) for item_map in source.maps for item in chosen(item_map, around, notes)]
    if only is not None:
        if only >= len(found):
            raise Never("no_such_item", "the mapping of its source no longer finds this item; mend it, then retry")
        found = [found[only]]
    if not found:
        notes.append("the body holds no item that the mapping speaks of")
    whole = is_test(source, around, notes)
    made = [_payload(source, item_map, item, around, notes) for item_map, item in found]
    leads = tuple(each for each in made if isinstance(each, LeadPayload))
    activities = tuple(each for each in made if isinstance(each, ActivityPayload))
    pointers = tuple(each for each in made if isinstance(each, Pointer))
    if whole:
        leads = tuple(lead.model_copy(update={"test": True}) for lead in leads)
    test = whole or (bool(leads) and all(lead.test for lead in leads))
    return Mapped(leads, activities, pointers, _noted(notes), test)


def _payload(
    source: Source, item_map: ItemMap, item: dict[str, Any], around: Surroundings, notes: list[str]
) -> LeadPayload | ActivityPayload | Pointer | None:
    named = with_let(item_map, item, around, notes)
    values = fields_of(item_map, named, around, source.zone, notes)
    if item_map.fetch is not None:
        return pointer_of(source.name, item_map.fetch.becomes, values)
    if item_map.makes == "activity":
        return salvage(ActivityPayload, values, notes.append)
    values.setdefault("source", source.channel)
    values["test"] = _item_is_test(item_map, named, around, notes)
    return salvage(LeadPayload, values, notes.append)


def is_test(source: Source, around: Surroundings, notes: list[str]) -> bool:
    """Whether the whole submission is test traffic."""
    return source.test is not None and truthy(asked(source.test, around.body, around, notes, "test"))


def _item_is_test(item_map: ItemMap, item: Any, around: Surroundings, notes: list[str]) -> bool:
    return item_map.test is not None and truthy(asked(item_map.test, item, around, notes, "test"))


def _own_lead(body: bytes) -> Mapped:
    try:
        lead = decode_model(LeadPayload, body, "lead payload")
        notes: tuple[str, ...] = ()
    except Undecodable:
        values, found = _object(body)
        lead = salvage(LeadPayload, values, found.append)
        notes = _noted(found)
    return Mapped(leads=(lead,), notes=notes, test=lead.test)


def _own_activity(body: bytes) -> Mapped:
    try:
        return Mapped(activities=(decode_model(ActivityPayload, body, "activity payload"),))
    except Undecodable:
        values, found = _object(body)
        activity = salvage(ActivityPayload, values, found.append)
        return Mapped(activities=(activity,), notes=_noted(found))


def _own_consent(body: bytes) -> Mapped:
    """What a statement is about cannot be guessed: one that does not fit its schema is none."""
    try:
        return Mapped(consents=(decode_model(ConsentSubmission, body, "consent payload"),))
    except Undecodable as fault:
        raise Never("not_a_consent", str(fault)) from None


def _object(body: bytes) -> tuple[dict[str, Any], list[str]]:
    read = read_json(body, strict=False)
    value = _alone(read.value)
    if not isinstance(value, dict):
        raise NotReadable("not_an_object", "the body is JSON, but not one object")
    return value, list(read.notes)


def _alone(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _noted(notes: list[str]) -> tuple[str, ...]:
    once = list(dict.fromkeys(notes))
    return (*once[:MAX_NOTES], "more notes were left out") if len(once) > MAX_NOTES else tuple(once)
