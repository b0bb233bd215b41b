"""What notify keeps of a lead as bytes: JSON without what has its default."""

from pydantic import TypeAdapter, ValidationError

from leadline_notify.core.known import Known
from leadline_schemas.codec import Undecodable, describe


class KnownCodec:
    """See `leadline_runtime.step.BodyCodec`."""

    def __init__(self) -> None:
        self._adapter = TypeAdapter(Known)

    def encode(self, body: Known) -> bytes:
        """The body as bytes."""
        return self._adapter.dump_json(body, exclude_defaults=True)

    def decode(self, data: bytes) -> Known:
        """The body in `data`. Raises Undecodable for what `encode` did not make."""
        try:
            return self._adapter.validate_json(data)
        except ValidationError as error:
            raise Undecodable(f"notify's state: {describe(error)}") from None
