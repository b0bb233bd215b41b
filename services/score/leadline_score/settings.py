"""Settings of score beside those of every service."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ScoreSettings(BaseSettings):
    """How fast stored leads are judged again after a publish of new rules."""

    model_config = SettingsConfigDict(env_prefix="LEADLINE_", frozen=True, extra="ignore")

    rescore_per_s: Annotated[float, Field(gt=0, le=2000)] = Field(
        default=200.0, description="stored leads that an instance judges again each second after a publish of new rules"
    )
