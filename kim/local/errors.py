"""Why the local stack cannot start, in words for the person at the keyboard.

Only the command line shows these; nothing outside `kim.local` catches them by name.
"""

from __future__ import annotations

from process_models.errors import KimError


class LocalStackError(KimError):
    """A program of the local stack is missing or does not start; the text says what to do."""

    status = 503
    title = "Der lokale Stapel startet nicht"


class NoTemporalServer(LocalStackError):
    """None of the four ways gave a usable Temporal server."""

    title = "Kein Temporal-Server gefunden"
