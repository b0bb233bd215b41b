"""E-mail addresses: the normal form that is written to, and the key under which one person is found (rules B1.4)."""

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

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
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return None
    normal = f"{found.local_part.lower()}@{found.ascii_domain.lower()}"
    key = email_key(normal)
    return Address(normal, key, key.partition("@")[0] in roles)


def email_key(normal: str) -> str:
    """The match key of an address in its normal form."""
    local, _, domain = normal.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in DOTLESS:
        local, domain = local.replace(".", ""), DOTLESS[domain]
    return f"{local}@{domain}"
