"""Enrichments that need nobody: what follows from the lead's own addresses, number and title."""

from collections.abc import Mapping

from leadline_enrich.core.address_country import Address, address_country
from leadline_enrich.core.domain_class import domain_class
from leadline_enrich.core.email_country import email_country
from leadline_enrich.core.ip_country import ip_country
from leadline_enrich.core.language import language_of
from leadline_enrich.core.phone_country import phone_country
from leadline_enrich.core.sight import Sight
from leadline_schemas.enriched import Fact

# What capture could not read stands under these names, as it was given.
_STATE, _COUNTRY = "state_as_given", "country_as_given"


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


def read_title(sight: Sight) -> Mapping[str, Fact]:
    """`seniority` and `function`, by the words of the job title."""
    title = sight.lead.title
    if not title:
        none = sight.derived("title", None, absent="no_title")
        return {"seniority": none, "function": none}
    role = sight.rules.titles.role(title)
    return {
        "seniority": sight.derived("title", role.seniority, "not_understood", "guess" if role.guessed else "word"),
        "function": sight.derived("title", role.function, "not_understood", "word"),
    }


def country_of_address(sight: Sight) -> Mapping[str, Fact]:
    """`country:address`: what the other parts of an address say of the country, where its own field says none."""
    lead = sight.lead
    if lead.country is not None:
        return {}
    extra = lead.extra
    state, written = lead.state or extra.get(_STATE), extra.get(_COUNTRY)
    if not (lead.city or state or lead.postal_code or written or lead.street):
        return {}
    found = address_country(Address(lead.street, lead.city, state, lead.postal_code, written), sight.rules.places)
    return {"country:address": sight.derived("address", found[0], way=found[1])} if found else {}


def country_of_phone(sight: Sight) -> Mapping[str, Fact]:
    """`country:phone`: the country of the telephone number, if it has one."""
    found = phone_country(sight.lead.phone)
    return {"country:phone": sight.derived("phone", found)} if found else {}


def country_of_email(sight: Sight) -> Mapping[str, Fact]:
    """`country:email_domain`: the country whose top-level domain the address uses, if it does."""
    found = email_country(sight.lead.email, sight.rules.generic_domains)
    return {"country:email_domain": sight.derived("email_domain", found)} if found else {}


def country_of_browser(sight: Sight) -> Mapping[str, Fact]:
    """`country:ip`: where the network of the person's browser is assigned to; nothing if it is not known."""
    if not sight.lead.ip:
        return {}
    found = ip_country(sight.lead.ip, sight.rules.assigned)
    return {"country:ip": sight.derived("ip", found.country, found.absent)}


def guess_language(sight: Sight) -> Mapping[str, Fact]:
    """`language`: the one language of business of the country, where there is one."""
    named = (sight.found.get(f"country:{source}") for source in sight.rules.country_order[1:])  # the first is stated
    country = sight.lead.country or next((fact.value for fact in named if fact and fact.value), None)
    found = language_of(country, sight.rules.languages)
    return {"language": sight.derived("country", found)} if found else {}


def name_touches(sight: Sight) -> Mapping[str, Fact]:
    """`first_touch_channel` and `last_touch_channel`: through which the person came, first and last."""
    attribution = sight.captured.attribution
    if attribution is None:
        none = sight.derived("attribution", None, "no_touch")
        return {"first_touch_channel": none, "last_touch_channel": none}
    return {
        "first_touch_channel": sight.derived("attribution", attribution.first_touch.channel),
        "last_touch_channel": sight.derived("attribution", attribution.last_touch.channel),
    }
