"""Errors as answers: problem+json (RFC 9457) in German that names the field and what is allowed, and echoes nothing.

Every refusal of the rules, the records and the API passes here; pages translate the same errors into HTML themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from process_models.errors import KimError
from process_models.phrases import Phrase

log = structlog.get_logger()

Refusal = TypeVar("Refusal", bound=KimError)

PROBLEM_MEDIA = "application/problem+json"
RETRY_AFTER_SECONDS = 5

_STATUS_TITLES = {
    400: "Die Anfrage ist nicht lesbar",
    404: "Nicht gefunden",
    405: "Diese Methode gibt es hier nicht",
    413: "Die Anfrage ist zu groß",
}
_STATUS_DETAILS = {
    400: "Der Inhalt ist kein gültiges JSON.",
    404: "Unter dieser Adresse gibt es nichts.",
    405: "Welche Methoden es gibt, steht in der Beschreibung der Schnittstelle unter /docs.",
    413: "Erlaubt sind höchstens 64 KiB.",
}
SENTENCES = {
    "missing": "Das Feld fehlt.",
    "date_from_datetime_parsing": "Erwartet wird ein Tag in der Form JJJJ-MM-TT.",
    "date_parsing": "Erwartet wird ein Tag in der Form JJJJ-MM-TT.",
    "date_type": "Erwartet wird ein Tag in der Form JJJJ-MM-TT.",
    "datetime_parsing": "Erwartet wird ein Zeitpunkt mit Zeitzone, etwa 2026-03-02T08:00:00Z.",
    "datetime_from_date_parsing": "Erwartet wird ein Zeitpunkt mit Zeitzone, etwa 2026-03-02T08:00:00Z.",
    "timezone_aware": "Dem Zeitpunkt fehlt die Zeitzone.",
    "string_type": "Erwartet wird ein Text.",
    "string_unicode": "Der Text enthält Zeichen, die kein gültiges Unicode sind.",
    "string_pattern_mismatch": "Der Text hat nicht die erwartete Form.",
    "string_too_long": "Der Text ist zu lang.",
    "string_too_short": "Der Text ist zu kurz.",
    "bool_type": "Erwartet wird true oder false.",
    "int_type": "Erwartet wird eine ganze Zahl.",
    "list_type": "Erwartet wird eine Liste.",
    "tuple_type": "Erwartet wird eine Liste.",
    "too_long": "Die Liste ist zu lang.",
    "too_short": "Die Liste ist zu kurz.",
    "dict_type": "Erwartet wird ein Objekt.",
    "model_attributes_type": "Erwartet wird ein Objekt.",
    "literal_error": "Der Wert ist nicht erlaubt.",
    "unknown_field": "Das Objekt hat ein Feld, das es hier nicht gibt.",
    "json_invalid": "Der Inhalt ist kein gültiges JSON.",
}


class FieldProblem(BaseModel):
    """One finding about one field of the request."""

    field: str
    detail: str
    allowed: list[str] = []


class Problem(BaseModel):
    """An error that says what is wrong and what to do (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    """Stable name of the error."""
    field: str | None = None
    allowed: list[str] = []
    way_out: str = ""
    errors: list[FieldProblem] = []


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": description}
    for status, description in {
        400: "Nicht lesbar, oder der Idempotency-Key fehlt / unreadable, or the Idempotency-Key is missing",
        401: "Anmeldung fehlt / login missing",
        403: "Keine Berechtigung / not permitted",
        404: "Nicht gefunden / not found",
        409: "Im jetzigen Stand nicht möglich / not possible in the present state",
        413: "Zu groß / too large",
        415: "Kein JSON / not JSON",
        422: "Ungültig / invalid",
        503: "Die Datenbank ist gerade nicht erreichbar / the database is away",
    }.items()
}


def install(app: FastAPI) -> None:
    """Registers the answers to every expected error."""
    app.add_exception_handler(KimError, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, on_http_error)


def without_echo(error: Refusal, said: Iterable[str]) -> Refusal:
    """The same refusal without the words that the caller sent: rules quote them, answers and logs must not."""
    words = {word for word in said if word not in error.allowed}
    detail = error.detail
    if isinstance(detail, Phrase):
        detail = Phrase(detail.sentence, **{name: "…" if one in words else one for name, one in detail.values.items()})
    return type(error)(detail, field=error.field, allowed=error.allowed, way_out=error.way_out)


