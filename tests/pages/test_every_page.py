"""Every page, taken from the routes: new ones fail here until they are visited or named with a reason.

No page needs a script or a looser policy, and every form of a page is one that a browser sends by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from httpx2 import Response

from tests.pages.every_page import PageRoute, page_routes
from tests.pages.forms_found import FoundForm, read_page
from tests.pages.visitors import Visitor
from tests.pages.walk import Walk

Visitors = Callable[[], Visitor]
HERE: Final = Path(__file__).parent

SEEN_ELSEWHERE: Final[dict[str, str]] = {
    "/sign-in/start": "leads to the identity provider; test_sign_in_elsewhere.py",
    "/sign-in/return": "comes from the identity provider; test_sign_in_elsewhere.py",
}
"""What is no page of ours to look at, and where it is seen."""
NOT_HTML: Final = (".pdf", "/pdf", ".csv", ".ics", "/html", "{form}")
"""What is answered as a file and is no page."""
GETS = page_routes("GET")


def pages() -> list[PageRoute]:
    """Every page of ours that is looked at here."""
    return [route for route in GETS if not route.path.endswith(NOT_HTML) and route.path not in SEEN_ELSEWHERE]


async def test_every_page_is_walked_through_or_seen_elsewhere(walk: Walk) -> None:
    missing = [route.path for route in pages() if not walk.address(route)]
    assert missing == [], "give the walk something for it, or name the test that looks at it in SEEN_ELSEWHERE"
    assert {route.path for route in GETS} >= SEEN_ELSEWHERE.keys()
    for reason in SEEN_ELSEWHERE.values():
        assert (HERE / reason.rpartition("; ")[2]).exists(), reason


@pytest.fixture
async def opened(walk: Walk, visitor: Visitors) -> dict[PageRoute, tuple[Visitor, Response]]:
    """Every page as somebody who may open it gets it, without a browser."""
    people: dict[str, Visitor] = {}
    found = {}
    for route in pages():
        if route.person not in people:
            people[route.person] = visitor()
            for cookie in walk.cookies[route.person]:
                people[route.person].client.cookies.set(**cookie)
        page = await people[route.person].client.get(walk.address(route), headers={"Accept": "text/html"})
        found[route] = people[route.person], page
    closed = [(route.path, page.status_code) for route, (_who, page) in found.items() if page.status_code != 200]
    assert closed == [("/search", 404)], "every page opens; the search finds nothing, as there is no such number"
    return found


async def test_no_page_needs_a_script_or_a_looser_policy(opened: dict[PageRoute, tuple[Visitor, Response]]) -> None:
    for route, (_visitor, page) in opened.items():
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
