"""Secrets in settings: several live ones of a name, or one; and no secret in what is told of a mistake."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from leadline_runtime.named_secrets import NamedSecrets, live
from leadline_runtime.settings import SettingsError, load_settings

CANARY = "canary-7f3a"


class Few(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LEADLINE_", frozen=True, extra="ignore")
    vault: NamedSecrets = Field(default_factory=dict)


@pytest.mark.parametrize(("given", "found"), [([CANARY, "old"], [CANARY, "old"]), (CANARY, [CANARY]), ([], [])])
def test_live_secrets_by_name(monkeypatch: pytest.MonkeyPatch, given: Any, found: list[str]) -> None:
    monkeypatch.setenv("LEADLINE_VAULT", json.dumps({"acme": given}))
    settings = load_settings(Few)
    assert live(settings.vault, "acme") == found
    assert live(settings.vault, "other") == live(settings.vault, None) == []
    assert CANARY not in repr(settings)


def test_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "leadline_vault").write_text(json.dumps({"acme": [CANARY]}) + "\n", encoding="utf-8")
    monkeypatch.setenv("LEADLINE_SECRETS_DIR", str(tmp_path))
    assert live(load_settings(Few).vault, "acme") == [CANARY]


@pytest.mark.parametrize(
    ("given", "said"),
    [(f'{{"acme": "{CANARY}', "LEADLINE_VAULT: is no JSON"),
     (f'{{"acme": {{"a": "{CANARY}"}}}}', "LEADLINE_VAULT.acme"),
     (f'["{CANARY}"]', "LEADLINE_VAULT: Input should be a valid dictionary")],
)  # fmt: skip
def test_a_mistake_is_told_without_the_secret(monkeypatch: pytest.MonkeyPatch, given: str, said: str) -> None:
    monkeypatch.setenv("LEADLINE_VAULT", given)
    with pytest.raises(SettingsError) as raised:
        load_settings(Few)
    assert said in str(raised.value) and CANARY not in str(raised.value)
    assert raised.value.__suppress_context__
