"""The domain under which a company is known: its registrable domain, from an address or from its website."""

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from leadline_enrich.core.domain_class import DomainLists, ascii_domain, is_listed, split_address
from leadline_runtime.core.values import dataclass
from leadline_schemas.lead import Lead

# `mail.eu.acme.co.uk` → `acme.co.uk`; None for a public suffix itself. Knows the public suffix list.
Registrable = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class CompanyDomain:
    """The domain, and which field of the lead it came from."""

    domain: str
    source: str


def company_domain(lead: Lead, lists: DomainLists, registrable: Registrable) -> CompanyDomain | None:
    """The company's domain by the lead's addresses, the main one first, else by its website.

    Free and disposable domains name no company (rules B2), nor does a website's host where many companies have a page.
    """
    for address in dict.fromkeys((lead.email, *lead.emails)):
        found = _registrable(split_address(address or "")[1], lists, registrable)
        if found:
            return CompanyDomain(found, "email")
    host = website_host(lead.website)
    found = None if is_listed(host, lists.shared) else _registrable(host, lists, registrable)
    return CompanyDomain(found, "website") if found else None


def website_host(website: str | None) -> str:
    """The host of a website as people write it, with or without scheme; empty if it holds none."""
    if not website:
        return ""
    text = website.strip()
    try:
        return ascii_domain(urlsplit(text if "//" in text else f"//{text}").hostname or "")
    except ValueError:
        return ""


@lru_cache(maxsize=4096)  # asked twice per lead, to gather and to decide, and many leads share a domain
def _registrable(domain: str, lists: DomainLists, registrable: Registrable) -> str | None:
    if "." not in domain or domain.rpartition(".")[2].isdigit():
        return None  # no domain, or an address of numbers
    if is_listed(domain, lists.free) or is_listed(domain, lists.disposable):
        return None
    return registrable(domain)
