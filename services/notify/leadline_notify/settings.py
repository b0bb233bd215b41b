"""Settings of notify beside those of every service."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from leadline_runtime.named_secrets import NamedSecrets


class NotifySettings(BaseSettings):
    """Where mail goes, with which secrets webhooks are signed, how the link to a lead looks."""

    model_config = SettingsConfigDict(env_prefix="LEADLINE_", frozen=True, extra="ignore")

    lead_url: str = Field(
        default="", description="the link to a lead in notices, {lead} for its id: https://crm.example/leads/{lead}"
    )
    notify_secrets: NamedSecrets = Field(
        default_factory=dict,
        description='live secrets of webhooks by the name notify.yaml gives them: {"crm": ["whsec_new","whsec_old"]}',
    )
    notify_urls: NamedSecrets = Field(
        default_factory=dict,
        description='addresses that are secrets, as those of chats, by their name in notify.yaml: {"sales": "https://…"}',
    )
    notify_private_hosts: frozenset[str] = Field(
        default_factory=frozenset,
        description='hosts of your own network that notify.yaml may name, with port: ["crm.internal:8443"]; they may '
        "speak plain http. All others must have public addresses and speak https",
    )
    notify_budget_s: Annotated[float, Field(gt=0, le=30)] = Field(
        default=10.0, description="how long one call of an endpoint may take; a mail takes three times as long"
    )
    notify_at_once: Annotated[int, Field(ge=1, le=100)] = Field(
        default=4, description="notices on their way to one endpoint at a time"
    )
    notify_look_s: Annotated[float, Field(gt=0)] = Field(
        default=0.5, description="how often it looks for notices that are due, in seconds"
    )
    notify_keep_d: Annotated[int, Field(ge=1)] = Field(
        default=30, description="for how many days it is remembered what became of a notice"
    )
    smtp_host: str = Field(default="", description="the mail server; without one no mail is sent")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="and its port")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="starttls, tls (from the first byte), or none (in your own network only)"
    )
    smtp_user: str = Field(default="", description="who signs in there; empty: nobody does")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="and with what")
    smtp_from: str = Field(default="", description="the sender of mail: leads@company.example")
