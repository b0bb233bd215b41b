"""One field of a mapping, compiled: its expression, and the kind of value that the payload's field needs."""

from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, StringConstraints

from leadline_capture.core.sources import ConsentRule, FieldKind, FieldRule, Lookup
from leadline_capture.core.surroundings import Expression
from leadline_capture.core.times import NAMED, is_format
from leadline_capture.expressions import compiled
from leadline_capture.source_models import ConsentModel, FieldModel, MapModel
from leadline_runtime.core.values import dataclass
from leadline_runtime.rules import RulesError

# Of several values the first: two addresses joined are none. Never cut: a shortened id or address is another one.
WHOLE = frozenset(
    {"id", "email", "phone", "anonymous_id", "user_id", "lead_id", "website", "referrer", "landing_page", "ip"}
)

OUTCOMES = frozenset({"deal.created", "deal.won", "deal.lost", "stage.changed"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a rules file something stands, for errors."""

    file: str
    path: str

    def at(self, step: str) -> "Place":
        """A place inside this one."""
        return Place(self.file, f"{self.path}.{step}")

    def wrong(self, problem: str) -> RulesError:
        """The error that names this place."""
        return RulesError(self.file, self.path, problem)


def compile_field(payload: type[BaseModel], path: str, declared: str | FieldModel, place: Place) -> FieldRule:
    """A field of `payload`, `path` being its name or `attribution.utm_source`. Raises RulesError."""
    model = FieldModel(**{"from": declared}) if isinstance(declared, str) else declared
    steps = tuple(path.split(".", 1))
    kind, longest = _kind(payload, steps, place)
    if model.times is not None and kind != "instant":
        raise place.at("times").wrong("is for fields that hold a time")
    for form in model.times or ():
        if not is_format(form):
            raise place.at("times").wrong(f"{form!r} is neither one of {', '.join(NAMED)} nor a pattern like %d/%m/%Y")
    whole = steps[-1] in WHOLE
    return FieldRule(
        path=steps,
        kind=kind,
        expression=_source_of(model, place),
        lookup=_lookup(model, place),
        times=model.times or ("rfc3339",),
        first=whole,
        longest=None if whole else longest,
    )


def check_outcome(declared: MapModel, place: Place) -> None:
    """An outcome is an act of few kinds, each of which its map must name. Raises RulesError."""
    kind = declared.fields.get("kind")
    named: set[Any] = set()
    if isinstance(kind, FieldModel):
        named = {kind.value} if kind.map is None else {*kind.map.values(), *filter(None, [kind.otherwise])}
    if not named or not named <= OUTCOMES:
        wanted = f"an outcome is one of {', '.join(sorted(OUTCOMES))}: give `value`, or a `map` to these"
        raise place.at("fields.kind").wrong(wanted)


def compile_consent(declared: ConsentModel, place: Place) -> ConsentRule:
    """A statement about consent. Raises RulesError."""
    states = {name.lower(): state for name, state in declared.states.items()} if declared.states else None
    return ConsentRule(
        expression=compile_expression(declared.from_, place.at("from")),
        purpose=declared.purpose,
        channel=declared.channel,
        states=Lookup(states) if states else None,
        text_version=declared.text_version,
    )


def _source_of(model: FieldModel, place: Place) -> Expression:
    if (model.from_ is None) == (model.value is None):
        raise place.wrong("needs either `from`, an expression, or `value`, a constant")
    if model.from_ is not None:
        return compile_expression(model.from_, place)
    constant = model.value
    return lambda item, around: constant


def _lookup(model: FieldModel, place: Place) -> Lookup | None:
    if model.map is None:
        if model.otherwise is not None:
            raise place.at("otherwise").wrong("needs a `map` beside it")
        return None
    return Lookup({str(name).lower(): value for name, value in model.map.items()}, model.otherwise)


def compile_expression(text: str, place: Place) -> Expression:
    """The expression in `text`. Raises RulesError."""
    try:
        return compiled(text)
    except ValueError as error:
        raise place.wrong(str(error)) from None


def _kind(payload: type[BaseModel], steps: tuple[str, ...], place: Place) -> tuple[FieldKind, int | None]:
    """The kind of value a field holds and the most characters it takes."""
    first, *rest = steps
    if first not in payload.model_fields or first == "consent":
        known = ", ".join(sorted(set(payload.model_fields) - {"consent"}))
        raise place.wrong(f"is no field of a {payload.__name__}; known: {known}")
    parts = list(_parts(payload.model_fields[first].annotation))
    inner = next((part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)), None)
    if rest and inner is not None:
        return _kind(inner, tuple(rest), place)
    if rest and dict not in parts:
        raise place.wrong(f"{first} has no parts")
    if not rest and inner is not None:
        raise place.wrong(f"name one of its parts: {', '.join(f'{first}.{name}' for name in inner.model_fields)}")
    if first == "amount":
        return "amount", None
    return _kind_of(parts, bool(rest)), _longest(payload, first)


def _kind_of(parts: list[Any], inside: bool) -> FieldKind:
    if dict in parts:
        return "text" if inside else "object"
    if bool in parts:
        return "ticked"
    if int in parts:
        return "whole_number"
    return "instant" if AwareDatetime in parts else "text"


def _parts(annotation: Any) -> list[Any]:
    """All types in an annotation, without None and without their wrapping."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _parts(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [part for one in get_args(annotation) if one is not NoneType for part in _parts(one)]
    return [origin or annotation]


@cache
def _longest(payload: type[BaseModel], name: str) -> int | None:
    field = payload.model_fields[name]
    found = [mark.max_length for mark in (*field.metadata, *_marks(field.annotation)) if _limits(mark)]
    return min(found, default=None)


def _limits(mark: Any) -> bool:
    return isinstance(mark, StringConstraints) and mark.max_length is not None


def _marks(annotation: Any) -> list[Any]:
    """All `Annotated` marks in an annotation."""
    inner = [mark for one in get_args(annotation) for mark in _marks(one)]
    return [*getattr(annotation, "__metadata__", ()), *inner]
