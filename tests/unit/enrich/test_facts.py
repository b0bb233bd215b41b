"""The facts port with real files and no Redis: what is asked, what is not, and that nobody waits."""

import asyncio
import json
from pathlib import Path
from time import monotonic

import pytest
from pydantic import SecretStr

from leadline_enrich.core.enrich_rules import ProviderRules
from leadline_enrich.core.questions import Question
from leadline_enrich.decide import decide
from leadline_enrich.facts import ProviderFacts
from leadline_enrich.settings import EnrichSettings
from leadline_enrich.state import Body, Known
from leadline_runtime.decision import LeadState
from leadline_runtime.items import Record
from leadline_runtime.step import NoView
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import encode
from leadline_schemas.consent import ConsentRecord
from leadline_schemas.event import Model
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import MergedInto, Quarantine
from leadline_schemas.topics import LEAD_CAPTURED
from leadline_schemas.vocabulary import ConsentState
from tests.support.running import until
from tests.unit.enrich.leads import NOW, RULES, SECOND, alarm, captured, grounds, record, told
from tests.unit.enrich.test_tables import HEAD, written
from tests.unit.enrich.vendors import Vendor, rules_with

NOBODY_THERE = SecretStr("redis://127.0.0.1:1/0")


@pytest.fixture
def settings(tmp_path: Path) -> EnrichSettings:
    return EnrichSettings(
        redis_url=NOBODY_THERE,
        firmographics_file=written(tmp_path / "firmographics.csv", HEAD + "acme.example,400,logistics\n"),
        accounts_file=written(tmp_path / "accounts.csv", "domain,status,owner\nacme.example,customer,hana\n"),
    )


def vendor_facts(settings: EnrichSettings) -> tuple[ProviderFacts, Vendor]:
    """The port with a vendor that answers."""
    vendor = Vendor()
    return ProviderFacts(settings, make=lambda rules: vendor), vendor


async def test_one_answer_per_lead_in_their_order(settings: EnrichSettings) -> None:
    facts = ProviderFacts(settings)
    leads = [
        captured(lead={"email": e}) for e in ("a@acme.example", "b@gmail.com", "c@other.example", "d@acme.example")
    ]
    found = await facts.gather([record(lead) for lead in leads], RULES)
    assert [g.domain for g in found] == ["acme.example", None, "other.example", "acme.example"]
    assert [g.answers["firmographics"].status for g in found] == ["found", "not_asked", "not_found", "found"]
    assert found[0].answers["accounts"].values == {"status": "customer", "owner": "hana"}
    await facts.close()


async def test_a_free_address_is_told_as_no_company_domain(settings: EnrichSettings) -> None:
    facts = ProviderFacts(settings)
    item = record(captured(lead={"email": "b@gmail.com"}))
    (found,) = await facts.gather([item], RULES)
    event = told(decide(item, None, NoView(), grounds(item, found, NOW + SECOND)))
    assert event.facts["employees"].absent == "no_company_domain"
    assert event.complete


async def test_nobody_is_asked_about_leads_that_are_kept_apart(settings: EnrichSettings) -> None:
    facts = ProviderFacts(settings)
    apart = captured(quarantine=Quarantine(reason="spam", since=NOW))
    stone = captured(merged_into=MergedInto(lead_id=derived_id("root"), revision=2))
    for found in await facts.gather([record(apart), record(stone)], RULES):
        assert {answer.status for answer in found.answers.values()} == {"not_asked"}


async def test_an_alarm_asks_about_the_lead_as_it_was_captured_last(settings: EnrichSettings) -> None:
    facts = ProviderFacts(settings)
    event = captured()
    state = LeadState(Body(Known(), encode(LEAD_CAPTURED, event)), revision=1, timer_at=NOW)
    gone = derived_id("gone")
    found = await facts.gather_due([alarm(event.lead_id, state), alarm(gone, state)], {event.lead_id: state}, RULES)
    assert found[0].answers["firmographics"].values["employees"] == 400
    assert found[1].domain is None


