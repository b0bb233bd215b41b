"""A lead's state as JSON without what has its default, so that a quiet lead takes little: for services whose state is
typed values and nothing else.
"""

from functools import partial
from typing import Any, Generic, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import CoreSchema, SchemaValidator, core_schema

from leadline_runtime.core.values import is_compiled
from leadline_schemas.codec import Undecodable, describe
from leadline_schemas.instants import as_written

B = TypeVar("B")


class JsonBody(Generic[B]):
    """See `leadline_runtime.step.BodyCodec`. `kind` is its class, `name` what errors call it: `sla-monitor's state`."""

    def __init__(self, kind: type[B], name: str) -> None:
        adapter, self._name = TypeAdapter(kind), name
        # The type checker's view of a schema is a union of dozens of dicts; it is walked as the plain dict that it is.
        read = cast(CoreSchema, _made(adapter.core_schema)) if is_compiled(kind) else adapter.core_schema
        self._write = adapter.serializer.to_json
        self._read = SchemaValidator(as_written(read)).validate_json

    def encode(self, body: B) -> bytes:
        """The body as bytes."""
        return self._write(body, exclude_defaults=True)

    def decode(self, data: bytes) -> B:
        """The body in `data`. Raises Undecodable, without the input, for what `encode` did not make."""
        try:
            found: B = self._read(data)
        except ValidationError as error:
            raise Undecodable(f"{self._name}: {describe(error)}") from None
        return found


def _made(schema: Any) -> Any:
    """The schema with each compiled class made by its constructor: pydantic fills an instance that nothing has
    constructed, and a compiled class has none such."""
    if isinstance(schema, list):
        return [_made(each) for each in schema]
    if isinstance(schema, tuple):  # also a default value of one
        return tuple(_made(each) for each in schema)
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") != "dataclass" or not is_compiled(schema["cls"]):
        return {name: _made(part) for name, part in schema.items()}
    fields = {
        field["name"]: core_schema.typed_dict_field(_made(field["schema"]), required="default" not in field["schema"])
        for field in schema["schema"]["fields"]
    }  # fmt: skip
    held = core_schema.typed_dict_schema(fields, extra_behavior="ignore")
    return core_schema.no_info_after_validator_function(partial(_of, schema["cls"]), held, ref=schema.get("ref"))


def _of(kind: type[B], fields: dict[str, Any]) -> B:
    return kind(**fields)
