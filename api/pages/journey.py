"""The short journey to the identity provider: its state, sealed in a cookie that lasts ten minutes.

State, nonce, the PKCE verifier and the page that was wanted; nothing about the person.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from fastapi import Request
from fastapi.responses import Response

from api.services import ApiOptions

WANTED: Final = "wanted"
_COOKIE: Final = "kim_journey"
_PATH: Final = "/sign-in"
_SECONDS: Final = 600


def pack(answer: Response, state: dict[str, Any], options: ApiOptions) -> None:
    """Gives the state of the journey to the browser."""
    sealed = _fernet(options).encrypt(json.dumps(state).encode()).decode()
    _keep(answer, sealed, _SECONDS, options)


def unpack(request: Request, options: ApiOptions) -> dict[str, Any]:
    """The state of the journey; empty if there is none, or an old or foreign one."""
    try:
        plain = _fernet(options).decrypt(request.cookies.get(_COOKIE, ""), ttl=_SECONDS)
    except InvalidToken:
        return {}
    state: dict[str, Any] = json.loads(plain)
    return state


def forget(answer: Response, options: ApiOptions) -> None:
    """The journey is over."""
    _keep(answer, "", 0, options)


def _keep(answer: Response, value: str, seconds: int, options: ApiOptions) -> None:
    answer.set_cookie(_COOKIE, value, max_age=seconds, path=_PATH, secure=options.secure, httponly=True, samesite="lax")


def _fernet(options: ApiOptions) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(options.cookie_key))
