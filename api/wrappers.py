"""What wraps every request: safety net, measures, and the headers that keep browsers from doing harm.

Plain ASGI, so that nothing is read or changed that need not be.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from traceback import extract_tb

import structlog
from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Defect, TooLarge
from api.measures import Measures
from api.problems import defect, too_large
from api.services import Services
from process_models.errors import KimError

log = structlog.get_logger()

STRICT_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
"""No script at all. KERN's icons are `data:` pictures."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


PageMaker = Callable[[Request, KimError], Response | None]
"""A refusal as a page, or None if a program asks."""


class SafetyNet:
    """Counts every answer, and turns a defect into an answer whose text tells nothing and a log line without data."""

    def __init__(self, app: ASGIApp, page: PageMaker) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:  # noqa: BLE001 - the last net: texts of foreign errors carry personal data
            _log_defect(error)
            if status == 0:
                await self._told(scope)(scope, receive, watch)
        finally:
            measures: Measures = scope["app"].state.services.measures
            measures.count(scope["method"], _route_of(scope), status, time.perf_counter() - begun)

    def _told(self, scope: Scope) -> Response:
        try:
            page = self._page(
                Request(scope), Defect("Das System hat einen Fehler gemacht. Bitte versuchen Sie es noch einmal.")
            )
        except Exception as error:  # noqa: BLE001 - the page itself is what is broken
            _log_defect(error)
            page = None
        return page or defect()


def _route_of(scope: Scope) -> str:
    """The template of the route, never the address itself: that may hold a link token or an id."""
    route = scope.get("route")
    return str(getattr(route, "path", "") or "none")


def _log_defect(error: Exception) -> None:
    frames = extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    log.error("defect", error_class=type(error).__name__, place=place)


class BodyLimit:
    """Takes the whole body in before anything else happens, and not one byte more than the limit."""

    def __init__(self, app: ASGIApp, max_bytes: int, page: PageMaker) -> None:
        self._app = app
        self._page = page
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await self._read(Headers(scope=scope).get("content-length", ""), receive)
        if body is None:
            page = self._page(Request(scope), TooLarge("Erlaubt sind höchstens 64 KiB."))
            await (page or too_large())(scope, receive, send)
            return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)

    async def _read(self, declared: str, receive: Receive) -> bytes | None:
        """The body, or None if it is over the limit. A caller who leaves has sent what there was."""
        if declared.isdecimal() and int(declared) > self._max_bytes:
            return None
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._max_bytes:
                return None
        return body


class ProtectiveHeaders:
    """Sets the same protective headers on every answer; nothing but static files may be kept by a cache."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        policy = page_policy(scope["app"].state.services)

        async def protect(message: Message) -> None:
            if message["type"] == "http.response.start":
                _protect(MutableHeaders(scope=message), path, policy)
            await send(message)

        await self._app(scope, receive, protect)


def page_policy(services: Services) -> str:
    """The policy of a page.

    Signing out is a form, and browsers follow its redirect to the identity provider only if the policy says so.
    """
    provider = services.options.identity_provider
    return f"{STRICT_POLICY} {provider.provider.origin}" if provider else STRICT_POLICY


def _protect(headers: MutableHeaders, path: str, policy: str) -> None:
    # A page that frames another, and the page framed by it, say so themselves.
    for name, value in (_HEADERS | {"Content-Security-Policy": policy}).items():
        headers.setdefault(name, value)
    # The address of a task link or of a calendar is a secret; elsewhere our own forms shall say where they come from.
    headers["Referrer-Policy"] = "no-referrer" if path.startswith("/l/") or path.endswith(".ics") else "same-origin"
    if not path.startswith("/static/"):
        headers["Cache-Control"] = "no-store"
