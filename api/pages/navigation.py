"""What the navigation shows: one line an entry, shown to whoever has its permission.

The pages themselves check the permission again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from api.permissions import PERMISSIONS


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the navigation. `label` is German and stands in `shell.po` for other languages."""

    label: str
    address: str
    permission: str


def N_(label: str) -> str:  # noqa: N802 - the usual name of the mark for words that are translated later
    """Marks a word for the translators."""
    return label


ENTRIES: Final = (
    Entry(N_("Arbeitsplatz"), "/desk", "desk.open"),
    Entry(N_("Wege"), "/paths", "path.read"),
    Entry(N_("Kalender"), "/calendar", "calendar.read"),
    Entry(N_("Was stockt"), "/board", "board.read"),
    Entry(N_("Zustellung"), "/deliveries", "notices.read"),
    Entry(N_("E-Mails"), "/mails", "mails.preview"),
    Entry(N_("Auslastung"), "/workload", "board.read"),
    Entry(N_("Stellen"), "/posts", "post.read"),
    Entry(N_("Angebote"), "/offers", "offer.read"),
    Entry(N_("Bedarfe"), "/needs", "need.count"),
    Entry(N_("Gremien"), "/bodies", "agenda.read"),
    Entry(N_("Schnittstellen"), "/review", "review.read"),
    Entry(N_("Jahreszahlen"), "/figures", "figures.read"),
    Entry(N_("Fassungen"), "/models", "model.read"),
    Entry(N_("Vertretung"), "/deputies", "deputy.manage"),
)


def entries_for(role: str) -> tuple[Entry, ...]:
    """The entries that this role may open, in order."""
    return tuple(entry for entry in ENTRIES if role in PERMISSIONS[entry.permission])
