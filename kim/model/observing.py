"""What is seen while scenarios are played: codes that plans show, courses go through and work has reached.

Seen things are named `section/code`, as `process_models.sheet` names them. Nothing is counted by reading files.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from kim.simulate.rules_engine import RulesEngine
from kim.simulate.scenario_file import Scenario, load_scenario
from process_models import rules
from process_models.case import Case
from process_models.catalogue import Catalogue, load_catalogue
from process_models.facts import Fact, known_on
from process_models.look import look_at
from process_models.look_again import day_at
from process_models.plan import MemberPlan, Plan
from process_models.sheet import TARGET_GROUP

_ROUTES: Final = {"naturalisation": "naturalisation_routes", "permanent_title": "permanent_routes"}


class ListeningCatalogue(Catalogue):
    """A catalogue that notes which dated constants the rules ask for."""

    __slots__ = ("asked",)

    asked: set[str]

    def constant_rule(self, key: str, day: date) -> rules.Constant:
        """As in any catalogue; the key is noted."""
        self.asked.add(f"constants/{key}")
        return super().constant_rule(key, day)

    def find_constant(self, key: str, day: date) -> rules.Constant | None:
        """As in any catalogue; the key is noted."""
        self.asked.add(f"constants/{key}")
        return super().find_constant(key, day)


@dataclass(slots=True)
class Observer:
    """Sees every plan of a scenario at which the path rests."""

    catalogue: Catalogue
    days: frozenset[date]
    """Days on which also the course is looked at: those on which the scenario checks something."""
    seen: set[str] = field(default_factory=set)

    def watch(self, case: Case, plan: Plan, now: datetime) -> None:
        """One plan with the case and the moment behind it."""
        self.seen |= set(_of_person(plan))
        for member in plan.members:
            self.seen |= set(_of_person(member))
        self.seen |= set(_of_handovers(plan))
        self.seen |= set(_of_work(case, self.catalogue))
        self.seen |= set(_of_facts(known_on(case.facts, plan.day)))
        if day_at(now) in self.days:
            self.seen |= set(_of_courses(case, now, self.catalogue))


def observed(file: Path) -> tuple[str, frozenset[str]]:
    """Name of a scenario, and what is seen while it is played. Errors: ScenarioInvalid."""
    catalogue = listening()
    scenario = load_scenario(file, catalogue)
    return scenario.name, asyncio.run(_played(scenario, catalogue))


async def _played(scenario: Scenario, catalogue: ListeningCatalogue) -> frozenset[str]:
    catalogue.asked.clear()
    observer = Observer(catalogue, frozenset(check.on for check in scenario.checks))
    await RulesEngine(catalogue).play(scenario, observer.watch)
    return frozenset(observer.seen | catalogue.asked | set(_lengths(observer.seen, catalogue)))


_LISTENING: list[ListeningCatalogue] = []


def listening() -> ListeningCatalogue:
    """The shipped catalogue that listens, made once a process."""
    if not _LISTENING:
        shipped = load_catalogue()
        made = ListeningCatalogue(**{name: getattr(shipped, name) for name in Catalogue.__dataclass_fields__})
        object.__setattr__(made, "asked", set())
        _LISTENING.append(made)
    return _LISTENING[0]


# ---------------------------------------------------------------- what a plan shows


def _of_person(person: Plan | MemberPlan) -> Iterator[str]:
    standing = person.standing
    yield f"residence_states/{standing.residence}"
    yield from (f"benefit_regimes/{code}" for code in standing.benefits)
    for axis in ("asylum", "fiction", "language", "work", "place"):
        yield f"{axis}/{getattr(standing, axis)}"
    yield from (f"deadlines/{deadline.code}" for deadline in person.deadlines)
    yield from (f"deadlines/{shown.code}" for shown in person.unreleased)
    yield from (f"{_ROUTES[forecast.goal]}/{forecast.rule}" for forecast in person.forecasts)
    yield from (f"warning/{key}" for key in person.warnings)
    if person.eligibility is not None:
        yield f"{TARGET_GROUP}/{person.eligibility.rule}"


def _of_facts(known: Iterable[Fact]) -> Iterator[str]:
    """What the path knows on the day; a field counts where a rule reads it wherever it stands (day of posting)."""
    for fact in known:
        yield f"fact/{fact.kind}"
        yield from (f"field/{name}" for name, value in fact.data.items() if value is not None)
        if fact.kind == "consent.given":
            yield f"consent_purposes/{fact.data['purpose']}"


def _of_handovers(plan: Plan) -> Iterator[str]:
    for handover in plan.handovers:
        if handover.state != "none":
            yield f"handovers/{handover.code}"
        if handover.reason is not None:
            yield f"reason/{handover.reason}"
        if handover.basis == "consent" and handover.state != "none":
            yield "consent_purposes/P2"


def _of_work(case: Case, catalogue: Catalogue) -> Iterator[str]:
    yield from (f"ladder/{item.level}" for item in case.work.handovers)
    tasks = {rule.task: rule.code for rule in catalogue.family_tasks}
    yield from (f"family_tasks/{tasks[task.kind]}" for task in case.work.tasks if task.kind in tasks)


def _of_courses(case: Case, now: datetime, catalogue: Catalogue) -> Iterator[str]:
    look = look_at(case, now, catalogue)
    for course in (look.course, *(member.course for member in look.members)):
        yield from (f"transitions/{fired.code}" for fired in course.fired)
        yield from (f"residence_states/{code}" for code, _on in course.history)


def _lengths(seen: set[str], catalogue: Catalogue) -> Iterator[str]:
    """A constant that gives a deadline its length is read when the deadline is planned."""
    for rule in catalogue.deadlines:
        if rule.length_constant and f"deadlines/{rule.code}" in seen:
            yield f"constants/{rule.length_constant}"
