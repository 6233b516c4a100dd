"""Shapes of the rules about needs: which kinds there are, and the steps that a person takes, in plain words.

Only shapes live here. What becomes of a need: `needs`; what is offered: `offers`.
"""

from __future__ import annotations

from process_models.rule_base import Rule, Shape, Slug


class NeedStep(Shape):
    """A step that the person takes, in plain words of both languages of the pages."""

    code: Slug
    de: str
    en: str


class NeedKind(Rule):
    """A kind of need. `code` is the kind: `language`."""

    english: str
    """Its name for pages in English."""
    sensitive: bool = False
    """It tells of a special category of personal data: its detail needs consent to that category."""
    steps: tuple[NeedStep, ...] = ()
    """What the person does, in order; shown and printed for them."""

    def name(self, language: str) -> str:
        """The kind as a page in this language calls it."""
        return self.title if language == "de" else self.english