async def test_a_missing_table_is_unavailable_until_it_is_there(settings: EnrichSettings) -> None:
    settings.firmographics_file.unlink()
    facts = ProviderFacts(settings)
    item = record(captured())
    (found,) = await facts.gather([item], RULES)
    assert found.answers["firmographics"].status == "unavailable"
    assert found.answers["accounts"].status == "found"
    written(settings.firmographics_file, HEAD + "acme.example,420,logistics\n")
    (found,) = await facts.gather([item], RULES)
    assert found.answers["firmographics"].values["employees"] == 420


async def test_the_very_next_lead_sees_a_changed_table(settings: EnrichSettings) -> None:
    facts = ProviderFacts(settings)
    item = record(captured())
    await facts.gather([item], RULES)
    written(settings.firmographics_file, HEAD + "acme.example,420,logistics\n")
    (found,) = await facts.gather([item], RULES)
    assert found.answers["firmographics"].values["employees"] == 420


async def test_a_cache_that_accepts_and_never_answers_costs_its_time_out_once(settings: EnrichSettings) -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(swallow, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        slow: Model | EnrichSettings = settings.model_copy(
            update={"redis_url": SecretStr(f"redis://127.0.0.1:{port}/0")}
        )
        assert isinstance(slow, EnrichSettings)
        facts, vendor = vendor_facts(slow)
        started = monotonic()
        for n in range(20):
            item = record(captured(lead={"email": f"ann@c{n}.example"}))
            (found,) = await facts.gather([item], rules_with(budget=20 * SECOND))
            assert found.answers["vendor"].values["employees"] == 400
        assert monotonic() - started < 1.5  # a time-out each would be more than 4 s
        assert len(vendor.asked) == 20
        await facts.close()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "nonsense://", "redis://127.0.0.1:notaport"])
async def test_a_wrong_cache_address_changes_no_answer(settings: EnrichSettings, url: str) -> None:
    wrong = settings.model_copy(update={"redis_url": SecretStr(url)})
    item = record(captured())
    facts, _ = vendor_facts(wrong)
    (found,) = await facts.gather([item], rules_with())
    assert found.answers["vendor"].values == {"employees": 400, "industry": "logistics"}
    await facts.close()


async def test_nobody_is_asked_about_a_person_who_has_not_consented_to_it(settings: EnrichSettings) -> None:
    facts, vendor = vendor_facts(settings)
    asks = ProviderRules("vendor", "digest", SECOND, frozenset({"employees"}), ("domain", "email"), "profiling")
    rules = rules_with(asks)

    def one(email: str, state: ConsentState | None) -> Record[LeadCaptured]:
        said = [ConsentRecord(purpose="profiling", channel="any", state=state)] if state else []
        return record(captured(lead={"email": email, "consent": said}))

    items = [one("ann@a.example", "granted"), one("bob@a.example", "withdrawn"), one("cy@a.example", None)]
    found = await facts.gather(items, rules)
    assert [each.answers["vendor"].status for each in found] == ["found", "no_consent", "no_consent"]
    assert [each.given("email") for each in vendor.asked] == ["ann@a.example"]
    event = told(decide(items[1], None, NoView(), grounds(items[1], found[1], NOW + SECOND, rules)))
    assert event.complete
    assert b"bob@" not in json.dumps(event.basis.facts, default=str).encode()
    await facts.close()


async def test_leads_of_one_company_are_one_question(settings: EnrichSettings) -> None:
    facts, vendor = vendor_facts(settings)
    await facts.gather([record(captured(lead={"email": f"a{n}@acme.example"})) for n in range(50)], rules_with())
    assert vendor.asked == [Question("acme.example")]
    await facts.close()


async def test_a_provider_that_the_rules_no_longer_name_is_let_go(settings: EnrichSettings) -> None:
    facts, vendor = vendor_facts(settings)
    item = record(captured())
    await facts.gather([item], rules_with())
    (found,) = await facts.gather([item], RULES)
    assert set(found.answers) == {"firmographics", "accounts"}
    await until(lambda: vendor.closed, "the vendor to be closed")
    await facts.close()
