"""Settings of enrich beside those of every service."""

from importlib.resources import files
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from leadline_runtime.named_secrets import NamedSecrets


def _shipped(name: str) -> Path:
    return Path(str(files("leadline_enrich") / "data" / name))


class EnrichSettings(BaseSettings):
    """Where the tables and the cache are."""

    model_config = SettingsConfigDict(env_prefix="LEADLINE_", frozen=True, extra="ignore")

    redis_url: SecretStr = Field(default=SecretStr("redis://127.0.0.1:6379/0"), description="redis://...")
    database_url: SecretStr = Field(default=SecretStr(""), description="postgresql://user:password@host:port/database")
    cache_secret: SecretStr | None = Field(
        default=None,
        description="with which vendors' answers are signed in Redis; without one it is made of LEADLINE_DATABASE_URL",
    )
    firmographics_file: Path = Field(
        default_factory=lambda: _shipped("firmographics.csv"),
        description="CSV by domain: domain,employees,industry[,name,country,stated_at]; read again when it changes",
    )
    accounts_file: Path = Field(
        default_factory=lambda: _shipped("accounts.csv"),
        description="CSV by domain: domain,status,owner[,name,stated_at]; read again when it changes",
    )
    tables_dir: Path = Field(
        default_factory=lambda: _shipped(""),
        description="where the files of rules/enrichment.yaml's tables are, CSV or Parquet",
    )
    provider_secrets: NamedSecrets = Field(
        default_factory=dict,
        description='live secrets by the name rules/providers gives them: {"acme": ["new","old"]}',
    )
    provider_private_hosts: frozenset[str] = Field(
        default_factory=frozenset,
        description='hosts of your own network that rules/providers may name, with port: ["facts.internal:8443"]; they '
        "may speak plain http. All others must have public addresses and speak https",
    )
