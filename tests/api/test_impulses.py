"""Impulses to the AG Verfahrensebene, previews of facts and the course of a path by JSON."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from store.tables import BodyItem, BodyItemPath
from tests.api.office import PERSON, Office

SKETCH = "Das Jobcenter nimmt den Antrag nur mit eAT an; das Gesetz verlangt ihn nicht."
IMPULSE = {"handover": "H01", "reason": "DOC_MISSING", "sketch": SKETCH}
NAMED = {"person": PERSON | {"name": "Ǧulšan Şerife Muñoz-Đặng"}}


async def items(office: Office) -> list[BodyItem]:
    async with office.database.reading() as session:
        return list(await session.scalars(select(BodyItem)))


async def test_an_impulse_puts_the_interface_before_the_body_without_any_person(office: Office) -> None:
    path_id = await office.start(**NAMED)
    answer = await office.manager.post(f"/v1/paths/{path_id}/impulses", IMPULSE)
    assert answer.status_code == 201, answer.text
    (item,) = await items(office)
    assert (item.body, item.handover, item.from_kind, item.to_kind, item.reason, item.cause) == (
        "verfahren",
        "H01",
        "sozialamt",
        "jobcenter",
        "DOC_MISSING",
        "impulse",
    )
    assert item.paper == {"finding": SKETCH}
    assert await office.count(BodyItemPath) == 1
    facts = (await office.manager.get(f"/v1/paths/{path_id}/facts")).json()["facts"]
    assert [one["data"] for one in facts if one["fact"] == "impulse.raised"] == [
        {"interface": ["sozialamt", "jobcenter"], "reason": "DOC_MISSING"}
    ]


async def test_a_second_path_with_the_same_impulse_is_counted_on_the_same_item_and_adds_its_sketch(
    office: Office,
) -> None:
    for sketch in (SKETCH, "Auch ohne Karte gilt der Aufenthalt als erlaubt."):
        path_id = await office.start()
        request = IMPULSE | {"sketch": sketch}
        assert (await office.manager.post(f"/v1/paths/{path_id}/impulses", request)).status_code == 201
    (item,) = await items(office)
    assert item.path_count == 2
    assert item.paper["finding"].split("\n\n") == [SKETCH, "Auch ohne Karte gilt der Aufenthalt als erlaubt."]


@pytest.mark.parametrize("sketch", ["Serife wartet.", "Frau Beispiel wartet.", "siehe KIM-7F3K-92QD", "am 14.02.2022"])
async def test_a_sketch_that_could_point_at_a_person_is_refused_and_nothing_is_kept(
    office: Office, sketch: str
) -> None:
    path_id = await office.start(**NAMED)
    before = await office.state()
    answer = await office.manager.post(f"/v1/paths/{path_id}/impulses", IMPULSE | {"sketch": sketch})
    assert answer.status_code == 422
    assert answer.json()["field"] == "sketch"
    assert sketch not in answer.text
    assert await office.state() == before


async def test_an_unknown_interface_and_another_role_are_refused(office: Office) -> None:
    path_id = await office.start()
    unknown = await office.manager.post(f"/v1/paths/{path_id}/impulses", IMPULSE | {"handover": "H99"})
    assert (unknown.status_code, unknown.json()["field"]) == (422, "handover")
    assert (await office.desks["coordinator"].post(f"/v1/paths/{path_id}/impulses", IMPULSE)).status_code == 403


async def test_a_preview_tells_the_handovers_and_mails_that_follow_and_keeps_nothing(office: Office) -> None:
    facts: list[dict[str, Any]] = [
        {"id": "a03", "on": "2021-05-20", "fact": "asylum.lodged"},
        {"id": "a04", "on": "2021-07-06", "fact": "place.assigned", "data": {"place": "meerbusch"}},
        {
            "id": "k1",
            "on": "2022-02-01",
            "fact": "consent.given",
            "data": {"consent": "k1", "purpose": "P1", "form": "written"},
        },
        {
            "id": "k2",
            "on": "2022-02-01",
            "fact": "consent.given",
            "data": {
                "consent": "k2",
                "purpose": "P2",
                "recipient": "jobcenter",
                "categories": ["residence", "benefits", "housing"],
                "form": "written",
            },
        },
        {"id": "a09", "on": "2022-02-01", "fact": "kim.opened"},
    ]
    path_id = await office.start(facts)
    before = await office.state()
    decided = {"fact": "asylum.decided", "on": "2022-02-11", "data": {"outcome": "refugee"}}
    answer = await office.manager.post(f"/v1/paths/{path_id}/facts/preview", decided)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert {(one["code"], one["to"]) for one in found["offers"]} >= {("H01", "Jobcenter Rhein-Kreis Neuss")}
    assert {"kind": "offer", "about": "H01", "to": "Jobcenter Rhein-Kreis Neuss"} in found["mails"]
    residence = next(one for one in found["changes"] if one["title"] == "Aufenthalt")
    assert residence["before"] == "Aufenthaltsgestattung"
    assert await office.state() == before
    wrong = await office.manager.post(f"/v1/paths/{path_id}/facts/preview", decided | {"data": {}})
    assert wrong.status_code == 422


async def test_the_course_says_what_the_picture_shows(office: Office) -> None:
    path_id = await office.start()
    found = (await office.manager.get(f"/v1/paths/{path_id}/course")).json()
    assert {band["row"] for band in found["bands"]} >= {"residence", "benefits"}
    assert found["begins"] <= found["today"] <= found["ends"]
