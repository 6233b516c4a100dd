"""Plans of many paths under two models, compared by several processes at once. Nothing is written, no name leaves here.

What is compared and counted is decided in `process_models.previewing`; how it is told stands in `preview_report`.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from kim.simulate.rules_engine import RulesEngine
from kim.simulate.scenario_file import load_scenario
from process_models.case import Case
from process_models.catalogue import SHIPPED, Catalogue, catalogue, load_catalogue
from process_models.facts import CLIENT
from process_models.look_again import day_at, morning
from process_models.plan import Plan
from process_models.previewing import PathPreview, preview_path
from settings import load_settings
from store.case_pages import load_cases
from store.catalogues import Catalogues
from store.database import Database
from store.paths import OpenPath

PAGE: Final = 250
"""Paths that a process loads at once: enough to save queries, few enough to stay small."""
_FEW_PAGES: Final = 8
"""So little is done sooner than further processes have started."""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Paths of the records, and the days to plan them for."""

    paths: tuple[OpenPath, ...]
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class ScenarioPage:
    """One scenario file: planned for the days on which it checks something."""

    file: Path
    municipality: str | None = None
    """Only if it plays there."""


Page = RecordPage | ScenarioPage


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What a page of paths has come to; paths without any change are only counted."""

    paths: int
    previews: tuple[PathPreview, ...] = ()


def outcomes(pages: Sequence[Page], new: Path, processes: int) -> Iterator[PageOutcome]:
    """The outcome of every page, in order. Errors: what reading the records raises (DatabaseAway, MasterKeyMissing)."""
    if processes == 1 or len(pages) <= _FEW_PAGES:
        yield from (outcome_of(page, new) for page in pages)
        return
    fresh = multiprocessing.get_context("spawn")  # a forked process would share connections and threads
    with ProcessPoolExecutor(processes, mp_context=fresh) as pool:
        yield from pool.map(outcome_of, pages, [new] * len(pages))


def outcome_of(page: Page, new: Path) -> PageOutcome:
    """Compares the paths of one page; each process loads the two models once."""
    found = _of_records(page, new) if isinstance(page, RecordPage) else _of_scenario(page, new)
    return asyncio.run(found)


@cache
def _catalogues() -> Catalogues:
    return Catalogues(catalogue())


@cache
def _new_catalogue(new: Path) -> Catalogue:
    return load_catalogue(new, over=SHIPPED)


# ---------------------------------------------------------------- the two sources


async def _of_records(page: RecordPage, new: Path) -> PageOutcome:
    settings = load_settings()
    database = Database(settings.database_url, settings.keyring())
    try:
        async with database.reading() as session:
            cases = await load_cases(session, database.keyring, [path.id for path in page.paths])
            used = {path.model_version_id for path in page.paths}
            rules = {version: await _catalogues().of_version(session, version) for version in used}
    finally:
        await database.close()
    there = [path for path in page.paths if path.id in cases]
    found = (
        preview_path(
            path.case_number, cases[path.id], morning(day), (rules[path.model_version_id], _new_catalogue(new))
        )
        for path in there
        for day in page.days
    )
    return PageOutcome(len(there), tuple(preview for preview in found if preview is not None))


async def _of_scenario(page: ScenarioPage, new: Path) -> PageOutcome:
    scenario = load_scenario(page.file, catalogue())
    if page.municipality not in (None, scenario.municipality):
        return PageOutcome(0)
    days = {check.on for check in scenario.checks}
    seen: dict[tuple[date, str], tuple[Case, datetime]] = {}

    def watch(case: Case, _plan: Plan, now: datetime) -> None:
        if day_at(now) in days:
            seen[day_at(now), case.person.id] = (case, now)

    await RulesEngine(catalogue()).play(scenario, watch)
    found = (
        preview_path(_called(scenario.name, who), case, now, (catalogue(), _new_catalogue(new)))
        for (_day, who), (case, now) in sorted(seen.items(), key=lambda entry: entry[0])
    )
    return PageOutcome(1, tuple(preview for preview in found if preview is not None))


def _called(scenario: str, who: str) -> str:
    return scenario if who == CLIENT else f"{scenario} ({who})"
