"""Where scripts are switched off every page opens, and every form of it is sent by the browser alone.

The short form of `make without-javascript`, which runs all tests of the pages like that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from playwright.async_api import Locator, Request, Route

from tests.pages.browser import Guest
from tests.pages.every_page import PageRoute, page_routes
from tests.pages.test_every_page import pages
from tests.pages.test_every_page_seen import people_of
from tests.pages.walk import Walk

Guests = Callable[..., Awaitable[Guest]]

POSTS: Final = 'form[method="post"]'
# Empty fields are a matter of the server, not of this test.
_PREPARE: Final = """() => {
    document.querySelectorAll("details").forEach(one => { one.open = true });
    const forms = [...document.querySelectorAll("form[method=post]")];
    forms.forEach(one => { one.noValidate = true });
    return forms.map(one => new URL(one.action).pathname);
}"""
NOT_THERE: Final[dict[str, str]] = {
    "/calendar/feed/revoke": "shown to who has made a feed; test_calendar.py",
    "/models/{tenant}/{version}/withdrawal": "shown where a version is in force; test_models.py",
    "/sign-out/back-channel": "the identity provider sends it, no browser; test_sign_in_elsewhere.py",
}
"""Forms that no page of the office shows, why, and where they are sent."""


@dataclass
class Post:
    """Keeps the forms that a browser sends; the application gets none of them."""

    sent: list[Request] = field(default_factory=list)

    async def take(self, route: Route) -> None:
        """A form is kept and answered with nothing, so that the page stays; all else goes on."""
        if route.request.method == "POST":
            self.sent.append(route.request)
            await route.fulfill(status=204)
        else:
            await route.continue_()


async def test_every_page_opens_and_every_form_is_sent_by_the_browser_alone(walk: Walk, guest: Guests) -> None:
    known, pressed = page_routes("POST"), set[str]()
    browsers: dict[str, Guest] = {}
    for route in pages():
        for person in people_of(route):
            if person not in browsers:
                browsers[person] = await guest(javascript=False)
                await browsers[person].be(walk.cookies[person])
            for address in walk.addresses(route):
                await browsers[person].open(address)
                assert await browsers[person].page.locator("main").count() == 1, address
                pressed |= await _press_every_form(browsers[person], known, pressed)
    assert sorted({one.path for one in known} - pressed) == sorted(NOT_THERE)


async def _press_every_form(somebody: Guest, known: tuple[PageRoute, ...], pressed: set[str]) -> set[str]:
    """The forms of a page that were not pressed before, by the address that they lead to."""
    post, page, found = Post(), somebody.page, set[str]()
    actions: list[str] = await page.evaluate(_PREPARE)
    for number, action in enumerate(actions):
        leads = min((one for one in known if one.fits(action)), key=lambda one: len(one.names)).path
        if leads not in pressed | found:
            await page.route("**/*", post.take)
            assert await _is_sent(page.locator(POSTS).nth(number), action, post), f"{page.url}: {action}"
            await page.unroute("**/*", post.take)
            found.add(leads)
    return found


async def _is_sent(form: Locator, action: str, post: Post) -> bool:
    """Whether the browser sends the form where it belongs when its first button is pressed."""
    async with form.page.expect_request(lambda request: request.method == "POST"):
        await form.locator("button").first.click()
    return action in post.sent[-1].url
