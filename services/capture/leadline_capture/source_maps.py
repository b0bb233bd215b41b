"""One map of a source, compiled: which items become what, field by field."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from leadline_capture.core.pointers import PointerPayload
from leadline_capture.core.sources import ConsentRule, FieldRule, ItemMap
from leadline_capture.core.surroundings import Expression, Surroundings
from leadline_capture.source_fetches import compile_fetch
from leadline_capture.source_fields import Place, check_outcome, compile_consent, compile_expression, compile_field
from leadline_capture.source_models import MapModel
from leadline_runtime.expressions import names_in
from leadline_runtime.rules_faults import Faults
from leadline_schemas.event import Model
from leadline_schemas.payloads import ActivityPayload, LeadPayload

_PAYLOADS: Final[Mapping[str, type[Model]]] = {
    "lead": LeadPayload, "activity": ActivityPayload, "outcome": ActivityPayload, "pointer": PointerPayload,
}  # fmt: skip


def compile_map(declared: MapModel, place: Place, faults: Faults) -> ItemMap:
    """One map; what is wrong goes to `faults`."""
    take = faults.take
    take(lambda: _check(declared, place), None)
    named = {name.removeprefix("parts.") for name in declared.fields}
    return ItemMap(
        makes="activity" if declared.makes == "outcome" else declared.makes,
        items=take(lambda: compile_expression(declared.items, place.at("items")), _NOTHING),
        when=take(lambda: compile_optional(declared.when, place.at("when")), None),
        let=tuple(
            (name, take(partial(compile_expression, text, place.at(f"let.{name}")), _NOTHING))
            for name, text in declared.let.items()
        ),
        fields=_fields(declared, place, faults),
        consent=_consent(declared, place, faults),
        test=take(lambda: compile_optional(declared.test, place.at("test")), None),
        when_sees_let=_when_sees_let(declared),
        own_id=take(lambda: compile_optional(declared.own_id, place.at("own_id")), None),
        fetch=take(lambda: compile_fetch(declared.makes, declared.fetch, named, place.at("fetch")), None),
    )


def compile_optional(text: str | None, place: Place) -> Expression | None:
    """The expression, if there is one. Raises RulesError."""
    return None if text is None else compile_expression(text, place)


def _check(declared: MapModel, place: Place) -> None:
    if declared.makes == "outcome":
        check_outcome(declared, place)
    if declared.makes != "lead" and declared.consent:
        raise place.at("consent").wrong("belongs to leads; for an activity map the kind consent.granted or .withdrawn")


def _fields(declared: MapModel, place: Place, faults: Faults) -> tuple[FieldRule, ...]:
    payload = _PAYLOADS[declared.makes]
    found = [
        faults.take(partial(compile_field, payload, path, field, place.at(f"fields.{path}")), None)
        for path, field in declared.fields.items()
    ]
    return tuple(each for each in found if each is not None)


def _consent(declared: MapModel, place: Place, faults: Faults) -> tuple[ConsentRule, ...]:
    found = [
        faults.take(partial(compile_consent, one, place.at(f"consent[{n}]")), None)
        for n, one in enumerate(declared.consent)
    ]
    return tuple(each for each in found if each is not None)


def _when_sees_let(declared: MapModel) -> bool:
    try:
        return declared.when is not None and not names_in(declared.when).isdisjoint(declared.let)
    except ValueError:
        return False  # told of `when` itself


def _asks_nothing(item: Any, around: Surroundings) -> Any:
    return None


# In place of an expression that is none; never asked, since the file is refused.
_NOTHING: Final[Expression] = _asks_nothing
