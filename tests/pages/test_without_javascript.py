"""Where scripts are switched off every page opens, and every form of it is sent by the browser alone.

The short form of `make without-javascript`, which runs all tests of the pages like that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from playwright.async_api import Locator, Request, Route

from tests.pages.browser import Guest
from tests.pages.every_page import PageRoute, page_routes
from tests.pages.test_every_page import pages
from tests.pages.test_every_page_seen import people_of
from tests.pages.walk import Walk

Guests = Callable[..., Awaitable[Guest]]


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
    known, pressed = page_routes("POST"), set()
    browsers: dict[str, Guest] = {}
    for route in pages():
        person = next(people_of(route))
        if person not in browsers:
            browsers[person] = await guest(javascript=False)
            await browsers[person].be(walk.cookies[person])
        somebody = browsers[person]
        for address in walk.addresses(route):
            await somebody.open(address)
            assert await somebody.page.locator("h1").count() == 1 or route.path == "/docs", address
            pressed |= await _press_every_form(somebody, known, pressed)
    assert len(pressed) > 40, sorted(pressed)


async def _press_every_form(somebody: Guest, known: tuple[PageRoute, ...], pressed: set[str]) -> set[str]:
    """The forms of a page that were not pressed before, by the address that they lead to."""
    post, page = Post(), somebody.page
    await page.route("**/*", post.take)
    await page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")
    # Empty fields are a matter of the server, not of this test.
    await page.evaluate("() => document.querySelectorAll('form').forEach(one => { one.noValidate = true })")
    found = set()
    for form in await page.locator('form[method="post"]').all():
        action = await form.evaluate("one => new URL(one.action).pathname")
        leads = min((one for one in known if one.fits(action)), key=lambda one: len(one.names)).path
        if leads not in pressed | found:
            assert await _is_sent(form, action, post), f"{page.url}: {action}"
            found.add(leads)
    await page.unroute("**/*", post.take)
    return found


async def _is_sent(form: Locator, action: str, post: Post) -> bool:
    """Whether the browser sends the form where it belongs when its first button is pressed."""
    async with form.page.expect_request(lambda request: request.method == "POST"):
        await form.locator("button").first.click()
    return action in post.sent[-1].url
