"""`leadline enrich provider`: one question, the request with its secrets masked, and what to do if no answer came."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from leadline_console.app import build
from tests.integration.enrich.asking import declared
from tests.integration.enrich.vendor import Vendor, playing

SECRET = "canary-7f3a"


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    async with playing() as made:
        made.tokens = {SECRET}
        yield made


@pytest.fixture
def run(vendor: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command beside the vendor, who lives in this thread's loop."""
    import asyncio

    (tmp_path / "providers").mkdir()
    with (tmp_path / "providers" / "next_door.yaml").open("w", encoding="utf-8") as file:
        YAML().dump(declared(vendor), file)
    monkeypatch.setenv("LEADLINE_PROVIDER_SECRETS", json.dumps({"next_door": [SECRET]}))
    monkeypatch.setenv("LEADLINE_PROVIDER_PRIVATE_HOSTS", json.dumps([f"127.0.0.1:{vendor.port}"]))
    monkeypatch.setenv("LEADLINE_RULES_DIR", str(tmp_path))

    async def run_it(*arguments: str) -> Any:
        result = await asyncio.to_thread(CliRunner().invoke, build(), ["enrich", "provider", *arguments])
        assert SECRET not in result.output and "Traceback" not in result.output
        return result

    return run_it


async def test_what_an_answer_is_read_as(vendor: Vendor, run: Any) -> None:
    result = await run("next_door", "--domain", "ACME.com")
    assert result.exit_code == 0, result.output
    for line in (
        f"sent      GET http://127.0.0.1:{vendor.port}/companies/acme.com",
        "Authorization: Bearer secret:next_door",
        "came      HTTP 200 after",
        "is        found, kept for 30 d",
        "  employees  51  (sure 100%, true on 2026-03-01)",
        "  country    DE  (sure 80%, true on 2026-03-01)",
    ):
        assert line in result.stdout, result.stdout


async def test_the_same_for_programs(run: Any) -> None:
    told = json.loads((await run("next_door", "--domain", "acme.com", "--json")).stdout)
    assert told["answer"]["values"] == {"employees": 51, "industry": "software", "country": "DE"}
    assert (told["http_status"], told["notes"]) == (200, [])


async def test_only_shown_nobody_is_asked(vendor: Vendor, run: Any) -> None:
    result = await run("next_door", "--domain", "acme.com", "--show")
    assert result.exit_code == 0 and "Nobody was asked" in result.stdout
    assert vendor.asked == []


async def test_values_that_cannot_be_used_are_named(vendor: Vendor, run: Any) -> None:
    vendor.script = [{"domain": "acme.com", "metrics": {"size": "many"}, "category": "Software"}]
    result = await run("next_door", "--domain", "acme.com")
    assert 'not used: employees is no band such as "51-200" or "10,001+"' in result.stdout


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (403, "next_door: refused (HTTP 403). The vendor refuses the secret: put a live one into LEADLINE_PROVIDER"),
        (500, "next_door: vendor_error (HTTP 500)."),
        ("elsewhere", "redirected (HTTP 302). The vendor has moved"),
        ("cut", "next_door: cut. The connection ended"),
        ({"error": "x"}, "garbage (HTTP 200). The answer is not what `answer` in the file says"),
    ],
)
async def test_what_went_wrong_and_what_to_do(vendor: Vendor, run: Any, step: Any, said: str) -> None:
    vendor.script = [step]
    result = await run("next_door", "--domain", "acme.com")
    assert result.exit_code == 1 and said in result.stderr, result.stderr


async def test_without_a_secret(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEADLINE_PROVIDER_SECRETS")
    result = await run("next_door", "--domain", "acme.com")
    assert result.exit_code == 1 and "no_secret. There is no usable secret" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["next_dor", "--domain", "acme.com"], 4, "did you mean next_door?"),
        (["next_door"], 2, "cannot be asked without --domain"),
        (["next_door", "--domain", "acme.com", "--rules", "/nowhere"], 2, "There is no folder providers in /nowhere"),
    ],
)
async def test_a_mistake_is_one_sentence(run: Any, arguments: list[str], code: int, said: str) -> None:
    result = await run(*arguments)
    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr


async def test_a_faulty_file_is_told_with_its_place(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "providers" / "next_door.yaml"
    file.write_text(file.read_text().replace("updated_at", "updated at"))
    result = await run("next_door", "--domain", "acme.com")
    assert result.exit_code == 2 and "providers/next_door.yaml: providers.next_door.answer.stated_at" in result.stderr


async def test_all_vendors_are_listed(run: Any, tmp_path: Path) -> None:
    result = await run()
    assert "next_door: The vendor next door" in result.stdout and "is told domain; says country, emp" in result.stdout
    assert json.loads((await run("--json")).stdout)[0]["secrets"] == ["next_door"]
    (tmp_path / "providers" / "next_door.yaml").unlink()
    assert "There is no vendor yet" in (await run()).stdout
