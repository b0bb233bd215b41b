"""A lead's state as JSON without what has its default, so that a quiet lead takes little: for services whose state is
typed values and nothing else.
"""

from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import SchemaValidator

from leadline_schemas.codec import Undecodable, describe
from leadline_schemas.instants import as_written

B = TypeVar("B")


class JsonBody(Generic[B]):
    """See `leadline_runtime.step.BodyCodec`. `kind` is the state's class, `service` whose state it is, for errors."""

    def __init__(self, kind: type[B], service: str) -> None:
        adapter, self._service = TypeAdapter(kind), service
        self._write = adapter.serializer.to_json
        self._read = SchemaValidator(as_written(adapter.core_schema)).validate_json

    def encode(self, body: B) -> bytes:
        """The body as bytes."""
        return self._write(body, exclude_defaults=True)

    def decode(self, data: bytes) -> B:
        """The body in `data`. Raises Undecodable, without the input, for what `encode` did not make."""
        try:
            found: B = self._read(data)
        except ValidationError as error:
            raise Undecodable(f"{self._service}'s state: {describe(error)}") from None
        return found
