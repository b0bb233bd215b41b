"""`notify.yaml`: who is told what, how, in which words. Read strictly, checked by its own examples."""

from collections.abc import Mapping
from typing import Any, Final

from leadline_notify.core.book import MAIL, Contact, DigestRules, Endpoint, KindRules, NotifyRules, RetryRules, Texts
from leadline_notify.core.content import CHANNELS, Channel
from leadline_notify.core.templates import fault_of, names_in
from leadline_notify.core.wording import DIGEST_FIELDS, FIELDS
from leadline_notify.rules_examples import check_examples
from leadline_notify.rules_file import FILE, ContactModel, EndpointModel, KindModel, NotifyFile, TextsModel
from leadline_runtime.calendars import CalendarRules, Calendars, build_calendar, build_calendars
from leadline_runtime.core.calendar import Calendar
from leadline_runtime.core.errors import all_of
from leadline_runtime.rules import RulesError, RulesSpec, parse

CALENDARS: Final = "calendars.yaml"


def build(contents: Mapping[str, Any]) -> NotifyRules:
    """The compiled rules. Raises RulesError with every fault: unknown names, texts that ask for what there is not,
    examples that fail.
    """
    calendars = build_calendars(contents[CALENDARS], CALENDARS)
    file = parse(NotifyFile, contents[FILE], FILE)
    faults: list[RulesError] = []
    _check_names(file, faults)
    contacts = {name: _contact(name, each, calendars, faults) for name, each in file.contacts.items()}
    for kind, each in file.notices.items():
        _check_texts(each, f"notices.{kind}", FIELDS, faults)
    _check_texts(file.digest, "digest", DIGEST_FIELDS, faults)
    if faults:
        raise all_of(faults)
    rules = NotifyRules(
        kinds={kind: _kind(each) for kind, each in file.notices.items()},
        contacts=contacts,
        endpoints={name: _endpoint(name, each) for name, each in file.endpoints.items()},
        digest=DigestRules(file.digest.after, file.digest.within, _texts(file.digest)),
        retry=RetryRules(file.retry.first, file.retry.longest, file.retry.give_up),
        max_age=file.max_age,
        words=file.words,
    )
    check_examples(file, rules)
    return rules


def warnings(contents: Mapping[str, Any], rules: NotifyRules) -> list[RulesError]:
    """What its author surely does not mean: somebody who is never told, an endpoint that nobody uses."""
    found = []
    used = {way for contact in rules.contacts.values() for way in contact.ways.values()}
    for name in rules.endpoints:
        if name not in used:
            found.append(RulesError(FILE, f"endpoints.{name}", "is the way of no contact: it is never called"))
    by = {channel for kind in rules.kinds.values() for channel in kind.by}
    for name, contact in rules.contacts.items():
        if not by & set(contact.ways):
            problem = f"is never told anything: no notice goes by {' or '.join(contact.ways)}"
            found.append(RulesError(FILE, f"contacts.{name}", problem))
    if not any("rest" in names_in(text) for text in (rules.digest.texts.subject, rules.digest.texts.text)):
        problem = "does not say {rest}: how many are in it beside those in {lines}, which are at most 200"
        found.append(RulesError(FILE, "digest", problem))
    if not rules.contacts:
        found.append(RulesError(FILE, "contacts", "names nobody: nobody is told anything"))
    return found


def _kind(each: KindModel) -> KindRules:
    return KindRules(each.to, each.also, each.by, each.at_any_time, _texts(each))


def _texts(each: TextsModel) -> Texts:
    return Texts(each.subject, each.text)


def _endpoint(name: str, each: EndpointModel) -> Endpoint:
    return Endpoint(name, each.channel, each.url, each.url_secret, each.secret)


def _contact(name: str, each: ContactModel, calendars: Calendars, faults: list[RulesError]) -> Contact:
    return Contact(name, each.ways(), _hours(name, each, calendars, faults))


def _hours(name: str, each: ContactModel, calendars: Calendars, faults: list[RulesError]) -> Calendar:
    path = f"contacts.{name}"
    if each.hours is not None:
        try:
            own = CalendarRules.model_validate({"zone": each.zone, "weekly": each.hours})
            return build_calendar(f"hours of {name}", own, FILE)
        except ValueError as error:
            faults.append(RulesError(FILE, f"{path}.hours", _first_of(error)))
    elif each.calendar is not None and each.calendar not in calendars:
        known = ", ".join(sorted(calendars))
        faults.append(RulesError(FILE, f"{path}.calendar", f"is none of calendars.yaml; known: {known}"))
    return calendars.named(each.calendar)


def _first_of(error: ValueError) -> str:
    told = getattr(error, "errors", None)
    return str(told(include_url=False, include_input=False)[0]["msg"]) if told is not None else str(error)


def _check_names(file: NotifyFile, faults: list[RulesError]) -> None:
    if MAIL in file.endpoints:
        faults.append(RulesError(FILE, f"endpoints.{MAIL}", "is what the mail server is called; give it another name"))
    for name, contact in file.contacts.items():
        for channel in CHANNELS[1:]:
            endpoint = contact.ways().get(channel)
            if endpoint is not None and not _is(file, endpoint, channel):
                known = ", ".join(sorted(n for n, e in file.endpoints.items() if e.channel == channel)) or "none"
                problem = f"{endpoint} is no endpoint for {channel}; known: {known}"
                faults.append(RulesError(FILE, f"contacts.{name}.{channel}", problem))
    for kind, each in file.notices.items():
        for name in each.also:
            if name not in file.contacts:
                faults.append(RulesError(FILE, f"notices.{kind}.also", f"{name} is no contact"))


def _is(file: NotifyFile, endpoint: str, channel: Channel) -> bool:
    return endpoint in file.endpoints and file.endpoints[endpoint].channel == channel


def _check_texts(each: TextsModel, path: str, fields: frozenset[str], faults: list[RulesError]) -> None:
    for part in ("subject", "text"):
        text: str = getattr(each, part)
        if fault := fault_of(text):
            faults.append(RulesError(FILE, f"{path}.{part}", fault))
        for name in sorted(names_in(text) - fields):
            problem = f"asks for {{{name}}}, which there is not; there are {', '.join(sorted(fields))}"
            faults.append(RulesError(FILE, f"{path}.{part}", problem))


SPEC: RulesSpec[NotifyRules] = RulesSpec(
    package="leadline_notify", files=(FILE,), shared=(CALENDARS,), libraries=("holidays",), build=build, warn=warnings
)
