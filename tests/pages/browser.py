"""Guests of the pages with a real browser, and what every page owes them.

Readable in light and dark, narrow, by keyboard, from here only. Chromium by Playwright, axe-core from `vendor`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final, Literal

import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, Locator, Page, Request, Response

from kim.local import ports

_SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
_HERE: Final = Path(__file__).parent
_LOOKS: Final = 20
"""So often it is asked where the focus is before it is nowhere."""
_SCRIPTS: Final = [(_HERE / name).read_text(encoding="utf-8") for name in ("checks.js", "vendor/axe.min.js")]


class Guest:
    """Somebody in front of a page. What the page asks of foreign servers or complains about is remembered."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._note_request)
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)

    async def sign_in(self, person: str, tenant: str = "", wanted: str = "/desk") -> None:
        """As one of the demo people (`api/demo_people.yaml`), by the door page."""
        await self.page.goto(f"{self.site}/sign-in?next={wanted}")
        if tenant and await self.page.locator("#f-tenant").count():
            # By value alone: `select_option` takes the first option whose value or words match.
            await self.page.locator(f'#f-tenant option[value="{tenant}"]').evaluate("one => { one.selected = true }")
        await self.page.locator(f'button[value="{person}"]').click()
        await self.page.wait_for_url(f"{self.site}{wanted}**")

    async def be(self, cookies: list[dict[str, str]]) -> None:
        """Somebody who is signed in already, or has opened a task."""
        for one in cookies:
            kept = {"name": one["name"], "value": one["value"], "path": one["path"], "domain": ports.LOOPBACK}
            await self.page.context.add_cookies([kept])

    async def open(self, address: str) -> Response:
        """A page of the site."""
        answer = await self.page.goto(self.site + address)
        assert answer is not None
        return answer

    async def press(self, name: str) -> None:
        """A button or link with exactly this name."""
        await self.named(name).first.click()
        await self.page.wait_for_load_state()

    def named(self, name: str) -> Locator:
        """Buttons and links with this name."""
        page = self.page
        return page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("link", name=name, exact=True))

    async def fill(self, label: str, value: str) -> None:
        """A field by its label; for a choice the words shown or the value."""
        field = self.page.get_by_label(label, exact=True)
        if await field.evaluate("one => one.tagName") == "SELECT":
            await field.select_option(value)
        else:
            await field.fill(value)

    async def check(self, *, narrow: bool = True, keyboard: bool = True) -> None:
        """Everything that every page owes: call it on each page, in each of its states, with JavaScript or without."""
        await assert_accessible(self.page)
        if narrow:
            await assert_reflows(self.page)
        if keyboard:
            await walk_by_keyboard(self.page)
        self.assert_quiet()

    def assert_quiet(self) -> None:
        """Nothing was asked of a foreign server, and the browser refused nothing (a breach of the policy is told)."""
        assert self.foreign == []
        assert [one for one in self.complaints if "status of 4" not in one] == []

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:")):
            self.foreign.append(request.url)


async def assert_accessible(page: Page) -> None:
    """No violation of axe, and no contrast that axe could not judge, in light and in dark."""
    for scheme in _SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        found: list[str] = await _ask(page, "axe")
        assert not found, "\n".join([f"{page.url} in {scheme}:", *found])
        pale = [one for one in await _ask(page, "contrasts") if one[0] < one[1]]
        assert not pale, f"{page.url} in {scheme}: {pale}"
    await page.emulate_media(color_scheme="light")


async def assert_reflows(page: Page) -> None:
    """No sideways scrolling and nothing cut off at 320 px, at 200 % zoom and with letters of double size."""
    before = page.viewport_size or {"width": 1280, "height": 800}
    for width in (320, 640):  # 640 px are 1280 px at 200 %
        await page.set_viewport_size({"width": width, "height": 800})
        await _assert_fits(page, f"{width} px")
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    await _assert_fits(page, "letters of double size")
    await page.evaluate("() => { document.documentElement.style.fontSize = '' }")
    await page.set_viewport_size(before)


async def walk_by_keyboard(page: Page) -> list[str]:
    """The names of what Tab reaches, in order, from the skip link on: everything, each with a visible ring."""
    expected: int = await _ask(page, "reachable")
    await _ask(page, "begin")
    names: list[str] = []
    for _ in range(6 * expected + 20):  # a field for a day has several stops
        await page.keyboard.press("Tab")
        at = await _focused(page)
        if at is None:
            break
        if at["again"]:
            continue
        assert at["ring"], f"{page.url}: no visible focus on {at['name']}"
        assert at["seen"], f"{page.url}: {at['name']} has the focus and cannot be seen"
        names.append(at["name"])
    assert len(names) >= expected, f"{page.url}: {expected} to reach, {names}"
    return names


async def _focused(page: Page) -> dict[str, Any] | None:
    """What has the focus; None past the last of the page. Into a frame the focus goes a little later than the key."""
    for _ in range(_LOOKS):
        at: dict[str, Any] | None = await _ask(page, "focused")
        if at is not None:
            return at
    return None


async def _assert_fits(page: Page, how: str) -> None:
    wide: list[str] = await _ask(page, "wide")
    assert not wide, "\n".join([f"{page.url} at {how}:", *wide[:8]])


async def _ask(page: Page, what: str) -> Any:
    if not await page.evaluate("() => 'checks' in window"):
        for script in _SCRIPTS:
            await page.evaluate(script)
    return await page.evaluate(f"() => window.checks.{what}()")


class _Server(uvicorn.Server):
    """A server inside the test: signals belong to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves the signals alone."""
        yield


@contextlib.asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """The application on a free port of loopback; gives its address without a slash at the end."""
    port = ports.free_ports(1)[0]
    server = _Server(uvicorn.Config(app, host=ports.LOOPBACK, port=port, access_log=False, log_config=None))
    running = asyncio.create_task(server.serve())
    while not server.started:
        assert not running.done(), "the server did not start"
        await asyncio.sleep(0.01)
    try:
        yield f"http://{ports.LOOPBACK}:{port}"
    finally:
        server.should_exit = True
        await running


async def new_guest(chromium: Browser, site: str, *, javascript: bool = True, language: str = "de-DE") -> Guest:
    """A guest with a browser profile of their own."""
    context = await chromium.new_context(
        viewport={"width": 1280, "height": 800}, locale=language, java_script_enabled=javascript
    )
    context.set_default_timeout(10_000)
    return Guest(await context.new_page(), site)
