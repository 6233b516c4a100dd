"""What callers get back beside a path: its course as bands of time, what a fact would set going. Shapes only."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from pydantic import BaseModel

from api.reads_preview import Preview
from process_models.path_chart import Chart


class BandView(BaseModel):
    """Etwas, das von einem Tag bis zu einem Tag dauerte / something that lasted; no last day: it goes on."""

    row: str
    code: str
    title: str
    since: date
    until: date | None
    alarming: bool


class CourseView(BaseModel):
    """Der Weg als Bänder der Zeit / the course of a path."""

    begins: date
    ends: date
    today: date
    bands: tuple[BandView, ...]

    @classmethod
    def of(cls, chart: Chart) -> CourseView:
        """The chart as JSON has it."""
        return cls.model_validate(asdict(chart))


class ChangeView(BaseModel):
    """Ein Unterschied im Plan / a difference in the plan."""

    kind: str
    title: str
    before: str
    after: str


class HandoverAheadView(BaseModel):
    """Eine Übergabe, die angeboten oder zurückgenommen würde / a handover that would be offered or taken back."""

    code: str
    title: str
    to: str


class MailAheadView(BaseModel):
    """Eine Mail, die hinausginge / a mail that would leave."""

    kind: str
    about: str
    to: str


class PreviewView(BaseModel):
    """Was eine Tatsache in Gang setzen würde / what a fact would set going."""

    changes: tuple[ChangeView, ...]
    waiting: str
    offers: tuple[HandoverAheadView, ...]
    taken_back: tuple[HandoverAheadView, ...]
    mails: tuple[MailAheadView, ...]
    tasks: tuple[str, ...]

    @classmethod
    def of(cls, preview: Preview) -> PreviewView:
        """The preview as JSON has it."""
        return cls.model_validate(asdict(preview))
