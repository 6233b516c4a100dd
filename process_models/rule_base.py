"""What every rule has in common: its source, the days on which it holds, its release, and how it names a fact.

Shapes of particular rules stand in `rules`, those of a municipality in `configuration`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

EVIDENCE: Final = re.compile(r"(V26|V:[0-9-]+|VW|S[0-4]|R|U|P)(, (V26|V:[0-9-]+|VW|S[0-4]|R|U|P))*")
"""One or more evidence tags."""
EVIDENCE_TAGS: Final = ("V26", "V:JJJJ-MM-TT", "VW", "S0 bis S4", "R", "U", "P")
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9_.-]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
IsoDuration = Annotated[str, StringConstraints(pattern=r"^P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?$")]
DeadlineKind = Literal["FRIST", "EXPIRY", "WAIT", "TERMIN"]
Basis = Literal["consent", "statute", "none"]
Category = Literal["identity", "residence", "benefits", "housing", "family", "work", "education", "language", "health"]


class Shape(BaseModel):
    """Base: unknown keys are findings, not noise."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Release(Shape):
    """Whether a rule may act: `released` rules act, `gated` rules are shown with a banner and several candidates."""

    state: Literal["draft", "released", "gated", "withdrawn"] = "draft"
    by: str = ""
    on: date | None = None
    banner: str = ""


class Rule(Shape):
    """Common part of every rule: where it comes from and when it holds (both days inclusive, None = open)."""

    code: str
    title: str
    """German, as people read it."""
    statute: str
    """Statute or document, as cited; never empty."""
    evidence: str
    """Evidence tag: V26, V:date, VW, S0 to S4, R, U or P."""
    valid_from: date | None = None
    valid_to: date | None = None
    release: Release = Release()
    note: str = ""
    variant: str = ""
    """Tells rules of one code apart that hold side by side (inactivity suit: for a title, for naturalisation)."""

    def holds_on(self, day: date) -> bool:
        """True if the rule is in force on this day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class FactMatch(Shape):
    """Matches a fact by kind and, where given, by values of its data.

    Example: `{fact: asylum.decided, when: {outcome: [refugee]}}`.
    """

    fact: str
    when: dict[str, list[Any]] = {}
    unless: dict[str, list[Any]] = {}
    """Values that rule the fact out; a fact that leaves the field open is not ruled out."""
