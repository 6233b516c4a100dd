"""How pages are made: one Jinja environment that escapes everything and fails on a missing word.

No route stands here.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.services import HERE
from process_models.errors import KimError

RETRY_AFTER_SECONDS = 5


def page(name: str, status: int = 200, **context: object) -> HTMLResponse:
    """The page of this template. Pages are never kept by a cache; the wrappers see to that."""
    return HTMLResponse(_environment().get_template(name).render(context), status_code=status)


def error_page(error: KimError) -> HTMLResponse:
    """A refusal as a page; the same error gives the same page, whatever led to it."""
    answer = page("message.html", error.status, title=error.title, detail=error.detail, way_out=error.way_out)
    if error.status == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def german_day(day: date | None) -> str:
    """`03.03.2022`, as people here write a day; an en dash for none."""
    return f"{day:%d.%m.%Y}" if day else "–"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = german_day
    return environment
