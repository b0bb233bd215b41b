"""The canary's key: a setting that the door and whoever sends canaries are both given."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX: Final = "ll_canary_"
_LEAST: Final = 32  # characters of the secret


def _usable(key: SecretStr | None) -> SecretStr | None:
    text = key.get_secret_value() if key is not None else ""
    if text and not (text.startswith(PREFIX) and len(text) >= len(PREFIX) + _LEAST):
        raise ValueError(f"must be {PREFIX} and {_LEAST} characters or more")
    return key if text else None


class CanaryKey(BaseSettings):
    """The setting."""

    model_config = SettingsConfigDict(env_prefix="LEADLINE_", frozen=True, extra="ignore")

    canary_key: Annotated[SecretStr | None, AfterValidator(_usable)] = Field(
        default=None,
        description="the canary's own key, the same for the door and the canary: ll_canary_ and 32 characters or more",
    )
