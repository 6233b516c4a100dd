"""A case: everything that the rules read about one path. Values only; the records load it, the rules never write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from process_models.facts import Fact, Person
from process_models.waits import Waits
from process_models.work import OpenWork, SimilarStall


@dataclass(frozen=True, slots=True)
class Case:
    """One path as the rules see it: the person, the place, all facts (also those not known yet), the open work."""

    path_id: str
    municipality: str
    place: str
    person: Person
    facts: tuple[Fact, ...] = ()
    household: tuple[Person, ...] = ()
    work: OpenWork = field(default_factory=OpenWork)
    similar: tuple[SimilarStall, ...] = ()
    """Stalls of other paths of the tenant at interfaces of this path."""
    waits: tuple[Waits, ...] = ()
    """How long the steps took that the handovers of this path wait for, counted over the tenant."""
    own_paths: Mapping[str, str] = field(default_factory=dict)
    """Members of the household who have a path of their own: reference -> id of that path."""