def problem_of(error: KimError) -> Problem:
    """The problem that tells this refusal."""
    return Problem(
        type=_type_of(error.name),
        title=error.title,
        status=error.status,
        detail=error.detail,
        code=error.name,
        field=error.field,
        allowed=list(error.allowed),
        way_out=error.way_out,
    )


def _type_of(name: str) -> str:
    return "urn:kim-lotse:problem:" + re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _answer(problem: Problem) -> Response:
    headers = {}
    if problem.status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(
        problem.model_dump(mode="json"), status_code=problem.status, headers=headers, media_type=PROBLEM_MEDIA
    )


def _on_refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, KimError)
    if error.status == 500:
        log.error("defect", error_class=error.name)
    return _answer(problem_of(error))


def _on_invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    findings = [_finding(one) for one in error.errors()]
    unreadable = any(one["type"] == "json_invalid" for one in error.errors())
    first = findings[0]
    return _answer(
        Problem(
            type=_type_of("RequestInvalid"),
            title="Die Anfrage ist nicht gültig",
            status=400 if unreadable else 422,
            detail=f"{first.field}: {first.detail}" if first.field else first.detail,
            code="RequestInvalid",
            field=first.field or None,
            allowed=first.allowed,
            way_out="Die genannten Felder berichtigen und die Anfrage wiederholen; geändert wurde nichts.",
            errors=findings,
        )
    )


class WrongAt(ValueError):
    """What is wrong about several fields of a shape together, told at one of them."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


def place_of(error: Mapping[str, Any]) -> str:
    """The field of a flat shape that a finding of pydantic is about; empty if it is about none."""
    if error["loc"]:
        return str(error["loc"][0])
    return str(getattr((error.get("ctx") or {}).get("error"), "field", ""))


def sentence_of(error: Mapping[str, Any]) -> str:
    """The German sentence of a finding of pydantic; it never quotes what was sent."""
    if error["type"] == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    return SENTENCES.get(error["type"], "Der Wert ist nicht gültig.")


def _finding(error: dict[str, Any]) -> FieldProblem:
    """Tells the place and the rule, never what was sent."""
    context = error.get("ctx") or {}
    return FieldProblem(
        field=field_name(error["loc"]),
        detail=sentence_of(error),
        allowed=_allowed(error["type"], context),
    )


def field_name(place: Sequence[str | int]) -> str:
    """`("body", "facts", 0, "on")` -> `facts.0.on`. Stops at `data`: what follows was chosen by the sender."""
    parts = [str(part) for part in place[1:]]
    return ".".join(parts[: parts.index("data") + 1] if "data" in parts else parts)


def _allowed(kind: str, context: dict[str, Any]) -> list[str]:
    if kind == "literal_error":
        return re.findall(r"'([^']*)'", str(context.get("expected", "")))
    if kind == "unknown_field":
        return list(context["allowed"])
    return [str(context[key]) for key in ("pattern", "max_length", "min_length") if key in context]


def on_http_error(_request: Request, error: Exception) -> Response:
    """What the framework refuses by itself: an address, a method, a body."""
    assert isinstance(error, HTTPException)
    answer = _http_problem(error.status_code)
    answer.headers.update(error.headers or {})
    return answer


def _http_problem(status: int) -> Response:
    return _answer(
        Problem(
            type="about:blank",
            title=_STATUS_TITLES.get(status, "Die Anfrage wurde nicht angenommen"),
            status=status,
            detail=_STATUS_DETAILS.get(status, "Die Anfrage wurde nicht angenommen."),
            code=f"Http{status}",
        )
    )


def too_large() -> Response:
    """The answer to a body over the limit."""
    return _http_problem(413)


def defect() -> Response:
    """The answer to a defect of ours: nothing of its text leaves the process."""
    return _answer(
        Problem(
            type=_type_of("Defect"),
            title="Interner Fehler",
            status=500,
            detail="Das System hat einen Fehler gemacht. Die Anfrage darf unverändert wiederholt werden.",
            code="Defect",
        )
    )
