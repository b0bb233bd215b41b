"""What every event is made of: the base model, the recorded basis, marks for personal data."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Annotated, Any, ParamSpec, TypeVar, cast
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, GetJsonSchemaHandler, WrapValidator
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from leadline_schemas.instants import in_utc


class Pii:
    """Mark of personal data: `Annotated[str, Pii]`. Such a value is in no key, header, metric, log or URL.

    Validation does not see it; a JSON Schema shows it as `x-pii`.
    """

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(core), "x-pii": True}


# An instant in UTC, with microseconds where there are any. Writers give aware UTC datetimes.
Instant = Annotated[AwareDatetime, WrapValidator(in_utc), Field(description="An instant in UTC, RFC 3339")]
# Points, scores and balances as exact decimals in a string ("21.333", "-1/2" for balances).
Exact = Annotated[str, Field(description="An exact number as text: a decimal or a fraction")]
# Durations are whole microseconds at most: seconds as a number.
Seconds = Annotated[float, Field(description="A duration in seconds")]


class Model(BaseModel):
    """Base of all parts of events: immutable, tolerant of fields a newer writer added."""

    model_config = ConfigDict(frozen=True, extra="ignore")


P = ParamSpec("P")
M = TypeVar("M", bound=Model)


def trusted(model: Callable[P, M]) -> Callable[P, M]:
    """The model's constructor without validation, for parts that our own code makes of typed values.

    The type checker holds its arguments to the fields. Validating again what was just decided costs a step more than
    deciding it; what comes from outside is decoded, and thereby validated, as ever. Not for a field that a validator
    changes, nor for strings where the model has instants or ids.
    """
    kind = cast(type[M], model)
    given: dict[str, Any] = {"around": filled(kind), "missing": object()}
    parameters, values = [], []
    for name, field in kind.model_fields.items():  # in their order: bytes are told in it
        if _own(field):
            given[f"made_{name}"] = _factory(field)
            parameters.append(f"{name}=missing")
            values.append(f"'{name}': made_{name}() if {name} is missing else {name}")
        else:
            given[f"default_{name}"] = None if field.is_required() else field.default
            parameters.append(f"{name}=default_{name}")
            values.append(f"'{name}': {name}")
    # Written out, as dataclasses are: a function of these very parameters takes two thirds of the time of one that
    # takes any, and nearly every part of an event is made by one.
    text = f"def make(*, {', '.join(parameters)}):\n    return around({{{', '.join(values)}}})"
    exec(text, given)  # noqa: S102 -- our own field names
    return cast(Callable[P, M], given["make"])


def filled(model: type[M]) -> Callable[[dict[str, Any]], M]:
    """The model around a dict of all its fields, in their order: `trusted` for parts of which an event has dozens.

    Nothing holds the dict to the fields but the function that makes it and its test.
    """
    names, new, slots = set(model.model_fields), model.__new__, vars(BaseModel)
    put, put_names = slots["__dict__"].__set__, slots["__pydantic_fields_set__"].__set__
    put_extra, put_private = slots["__pydantic_extra__"].__set__, slots["__pydantic_private__"].__set__

    def around(held: dict[str, Any]) -> M:
        one = new(model)
        put(one, held)  # the slots themselves: by name each of them would cost as much as all four
        put_names(one, names)
        put_extra(one, None)
        put_private(one, None)
        return one

    return around


def sparse(model: type[M]) -> Callable[[dict[str, Any]], M]:
    """The model around a dict of those of its fields that are not left as they are by default: `trusted` for events of
    dozens of fields of which each kind tells some. Every field without a default must be there.
    """
    around, defaults, own = filled(model), dict[str, Any](), list[tuple[str, Callable[[], Any]]]()
    for name, field in model.model_fields.items():  # in their order: bytes are told in it
        defaults[name] = None if field.is_required() or _own(field) else field.default
        if _own(field):
            own.append((name, _factory(field)))

    def make(told: dict[str, Any]) -> M:
        held = defaults | told
        for name, made in own:
            if name not in told:
                held[name] = made()
        return around(held)

    return make


def _factory(field: FieldInfo) -> Callable[[], Any]:
    # Not `get_default`, which finds out each time how the factory is to be called: half the price of a whole event.
    if field.default_factory is not None:
        return cast(Callable[[], Any], field.default_factory)
    return partial(deepcopy, field.default) if field.default else type(field.default)


def _own(field: FieldInfo) -> bool:
    return field.default_factory is not None or isinstance(field.default, dict | list)


class RulesRef(Model):
    """Which rules decided: the version their author gave and the digest of what was really loaded."""

    version: str
    digest: str


class Position(Model):
    """Where in Kafka the record stood that this event was decided on; absent for timers and messages."""

    topic: str
    partition: int
    offset: int


class Basis(Model):
    """What a decision was taken on, recorded so that it can be taken again with the same bytes (loop, section 9)."""

    decided_at: Instant
    as_of: Instant | None = None
    horizon: Instant | None = None
    rules: RulesRef
    code: str
    cause: UUID
    cause_kind: str = Field(description="record, timer, judgement or message")
    position: Position | None = None
    revision_before: int = 0
    facts: dict[str, Any] | None = Field(default=None, description="Outside facts used, with their ages")


class Event(Model):
    """An event about one lead. Its own id, type and time travel in the CloudEvents headers, not in the value."""

    lead_id: UUID
    revision: int = Field(
        ge=1, description="Counts this writer's events about this lead; a snapshot at a lower one is stale"
    )
    basis: Basis
