"""Every page in a real browser, in each of its shapes and by everybody who may open it: what every page owes.

Which pages there are and where they are: `every_page`, `walk`. What is done on them is tested with each page.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

import pytest

from api.acts.entering import DEMO_PEOPLE
from api.permissions import PERMISSIONS
from tests.pages.browser import Guest, assert_accessible, assert_reflows
from tests.pages.every_page import PageRoute
from tests.pages.test_every_page import pages
from tests.pages.walk import AUDITOR, BJARNE, NOBODY, Walk

Guests = Callable[..., Awaitable[Guest]]
PARTS: Final = 4
"""So that two processes have something to do at the same time."""
_OWN = re.compile(r'(name="(?:csrf|once|bound)" value=")[^"]*')


def people_of(route: PageRoute) -> Iterator[str]:
    """Everybody who may open a page, one of each kind, the one first who stands for all of them."""
    if not route.permission:
        yield NOBODY
    allowed = PERMISSIONS.get(route.permission, frozenset())
    yield from (name for name, one in DEMO_PEOPLE.items() if one.role in allowed and name != BJARNE)
    if "auditor" in allowed:
        yield AUDITOR


class Visitors:
    """Browsers of everybody, opened when they are first needed."""

    def __init__(self, walk: Walk, guest: Guests) -> None:
        self._walk = walk
        self._guest = guest
        self._open: dict[tuple[str, str], Guest] = {}

    async def at(self, person: str, address: str, language: str = "de-DE") -> Guest:
        """This person in front of this page."""
        if (person, language) not in self._open:
            self._open[person, language] = await self._guest(language=language)
            await self._open[person, language].be(self._walk.cookies[person])
        somebody = self._open[person, language]
        await somebody.open(address)
        return somebody


@pytest.mark.parametrize("part", range(PARTS))
async def test_every_page_is_what_every_page_owes_for_everybody_who_may_open_it(
    walk: Walk, guest: Guests, part: int
) -> None:
    visitors = Visitors(walk, guest)
    for route in pages()[part::PARTS]:
        first, *others = people_of(route)
        for address in walk.addresses(route):
            somebody = await visitors.at(first, address)
            await somebody.check()
            await _in_english(visitors, first, address)
            await _by_others(visitors, others, address, {await _said(somebody)})


async def _in_english(visitors: Visitors, person: str, address: str) -> None:
    """English words have other lengths."""
    somebody = await visitors.at(person, address, "en-GB")
    assert await somebody.page.locator("html").get_attribute("lang") == "en", address
    await assert_accessible(somebody.page)
    await assert_reflows(somebody.page)


async def _by_others(visitors: Visitors, others: list[str], address: str, seen: set[str]) -> None:
    """Whoever else may come here and sees something that nobody has looked at yet."""
    for person in others:
        somebody = await visitors.at(person, address)
        said = await _said(somebody)
        if said not in seen:
            seen.add(said)
            await somebody.check(keyboard=False)


async def _said(somebody: Guest) -> str:
    """What the page says, without what is different at every visit."""
    return _OWN.sub(r"\1", await somebody.page.inner_html("main"))
