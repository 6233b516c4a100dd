"""Every page, taken from the routes: new ones fail here until they are visited or named with a reason.

No page needs a script or a looser policy, and every form of a page is one that a browser sends by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from httpx2 import Response

from store.handovers import find_handover
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office
from tests.pages.every_page import PageRoute, page_routes
from tests.pages.forms_found import FoundForm, read_page
from tests.pages.test_board import stalled
from tests.pages.test_bodies import raised
from tests.pages.visitors import Visitor

Visitors = Callable[[], Visitor]
HERE: Final = Path(__file__).parent

SEEN_ELSEWHERE: Final[dict[str, str]] = {
    "/sign-in/start": "leads to the identity provider; test_sign_in_elsewhere.py",
    "/sign-in/return": "comes from the identity provider; test_sign_in_elsewhere.py",
    "/meetings/{meeting_id}": "needs a meeting; test_bodies.py",
    "/models/{tenant}": "needs a version of the models; test_models.py",
    "/models/{tenant}/draft": "as the versions; test_models.py",
    "/models/{tenant}/{version}": "as the versions; test_models.py",
    "/offers/{offer_id}": "needs an offer; test_posts.py",
    "/paths/{path_id}/consents/{ref}/withdrawal": "needs a consent in words; test_intake.py",
    "/paths/{path_id}/consents/sheet": "needs what the sheet is about; test_intake.py",
    "/review/{code}/{from_kind}/{to_kind}": "needs handovers of the past; test_review.py",
    "/task/{visit_id}": "needs a code from a mail; test_agency.py",
    "/task/{visit_id}/{answer}": "needs a code from a mail; test_agency.py",
    "/consent-sheets/{language}": "needs what the sheet is about; test_intake.py",
    "/o/{token}": "needs a link to an offer; test_posts.py",
}
"""Pages that are no page of ours to look at, or need more than an office with one path; where they are seen."""
NOT_HTML: Final = (".pdf", "/pdf", ".csv", ".ics", "/html", "{form}")
"""What is answered as a file and is no page."""
WITH_SCRIPT: Final = ("/docs",)
"""The viewer of the interface's description is a program; it is for programmers, and served from here."""
ADDRESSES: Final[dict[str, str]] = {"/procedures/{code}": "/procedures/H01", "/mails/{kind}": "/mails/offer"}
"""Where a name in an address means something else than elsewhere."""
GETS = page_routes("GET")


@dataclass
class Walk:
    """An office with something of everything, and the addresses of it."""

    office: Office
    names: dict[str, str]

    def address(self, route: PageRoute) -> str:
        """Where this page is; empty if the office has nothing for a name in it."""
        if route.path in ADDRESSES:
            return ADDRESSES[route.path]
        return route.path.format_map(self.names) if set(route.names) <= set(self.names) else ""


@pytest.fixture
async def walk(office: Office) -> Walk:
    """A stalled path with an open handover and its link, an item of a body."""
    path_id = await stalled(office)
    item = await raised(office.database)
    async with office.database.reading() as session:
        handover = await find_handover(session, path_id, "H01")
    assert handover is not None
    token, _row = await office.offer(path_id)
    names = {"path_id": path_id, "code": "H01", "token": token, "item_id": item.id, "kind": "verfahren"}
    return Walk(office, names | {"language": "de", "from_kind": "sozialamt", "to_kind": "jobcenter"})


def _pages() -> list[PageRoute]:
    return [route for route in GETS if not route.path.endswith(NOT_HTML) and route.path not in SEEN_ELSEWHERE]


async def test_every_page_is_walked_through_or_seen_elsewhere(walk: Walk) -> None:
    missing = [route.path for route in _pages() if not walk.address(route)]
    assert missing == [], "give the walk something for it, or name the test that looks at it in SEEN_ELSEWHERE"
    assert {route.path for route in GETS} >= SEEN_ELSEWHERE.keys()
    for reason in SEEN_ELSEWHERE.values():
        assert (HERE / reason.rpartition("; ")[2]).exists(), reason


@pytest.fixture
async def opened(walk: Walk, visitor: Visitors) -> dict[PageRoute, tuple[Visitor, Response]]:
    """Every page as somebody who may open it gets it, without a browser."""
    people: dict[str, Visitor] = {}
    found = {}
    for route in _pages():
        if route.person not in people:
            people[route.person] = visitor()
            if route.person:
                await people[route.person].sign_in(route.person, MUNICIPALITY)
        page = await people[route.person].client.get(walk.address(route), headers={"Accept": "text/html"})
        found[route] = people[route.person], page
    closed = [(route.path, page.status_code) for route, (_who, page) in found.items() if page.status_code != 200]
    assert closed == [("/search", 404)], "every page opens; the search finds nothing, since nothing was typed"
    return found


async def test_no_page_needs_a_script_or_a_looser_policy(opened: dict[PageRoute, tuple[Visitor, Response]]) -> None:
    for route, (_visitor, page) in opened.items():
        if route.path not in WITH_SCRIPT:
            policy = page.headers["content-security-policy"]
            assert "unsafe" not in policy, route
            assert "script-src" not in policy or "script-src 'none'" in policy, route
            forms, scripts = read_page(page.text)
            assert scripts == [], route
            assert [form.action for form in forms if not _sends_itself(form)] == [], route


def _sends_itself(form: FoundForm) -> bool:
    """A form that a browser sends by its own button, with the keys that a form of ours has."""
    plain = all(button.get("type", "submit") == "submit" for button in form.buttons) and bool(form.buttons)
    return plain and (form.method == "get" or form.action == "" or form.action.startswith("/"))
