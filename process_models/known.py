"""The facts that count on a day, arranged by kind, so that a rule looks only at facts it could match.

No rule and no order of events lives here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from process_models.facts import Fact
from process_models.rulebook import matches
from process_models.rules import FactMatch


class KnownFacts:
    """Facts of one person that are known and count on the day looked at."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts: tuple[Fact, ...] = tuple(facts)
        self._by_kind: dict[str, list[Fact]] = {}
        for fact in self.facts:
            self._by_kind.setdefault(fact.kind, []).append(fact)

    def without(self, ids: Collection[str]) -> KnownFacts:
        """These facts without some of them."""
        return KnownFacts(fact for fact in self.facts if fact.id not in ids) if ids else self

    def of(self, *kinds: str) -> list[Fact]:
        """The facts of these kinds."""
        return [fact for kind in kinds for fact in self._by_kind.get(kind, ())]

    def matching(self, match: FactMatch) -> list[Fact]:
        """The facts that a rule asks for."""
        found: Sequence[Fact] = self._by_kind.get(match.fact, ())
        return [fact for fact in found if matches(match, fact)] if match.when or match.unless else list(found)

    def knows(self, kind: str) -> bool:
        """True if there is any fact of this kind."""
        return kind in self._by_kind

    def has(self, match: FactMatch) -> bool:
        """True if a rule finds what it asks for."""
        return bool(self.matching(match))

    def latest(self, *kinds: str) -> Fact | None:
        """The latest fact of these kinds by effective day."""
        return max(self.of(*kinds), key=lambda fact: (fact.on, fact.id), default=None)
