"""E-mail addresses: the normal form that is written to, and the key under which one person is found (rules B1.4)."""

import re
from functools import lru_cache

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from leadline_runtime.core.values import dataclass

# Plain addresses that email-validator certainly accepts as they are; asking it costs as much as all other fields.
_LOCAL = r"[A-Za-z0-9_](?:[A-Za-z0-9_+-]|\.(?=[A-Za-z0-9_+-])){0,62}"
_LABEL = r"[A-Za-z0-9](?:(?!.?--)[A-Za-z0-9-]{0,20}[A-Za-z0-9])?"
_PLAIN = re.compile(rf"({_LOCAL})@((?:{_LABEL}\.){{1,3}}[A-Za-z]{{2,20}})")
_SPECIAL = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)
# The only providers known to ignore dots; everywhere else a dot may be another person.
DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


@dataclass(frozen=True, slots=True)
class Address:
    """A valid address. `normal`: lower-cased, domain in its IDNA form. `key`: without plus-tag and idle dots."""

    normal: str
    key: str
    role: bool

    @property
    def domain(self) -> str:
        """What stands after the @."""
        return self.normal.rpartition("@")[2]


def read_email(text: str, roles: frozenset[str]) -> Address | None:
    """The address in `text`, or None if no mail could ever reach it. `roles`: local parts that several people read."""
    text = text.strip().removeprefix("mailto:")
    normal = _plain(text) or _validated(text)
    if normal is None:
        return None
    key = email_key(normal)
    return Address(normal, key, key.partition("@")[0] in roles)


def _plain(text: str) -> str | None:
    """The normal form, if the address is so plain that there is nothing to decide."""
    if _PLAIN.fullmatch(text) is None or text.rpartition(".")[2].lower() in _SPECIAL:
        return None
    return text.lower()


def _validated(text: str) -> str | None:
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return None
    return f"{found.local_part.lower()}@{found.ascii_domain.lower()}"


@lru_cache(maxsize=4096)  # asked for several times of each address of a lead
def email_key(normal: str) -> str:
    """The match key of an address in its normal form."""
    local, _, domain = normal.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in DOTLESS:
        local, domain = local.replace(".", ""), DOTLESS[domain]
    return f"{local}@{domain}"
