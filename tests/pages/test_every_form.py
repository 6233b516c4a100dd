"""Every form of every page, found by walking: what is wrong stands at its field, what was typed stays, twice acts once.

A new form fails here until a page leads to it and it can be filled in; what no machine can guess stands in GOOD.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from api.acts.deputising import Deputising
from api.acts.offers import OfferTermsIn
from api.acts.posts import ChangePost, HoldPost
from api.pages.forms import Form, FormRefused
from store.database import Database
from store.need_tables import Need
from tests.api.clerk import FakePostbox
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office
from tests.pages.browser import Guest
from tests.pages.every_form import (
    Copies,
    FormCase,
    cases,
    complaints,
    counts,
    differences,
    filled,
    mistakes,
    pages_from,
    said_of,
    send,
)
from tests.pages.every_page import page_routes
from tests.pages.forms_found import read_whole
from tests.pages.stocked import Clerks, Visitors, comers
from tests.pages.test_models import AFTER, BEFORE
from tests.pages.walk import ANNA, Walk

Guests = Callable[..., Awaitable[Guest]]
NO_PAGE: Final[dict[str, str]] = {
    "/sign-out/back-channel": "sent by the identity provider; test_sign_in_elsewhere.py",
}
"""Routes that take a form which no page of ours has."""

LOOKS: Final = (("step", "check"), ("step", "preview"))
LOOKS_FIRST: Final = ("/offers/import",)
"""Buttons, and forms without another button, that show what would be done, and keep nothing."""

ACTS_EACH_TIME: Final[dict[str, str]] = {
    "/sign-in/demo": "each click opens a session, on a local stack only; the browser keeps the last one",
}
"""Forms that do the same again when they are sent again, and why that is right."""

GOOD: Final[dict[str, dict[str, str]]] = {
    "/board/paths/{path_id}/{code}/receiver": {"agency": "agentur-moenchengladbach"},
    "/bodies/{kind}/meetings": {"held_on": "2022-03-01"},
    "/models/{tenant}/draft": {"replace": BEFORE, "by": AFTER},
    "/offers/import": {"table": "kind;title;agency\nwork;Bewerbungen;jobcenter-rkn"},
    "/paths/new": {"by": "mbe", "wants": "yes", "born": "2001-03-12", "nationality": "SY"},
    "/paths/{path_id}/consents/new": {"answer": "given"},
    "/paths/{path_id}/impulses/new": {"sketch": "Die Unterlagen liegen vor, der Termin fehlt."},
    "/posts/changes": {"share": "0.5"},
    "/posts/refugees": {"count": "120"},
    "/task/{visit_id}/{answer}": {"documents": "D2"},
}
"""What a form needs that neither its kind of field nor what it offers would tell."""


@pytest.fixture
async def found(walk: Walk, visitor: Visitors, clerk: Clerks, postbox: FakePostbox) -> dict[tuple[Any, ...], FormCase]:
    """Every kind of form, each once; also those that stand behind a button which only looks."""
    kinds: dict[tuple[Any, ...], FormCase] = {}
    for client, addresses in await comers(walk, visitor, clerk):
        for address, page in await pages_from(client, addresses):
            for case in cases(client, address, page):
                kinds.setdefault(case.kind, case)
    for case in [one for one in kinds.values() if one.button in LOOKS or one.route.path in LOOKS_FIRST]:
        [answer] = await send(case, _good(case, postbox))
        for behind in cases(case.client, case.page, read_whole(answer.text)):
            if behind.button not in LOOKS:
                kinds.setdefault(behind.kind, behind)
    return kinds


@pytest.fixture
async def copies(
    demo_app: FastAPI, database: Database, tmp_path: Path, found: dict[tuple[Any, ...], FormCase]
) -> AsyncIterator[Copies]:
    """The records as they are once every form was found."""
    made = Copies(demo_app, database, tmp_path / "kim.db")
    yield made
    await made.database.close()


def test_every_route_that_takes_a_form_has_one_on_some_page(found: dict[tuple[Any, ...], FormCase]) -> None:
    on_pages = {case.route.path for case in found.values()}
    assert {route.path for route in page_routes("POST")} - on_pages == NO_PAGE.keys()


async def test_what_is_wrong_in_a_form_is_told_at_its_field_and_what_was_typed_stays(
    found: dict[tuple[Any, ...], FormCase], office: Office, postbox: FakePostbox
) -> None:
    wrong, before = [], await counts(office.database)
    for case in found.values():
        for name, body in mistakes(case, _good(case, postbox)):
            [answer] = await send(case, body)
            wrong += [f"{case}: {name}={body[name][0][:12]}: {one}" for one in complaints(case, name, body, answer)]
    after = await counts(office.database)
    wrong += [f"{name} has other rows" for name in after if name != "audit" and after[name] != before[name]]
    assert wrong == [], "\n".join(wrong)


async def test_a_form_that_is_sent_twice_acts_once_and_both_answers_are_the_same(
    found: dict[tuple[Any, ...], FormCase], copies: Copies, postbox: FakePostbox
) -> None:
    wrong = []
    for case in found.values():
        if case.route.path in ACTS_EACH_TIME:
            continue
        body = _good(case, postbox)
        await copies.fresh()
        [once] = await send(case, body)
        if once.status_code not in (200, 303):
            wrong.append(f"{case}: is not filled in properly, {once.status_code}: {said_of(once)}")
            continue
        counted = await counts(copies.database)
        [again] = await send(case, body)
        wrong += [
            f"{case}: sent again {one}" for one in differences(once, again, counted, await counts(copies.database))
        ]
        await copies.fresh()
        one, other = await send(case, body, times=2)
        wrong += [
            f"{case}: sent twice at once {one}"
            for one in differences(one, other, counted, await counts(copies.database))
        ]
    assert wrong == [], "\n".join(wrong)


def _good(case: FormCase, postbox: FakePostbox) -> dict[str, list[str]]:
    return filled(case, GOOD.get(case.route.path, {"code": postbox.code}))


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_double_click_in_a_browser_acts_once(office: Office, guest: Guests, *, javascript: bool) -> None:
    path_id = await office.start()
    manager = await guest(javascript=javascript)
    await manager.sign_in(ANNA, MUNICIPALITY, wanted=f"/paths/{path_id}/needs")
    await manager.fill("Was wird gebraucht?", "housing")
    await manager.named("Aufnehmen").dblclick()
    await manager.page.get_by_role("status").wait_for()
    assert "Der Bedarf ist aufgenommen." in await manager.page.inner_text("main")
    assert await office.count(Need) == 1


@pytest.mark.parametrize(
    ("shape", "typed", "field"),
    [
        (Deputising, {"absent": "a", "deputy": "b", "since": "2022-03-02", "until": "2022-03-01"}, "until"),
        (Deputising, {"absent": "a", "deputy": "a", "since": "2022-03-01", "until": "2022-03-02"}, "deputy"),
        (HoldPost, {"post": "p", "account": "a", "since": "2022-03-02", "until": "2022-03-01"}, "until"),
        (ChangePost, {"post": "p", "valid_from": "2022-03-01"}, "share"),
        (OfferTermsIn, {"title": "Kurs", "valid_from": "2022-03-02", "valid_until": "2022-03-01"}, "valid_until"),
        (OfferTermsIn, {"title": "Kurs", "capacity": "3", "free": "4"}, "free"),
    ],
)
def test_what_is_wrong_about_two_fields_is_told_at_one_of_them(
    shape: type[BaseModel], typed: dict[str, str], field: str
) -> None:
    form = Form({name: [value] for name, value in typed.items()})
    with pytest.raises(FormRefused):
        form.read(shape)
    assert list(form.errors) == [field]
