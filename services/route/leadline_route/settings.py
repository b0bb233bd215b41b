"""Settings of route beside those of every service."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class RouteSettings(BaseSettings):
    """How fast the leads of one who left or is away are given to others."""

    model_config = SettingsConfigDict(env_prefix="LEADLINE_", frozen=True, extra="ignore")

    handover_per_s: Annotated[float, Field(gt=0, le=2000)] = Field(
        default=200.0,
        description="leads of members who left or are away that an instance of route looks at each second",
    )
