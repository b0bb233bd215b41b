"""The rules of notify, compiled: who is told what, over which ways, in which words, when."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Final

from leadline_notify.core.content import Channel, Kind, Role
from leadline_runtime.core.calendar import Calendar, next_opening
from leadline_runtime.core.values import dataclass

MAIL: Final = "mail"  # the one server is the endpoint of all mail


@dataclass(frozen=True, slots=True)
class Texts:
    """The subject of a mail, also the line of a digest, and the text of mail and chat."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class KindRules:
    """Who is told of a kind, over which channels of those that he has; `any_time`: also outside of his hours, for these
    causes.
    """

    to: tuple[Role, ...]
    also: tuple[str, ...]
    by: tuple[Channel, ...]
    any_time: frozenset[str]
    texts: Texts


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a webhook or a chat is called: by an address that stands in the file, or by a secret one."""

    name: str
    channel: Channel
    url: str | None
    url_secret: str | None
    secret: str | None


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who can be told. `ways`: a mail address, or the endpoint, by channel; `hours`: when he may be told."""

    name: str
    ways: Mapping[Channel, str]
    hours: Calendar

    def endpoint(self, channel: Channel) -> str:
        """What is called to tell him over one of his ways; no endpoint ("") for what is none."""
        return MAIL if channel == "mail" else self.ways.get(channel, "")

    def opening(self, at: datetime) -> datetime:
        """`at`, or when his hours begin next."""
        return next_opening(self.hours, at)


@dataclass(frozen=True, slots=True)
class DigestRules:
    """After so many notices to one recipient within a time the rest is collected."""

    after: int
    within: timedelta
    texts: Texts


@dataclass(frozen=True, slots=True)
class RetryRules:
    """The first wait after a failed try, the longest, and after which time nothing is tried any more."""

    first: timedelta
    longest: timedelta
    give_up: timedelta


@dataclass(frozen=True, slots=True)
class NotifyRules:
    """All of `notify.yaml`. `words`: how a value is said; `max_age`: an event older than this tells nobody."""

    kinds: Mapping[Kind, KindRules]
    contacts: Mapping[str, Contact]
    endpoints: Mapping[str, Endpoint]
    digest: DigestRules
    retry: RetryRules
    max_age: timedelta
    words: Mapping[str, str] = field(default_factory=dict)

    def contact(self, name: str) -> Contact | None:
        """Who is called so, if he is known."""
        return self.contacts.get(name)
