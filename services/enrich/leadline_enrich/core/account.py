"""The account that a company domain belongs to: a named account or a customer, and who owns it."""

from leadline_enrich.core.answers import Answer
from leadline_schemas.enriched import Account
from leadline_schemas.event import trusted

_account_of = trusted(Account)


def account_of(domain: str | None, answer: Answer, earlier: Account | None) -> Account | None:
    """The account under this domain; where the table was not asked, the one that was known before."""
    if domain is None:
        return None
    if answer.status in ("unavailable", "not_asked"):
        return earlier if earlier is not None and earlier.domain == domain else None
    if answer.status != "found":
        return None
    return _account_of(
        domain=domain,
        name=answer.values.get("name"),
        status=answer.values["status"],
        owner=answer.values.get("owner"),
        parent=answer.values.get("parent"),
        parent_owner=answer.values.get("parent_owner"),
    )
