"""Names as people write them: composed, whole, as text and in their own direction, wherever a page or paper says them.

Where they may stand at all is decided by role and consent; those tests stand with each page.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from unicodedata import normalize

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import col

from store.account_tables import Account
from tests.api.clerk import Clerk, FakePostbox
from tests.api.office import Office
from tests.pages.browser import Guest, assert_reflows
from tests.pages.every_page import PageRoute
from tests.pages.test_calendar import subscribed
from tests.pages.test_every_page import GETS, pages
from tests.pages.test_every_page_seen import people_of
from tests.pages.visitors import Visitor
from tests.pages.walk import ANNA, Walk, account, furnished

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]
Made = Callable[[str], Awaitable[Walk]]

NAME: Final = "Ǧulšan Şerife Muñoz-Đặng"
FROM_THE_RIGHT: Final = "عائشة بنت محمد حسين"
"""Without lam before alef: what reads a PDF gives the one sign of both back turned around."""
NAMES: Final = {
    "letters of many languages": NAME,
    "from right to left": FROM_THE_RIGHT,
    "sixty letters and no space": "Ñandúşđặ" * 7 + "Ğülš",
    "what could be markup": '<b>Ayşe</b> & "Đặng" O\'Ñandú',
}
TOLD: Final = {
    "/paths/{path_id}",
    "/paths/{path_id}/consents/new",
    "/paths/{path_id}/consents/sheet",
    "/task/{visit_id}",
}
"""Pages that say who the person is: to those who accompany or supervise, to sign, and to an agency with a consent."""
PAPERS: Final = ("/paths/{path_id}/pdf", "/paths/{path_id}/consents/sheet/pdf")


class _Reader(HTMLParser):
    """The words of a page, and whether they stand in a direction of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[tuple[str, bool]] = []
        self._isolated = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._isolated += tag == "bdi"

    def handle_endtag(self, tag: str) -> None:
        self._isolated -= tag == "bdi"

    def handle_data(self, data: str) -> None:
        self.words.append((" ".join(data.split()), self._isolated > 0))


@pytest.fixture
def named(office: Office, demo_app: FastAPI, clerk: Callable[[str], Clerk]) -> Made:
    """Makes the office of a person of this name, typed letter by letter and mark by mark, and who accompanies them."""

    async def make(name: str) -> Walk:
        walk = await furnished(office, demo_app.state.services, clerk, normalize("NFD", name))
        owner = await account(walk, ANNA)
        async with office.database.transaction() as session:
            await session.execute(
                update(Account).where(col(Account.id) == owner.id).values(display_name=FROM_THE_RIGHT)
            )
        return walk

    return make


async def _everything(walk: Walk, visitor: Visitors) -> AsyncIterator[tuple[PageRoute, str]]:
    """Every page in each of its shapes as everybody gets it who may open it."""
    visitors: dict[str, Visitor] = {}
    for route in pages():
        for person in people_of(route):
            if person not in visitors:
                visitors[person] = visitor()
                for cookie in walk.cookies[person]:
                    visitors[person].client.cookies.set(**cookie)
            for address in walk.addresses(route):
                page = await visitors[person].client.get(address, headers={"Accept": "text/html"})
                yield route, page.text


async def test_names_stand_whole_and_in_their_own_direction_and_the_person_only_where_it_must_be_named(
    named: Made, visitor: Visitors
) -> None:
    walk, told, mixed = await named(NAME), set(), set()
    async for route, text in _everything(walk, visitor):
        reader = _Reader()
        reader.feed(text)
        for words, isolated in reader.words:
            for name in (NAME, FROM_THE_RIGHT):
                if any(part in normalize("NFC", words) for part in name.split()):
                    told.add((route.path, name))
                    if words != name and not (isolated and name in words):
                        mixed.add((route.path, words))
    assert mixed == set()
    assert {path for path, name in told if name == NAME} == TOLD
    assert len(told) > len(TOLD), "the name of who accompanies the person stands somewhere too"


@pytest.mark.parametrize("kind", NAMES)
async def test_a_name_is_read_as_it_is_written_on_a_narrow_screen(named: Made, guest: Guests, kind: str) -> None:
    name = NAMES[kind]
    walk, browsers = await named(name), dict[str, Guest]()
    for route in pages():
        if route.path in TOLD:
            person = next(people_of(route))
            if person not in browsers:
                browsers[person] = await guest()
                await browsers[person].be(walk.cookies[person])
            page = browsers[person].page
            for address in walk.addresses(route)[:1]:
                await browsers[person].open(address)
                assert name in await page.inner_text("main"), address
                assert await page.get_by_text(name).last.bounding_box(), address
                await assert_reflows(page)


def _words_of(file: Path) -> str:
    """What a reader takes from a PDF."""
    return subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("kind", NAMES)
async def test_a_name_is_read_as_it_is_written_on_paper(
    named: Made, visitor: Visitors, kind: str, tmp_path: Path
) -> None:
    name = NAMES[kind]
    walk, manager = await named(name), visitor()
    manager.client.cookies.set(**walk.cookies[ANNA][0])
    file = tmp_path / "paper.pdf"
    for route in GETS:
        if route.path in PAPERS:
            file.write_bytes((await manager.open(walk.address(route))).content)
            read = await asyncio.to_thread(_words_of, file)
            # A reader may give lines of a long name apart, and marks of direction around one from the right.
            kept = [letter for letter in normalize("NFKC", read) if letter.isprintable() and not letter.isspace()]
            assert "".join(name.split()) in "".join(kept), route.path


async def test_a_name_is_in_no_mail_and_no_calendar(named: Made, visitor: Visitors, postbox: FakePostbox) -> None:
    walk, manager = await named(NAME), visitor()
    manager.client.cookies.set(**walk.cookies[ANNA][0])
    calendar = (await manager.open(await subscribed(manager))).text
    assert "BEGIN:VEVENT" in calendar
    sent = [words for mail in postbox.mails for words in (mail.subject, mail.text, mail.html)]
    assert sent
    for words in (calendar, *sent):
        assert [part for part in NAME.split() if part in normalize("NFC", words)] == []
