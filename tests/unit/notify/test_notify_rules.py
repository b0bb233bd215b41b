"""notify.yaml: what ships is right, and every fault names its path and what would be right."""

from collections.abc import Callable
from typing import Any

import pytest

from leadline_notify.core.content import KINDS
from leadline_notify.rules import SPEC, build, warnings
from leadline_notify.rules_file import FILE
from leadline_runtime.rules import RulesError, load_rules
from tests.unit.notify.company import CONTACTS, changed, contents, rules

Change = Callable[[dict[str, Any]], None]


def faults(change: Change) -> list[str]:
    found = contents()
    change(found[FILE])
    with pytest.raises(RulesError) as refused:
        build(found)
    return [str(each) for each in refused.value.faults]


def put(path: str, value: Any) -> Change:
    def change(file: dict[str, Any]) -> None:
        *steps, last = path.split(".")
        node = file
        for step in steps:
            node[step] = dict(node.get(step, {}))
            node = node[step]
        node[last] = value

    return change


def test_what_ships_tells_nobody_until_there_are_contacts() -> None:
    loaded = load_rules(SPEC).rules
    assert loaded.contacts == {} and set(loaded.kinds) == {*KINDS} - {"lapsed"}
    assert [each.path for each in warnings({}, loaded)] == ["contacts"]


def test_a_digest_that_hides_how_many_it_does_not_list_is_warned_of() -> None:
    made = changed(digest={**contents()[FILE]["digest"], "text": "{lines}"})
    assert [each.path for each in warnings({}, made)] == ["digest"]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("contacts.ana.mail", "ana", "no mail address"),
        ("contacts.ana.mail", "ana@x.example\nBcc: b@y.example", "no mail address"),
        ("contacts.ana.mail", "a b@x.example", "no mail address"),
        ("contacts.ana.mail", "ana@müller.example", "xn--"),
        ("contacts.ana.chat", "crm", "crm is no endpoint for chat; known: sales"),
        ("contacts.ana.webhook", "erp", "erp is no endpoint for webhook; known: crm"),
        ("contacts.ana.calendar", "mars", "is none of calendars.yaml; known: always, emea, us_east, us_west"),
        ("contacts.ana.hours", {"mon": ["09:00-17:00"]}, "takes either `calendar`, or `zone` and `hours` together"),
        ("contacts.zoe", {"calendar": "us_east"}, "has no way to be told"),
        ("contacts.zoe", {"mail": "z@x.example", "zone": "UTC", "hours": {"mon": ["9-5"]}}, "is no time of day"),
        ("contacts.zoe", {"mail": "z@x.example", "zone": "UTC", "hours": {"mon": []}}, "never opens"),
        ("endpoints.crm.url", "https://{host}/x", "takes its host"),
        ("endpoints.crm.url", "https://crm.example/{lead}", "parts in braces"),
        ("endpoints.crm.url", "crm.example", "no whole address"),
        ("endpoints.crm.secret", None, "a webhook that is not signed could be anybody's"),
        ("endpoints.crm.url_secret", "crm", "needs an address"),
        ("endpoints.post", {"channel": "mail", "url": "https://x.example"}, "mail needs no endpoint"),
        ("notices.warned.text", "{lead.name}", "has a { that belongs to nothing"),
        ("notices.warned.subject", "{name} waits", "asks for {name}, which there is not; there are at, cause"),
        ("notices.warned.subject", "[{due}", "has a [ that belongs to nothing"),
        ("notices.warned.also", ["boss"], "boss is no contact"),
        ("notices.warned.by", [], "at least 1"),
        ("notices.warned.to", ["everybody"], "'owner', 'manager', 'previous' or 'told'"),
        ("digest.subject", "{due}", "asks for {due}, which there is not; there are lines, number, recipient"),
        ("digest.after", 0, "greater than or equal to 1"),
        ("retry.first", "0 s", "must be longer than nothing"),
        ("max_age", "a day", "is no duration"),
        ("max_age", "9999999 d", "is longer than 366 d"),
        ("endpoints.mail", {"channel": "chat", "url_secret": "sales"}, "give it another name"),
        ("colour", "red", "Extra inputs are not permitted"),
        ("notices.warned.subject", "Due {due}", "reads 'Due Fri 06 Mar 17:35 EST'"),
        ("words.first_email", "a mail", "reads 'a mail is due Fri 06 Mar 17:35 EST: lead of ana'"),
        ("examples", [], "there is none of assigned: show once what somebody reads"),
    ],
)
def test_a_fault_is_told_with_its_path_and_what_would_be_right(path: str, value: Any, said: str) -> None:
    found = faults(put(path, value))
    assert any(said in each for each in found), found
    assert all(each.startswith(f"{FILE}: ") for each in found)


def test_an_example_names_fields_that_there_are_with_values_of_their_kind() -> None:
    example = {"name": "odd", "kind": "warned", "subject": "x"}
    for given, said in (({"colour": "red"}, "has no such field"), ({"due_at": "soon"}, "no value of that kind")):
        examples = [*contents()[FILE]["examples"], {**example, "given": given}]
        assert any(said in each for each in faults(put("examples", examples)))


def test_all_faults_are_told_at_once() -> None:
    def change(file: dict[str, Any]) -> None:
        put("contacts.ana.chat", "crm")(file)
        put("notices.warned.also", ["boss"])(file)

    assert len(faults(change)) == 2


def test_hours_of_ones_own_are_in_ones_own_zone() -> None:
    own = {"mail": "zoe@x.example", "zone": "Asia/Tokyo", "hours": {"mon-fri": ["08:00-16:00"]}}
    hours = changed(contacts={"zoe": own}).contacts["zoe"].hours
    assert str(hours.zone) == "Asia/Tokyo" and hours.weekly[0] == ((480, 960),)


def test_without_a_calendar_the_companys_default_counts() -> None:
    contact = changed(contacts={"zoe": {"mail": "zoe@x.example"}}).contacts["zoe"]
    assert contact.hours.name == "us_east"


def test_what_leads_nowhere_is_warned_of() -> None:
    loaded = changed(
        contacts={"ana": CONTACTS["ana"], "zoe": {"webhook": "crm"}},
        notices={"warned": {**contents()[FILE]["notices"]["warned"], "by": ["mail"]}},
        examples=[each for each in contents()[FILE]["examples"] if each["kind"] == "warned"],
        endpoints={**contents()[FILE]["endpoints"], "old": {"channel": "chat", "url_secret": "old"}},
    )
    told = {each.path: each.problem for each in warnings({}, loaded)}
    assert told == {
        "endpoints.old": "is the way of no contact: it is never called",
        "contacts.zoe": "is never told anything: no notice goes by webhook",
    }


def test_the_companys_rules_have_no_warnings() -> None:
    assert warnings({}, rules()) == []
