"""The frame of every page route: refusals become pages, and who must sign in is sent to the door.

`router()` makes the router that every module of pages uses.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api.errors import NothingHere
from api.pages.cookies import language_of
from api.pages.visit import SignInNeeded, Visit, sign_in_address
from api.problems import on_http_error
from api.services import services_of
from process_models.errors import KimError

RETRY_AFTER_SECONDS: Final = 5

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route whose refusals are pages."""

    def get_route_handler(self) -> _Handler:
        """The handler, with refusals turned into pages."""
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await answer(request)
            except SignInNeeded as refusal:
                if request.method == "GET":
                    return RedirectResponse(sign_in_address(request), status_code=303)
                return refusal_page(request, refusal)
            except KimError as refusal:
                return refusal_page(request, refusal)
            except (RequestValidationError, HTTPException):
                return refusal_page(request, NothingHere("Bitte prüfen Sie die Adresse."))

        return answered


def router() -> APIRouter:
    """A router for pages: not in the description of the interface, refusals as pages."""
    return APIRouter(include_in_schema=False, route_class=PageRoute, default_response_class=HTMLResponse)


def refusal_page(request: Request, refusal: KimError) -> HTMLResponse:
    """A refusal as a page; the same refusal gives the same page, whatever led to it."""
    visit = getattr(request.state, "visit", None) or Visit(request, services_of(request), language_of(request))
    answer: HTMLResponse = visit.page("message.html", refusal.status, refusal=refusal)
    if refusal.status == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def refusal_page_for(request: Request, refusal: KimError) -> Response | None:
    """As `refusal_page` for whoever came with a browser, None for programs."""
    return refusal_page(request, refusal) if wants_page(request) else None


def install(app: FastAPI) -> None:
    """What is wrong with an address is told as a page to whoever came with a browser."""
    app.add_exception_handler(HTTPException, _on_http_error)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code in (404, 405) and wants_page(request):
        return refusal_page(request, NothingHere("Bitte prüfen Sie die Adresse."))
    return on_http_error(request, error)


def wants_page(request: Request) -> bool:
    """Whether a person with a browser asks, and not a program."""
    return "text/html" in request.headers.get("accept", "")
