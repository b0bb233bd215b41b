"""Enrichments that need nobody: what follows from the lead's own addresses and number."""

from collections.abc import Mapping

from leadline_enrich.core.domain_class import domain_class
from leadline_enrich.core.email_country import email_country
from leadline_enrich.core.language import language_of
from leadline_enrich.core.phone_country import phone_country
from leadline_enrich.core.sight import Sight
from leadline_schemas.enriched import Fact


def classify_domain(sight: Sight) -> Mapping[str, Fact]:
    """`domain_class`: free, disposable, role or corporate."""
    found = domain_class(sight.lead.email, sight.rules.lists)
    return {"domain_class": sight.derived("email_domain", found, absent="no_email")}


def name_company_domain(sight: Sight) -> Mapping[str, Fact]:
    """`company_domain`: under which the company is looked up."""
    company = sight.company
    if company is None:
        return {"company_domain": sight.derived("email_domain", None, absent="no_company_domain")}
    provider = "email_domain" if company.source == "email" else "website"
    return {"company_domain": sight.derived(provider, company.domain)}


def country_of_phone(sight: Sight) -> Mapping[str, Fact]:
    """`country:phone`: the country of the telephone number, if it has one."""
    found = phone_country(sight.lead.phone)
    return {"country:phone": sight.derived("phone", found)} if found else {}


def country_of_email(sight: Sight) -> Mapping[str, Fact]:
    """`country:email_domain`: the country whose top-level domain the address uses, if it does."""
    found = email_country(sight.lead.email, sight.rules.generic_domains)
    return {"country:email_domain": sight.derived("email_domain", found)} if found else {}


def guess_language(sight: Sight) -> Mapping[str, Fact]:
    """`language`: the one language of business of the country, where there is one."""
    named = (sight.found.get(f"country:{source}") for source in sight.rules.country_order)
    country = sight.lead.country or next((fact.value for fact in named if fact and fact.value), None)
    found = language_of(country, sight.rules.languages)
    return {"language": sight.derived("country", found)} if found else {}
