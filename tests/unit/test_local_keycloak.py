"""Keycloak for the local stack: fetched once, checked, never run from anything else; its realm has no secret in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kim.local import keycloak
from kim.local.errors import LocalStackError
from kim.local.keycloak import REALM, Keycloak, grants, java_version, provide
from store.appointments import Grant


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An otherwise empty PATH for small shell programs, and an empty cache."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return directory


def _program(directory: Path, name: str, script: str) -> None:
    (directory / name).write_text(f"#!/bin/sh\n{script}\n")
    (directory / name).chmod(0o755)


@pytest.mark.parametrize(("told", "version"), [("17.0.15", 17), ("21", 21), ("1.8.0_402", 1), ("", 0)])
def test_the_version_of_java_is_read_from_what_it_tells(programs: Path, told: str, version: int) -> None:
    _program(programs, "java", f"echo 'openjdk version \"{told}\" 2025-04-15' >&2")
    assert java_version() == version


def test_without_java_or_maven_it_says_what_to_install(programs: Path) -> None:
    with pytest.raises(LocalStackError, match="Java ab 17"):
        provide()
    _program(programs, "java", "echo 'openjdk version \"17.0.1\"' >&2")
    with pytest.raises(LocalStackError, match="Maven"):
        provide()


def test_an_archive_with_another_checksum_is_not_used(programs: Path, tmp_path: Path) -> None:
    _program(programs, "java", "echo 'openjdk version \"17.0.1\"' >&2")
    fetch = 'for one in "$@"; do case "$one" in -DoutputDirectory=*) d="${one#*=}";; esac; done'
    _program(programs, "mvn", f'{fetch}; echo evil > "$d/keycloak-quarkus-dist-{keycloak.VERSION}.zip"')
    with pytest.raises(LocalStackError, match="Prüfsumme"):
        provide()
    assert not list((tmp_path / "cache" / "kim-lotse").glob("*"))


def test_it_listens_on_loopback_only_and_each_start_has_secrets_of_its_own(tmp_path: Path) -> None:
    first, second = (Keycloak(tmp_path / name, "http://127.0.0.1:1") for name in "ab")
    command = first.process(tmp_path / "home").command
    assert "--http-host=127.0.0.1" in command
    assert "--http-management-host=127.0.0.1" in command
    assert first.client_secret != second.client_secret
    assert first.password not in repr(first)
    assert first.client_secret not in " ".join(command)


def test_the_realm_has_one_invented_person_a_role_and_no_secret() -> None:
    realm = json.loads(REALM.read_text(encoding="utf-8"))
    member = {group for user in realm["users"] for group in user["groups"]}
    lines = [Grant.model_validate(line) for line in grants("muenster", "jobcenter-muenster")]
    assert {line.group for line in lines} == member
    assert any(not user["groups"] for user in realm["users"])  # somebody without a role
    assert {user["credentials"][0]["value"] for user in realm["users"]} == {"${KIM_PROBE_PASSWORD}"}
    (client,) = realm["clients"]
    assert client["secret"] == "${KIM_OIDC_CLIENT_SECRET}"
    assert client["redirectUris"] == ["${KIM_PUBLIC_URL}/sign-in/return"]
    assert client["attributes"]["pkce.code.challenge.method"] == "S256"
    assert not client["directAccessGrantsEnabled"]
    assert all(user["email"].endswith("@kim.example") for user in realm["users"])
