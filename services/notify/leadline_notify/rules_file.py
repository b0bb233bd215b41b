"""`rules/notify.yaml` as it is written."""

from datetime import date
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from leadline_notify.core.content import CHANNELS, Channel, Kind, Role
from leadline_runtime.calendar_words import Zone
from leadline_runtime.core.url_templates import fault_of, named_parts
from leadline_runtime.durations import Wait
from leadline_runtime.rules import RulesModel
from leadline_schemas.event import Pii

FILE: Final = "notify.yaml"
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,62}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]


def _mail_address(text: str) -> str:
    try:
        found = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError):
        found = None
    if found is None or not text.isascii() or not text.isprintable() or "." not in found.domain or " " in text:
        raise ValueError("is no mail address such as ana@company.example (a domain in other letters as xn--…)")
    return text


def _url(text: str) -> str:
    fault = fault_of(text) or ("has parts in braces, which are never filled in" if named_parts(text) else None)
    if fault:
        raise ValueError(fault)
    return text


MailAddress = Annotated[str, AfterValidator(_mail_address), Pii]
Url = Annotated[str, AfterValidator(_url)]


class TextsModel(RulesModel):
    """Words: `subject` is one line."""

    subject: Annotated[Text, StringConstraints(max_length=200)]
    text: Text


class KindModel(TextsModel):
    """Who is told of one kind of happening, and how. `at_any_time`: causes that do not wait for somebody's hours."""

    to: tuple[Role, ...]
    also: tuple[Name, ...] = ()
    by: Annotated[tuple[Channel, ...], Field(min_length=1)] = CHANNELS
    at_any_time: frozenset[str] = frozenset()


class EndpointModel(RulesModel):
    """Where a webhook or a chat is called. `secret`: by which webhooks are signed, as LEADLINE_NOTIFY_SECRETS calls it;
    `url_secret`: an address that is itself a secret, as LEADLINE_NOTIFY_URLS calls it.
    """

    channel: Channel
    url: Url | None = None
    url_secret: Name | None = None
    secret: Name | None = None

    @model_validator(mode="after")
    def _whole(self) -> "EndpointModel":
        if self.channel == "mail":
            raise ValueError("mail needs no endpoint: there is one server, by LEADLINE_SMTP_HOST")
        if (self.url is None) == (self.url_secret is None):
            raise ValueError("needs an address: either `url`, or `url_secret` if who knows it may write there")
        if self.channel == "webhook" and self.secret is None:
            raise ValueError("needs a `secret`: a webhook that is not signed could be anybody's")
        return self


class ContactModel(RulesModel):
    """Somebody who can be told, by the id that team.yaml and managers have, or an own one for who is only `also` told.

    When: in the hours of a calendar of calendars.yaml (without one the default), or in hours of his own.
    """

    mail: MailAddress | None = None
    chat: Name | None = None
    webhook: Name | None = None
    calendar: str | None = None
    zone: Zone | None = None
    hours: Any = None

    def ways(self) -> dict[Channel, str]:
        """The channels he has."""
        found: dict[Channel, str | None] = {"mail": self.mail, "chat": self.chat, "webhook": self.webhook}
        return {channel: way for channel, way in found.items() if way is not None}

    @model_validator(mode="after")
    def _whole(self) -> "ContactModel":
        if not self.ways():
            raise ValueError("has no way to be told: give mail, chat or webhook")
        if (self.zone is None) != (self.hours is None) or (self.hours is not None and self.calendar is not None):
            raise ValueError("takes either `calendar`, or `zone` and `hours` together")
        return self


class DigestModel(TextsModel):
    """After so many notices within a time the rest is collected."""

    after: Annotated[int, Field(ge=1, le=100, strict=True)]
    within: Wait


class RetryModel(RulesModel):
    """How long, and with which waits, what did not arrive is tried again."""

    first: Wait
    longest: Wait
    give_up: Wait


class ExampleModel(RulesModel):
    """What somebody reads of a happening. `given`: fields of the notice; what is not given has no value."""

    name: str
    kind: Kind
    given: dict[str, str | int | AwareDatetime | bool] = {}
    zone: Zone = "UTC"
    subject: str
    text: str | None = None


class NotifyFile(RulesModel):
    """The whole file."""

    version: str | int | float | date
    max_age: Wait
    digest: DigestModel
    retry: RetryModel
    words: dict[str, str] = {}
    notices: Annotated[dict[Kind, KindModel], Field(min_length=1)]
    endpoints: dict[Name, EndpointModel] = {}
    contacts: dict[Name, ContactModel] = {}
    examples: tuple[ExampleModel, ...]
