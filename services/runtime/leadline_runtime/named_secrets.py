"""Secrets that rules files name and settings hold: several of a name may be live while one is changed for another."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, SecretStr


def _as_several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


# The type of such a setting: a JSON object, `{"typeform": ["new", "old"]}`, from the environment or from a file.
NamedSecrets = dict[str, Annotated[tuple[SecretStr, ...], BeforeValidator(_as_several)]]


def live(secrets: Mapping[str, tuple[SecretStr, ...]], name: str | None) -> list[str]:
    """The live secrets of a name, the newest first; none if there are none, or nothing is named."""
    return [each.get_secret_value() for each in secrets.get(name or "", ())]
