"""Counting the event log: what a review is made of. Counted a second time here, in plain Python over the raw rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from process_models import handover
from process_models.calendars import ProductCalendar, WorkingDay
from process_models.interface_review import Interface, InterfaceFigures, review
from process_models.interface_split import Part, Parts, review_of_part
from process_models.quarters import of_year
from process_models.small_cells import Told
from store.database import Database
from store.events import keep_handover
from store.figures import count_quarters, first_event_day
from store.scope import Scope
from store.tables import Path, PathEvent
from tests.event_rows import AGENCIES, PLACES, drawn_rows, raw_rows, row, write_rows
from tests.store.examples import DAY, SCOPE, TENANT, item

CALENDAR = ProductCalendar("NW")
TO = date(2022, 2, 16)
LATER = date(2023, 1, 1)
YEAR = of_year(2022)


async def test_what_happened_in_the_period_is_counted_by_interface_and_working_days(
    database: Database, path: Path
) -> None:
    for state, on in ((item(), DAY), (handover.accept(item(), TO), TO)):
        async with database.transaction() as session:
            await keep_handover(session, path, state, "jobcenter-neuss", WorkingDay(on, CALENDAR))
    async with database.reading() as session:
        elsewhere = await count_quarters(session, replace(SCOPE, tenant_id="muenster"), YEAR)
        by_part = await count_quarters(session, SCOPE, YEAR, part=Part(place="meerbusch"))
    assert {(one.activity, one.count, one.working_days) for one in by_part} == {
        ("handover_offered", 1, None),
        ("handover_received", 1, 2),
        ("handover_accepted", 1, 2),
    }
    assert elsewhere == []
    assert {(one.quarter, one.agency, one.place) for one in by_part} == {(YEAR.start, "jobcenter-neuss", "meerbusch")}
    [figures] = review(by_part, YEAR, LATER)
    assert figures.interface == Interface("H01", "sozialamt", "jobcenter")
    assert str(figures.offers) == "unter 5"


def counted(rows: Sequence[PathEvent], matches: Callable[[PathEvent], bool]) -> list[PathEvent]:
    return [one for one in rows if one.happened_on.year == 2022 and matches(one)]


def days_of(rows: Sequence[PathEvent]) -> list[int]:
    return sorted(one.working_days for one in rows if one.working_days is not None)


def holds(told: Told | None, found: Sequence[object]) -> None:
    assert told is not None
    assert told.least <= len(found) <= told.most
    assert told.exact in (None, len(found))


def check(figures: InterfaceFigures, rows: Sequence[PathEvent]) -> None:
    """Every figure of a year against the rows themselves."""
    at = figures.interface
    own = counted(rows, lambda one: (one.code, one.from_kind, one.to_kind) == (at.code, at.from_kind, at.to_kind))
    by = {name: [one for one in own if one.activity == name] for name in {one.activity for one in own}}
    holds(figures.offers, by.get("handover_offered", []) + by.get("handover_forwarded", []))
    holds(figures.refused, by.get("handover_refused", []))
    holds(figures.gaps, by.get("gap_ended", []))
    for step, activity in (("receive", "received"), ("accept", "accepted"), ("complete", "completed")):
        duration, found = getattr(figures, step), by.get(f"handover_{activity}", [])
        holds(duration.count, found)
        days = days_of(found)
        if duration.count.least >= 5:
            assert duration.median == days[math.ceil(len(days) / 2) - 1]
        if duration.count.least >= 10:
            assert duration.p90 == days[math.ceil(0.9 * len(days)) - 1]
    for reason, told in figures.stalls.items():
        holds(told, [one for one in by.get("stall_reason_given", []) if one.reason == reason])
    for level, told in figures.escalations.items():
        holds(told, [one for one in by.get("escalated", []) if one.level == level])
    if figures.gaps is not None and figures.gaps.exact is not None:
        assert figures.gap_months == round(sum(one.days or 0 for one in by.get("gap_ended", [])) / 30, 1)


@pytest.mark.parametrize("seed", range(4))
async def test_the_figures_of_a_random_log_are_those_of_its_rows(database: Database, seed: int) -> None:
    await write_rows(database, drawn_rows(seed, 700 + 900 * seed, date(2021, 11, 1), date(2023, 2, 28)))
    async with database.reading() as session:
        figures = review(await count_quarters(session, SCOPE, YEAR), YEAR, LATER)
    rows = await raw_rows(database)
    assert len(figures) == 3
    assert any(one.offers and one.offers.exact for one in figures)
    for one in figures:
        check(one, rows)


@pytest.mark.parametrize("seed", range(3))
async def test_the_parts_of_a_random_year_are_those_of_its_rows_or_not_told(database: Database, seed: int) -> None:
    await write_rows(database, drawn_rows(seed, 2500, date(2022, 1, 1), date(2022, 12, 31)))
    rows = await raw_rows(database)
    parts = [*(Part(place=place) for place in PLACES), *(Part(agency=one) for one in AGENCIES["abh"])]
    told = medians = 0
    for part in parts:
        own = [one for one in rows if part in (Part(place=one.place), Part(agency=one.agency))]
        async with database.reading() as session:
            found = await count_quarters(session, SCOPE, YEAR, part=part)
        for figures in review_of_part(found, 2022, LATER, Parts(AGENCIES, PLACES), part):
            at = figures.interface
            offers = [one for one in own if one.activity in ("handover_offered", "handover_forwarded")]
            here = [one for one in offers if (one.code, one.to_kind) == (at.code, at.to_kind)]
            assert figures.offers is None or figures.offers.exact == len(here)
            assert not 0 < len(here) < 5 or figures.offers is None
            accepted = [
                one.working_days
                for one in own
                if (one.activity, one.code, one.to_kind) == ("handover_accepted", at.code, at.to_kind)
            ]
            days = sorted(day for day in accepted if day is not None)
            assert figures.accept.median in (None, days[math.ceil(len(days) / 2) - 1] if days else None)
            told += figures.offers is not None
            medians += figures.accept.median is not None
    assert told > len(parts)
    assert medians > 0


async def test_only_who_may_see_figures_counts_and_only_the_own_places(database: Database) -> None:
    on = DAY + timedelta(days=3)
    rows = [row("handover_offered", on, place=place) for place in 6 * ["neuss"] + 2 * ["kaarst"]]
    await write_rows(database, [*rows, row("path_opened", DAY)])
    within = replace(SCOPE, municipalities=("neuss",))
    whole = replace(SCOPE, municipalities=(TENANT,))
    strangers = [Scope(TENANT, role, DAY) for role in ("admin", "auditor", "clerk", "nobody")]
    abroad = Scope("muenster", "coordinator", DAY)
    async with database.reading() as session:
        seen = {
            name: sum(one.count for one in await count_quarters(session, scope, YEAR))
            for name, scope in (("all", SCOPE), ("own", within), ("whole", whole), ("abroad", abroad))
        }
        nothing = [await count_quarters(session, scope, YEAR) for scope in strangers]
        begun = [await first_event_day(session, scope) for scope in (SCOPE, abroad)]
    assert seen == {"all": 8, "own": 6, "whole": 8, "abroad": 0}
    assert nothing == 4 * [[]]
    assert begun == [DAY, None]
