"""Counting a year for the yearly figures. Counted a second time here, in plain Python over the raw rows."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from process_models.small_cells import exactly
from process_models.yearly import Classes, YearCounts, yearly_figures
from store.accounts import Appointment, keep_account
from store.assignments import assign, release
from store.body_items import put_on_agenda
from store.database import Database
from store.offers import add_offer
from store.paths import create_path
from store.posts import hold_post
from store.scope import Scope
from store.tables import Meeting, Path, PathEvent
from store.yearly import count_bodies, count_caseload, count_flows, count_offers, count_year
from tests.event_rows import PLACES, Row, raw_rows, row, write_rows
from tests.store.examples import DAY, KEYRING, NEW_PATH, NOW, SCOPE, TENANT, body_item

CLASSES = Classes(frozenset({"R12"}), frozenset({"R31"}), frozenset({"R35"}), frozenset({"B02", "B05"}), ())
KIM = ("prospect", "active", "paused", "closed", "waiting_consent")


def drawn(seed: int, count: int) -> Iterator[Row]:
    dice = random.Random(seed)
    for _ in range(count):
        on = date(2020, 6, 1) + timedelta(days=dice.randrange(1100))
        kind = dice.choice(("path_opened", "case_management_changed", "residence_entered", "framework_entered"))
        codes = {
            "case_management_changed": KIM,
            "residence_entered": ("R12", "R31", "R35"),
            "framework_entered": ("B05", "B12"),
        }.get(kind, ("",))
        reason = dice.choice(KIM if kind == "case_management_changed" else ("B02", ""))
        days = dice.randrange(3000) if kind in ("residence_entered", "framework_entered") else None
        place = dice.choices(PLACES, (20, 10, 3, 1))[0]
        yield row(kind, on, from_kind="", to_kind="", code=dice.choice(codes), reason=reason, days=days, place=place)


@pytest.mark.parametrize("seed", range(3))
async def test_the_yearly_figures_of_a_random_log_are_those_of_its_rows(database: Database, seed: int) -> None:
    await write_rows(database, drawn(seed, 1500))
    async with database.reading() as session:
        counted = await count_year(session, SCOPE, 2021)
        flows = await count_flows(session, SCOPE, range(2020, 2022))
    found = {(one.code, one.key): one for one in yearly_figures(YearCounts(counted, (), flows, PLACES), CLASSES)}
    rows = await raw_rows(database)
    year = [one for one in rows if one.happened_on.year == 2021]
    opened = Counter(one.place for one in year if one.activity == "path_opened")
    assert found["opened", ""].told == exactly(opened.total())
    for place, told in found["opened", ""].places.items():
        assert told is None or told.exact == opened[place]
    for code, residence in (("titles", "R12"), ("permanent", "R31"), ("naturalised", "R35")):
        own = [one for one in year if one.activity == "residence_entered" and one.code == residence]
        assert found[code, ""].told == exactly(len(own))
    days = sorted(one.days or 0 for one in year if one.activity == "residence_entered" and one.code == "R35")
    assert found["naturalised_days", ""].value == days[(len(days) + 1) // 2 - 1]
    changes = [one for one in rows if one.activity == "case_management_changed"]
    inside = ("active", "paused")
    came = [one for one in changes if one.code in inside and one.reason not in inside]
    went = [one for one in changes if one.code not in inside and one.reason in inside]
    for number, (begun, ended) in zip((2020, 2021), flows, strict=True):
        assert begun == sum(one.happened_on.year == number for one in came)
        assert ended == sum(one.happened_on.year == number for one in went)


async def test_meetings_items_and_decisions_are_counted_by_body(database: Database) -> None:
    async with database.transaction() as session:
        await put_on_agenda(session, body_item())
        for day, state in ((DAY, "held"), (DAY + timedelta(days=7), "planned"), (date(2021, 3, 1), "held")):
            session.add(
                Meeting(tenant_id=TENANT, body="verfahren", held_on=day, kind="regular", papers_due_on=day, state=state)
            )
    async with database.reading() as session:
        found = await count_bodies(session, SCOPE, 2022)
        nothing = await count_bodies(session, Scope(None, "admin", DAY), 2022)
    assert found["meetings"] == {"fall": 0, "verfahren": 1, "lenkung": 0}
    assert found["items"]["verfahren"] == 1
    assert found["decisions"] == found["evaluations"] == {"fall": 0, "verfahren": 0, "lenkung": 0}
    assert nothing == {}


async def test_the_case_load_is_counted_by_the_post_that_had_the_paths_on_the_last_day(
    database: Database, path: Path
) -> None:
    day = date(2022, 12, 31)
    async with database.transaction() as session:
        who = Appointment("test", "somebody", "Jolanda Ausgedacht", "case_manager", TENANT)
        account = await keep_account(session, who, NOW)
        await hold_post(session, TENANT, "kreis-1", account.id, (date(2022, 1, 1), None), date(2022, 1, 1))
        later = await create_path(session, KEYRING, NEW_PATH, NOW)
        for one, changes in ((path, [("active", 3)]), (later, [("active", 4), ("closed", 11)])):
            await assign(session, one, account.id, date(2022, 3, 1))
            for code, month in changes:
                on = date(2022, month, 5)
                session.add(
                    PathEvent(
                        tenant_id=TENANT,
                        path_id=one.id,
                        activity="case_management_changed",
                        happened_on=on,
                        code=code,
                    )
                )
    async with database.reading() as session:
        assert await count_caseload(session, SCOPE, day) == [("kreis-1", 1)]
        assert dict(await count_caseload(session, SCOPE, date(2022, 6, 30))) == {"kreis-1": 2}
        assert await count_caseload(session, SCOPE, date(2022, 2, 28)) == []
    async with database.transaction() as session:
        await release(session, path.id, date(2022, 12, 1))
    async with database.reading() as session:
        assert await count_caseload(session, SCOPE, day) == [("", 1)]


async def test_offers_of_a_year_are_those_that_came_hold_and_ended(database: Database, path: Path) -> None:
    added = datetime(2021, 12, 31, 23, 30, tzinfo=UTC)
    async with database.transaction() as session:
        for number, until in enumerate((None, date(2022, 12, 30), date(2022, 12, 31), date(2021, 12, 30))):
            columns = {"kind": "language", "title": f"Kurs {number}", "agency": "vhs", "valid_until": until}
            await add_offer(session, TENANT, columns, DAY, added if number else NOW)
    async with database.reading() as session:
        found = await count_offers(session, SCOPE, 2022)
    assert found["offers"] == {"language": 2}
    assert found["offers_added"] == {"language": 4}, "the last half hour of the year in UTC is next year in Berlin"
    assert found["offers_ended"] == {"language": 2}
