"""Deputising: the worked example of a page with a form."""

from __future__ import annotations

import asyncio
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


async def test_a_form_that_is_sent_many_times_at_once_acts_once(visitor: Visitors, database: Database) -> None:
    anna, ids = await _two(visitor, database)
    page = await anna.open("/deputies")
    typed = {"absent": ids[ANNA], "deputy": ids[BJARNE], "since": "2022-02-14", "until": "2022-02-20"}
    answers = await asyncio.gather(*(anna.send(page, "/deputies", typed) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {303}
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Assignment)) == 1


async def test_the_same_form_with_other_content_is_refused(visitor: Visitors, database: Database) -> None:
    anna, ids = await _two(visitor, database)
    page = await anna.open("/deputies")
    typed = {"absent": ids[ANNA], "deputy": ids[BJARNE], "since": "2022-02-14", "until": "2022-02-20"}
    await anna.send(page, "/deputies", typed)
    answer = await anna.send(page, "/deputies", typed | {"until": "2022-03-20"})
    assert answer.status_code == 409
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Assignment)) == 1


async def test_what_is_typed_is_shown_as_text_and_nothing_else(visitor: Visitors, database: Database) -> None:
    anna, ids = await _two(visitor, database)
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}'
    page = await anna.open("/deputies")
    answer = await anna.send(page, "/deputies", {"absent": ids[ANNA], "until": hostile, "deputy": hostile})
    assert answer.status_code == 422
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert "{{7*7}}" in answer.text
