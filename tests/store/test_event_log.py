"""The exported event log: read by another program, counted, and searched for what must not leave."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path as File
from typing import Any

import pytest
import r4pm
from r4pm import bindings
from sqlalchemy import func, select

from kim.eventlog.export import Format, Written, export_log, writer_of
from kim.eventlog.first_look import first_look
from kim.eventlog.foreign import Columns, read_log
from process_models import handover
from process_models.calendars import ProductCalendar, WorkingDay
from process_models.small_cells import at_least
from store.body_items import put_on_agenda
from store.database import Database
from store.errors import TenantNotFound
from store.event_log import Selection
from store.events import keep_handover, note_end_of_path
from store.paths import create_path
from store.tables import BodyItem, Handover, Path, PathEvent
from store.tenants import create_tenant
from tests.store.examples import DAY, KEYRING, NEW_PATH, NOW, TENANT, body_item, item

CALENDAR = ProductCalendar("NW")
ALWAYS = Selection(TENANT, date.min, date.max)
PLACES = 6 * ["meerbusch"] + 5 * ["dormagen"] + 7 * ["korschenbroich"] + 2 * ["jüchen"]
RARE = "DOC_EAT_REQUIRED"


@pytest.fixture
async def paths(database: Database) -> list[Path]:
    """Paths in four places, one of them with two paths; each handed over, some stalled, one before a body."""
    made = []
    async with database.transaction() as session:
        for number, place in enumerate(PLACES):
            path = await create_path(session, KEYRING, replace(NEW_PATH, place=place, name=f"Person {number}"), NOW)
            made.append(path)
            agency, on = f"jobcenter-{place}", DAY + timedelta(days=number % 3)
            stalled = replace(item(), reason="DOC_MISSING", detail=RARE if number < 2 else "DOC_BANK", level="E1")
            for state in (item(), stalled, handover.accept(stalled, on)):
                await keep_handover(session, path, state, agency, WorkingDay(on, CALENDAR))
            note_end_of_path(session, path, DAY + timedelta(days=30))
        await put_on_agenda(session, body_item(path_id=made[0].id))
    return made


async def export(database: Database, form: Format, chosen: Selection = ALWAYS) -> tuple[str, Written]:
    out = io.StringIO()
    writer = writer_of(form, out, io.StringIO())
    async with database.reading() as session:
        written = await export_log(session, chosen, writer)
    return out.getvalue(), written


def kept(text: str, file: File) -> str:
    file.write_text(text, encoding="utf-8")
    return os.fspath(file)


async def count(database: Database, what: Any) -> int:
    async with database.reading() as session:
        return int(await session.scalar(select(func.count()).select_from(what)) or 0)


def objects(text: str, kind: str) -> list[dict[str, Any]]:
    return [one for one in json.loads(text)["objects"] if one["type"] == kind]


async def test_another_program_reads_as_many_events_and_objects_from_ocel_as_the_records_hold(
    database: Database, paths: list[Path], tmp_path: File
) -> None:
    text, written = await export(database, Format.ocel)
    log = r4pm.import_item("OCEL", kept(text, tmp_path / "log.json"))
    assert bindings.num_events(log) == written.events == await count(database, PathEvent)
    agencies = {one["id"] for one in objects(text, "agency")}
    assert agencies == {"agency-jobcenter-meerbusch", "agency-jobcenter-korschenbroich"}
    rows = [await count(database, table) for table in (Path, Handover, BodyItem)]
    assert [len(objects(text, kind)) for kind in ("path", "handover", "body_item")] == rows
    assert bindings.num_objects(log) == written.objects == sum(rows) + 2


async def test_another_program_reads_as_many_traces_from_xes_as_there_are_paths_and_items(
    database: Database, paths: list[Path], tmp_path: File
) -> None:
    text, written = await export(database, Format.xes)
    log = r4pm.import_item("EventLog", kept(text, tmp_path / "log.xes"))
    activities = bindings.log_to_activity_projection(log)
    assert bindings.get_num_cases(activities) == written.objects == len(paths) + 1
    variants = bindings.get_variants(activities)
    assert sum(variant["count"] * len(variant["activities"]) for variant in variants) == written.events
    assert written.events == await count(database, PathEvent)


@pytest.mark.parametrize("form", Format)
async def test_no_id_of_the_records_leaves_and_pseudonyms_hold_for_one_export_only(
    database: Database, paths: list[Path], form: Format
) -> None:
    first, _ = await export(database, form)
    second, _ = await export(database, form)
    async with database.reading() as session:
        rows = [row for table in (Path, Handover, BodyItem) for row in await session.scalars(select(table))]
    known = {row.id for row in rows} | {path.case_number for path in paths} | {path.person_id for path in paths}
    assert len(known) == 3 * len(paths) + len(paths) + 1
    assert not [each for each in (*known, TENANT) if each in first]
    names = [
        {word for word in text.replace('"', " ").split() if word.startswith(("path-", "handover-", "body_item-"))}
        for text in (first, second)
    ]
    assert len(names[0]) == len(names[1]) == 2 * len(paths) + 1
    assert not names[0] & names[1]


@pytest.mark.parametrize("form", Format)
async def test_what_fewer_than_five_paths_share_is_left_out_and_a_second_place_with_it(
    database: Database, paths: list[Path], form: Format
) -> None:
    text, _ = await export(database, form)
    assert "jüchen" not in text
    assert RARE not in text
    assert "DOC_BANK" not in text  # alone with a rare one: it would say which one is missing
    assert "meerbusch" in text
    assert "dormagen" not in text
    assert "korschenbroich" in text


@pytest.mark.parametrize("form", Format)
async def test_a_state_that_fewer_than_five_persons_reached_is_left_out_and_a_second_one_with_it(
    database: Database, paths: list[Path], form: Format
) -> None:
    states = 9 * [("R12", "R10")] + 6 * [("R26", "R03")] + 2 * [("R28", "R25")]
    async with database.transaction() as session:
        for path, (code, before) in zip(paths, states, strict=False):
            entered = PathEvent(
                tenant_id=TENANT, path_id=path.id, activity="residence_entered", happened_on=DAY, code=code
            )
            entered.reason = before
            session.add(entered)
    text, written = await export(database, form)
    assert written.events == await count(database, PathEvent)
    assert text.count("R12") == text.count("R10") == 9
    assert not [rare for rare in ("R28", "R25", "R26", "R03") if rare in text]


async def test_durations_are_working_days_and_events_of_one_day_keep_their_order(
    database: Database, paths: list[Path]
) -> None:
    text, _ = await export(database, Format.ocel)
    events = json.loads(text)["events"]
    accepted = [one for one in events if one["type"] == "handover_accepted"]
    days = sorted(value["value"] for one in accepted for value in one["attributes"] if value["name"] == "working_days")
    assert days == [0] * 7 + [1] * 7 + [2] * 6
    name = objects(text, "path")[0]["id"]
    own = [one["time"] for one in events if {"objectId": name, "qualifier": "path"} in one["relationships"]]
    assert own == sorted(set(own))


async def test_the_first_value_of_an_attribute_holds_from_the_beginning_and_later_ones_are_changes(
    database: Database, paths: list[Path]
) -> None:
    text, _ = await export(database, Format.ocel)
    levels = [
        [(value["time"][:4], value["value"]) for value in one["attributes"] if value["name"] == "level"]
        for one in objects(text, "handover")
    ]
    assert levels == len(paths) * [[("1970", "E0"), ("2022", "E1")]]


async def test_only_the_chosen_tenant_and_days_are_exported(database: Database, paths: list[Path]) -> None:
    async with database.transaction() as session:
        await create_tenant(session, "trial", "rhein-kreis-neuss", simulated=True, now=NOW)
        trial = await create_path(session, KEYRING, replace(NEW_PATH, tenant_id="trial"), NOW)
        note_end_of_path(session, trial, DAY)
    last = DAY + timedelta(days=30)
    _, of_trial = await export(database, Format.xes, Selection("trial", date.min, date.max))
    _, of_last_day = await export(database, Format.xes, Selection(TENANT, last, last))
    _, of_all_real_ones = await export(database, Format.xes, Selection(None, date.min, date.max))
    assert of_trial == Written(events=1, objects=1)
    assert of_last_day == Written(events=len(paths), objects=len(paths))
    assert of_all_real_ones.events == await count(database, PathEvent) - 1


async def test_a_tenant_that_is_not_there_is_refused(database: Database) -> None:
    with pytest.raises(TenantNotFound):
        await export(database, Format.ocel, Selection("nowhere", date.min, date.max))


async def test_the_own_import_reads_what_the_export_wrote(
    database: Database, paths: list[Path], tmp_path: File
) -> None:
    text, written = await export(database, Format.xes)
    file = File(kept(text, tmp_path / "log.xes"))
    events = list(read_log(file, Columns()))
    assert len(events) == written.events
    look = first_look(events, CALENDAR)
    assert look.cases == at_least(len(paths) + 1)
    counts = {one.activity: one.events for one in look.activities}
    async with database.reading() as session:
        rows = await session.execute(select(PathEvent.activity, func.count()).group_by(PathEvent.activity))
        told = {activity: at_least(number) for activity, number in rows if activity != "item_raised"}
        assert counts == {activity: number for activity, number in told.items() if number}
