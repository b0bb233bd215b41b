"""Settings of enrich beside those of every service."""

from importlib.resources import files
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _shipped(name: str) -> Path:
    return Path(str(files("leadline_enrich") / "data" / name))


class EnrichSettings(BaseSettings):
    """Where the tables and the cache are."""

    model_config = SettingsConfigDict(env_prefix="LEADLINE_", frozen=True, extra="ignore")

    redis_url: SecretStr = Field(default=SecretStr("redis://127.0.0.1:6379/0"), description="redis://...")
    firmographics_file: Path = Field(
        default_factory=lambda: _shipped("firmographics.csv"),
        description="CSV by domain: domain,employees,industry[,name,country,stated_at]; read again when it changes",
    )
    accounts_file: Path = Field(
        default_factory=lambda: _shipped("accounts.csv"),
        description="CSV by domain: domain,status,owner[,name,stated_at]; read again when it changes",
    )
