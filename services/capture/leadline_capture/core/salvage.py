"""The part of a payload that is valid: what is not is left out and noted, so that an odd field never costs a lead."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from leadline_capture.core.faults import Fault, faults, field_names
from leadline_schemas.payloads import ActivityPayload, ConsentLinkPayload, ConsentSubmission, LeadPayload

M = TypeVar("M", LeadPayload, ActivityPayload)
_ROUNDS: Final = 4


@cache
def validator(model: type[M]) -> TypeAdapter[M]:
    """The compiled validator of a payload."""
    return TypeAdapter(model)


@cache
def known_names() -> frozenset[str]:
    """The names of all payload fields: safe to repeat in notes and errors."""
    return field_names(LeadPayload, ActivityPayload, ConsentSubmission, ConsentLinkPayload)


def salvage(model: type[M], values: Mapping[str, Any], note: Callable[[str], None]) -> M:
    """`values` as a payload without its faulty parts. Never raises for what a value is."""
    left: dict[str, Any] = {name: value for name, value in values.items() if name in model.model_fields}
    for round_ in range(_ROUNDS):
        if model is ActivityPayload:
            left.setdefault("kind", "other")
        try:
            valid: M = validator(model).validate_python(left)
            return valid
        except ValidationError as error:
            found = faults(error, known_names(), limit=1000)
        if round_ == 0:
            left = deepcopy(left)
        for place in sorted({_place(fault) for fault in found}, key=_order, reverse=True):
            _drop(left, place)
        for fault in found:
            note(f"{fault.path or 'the whole value'}: {fault.problem}")
    least: M = validator(model).validate_python({"kind": "other"} if model is ActivityPayload else {})
    return least


def _place(fault: Fault) -> tuple[int | str, ...]:
    """What is to be left out: the value at fault; for one that is missing, what it is missing from."""
    return fault.place[:-1] if fault.problem == "is required" else fault.place


def _order(place: tuple[int | str, ...]) -> list[str]:
    return [str(step).zfill(9) if isinstance(step, int) else step for step in place]  # later entries of a list first


def _drop(values: dict[str, Any], place: tuple[int | str, ...]) -> None:
    """Take out the value at `place`, or what is nearest around it (pydantic's places go on below a value)."""
    inside: Any = values
    for number, step in enumerate(place):
        following = _step(inside, step)
        if number == len(place) - 1 or not isinstance(following, dict | list):
            if isinstance(inside, dict):
                inside.pop(step, None)
            elif isinstance(step, int) and step < len(inside):
                del inside[step]
            return
        inside = following


def _step(inside: Any, step: int | str) -> Any:
    if isinstance(inside, dict):
        return inside.get(step)
    return inside[step] if isinstance(inside, list) and isinstance(step, int) and step < len(inside) else None
