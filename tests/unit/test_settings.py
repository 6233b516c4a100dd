"""Settings: read from environment and files, refused in production when too weak."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path

import pytest

from settings import DESK_MASTER_KEY, Settings, SettingsRefused, load_settings

GOOD = {
    "KIM_MODE": "production",
    "KIM_DATABASE_URL": "postgresql+psycopg://kim:geheim@db/kim",
    "KIM_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
    "KIM_PUBLIC_URL": "https://kim.kreis-musterland.de",
    "KIM_TEMPORAL_UI_URL": "https://temporal.kreis-musterland.de",
    "KIM_TEMPORAL_ADDRESS": "temporal:7233",
    "KIM_TEMPORAL_API_KEY": "token",
    "KIM_SMTP_START_TLS": "true",
    "KIM_MAIL_FROM": "KIM-Lotse <kim@kreis-musterland.de>",
}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"KIM_{name.upper()}", raising=False)
    monkeypatch.setenv("KIM_SECRETS_DIR", str(tmp_path / "none"))


def _set(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_a_desk_needs_no_settings() -> None:
    settings = load_settings()

    assert settings.mode == "local"
    assert settings.keyring() is not None
    assert settings.smtp().host == "127.0.0.1"


def test_production_starts_with_complete_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, GOOD)

    assert load_settings().weaknesses() == []


@pytest.mark.parametrize(
    ("name", "weak"),
    [
        ("KIM_MASTER_KEY", DESK_MASTER_KEY),
        ("KIM_DATABASE_URL", "sqlite+aiosqlite:///kim.db"),
        ("KIM_PUBLIC_URL", "http://kim.kreis-musterland.de"),
        ("KIM_TEMPORAL_UI_URL", "http://temporal.kreis-musterland.de"),
        ("KIM_SMTP_START_TLS", "false"),
        ("KIM_MAIL_FROM", "KIM-Lotse <kim@kim.example>"),
        ("KIM_TEMPORAL_API_KEY", None),
    ],
)
def test_production_refuses_a_weak_value_and_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, weak: str | None
) -> None:
    _set(monkeypatch, GOOD)
    monkeypatch.delenv(name) if weak is None else monkeypatch.setenv(name, weak)

    with pytest.raises(SettingsRefused) as refusal:
        load_settings()

    assert refusal.value.detail.startswith(name)
    assert "\n" not in refusal.value.detail


def test_production_with_nothing_set_names_every_weakness_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIM_MODE", "production")

    with pytest.raises(SettingsRefused) as refusal:
        load_settings()

    for name in ("MASTER_KEY", "DATABASE_URL", "PUBLIC_URL", "TEMPORAL_UI_URL", "SMTP_START_TLS", "MAIL_FROM"):
        assert f"KIM_{name}" in refusal.value.detail


def test_a_server_on_this_machine_needs_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, GOOD | {"KIM_TEMPORAL_ADDRESS": "127.0.0.1:7233"})
    monkeypatch.delenv("KIM_TEMPORAL_API_KEY")

    assert load_settings().temporal_api_key is None


@pytest.mark.parametrize("key", ["kein Base64!", base64.b64encode(b"zu kurz").decode(), ""])
def test_a_master_key_of_the_wrong_form_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("KIM_MASTER_KEY", key)

    with pytest.raises(SettingsRefused, match="KIM_MASTER_KEY") as refusal:
        load_settings()

    assert not key or key not in refusal.value.detail


def test_an_unknown_mode_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIM_MODE", "prod")

    with pytest.raises(SettingsRefused, match="KIM_MODE"):
        load_settings()


def test_secrets_come_from_files_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    (tmp_path / "kim_master_key").write_text(key + "\n")
    (tmp_path / "kim_smtp_password").write_text("aus der Datei")
    monkeypatch.setenv("KIM_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("KIM_SMTP_PASSWORD", "aus der Umgebung")

    settings = load_settings()

    assert settings.master_key.get_secret_value() == key
    assert settings.smtp_password.get_secret_value() == "aus der Umgebung"


def test_the_text_form_of_the_settings_shows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, GOOD | {"KIM_SMTP_PASSWORD": "sehr-geheim"})

    shown = repr(load_settings()) + str(load_settings())

    for secret in ("geheim", GOOD["KIM_MASTER_KEY"], "token"):
        assert secret not in shown.replace("temporal_api_key", "")


ABROAD = [
    {"KIM_MODE": "production"},
    {"KIM_API_HOST": "0.0.0.0"},
    {"KIM_API_HOST": "192.0.2.7"},
    {"KIM_API_HOST": "kim"},
    {"KIM_PUBLIC_URL": "https://kim.kreis-musterland.de"},
    {"KIM_PUBLIC_URL": "http://127.0.0.1.evil.test:8000"},
    {"KIM_PUBLIC_URL": "http://192.0.2.7:8000"},
]


@pytest.mark.parametrize("elsewhere", ABROAD, ids=lambda values: "=".join(*values.items()))
def test_one_click_roles_are_refused_anywhere_but_on_loopback(
    monkeypatch: pytest.MonkeyPatch, elsewhere: dict[str, str]
) -> None:
    _set(monkeypatch, (GOOD if "KIM_MODE" in elsewhere else {}) | elsewhere | {"KIM_DEMO": "true"})
    with pytest.raises(SettingsRefused) as refused:
        load_settings()
    assert "KIM_DEMO" in refused.value.detail


def test_one_click_roles_are_off_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load_settings().demo
    for host, url in (
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("localhost", "http://localhost"),
        ("::1", "http://[::1]:8"),
    ):
        _set(monkeypatch, {"KIM_DEMO": "true", "KIM_API_HOST": host, "KIM_PUBLIC_URL": url})
        assert load_settings().demo


GRANT = {"group": "/kim/cm", "role": "case_manager", "tenant": "muenster"}


def test_an_identity_provider_needs_an_issuer_and_grants_come_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().identity_provider() is None
    _set(monkeypatch, {"KIM_OIDC_ISSUER": "https://id.test/realms/kim", "KIM_OIDC_GRANTS": json.dumps([GRANT])})
    provider = load_settings().identity_provider()
    assert provider is not None
    assert provider.origin == "https://id.test"
    assert provider.grants[0].tenant == "muenster"


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "boss"},
        {"tenant": None},
        {"role": "admin"},
        {"role": "clerk"},
        {"agency": "jobcenter"},
        {"role": "body"},
        {"body": "fall"},
        {"groups": "/kim"},
    ],
    ids=str,
)
def test_a_grant_that_does_not_fit_together_is_refused(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, object]
) -> None:
    monkeypatch.setenv("KIM_OIDC_GRANTS", json.dumps([GRANT | wrong]))
    with pytest.raises(SettingsRefused) as refused:
        load_settings()
    assert "KIM_OIDC_GRANTS" in refused.value.detail


def test_an_identity_provider_without_encryption_is_refused_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, GOOD | {"KIM_OIDC_ISSUER": "http://id.test"})
    with pytest.raises(SettingsRefused) as refused:
        load_settings()
    assert "KIM_OIDC_ISSUER" in refused.value.detail


def test_every_process_of_an_installation_seals_journeys_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_settings().cookie_key()
    assert first == load_settings().cookie_key()
    monkeypatch.setenv("KIM_MASTER_KEY", GOOD["KIM_MASTER_KEY"])
    assert load_settings().cookie_key() not in (first, base64.b64decode(GOOD["KIM_MASTER_KEY"]))
