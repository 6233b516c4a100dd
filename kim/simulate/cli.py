"""The command `kim simulate FILE...`: reads, plays, reports. Reading and playing stand in their own modules."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kim.simulate.checks import CheckResult
from kim.simulate.engine import Report
from kim.simulate.rules_engine import RulesEngine
from kim.simulate.scenario_file import Scenario, load_scenario
from process_exit import run_and_exit
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
    if engine is EngineName.temporal:
        run_and_exit(lambda: _tell(_played_on_temporal(scenarios), as_json))
    code = asyncio.run(_tell(_played_by_rules(scenarios), as_json))
    if code:
        raise typer.Exit(code)


async def _tell(reports: AsyncIterator[Report], as_json: bool) -> int:
    """Prints every report as soon as it is there; returns the exit code."""
    all_ok = True
    async for report in reports:
        all_ok = all_ok and report.ok
        typer.echo(report.as_json() if as_json else "\n".join(_lines(report)))
    return 0 if all_ok else CHECK_FAILED


def _read(files: Iterable[Path]) -> tuple[list[Scenario], list[str]]:
    scenarios: list[Scenario] = []
    invalid: list[str] = []
    for path in files:
        try:
            scenarios.append(load_scenario(path, catalogue()))
        except ScenarioInvalid as error:
            invalid.append(error.detail)
    return scenarios, invalid


async def _played_by_rules(scenarios: Iterable[Scenario]) -> AsyncIterator[Report]:
    engine = RulesEngine(catalogue())
    for scenario in scenarios:
        yield await engine.play(scenario)


async def _played_on_temporal(scenarios: Iterable[Scenario]) -> AsyncIterator[Report]:
    from kim.simulate.temporal_engine import own_world  # a server, a database and a worker: only when asked for

    async with own_world() as engine:
        for scenario in scenarios:
            yield await engine.play(scenario)


def _lines(report: Report) -> Iterable[str]:
    failed = [check for check in report.checks if not check.ok]
    word = "hält" if report.ok else "hält nicht"
    held = len(report.checks) - len(failed)
    yield f"{report.scenario}: {word} ({held} von {len(report.checks)} Prüfungen, {report.seconds:.2f} s)"
    for check in failed:
        yield f"  {check.on.isoformat()} {check.key}: erwartet {_text(check.expected)}, gefunden {_text(check.actual)}"


def _text(value: CheckResult | object) -> str:
    return "nichts" if value is None else str(value)
