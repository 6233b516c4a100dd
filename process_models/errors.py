"""Errors as facts: each has a name, a status and a way out. No error text carries personal data."""

from __future__ import annotations

from collections.abc import Sequence


class KimError(Exception):
    """Base of every expected refusal. `status` is the HTTP status that the API answers with."""

    status = 500
    title = "Unerwarteter Zustand"

    def __init__(
        self, detail: str, *, field: str | None = None, allowed: Sequence[str] = (), way_out: str = ""
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.allowed = tuple(allowed)
        self.way_out = way_out

    @property
    def name(self) -> str:
        """Stable name of the error: the class name."""
        return type(self).__name__


class FactInvalid(KimError):
    """A fact has an unknown kind or wrong data; `field` names it, `allowed` lists what is allowed."""

    status = 422
    title = "Die Tatsache ist nicht gültig"


class UnknownMunicipality(KimError):
    """No configuration for this Kreis, kreisfreie Stadt or place."""

    status = 422
    title = "Unbekannte Kommune"


class PathEnded(KimError):
    """The path has ended; only corrections and retractions open it again."""

    status = 409
    title = "Der Weg ist beendet"


class PathNotFound(KimError):
    """No such path for this caller (absent and foreign look the same)."""

    status = 404
    title = "Weg nicht gefunden"


class HandoverNotPossible(KimError):
    """The handover is not in a state that allows this answer; `allowed` lists the answers that are."""

    status = 409
    title = "Diese Antwort ist jetzt nicht möglich"


class DecisionNotPossible(KimError):
    """The item is decided already, or this body cannot decide so; `allowed` lists the decisions that are possible."""

    status = 409
    title = "Dieser Beschluss ist nicht möglich"


class ConsentMissing(KimError):
    """Neither consent nor statute covers the handover."""

    status = 409
    title = "Einwilligung fehlt"


class ModelInvalid(KimError):
    """A rule or configuration file does not validate; the detail lists every finding with file and line."""

    status = 500
    title = "Das Prozessmodell ist nicht gültig"


class ScenarioInvalid(KimError):
    """A scenario file does not validate."""

    status = 422
    title = "Das Szenario ist nicht gültig"
