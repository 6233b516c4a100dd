"""The cookie of an agency's visit: it belongs to the address of one task, so that two tasks do not meet in one browser.

HttpOnly, SameSite=Strict, and under https sent by https only.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from api.services import ApiOptions
from store.agency_visits import LIFETIME

TASKS: Final = "/task"


def keep_visit(answer: Response, visit_id: str, token: str, options: ApiOptions) -> None:
    """Gives the visit to the browser."""
    _set(answer, visit_id, token, int(LIFETIME.total_seconds()), options)


def forget_visit(answer: Response, visit_id: str, options: ApiOptions) -> None:
    """Takes the visit back."""
    _set(answer, visit_id, "", 0, options)


def token_of(request: Request, options: ApiOptions) -> str:
    """The token of the visit, or empty."""
    return request.cookies.get(_name(options), "")


def bound_to(token: str) -> str:
    """What every form of this visit carries: a form of another task is none of it."""
    return hmac.new(token.encode(), b"form of a task", hashlib.sha256).hexdigest()


def _set(answer: Response, visit_id: str, token: str, seconds: int, options: ApiOptions) -> None:
    answer.set_cookie(
        _name(options),
        token,
        max_age=seconds,
        path=f"{TASKS}/{visit_id}",
        secure=options.secure,
        httponly=True,
        samesite="strict",
    )


def _name(options: ApiOptions) -> str:
    return "__Secure-kim_task" if options.secure else "kim_task"
