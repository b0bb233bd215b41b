"""What an e-mail address's domain says about its owner: free, disposable, role, corporate (semantics, section 2)."""

from functools import lru_cache
from typing import Literal

from leadline_runtime.core.values import dataclass

DomainClass = Literal["free", "disposable", "role", "corporate"]


@dataclass(frozen=True, slots=True)
class DomainLists:
    """Lower-case lists: domains anybody may have an address at, throw-away ones, local parts that name no person.

    `shared` are websites' hosts at which many companies have a page (social networks, site builders).
    """

    free: frozenset[str]
    disposable: frozenset[str]
    roles: frozenset[str]
    shared: frozenset[str] = frozenset()


@lru_cache(maxsize=1024)  # three enrichments ask it of one lead
def split_address(address: str) -> tuple[str, str]:
    """Local part without its plus-tag, and domain in lower-case ASCII. The domain is empty if there is none."""
    local, at, domain = address.rpartition("@")
    return (local.partition("+")[0].lower(), ascii_domain(domain)) if at else (address, "")


def ascii_domain(domain: str) -> str:
    """The domain as DNS knows it: lower case, international labels as xn--. Empty if it can be no domain."""
    lowered = domain.strip().strip(".").lower()
    if lowered.isascii():
        return lowered
    try:
        return lowered.encode("idna").decode()
    except UnicodeError:
        return ""


def domain_class(address: str | None, lists: DomainLists) -> DomainClass | None:
    """The class of an address; None without one.

    The strongest reason for doubt wins: a role address at a throw-away domain is disposable, at a free one free.
    """
    local, domain = split_address(address or "")
    if not domain:
        return None
    if is_listed(domain, lists.disposable):
        return "disposable"
    if is_listed(domain, lists.free):
        return "free"
    return "role" if local in lists.roles else "corporate"


def is_listed(domain: str, listed: frozenset[str]) -> bool:
    """Is the domain or one of its parents in the list? `mx.mailinator.com` is, because `mailinator.com` is."""
    while domain:
        if domain in listed:
            return True
        domain = domain.partition(".")[2]
    return False
