"""The library as a whole: every file holds on the pure rules, and what acts in the law is exercised by some file.

One file's own story stands in `scenarios/`; how an engine plays a file is tested in `test_scenarios`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from kim.simulate.rules_engine import RulesEngine
from kim.simulate.scenario_file import Scenario, load_scenario
from kim.simulate.scenario_shape import CheckLine
from process_models.catalogue import catalogue
from process_models.deadline_moves import check_move
from process_models.facts import CLIENT, known_on
from process_models.rules import Rule
from process_models.standing import follow

SCENARIOS: Final = Path(__file__).parents[2] / "scenarios"
FILES: Final = sorted(SCENARIOS.glob("*.yaml"))

NOT_EXERCISED: Final[Mapping[str, str]] = {
    "H10b": "each municipality has one Jobcenter; tests/unit/test_triggers moves somebody between two",
}
"""Code of a released rule that no scenario can exercise, and why not."""


@cache
def library() -> tuple[Scenario, ...]:
    """All scenarios of the project."""
    return tuple(load_scenario(path, catalogue()) for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_every_scenario_holds(path: Path) -> None:
    report = await RulesEngine(catalogue()).play(load_scenario(path, catalogue()))
    assert [check for check in report.checks if not check.ok] == []
    assert report.checks


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_scenario_moves_a_period_that_the_office_could_not_record_as_moved(path: Path) -> None:
    for fact in load_scenario(path, catalogue()).facts:
        check_move(catalogue(), fact.kind, fact.on, fact.data)


def test_every_scenario_has_its_own_name() -> None:
    names = [scenario.name for scenario in library()]
    assert len(set(names)) == len(names)


# ---------------------------------------------------------------- what the files look at


def fired(scenario: Scenario) -> set[str]:
    """Transitions that have happened to a person of the file by a day on which it checks that person."""
    return {code for check in scenario.checks for code in _fired_by(scenario, check.who, check.on)}


def _fired_by(scenario: Scenario, who: str, day: date) -> Iterable[str]:
    own = [replace(fact, who=CLIENT) for fact in known_on(scenario.facts, day) if fact.who == who]
    return (transition.code for transition in follow(own, day, catalogue()).fired)


def in_checks(read: Callable[[CheckLine], Iterable[str]]) -> Callable[[Scenario], set[str]]:
    """Codes that the checks of a file name."""
    return lambda scenario: {code for check in scenario.checks for code in read(check)}


def _dates(check: CheckLine) -> Iterable[str]:
    return (code for code, wanted in (check.deadlines or {}).items() if wanted is not None)


def _states(check: CheckLine) -> Iterable[str]:
    return (code for code, state in (check.handovers or {}).items() if state != "none")


def _residence(check: CheckLine) -> Iterable[str]:
    return [check.standing.residence] if check.standing else []


def _benefits(check: CheckLine) -> Iterable[str]:
    return check.standing.benefits if check.standing else []


SECTIONS: Final[Mapping[str, Callable[[Scenario], set[str]]]] = {
    "transitions": fired,
    "handovers": in_checks(_states),
    "deadlines": in_checks(_dates),
    "residence_states": in_checks(_residence),
    "benefit_regimes": in_checks(_benefits),
}
"""Section of the catalogue, and which of its codes a scenario exercises: a check stands or falls with them."""


@pytest.mark.parametrize("section", SECTIONS)
def test_every_released_code_is_exercised(section: str) -> None:
    rules: tuple[Rule, ...] = getattr(catalogue(), section)
    released = {rule.code for rule in rules if rule.release.state == "released"}
    exercised = {code for scenario in library() for code in SECTIONS[section](scenario)}
    assert sorted(released - exercised - NOT_EXERCISED.keys()) == []


@pytest.mark.parametrize("municipality", sorted(catalogue().municipalities))
def test_every_released_line_of_a_target_group_decides_some_scenario(municipality: str) -> None:
    table = [rule for rule in catalogue().municipality(municipality).target_group if rule.release.state == "released"]
    lines = {code for rule in table for code in (rule.criteria or (rule.code,))}
    checks = [check for scenario in library() if scenario.municipality == municipality for check in scenario.checks]
    decided = {str(check.eligibility.rule) for check in checks if check.eligibility}
    assert sorted(lines - decided - NOT_EXERCISED.keys()) == []


def test_every_task_of_families_is_seen_in_some_scenario() -> None:
    released = {rule.task for rule in catalogue().released(catalogue().family_tasks)}
    seen = {key.split(":")[0] for scenario in library() for check in scenario.checks for key in check.tasks or ()}
    assert sorted(released - seen) == []


def test_the_list_of_exceptions_names_only_what_exists_and_gives_a_reason() -> None:
    known = {rule.code for section in SECTIONS for rule in getattr(catalogue(), section)}
    assert set(NOT_EXERCISED) <= known
    assert all(NOT_EXERCISED.values())
