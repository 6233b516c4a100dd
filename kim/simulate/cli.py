"""The command `kim simulate FILE...`: reads, plays, reports. Reading and playing stand in their own modules."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kim.simulate.checks import CheckResult
from kim.simulate.engine import Report
from kim.simulate.rules_engine import RulesEngine
from kim.simulate.scenario_file import Scenario, load_scenario
from process_models.catalogue import catalogue
from process_models.errors import ScenarioInvalid

CHECK_FAILED = 1
FILE_INVALID = 2


class EngineName(StrEnum):
    """Which engine plays."""

    rules = "rules"
    temporal = "temporal"


def command(
    files: Annotated[list[Path], typer.Argument(metavar="DATEI...", help="Szenariodateien (siehe scenarios/).")],
    engine: Annotated[EngineName, typer.Option(help="rules: nur die Regeln; temporal: der ganze Aufbau.")] = (
        EngineName.rules
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Eine JSON-Zeile je Datei.")] = False,
) -> None:
    """Spielt Wege durch die Verwaltung nach und prüft, was an den genannten Tagen gelten muss."""
    scenarios, invalid = _read(files)
    for problem in invalid:
        typer.echo(problem, err=True)
    if invalid:
        raise typer.Exit(FILE_INVALID)
    all_ok = True
    for scenario in scenarios:
        report = asyncio.run(_play(scenario, engine))
        all_ok = all_ok and report.ok
        typer.echo(report.as_json() if as_json else "\n".join(_lines(report)))
    if not all_ok:
        raise typer.Exit(CHECK_FAILED)


def _read(files: Iterable[Path]) -> tuple[list[Scenario], list[str]]:
    scenarios: list[Scenario] = []
    invalid: list[str] = []
    for path in files:
        try:
            scenarios.append(load_scenario(path, catalogue()))
        except ScenarioInvalid as error:
            invalid.append(error.detail)
    return scenarios, invalid


async def _play(scenario: Scenario, engine: EngineName) -> Report:
    if engine is EngineName.rules:
        return await RulesEngine(catalogue()).play(scenario)
    from kim.simulate.temporal_engine import play  # starts a server, a database and a worker: only when asked for

    return await play(scenario, catalogue())


def _lines(report: Report) -> Iterable[str]:
    failed = [check for check in report.checks if not check.ok]
    word = "hält" if report.ok else "hält nicht"
    held = len(report.checks) - len(failed)
    yield f"{report.scenario}: {word} ({held} von {len(report.checks)} Prüfungen, {report.seconds:.2f} s)"
    for check in failed:
        yield f"  {check.on.isoformat()} {check.key}: erwartet {_text(check.expected)}, gefunden {_text(check.actual)}"


def _text(value: CheckResult | object) -> str:
    return "nichts" if value is None else str(value)
