"""Deputising: the worked example of a page with a form."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from store.account_tables import Account, Assignment
from store.database import Database
from tests.pages.visitors import Visitor

Visitors = Callable[[], Visitor]
ANNA, BJARNE = "demo-fallmanagement", "demo-fallmanagement-2"


async def _two(visitor: Visitors, database: Database) -> tuple[Visitor, dict[str, str]]:
    """A case manager, signed in, and the ids of both."""
    first, second = visitor(), visitor()
    await second.sign_in(BJARNE)
    await first.sign_in(ANNA)
    async with database.reading() as session:
        people = await session.scalars(select(Account))
        return first, {person.subject.partition("@")[0]: person.id for person in people}


async def test_a_deputy_is_noted_once_however_often_the_form_is_sent(visitor: Visitors, database: Database) -> None:
    anna, ids = await _two(visitor, database)
    page = await anna.open("/deputies")
    typed = {"absent": ids[ANNA], "deputy": ids[BJARNE], "since": "2022-02-14", "until": "2022-02-20"}
    for _ in range(2):  # a double click
        answer = await anna.send(page, "/deputies", typed)
        assert answer.status_code == 303
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Assignment)) == 1
    shown = await anna.open("/deputies")
    assert "Die Vertretung ist eingetragen." in shown.text
    assert "20.02.2022" in shown.text
    assert "eingetragen" not in (await anna.open("/deputies")).text  # a notice is shown once


async def test_a_form_with_errors_keeps_what_was_typed_and_says_at_the_field_what_is_wrong(
    visitor: Visitors, database: Database
) -> None:
    anna, ids = await _two(visitor, database)
    page = await anna.open("/deputies")
    typed = {"absent": ids[ANNA], "deputy": "", "since": "2022-02-15", "until": "übermorgen"}
    answer = await anna.send(page, "/deputies", typed)
    assert answer.status_code == 422
    assert 'href="#f-deputy"' in answer.text
    assert 'aria-describedby=" e-until"' in answer.text
    assert 'value="übermorgen"' in answer.text
    assert 'value="2022-02-15"' in answer.text


async def test_a_case_manager_notes_only_the_own_absence(visitor: Visitors, database: Database) -> None:
    anna, ids = await _two(visitor, database)
    page = await anna.open("/deputies")
    typed = {"absent": ids[BJARNE], "deputy": ids[ANNA], "since": "2022-02-14", "until": "2022-02-20"}
    answer = await anna.send(page, "/deputies", typed)
    assert answer.status_code == 422
    assert "Eintragen können Sie nur Ihre eigene Abwesenheit." in answer.text


async def test_a_deputising_is_ended_by_a_button(visitor: Visitors, database: Database) -> None:
    anna, ids = await _two(visitor, database)
    typed = {"absent": ids[ANNA], "deputy": ids[BJARNE], "since": "2022-02-14", "until": "2022-02-20"}
    await anna.send(await anna.open("/deputies"), "/deputies", typed)
    page = await anna.open("/deputies")
    action = page.text.split('action="/deputies/')[1].split('"')[0]
    answer = await anna.send(page, f"/deputies/{action}")
    assert answer.status_code == 303
    assert "Zurzeit vertritt niemand jemanden." in (await anna.open("/deputies")).text
