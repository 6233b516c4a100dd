"""Shape of the words on which consents are given: one entry a language, for the versions of the text that it words.

Only the shape lives here. Filling a text with its purposes and recipient: `consent_texts`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from process_models.rule_base import Category, Rule

Word = Literal[
    "heading",
    "controller",
    "what_for",
    "which_data",
    "to_whom",
    "to_nobody",
    "how_long",
    "until",
    "until_revoked",
    "voluntary_title",
    "voluntary",
    "refusal_title",
    "refusal",
    "revocation_title",
    "revocation",
    "afterwards",
    "without_consent",
    "rights_title",
    "rights",
    "understood",
    "yes",
    "no",
    "place_day",
    "signature",
    "guardian",
    "translation",
]
"""What every text has to say: purpose, consequences of a refusal, that it can be revoked, and the rest of a form."""


class ConsentWording(Rule):
    """The words of a consent in one language. Only the German ones are released; a `draft` is shown with its banner."""

    language: str
    name: str
    """The language in its own words: العربية."""
    direction: Literal["ltr", "rtl"] = "ltr"
    versions: tuple[str, ...]
    """Versions of the text (`consent_texts` of a municipality) that these are the words of."""
    words: dict[Word, str]
    purposes: dict[str, str]
    """Code of a purpose -> what is consented to."""
    categories: dict[Category, str]
    notes: dict[str, str] = Field(default_factory=dict)
    """Version -> what its employer has to say besides."""
