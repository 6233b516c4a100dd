"""The review of interfaces over the API: figures of quarters that are over, small counts with bounds, by role."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from store.body_items import put_on_agenda
from store.tables import Resolution
from tests.api.conftest import MUNICIPALITY, OTHER_TENANT
from tests.api.office import Office, TestClock
from tests.api.test_bodies import about_h01
from tests.event_rows import Row, row, write_rows

BEGUN = date(2021, 1, 4)
H01 = "/v1/review/H01/sozialamt/jobcenter"


def quick_later() -> list[Row]:
    """Eight offers a quarter; the Jobcenter takes 30 days until the middle of 2021, then 3."""
    rows = [row("path_opened", BEGUN)]
    for month in range(1, 13):
        for number in range(3):
            on = date(2021, month, 3 + number)
            days = 30 if month < 7 else 3
            rows.append(row("handover_offered", on, place="meerbusch"))
            rows.append(row("handover_accepted", on, working_days=days, agency="jobcenter-rkn", place="meerbusch"))
    return [*rows, row("handover_refused", BEGUN), row("handover_offered", BEGUN, tenant=OTHER_TENANT)]


@pytest.fixture
async def counted(office: Office) -> Office:
    await write_rows(office.database, quick_later())
    return office


async def read(office: Office, address: str, role: str = "coordinator", **params: Any) -> Any:
    answer = await office.desks[role].get(f"{address}?{urlencode(params)}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_latest_year_with_a_quarter_that_is_over_is_shown(counted: Office) -> None:
    seen = await read(counted, "/v1/review")
    assert (seen["since"], seen["until"]) == ("2021-01-01", "2021-12-31")
    [line] = seen["interfaces"]
    figures = line["figures"]
    assert figures["offers"] == {"least": 36, "most": 36}
    assert figures["refused"] == {"least": 1, "most": 4}
    assert figures["acceptance_percent"] == {"least": 90, "most": 97}
    assert (figures["accept"]["median"], figures["accept"]["p90"]) == (3, 30)
    assert [point["median"] for point in figures["answered"]] == [30, 30, 3, 3]
    assert line["usual"] == {"days": 30, "learned_from": 20}


async def test_a_quarter_a_place_and_an_agency_can_be_asked_for(counted: Office) -> None:
    quarter = await read(counted, "/v1/review", year=2021, quarter=3)
    assert quarter["interfaces"][0]["figures"]["accept"]["median"] == 3
    place = await read(counted, "/v1/review", year=2021, place="meerbusch")
    assert place["interfaces"][0]["figures"]["accept"]["count"] == {"least": 36, "most": 36}
    agency = await read(counted, "/v1/review", agency="jobcenter-rkn")
    assert [one["figures"]["handover"] for one in agency["interfaces"]] == ["H01"]
    assert agency["interfaces"][0]["usual"] is None


async def test_a_place_of_a_year_that_is_not_over_is_refused_with_a_way_out(counted: Office) -> None:
    answer = await counted.desks["coordinator"].get("/v1/review?year=2022&place=neuss")
    assert answer.status_code == 422
    assert answer.json()["way_out"] == "Ein früheres Jahr wählen."
    assert (await read(counted, "/v1/review", year=2022))["interfaces"] == []


async def test_an_interface_shows_its_figures_before_and_after_a_day_and_after_its_decisions(
    counted: Office, clock: TestClock
) -> None:
    async with counted.database.transaction() as session:
        item = await put_on_agenda(session, about_h01("lenkung"))
        session.add(
            Resolution(
                tenant_id=MUNICIPALITY,
                item_id=item.id,
                body="lenkung",
                decision="adopt",
                decided_on=date(2021, 5, 18),
                valid_from=date(2021, 7, 1),
                decided_by="test",
            )
        )
    seen = await read(counted, H01, on="2021-02-11")
    asked, decided = seen["effects"]
    assert (asked["on"], asked["body"], decided["on"], decided["body"]) == ("2021-02-11", "", "2021-07-01", "lenkung")
    assert decided["before_quarters"][-1] == "2021 Q2"
    assert decided["after_quarters"] == ["2021 Q3", "2021 Q4"]
    assert (decided["before"]["accept"]["median"], decided["after"]["accept"]["median"]) == (30, 3)
    assert asked["before"]["accept"]["count"] == {"least": 0, "most": 0}


async def test_an_interface_that_no_rule_knows_is_not_found(counted: Office) -> None:
    answer = await counted.desks["coordinator"].get("/v1/review/X99/sozialamt/jobcenter")
    assert answer.status_code == 404


async def test_who_has_no_right_to_figures_gets_none_and_other_tenants_count_nothing(counted: Office) -> None:
    assert (await counted.desks["auditor"].get("/v1/review")).status_code == 403
    assert len((await read(counted, "/v1/review", "body"))["interfaces"]) == 1
    assert len((await read(counted, "/v1/review", "case_manager"))["interfaces"]) == 1


async def test_a_running_quarter_is_told_only_when_it_is_over(counted: Office, clock: TestClock) -> None:
    rows = [row("handover_offered", date(2022, 2, 1)) for _ in range(9)]
    await write_rows(counted.database, rows)
    assert (await read(counted, "/v1/review", year=2022))["interfaces"] == []
    clock.now = datetime(2022, 4, 1, 9, tzinfo=UTC)
    [line] = (await read(counted, "/v1/review"))["interfaces"]
    assert line["figures"]["offers"] == {"least": 9, "most": 9}
    clock.now -= timedelta(days=1)
    assert (await read(counted, "/v1/review"))["since"] == "2021-01-01"
