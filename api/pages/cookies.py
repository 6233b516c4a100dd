"""The three cookies of the pages: the session, the language, and a notice for the next page.

All HttpOnly and SameSite=Lax; under https the session is bound to this host alone.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from api.pages.words import chosen_language
from api.services import ApiOptions
from store.accounts import LONGEST

LANGUAGE: Final = "kim_language"
_NOTICE: Final = "kim_notice"
_NOTICE_SECONDS: Final = 60
_LANGUAGE_SECONDS: Final = 365 * 24 * 3600
_KINDS: Final = ("success", "info", "warning", "danger")


@dataclass(frozen=True, slots=True)
class Notice:
    """What the page before has to say."""

    text: str
    kind: str


def session_of(request: Request, options: ApiOptions) -> str:
    """The token of the session, or empty."""
    return request.cookies.get(_session_name(options), "")


def keep_session(answer: Response, token: str, options: ApiOptions) -> None:
    """Gives the session to the browser; it ends with the browser or after the absolute limit."""
    _keep(answer, _session_name(options), token, int(LONGEST.total_seconds()), secure=options.secure)


def forget_session(answer: Response, options: ApiOptions) -> None:
    """Takes the session back."""
    _keep(answer, _session_name(options), "", 0, secure=options.secure)


def language_of(request: Request) -> str:
    """The language of the visitor: asked for in the address, remembered, or the first one of the browser."""
    chosen = request.query_params.get("language") or request.cookies.get(LANGUAGE)
    return chosen_language(chosen, request.headers.get("accept-language", ""))


def keep_language(answer: Response, language: str, options: ApiOptions) -> None:
    """Remembers the language."""
    _keep(answer, LANGUAGE, language, _LANGUAGE_SECONDS, secure=options.secure)


def keep_notice(answer: Response, key: str, text: str, kind: str) -> None:
    """Leaves a notice for the next page, signed for this session."""
    assert kind in _KINDS
    plain = json.dumps([text, kind]).encode()
    _keep(answer, _NOTICE, base64.urlsafe_b64encode(plain + _seal(key, plain)).decode(), _NOTICE_SECONDS, secure=False)


def read_notice(request: Request, key: str) -> Notice | None:
    """The notice of the page before, or None; one that was not signed for this session is none."""
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(_NOTICE, ""))
    except (binascii.Error, ValueError):
        return None
    plain, seal = sealed[:-32], sealed[-32:]
    if not plain or not hmac.compare_digest(seal, _seal(key, plain)):
        return None
    text, kind = json.loads(plain)
    return Notice(text, kind)


def forget_notice(answer: Response) -> None:
    """The notice has been shown."""
    _keep(answer, _NOTICE, "", 0, secure=False)


def _session_name(options: ApiOptions) -> str:
    return "__Host-kim_session" if options.secure else "kim_session"


def _keep(answer: Response, name: str, value: str, seconds: int, *, secure: bool) -> None:
    answer.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")


def _seal(key: str, plain: bytes) -> bytes:
    return hmac.new(key.encode(), plain, hashlib.sha256).digest()
