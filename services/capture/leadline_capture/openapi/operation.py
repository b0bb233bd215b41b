"""What one request can be and how it can be answered, as the OpenAPI document tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Final

from leadline_runtime.core.values import dataclass
from leadline_schemas.event import Model

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
HTML: Final = "text/html"


@dataclass(frozen=True)
class Content:
    """A body in one media type: a model, or a JSON Schema; and examples by name, which the tests send."""

    schema: type[Model] | Mapping[str, Any]
    examples: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """One answer: what it means, its body by media type, its headers by name (with what they hold)."""

    description: str
    content: Mapping[str, Content] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Parameter:
    """A parameter of path, query or header."""

    name: str
    where: str
    description: str
    schema: Mapping[str, Any]
    required: bool = False
    example: str | None = None


@dataclass(frozen=True)
class Operation:
    """One method of one path. `security`: names of schemes, any of which will do; none: everybody may."""

    id: str
    summary: str
    tag: str
    answers: Mapping[int, Answer]
    description: str = ""
    security: Sequence[str] = ()
    parameters: Sequence[Parameter] = ()
    body: Mapping[str, Content] = field(default_factory=dict)
    body_required: bool = True


def any_of(*models: type[Model]) -> dict[str, Any]:
    """A schema that any of these models fits."""
    return {"anyOf": [reference(model) for model in models]}


def several(name: str, model: type[Model]) -> dict[str, Any]:
    """The schema of {"<name>": [...]}."""
    return {
        "type": "object",
        "properties": {name: listed(model)},
        "required": [name],
        "additionalProperties": False,
    }


def listed(model: type[Model]) -> dict[str, Any]:
    """The schema of a list of a batch."""
    return {"type": "array", "minItems": 1, "maxItems": 1000, "items": reference(model)}


def reference(model: type[Model]) -> dict[str, Any]:
    """A reference to the schema of a model, which stands in `document.TAKEN` or `TOLD`."""
    return {"$ref": f"#/components/schemas/{model.__name__}"}
