"""Guards of operations: composition, image, lock files, commands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from kim.local.server import TEMPLATES

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PUBLISHED = {"api", "temporal-ui"}
LOCKS = ("requirements/runtime.txt", "requirements/dev.txt")
TARGETS = {"setup", "test", "check", "demo", "bench", "lock", "help"}


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def _tracked_files() -> list[Path]:
    """Files that a commit would hold: tracked ones, and new ones that are not ignored."""
    listed = _run("git", "ls-files", "--cached", "--others", "--exclude-standard").stdout.splitlines()
    files = [ROOT / name for name in listed] or [path for path in ROOT.rglob("*") if ".venv" not in path.parts]
    return [path for path in files if path.is_file()]


def test_the_composition_follows_the_compose_specification() -> None:
    done = _run(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dockerfile_passes_hadolint() -> None:
    done = _run(BIN / "hadolint", "Dockerfile")

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_image_installs_with_hashes_and_does_not_run_as_root() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert "--require-hashes" in text
    assert re.search(r"^USER 10001", text, re.MULTILINE)
    assert not re.search(r"^FROM \S+:latest|^FROM [^:\s]+$|^FROM [^:\s]+ AS", text, re.MULTILINE)


def test_the_image_holds_every_module_of_the_project() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wheel = re.search(r"only-include = \[(.*?)\]", settings, re.DOTALL)
    assert wheel

    for name in re.findall(r'"([^"]+)"', wheel[1]):
        assert re.search(rf"^COPY .*\b{re.escape(name)}\b", text, re.MULTILINE), f"{name} is not copied into the image"
        assert f"!{name}" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"] not in ("root", "0", "0:0")
    assert "privileged" not in service


@pytest.mark.parametrize("name", SERVICES)
def test_only_api_and_temporal_web_page_are_published_and_on_loopback(name: str) -> None:
    mapped = SERVICES[name].get("ports", [])

    assert bool(mapped) == (name in PUBLISHED)
    assert all(mapping.startswith("127.0.0.1:") for mapping in mapped)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_waits_for_what_it_needs_in_a_stated_condition(name: str) -> None:
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        has_check = "healthcheck" in SERVICES[other]
        assert wait["condition"] == ("service_healthy" if has_check else "service_completed_successfully")


def test_long_running_services_have_a_health_check_and_jobs_run_once() -> None:
    for name, service in SERVICES.items():
        assert ("healthcheck" in service) == (service["restart"] != "no"), name


def test_no_secret_stands_in_the_composition_or_in_the_environment_file() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    for name, service in SERVICES.items():
        for variable in service.get("environment", {}):
            assert not re.search(r"PASSWORD$|_PWD$|SECRET$|API_KEY$|MASTER_KEY$|TOKEN$", variable), (name, variable)
    assert not re.search(r"(?i)^\w*(password|secret|token|master_key)\w*=", example, re.MULTILINE)


def test_every_variable_of_the_composition_is_explained_in_the_example() -> None:
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    optional = {"KIM_IMAGE", "KIM_API_PORT", "KIM_TEMPORAL_UI_PORT"}
    example = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))

    assert example == used - optional


def test_images_have_no_floating_tag() -> None:
    for name, service in SERVICES.items():
        assert re.search(r":\$\{\w+:\?", service["image"]), f"{name}: the version must be stated in .env"


def test_the_keys_of_simulated_time_stay_out_of_production() -> None:
    test_only = yaml.safe_load((TEMPLATES / "simulated-time.yaml").read_text(encoding="utf-8"))
    production = yaml.safe_load((TEMPLATES / "production.yaml").read_text(encoding="utf-8"))

    assert len(test_only) == 6
    assert not test_only.keys() & production.keys()
    assert not any("simulated-time" in str(service) for service in SERVICES.values())


def test_the_web_pages_of_temporal_fetch_no_news_and_are_read_only() -> None:
    environment = SERVICES["temporal-ui"]["environment"]
    local = (TEMPLATES / "ui.yaml").read_text(encoding="utf-8")

    assert environment["TEMPORAL_DISABLE_NEWS_FETCH"] == "true"
    assert environment["TEMPORAL_DISABLE_WRITE_ACTIONS"] == "true"
    assert "disableNewsFetch: true" in local
    assert "disableWriteActions: true" in local


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_with_hashes_and_no_index_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text.split("\n", 1)[1])

    assert not re.search(r"https?://|--index|--extra-index|--find-links \S|--trusted-host", text)
    for entry in entries:
        if re.match(r"[a-z0-9]", entry):
            assert "==" in entry, entry[:80]
            assert "--hash=sha256:" in entry, entry[:80]


def test_what_runs_is_a_part_of_what_is_tested() -> None:
    pins = [set(re.findall(r"^([\w.-]+==[\w.]+)", (ROOT / lock).read_text(), re.MULTILINE)) for lock in LOCKS]

    assert pins[0] <= pins[1]


def test_no_file_names_a_path_of_a_machine_or_a_registry_of_a_machine() -> None:
    forbidden = re.compile(
        rb"/(?:root)/|/(?:home)/[a-z]+/(?!server)"  # groups, so that this line is not what it looks for
        rb"|https?://[\w.-]*(?:pypi|proxy\.golang|artifactory|nexus)[\w.-]*[:/]"
    )
    found = [
        f"{path.relative_to(ROOT)}: {match[0].decode()}"
        for path in _tracked_files()
        if path.suffix not in (".png", ".woff2") and path != Path(__file__)
        for match in forbidden.finditer(path.read_bytes())
    ]

    assert found == []


def test_no_secret_or_local_data_would_be_committed() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in _tracked_files()}

    assert not names & {"secrets", ".env", ".local", ".venv"}


def test_make_has_the_promised_targets_and_explains_each() -> None:
    shown = _run("make", "help").stdout

    assert set(re.findall(r"^  (\w+) +\S", shown, re.MULTILINE)) >= TARGETS


def test_continuous_integration_runs_what_a_person_runs() -> None:
    script = ROOT / ".ci" / "run"

    assert re.findall(r"^make (\w+)$", script.read_text(encoding="utf-8"), re.MULTILINE) == ["setup", "check", "test"]
    assert script.stat().st_mode & 0o111


@pytest.mark.parametrize(
    "script", sorted([*ROOT.glob("deploy/**/*.sh"), ROOT / ".ci" / "run"]), ids=lambda path: path.name
)
def test_shell_scripts_stop_at_the_first_error(script: Path) -> None:
    text = script.read_text(encoding="utf-8")

    assert re.search(r"^set -eu", text, re.MULTILINE)
    assert _run("bash" if "bash" in text.split("\n", 1)[0] else "sh", "-n", script).returncode == 0
