"""What the navigation shows: one line an entry, shown to whoever has its permission; many entries stand in groups.

The pages themselves check the permission again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from api.permissions import PERMISSIONS

AT_ONCE: Final = 7
"""So many entries are taken in at a glance; a role with more of them sees groups."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the navigation. `label` is German and stands in `shell.po` for other languages."""

    label: str
    address: str
    permission: str
    also: tuple[str, ...] = ()
    """Addresses of pages that belong to this place though they lie elsewhere."""

    def holds(self, here: str) -> bool:
        """Whether the page at this address is the place itself or lies in it."""
        return any(here == one or here.startswith(f"{one}/") for one in (self.address, *self.also))


@dataclass(frozen=True, slots=True)
class Group:
    """Several places under one word, which opens them."""

    label: str
    entries: tuple[Entry, ...]

    def holds(self, here: str) -> bool:
        """Whether the page at this address is one of its places or lies in one."""
        return any(entry.holds(here) for entry in self.entries)


def N_(label: str) -> str:  # noqa: N802 - the usual name of the mark for words that are translated later
    """Marks a word for the translators."""
    return label


NAVIGATION: Final[tuple[Entry | Group, ...]] = (
    Entry(N_("Arbeitsplatz"), "/desk", "desk.open"),
    Entry(N_("Wege"), "/paths", "path.read"),
    Entry(N_("Was stockt"), "/board", "board.read"),
    Group(
        N_("Fristen und Post"),
        (
            Entry(N_("Kalender"), "/calendar", "calendar.read"),
            Entry(N_("Zustellung"), "/deliveries", "notices.read"),
            Entry(N_("E-Mails"), "/mails", "mails.preview"),
        ),
    ),
    Group(
        N_("Team"),
        (
            Entry(N_("Auslastung"), "/workload", "board.read"),
            Entry(N_("Stellen"), "/posts", "post.read", also=("/assignments",)),
            Entry(N_("Vertretung"), "/deputies", "deputy.manage"),
        ),
    ),
    Group(
        N_("Angebote und Bedarfe"),
        (
            Entry(N_("Angebote"), "/offers", "offer.read"),
            Entry(N_("Bedarfe"), "/needs", "need.count"),
        ),
    ),
    Group(
        N_("Steuerung"),
        (
            Entry(N_("Gremien"), "/bodies", "agenda.read", also=("/items",)),
            Entry(N_("Schnittstellen"), "/review", "review.read"),
            Entry(N_("Jahreszahlen"), "/figures", "figures.read"),
            Entry(N_("Fassungen"), "/models", "model.read"),
        ),
    ),
)


def entries_for(role: str) -> tuple[Entry | Group, ...]:
    """What this role may open, in order: in groups only if it is more than is taken in at a glance."""
    grouped = tuple(_allowed(role))
    flat = tuple(entry for one in grouped for entry in _entries(one))
    return flat if len(flat) <= AT_ONCE else grouped


def _allowed(role: str) -> Iterator[Entry | Group]:
    """What the role may open; a group of one is that one."""
    for one in NAVIGATION:
        entries = tuple(entry for entry in _entries(one) if role in PERMISSIONS[entry.permission])
        if isinstance(one, Group) and len(entries) > 1:
            yield replace(one, entries=entries)
        else:
            yield from entries


def _entries(one: Entry | Group) -> tuple[Entry, ...]:
    return one.entries if isinstance(one, Group) else (one,)
