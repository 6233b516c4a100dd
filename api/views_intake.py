"""What callers get back before a path begins: the answer of the target group, the text of a consent. Shapes only."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from api.reads_intake import SheetSeen
from process_models.consent_texts import ConsentSheet
from process_models.intake import Verdict
from process_models.plan import Eligibility


class LineView(BaseModel):
    """Eine Zeile der Tabelle / a line of the table."""

    code: str
    variant: str
    title: str
    statute: str
    evidence: str
    why: str
    """`decides`, or what keeps it from deciding: age, status, over, draft ..."""


class VerdictView(BaseModel):
    """Was die Zielgruppe sagt / what the target group says."""

    eligibility: Eligibility
    day: date
    age: int
    status: str
    residence: str
    stay_since: date | None
    lines: tuple[LineView, ...]
    tolerance_years: int
    takes_part: bool
    may_be_replaced: bool

    @classmethod
    def of(cls, verdict: Verdict) -> VerdictView:
        """The verdict as JSON has it."""
        shown = LineView.model_fields.keys() - {"why"}
        lines = (LineView(**{name: getattr(told.rule, name) for name in shown}, why=told.why) for told in verdict.lines)
        own = {name: getattr(verdict, name) for name in cls.model_fields if name != "lines"}
        return cls(**own, lines=tuple(lines))


class SheetText(BaseModel):
    """Ein Text in einer Sprache / a text in one language."""

    language: str
    name: str
    direction: str
    banner: str
    fingerprint: str
    words: dict[str, str]
    purposes: dict[str, str]
    categories: tuple[str, ...]
    note: str

    @classmethod
    def of(cls, sheet: ConsentSheet) -> SheetText:
        """The sheet as JSON has it."""
        own = {name: getattr(sheet, name) for name in cls.model_fields if name not in ("words", "purposes")}
        return cls(**own, words={str(key): said for key, said in sheet.words.items()}, purposes=dict(sheet.purposes))


class SheetView(BaseModel):
    """Der Text einer Einwilligung / the text of a consent."""

    version: str
    recipient: str
    text: SheetText
    german: SheetText

    @classmethod
    def of(cls, seen: SheetSeen) -> SheetView:
        """What was read as JSON has it."""
        return cls(
            version=seen.sheet.version,
            recipient=seen.sheet.recipient,
            text=SheetText.of(seen.sheet),
            german=SheetText.of(seen.german),
        )
