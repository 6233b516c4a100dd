"""From a kind of mail and its few allowed values to subject, text and HTML. Each mail is a folder under `mails/`.

Nothing is looked up or sent here, and no value of a person has a place in `MailContext`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from textwrap import wrap
from typing import Annotated, Final, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from notifications.calendar_entry import DayEntry
from notifications.words import DAYS, N_, words
from process_models.configuration import Language
from process_models.look_again import day_at

KINDS: Final = (
    "offer",
    "withdrawal",
    "information",
    "erasure",
    "reminder_deadline",
    "reminder_gap",
    "escalation_e1",
    "escalation_e2",
    "escalation_e3",
    "agenda_item",
    "consent_needed",
    "delivery_failed",
    "decision",
    "agenda_papers",
    "minutes_missing",
    "evaluation_due",
    "model_changed",
    "access_code",
    "offer_upkeep",
    "digest",
)
DATED: Final = (
    "offer",
    "reminder_deadline",
    "reminder_gap",
    "escalation_e1",
    "escalation_e2",
    "consent_needed",
    "agenda_item",
    "agenda_papers",
    "evaluation_due",
    "offer_upkeep",
)
"""Kinds whose date is one to keep: such a mail brings it as a calendar entry, if it names one."""
ENDING: Final = ("withdrawal",)
"""Kinds that take the entry of an earlier mail back."""
PARTS: Final = ("subject.txt", "body.txt", "body.html")
MAILS: Final = Path(__file__).parent / "mails"

_IN_THE_CALENDAR: Final = N_("Was zu tun ist, steht in der E-Mail, mit der dieser Termin kam.")
_WIDTH: Final = 76
_ENCODED_WORD: Final = re.compile(r"=\?|\?=")
_REFUSED_CATEGORIES: Final = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Unicode categories of control, bidi, surrogate, private and unassigned characters and of line separators."""

Audience = Literal["agency", "head", "office", "body"]


def one_line(text: str) -> str:
    """The text itself, if it is one harmless line. Errors: ValueError for control, bidi or encoded-word characters."""
    if _ENCODED_WORD.search(text) or any(unicodedata.category(sign) in _REFUSED_CATEGORIES for sign in text):
        raise ValueError("a line of a mail may not have control, direction or encoded-word characters")
    return text


OneLine = Annotated[str, StringConstraints(max_length=160), AfterValidator(one_line)]
CaseNumber = Annotated[str, StringConstraints(pattern=r"^([A-Z0-9]+(-[A-Z0-9]+)+)?$", max_length=40)]
Link = Annotated[str, StringConstraints(pattern=r"^(https?://[A-Za-z0-9._~:/?#@!$&()*+,;=%\[\]-]+)?$", max_length=400)]
AccessCode = Annotated[str, StringConstraints(pattern=r"^(\d{6})?$")]


class TaskLine(BaseModel):
    """A line of a digest: what a single mail would have said."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: OneLine
    """German words of `labels.KINDS_IN_WORDS`, translated in the mail."""
    case_number: CaseNumber
    due_on: date | None = None
    link: Link = ""


class MailContext(BaseModel):
    """Everything that a mail may say: a pseudonym, who is addressed, a link, dates.

    Errors: ValidationError, whose text has no values in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    to: str
    """Mailbox of the recipient, checked again when the message is composed."""
    key: str = Field(min_length=1)
    """Key of the notice; only its hash leaves."""
    written_at: datetime
    addressee: OneLine
    office: OneLine
    """The coordinating unit that answers questions."""
    audience: Audience
    language: Language = "de"
    case_number: CaseNumber = ""
    """Pseudonym of the path; empty in anonymous mails."""
    link: Link = ""
    due_on: date | None = None
    about: str = ""
    """What the date is about; only its hash leaves, as the identity of the calendar entry."""
    link_until: date | None = None
    code: AccessCode = ""
    """Six digits that open the page of a task; only a mail of this kind has them, and nothing keeps them in clear."""
    code_minutes: int = 0
    """How long they hold."""
    tasks: tuple[TaskLine, ...] = ()
    """The lines of a digest."""
    open_before: int = 0
    """How many tasks of earlier mails wait for an answer; a number only."""


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail ready to be composed: one recipient, one subject line, text and HTML."""

    kind: str
    to: str
    key: str
    written_at: datetime
    subject: str
    text: str
    html: str
    language: Language = "de"
    entry: DayEntry | None = None
    """The date of the mail, for the reader's calendar."""


@cache
def _environment(language: Language, *, escape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(MAILS),
        undefined=StrictUndefined,
        autoescape=escape,  # noqa: S701  # on for every HTML part, off for plain text only
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(words(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters["day"] = DAYS[language]
    return environment


def render(kind: str, context: MailContext) -> RenderedMail:
    """Renders a mail. Errors: ValueError for an unknown kind or a subject that is not one line."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind of mail {kind!r}; allowed: {', '.join(KINDS)}")
    values: dict[str, object] = context.model_dump(exclude={"to", "key", "written_at", "about"})
    values["day_written"] = day_at(context.written_at)
    plain, escaped = _environment(context.language, escape=False), _environment(context.language, escape=True)
    subject = one_line(plain.get_template(f"{kind}/subject.txt").render(values).strip())
    text = plain.get_template(f"{kind}/body.txt").render(values)
    html = escaped.get_template(f"{kind}/body.html").render({**values, "subject": subject})
    return RenderedMail(
        kind=kind,
        to=context.to,
        key=context.key,
        written_at=context.written_at,
        subject=subject,
        text=_tidy(text),
        html=html,
        language=context.language,
        entry=_entry(kind, subject, context),
    )


def _entry(kind: str, subject: str, context: MailContext) -> DayEntry | None:
    """The calendar entry of a mail. The link of a task stays in the mail: calendars are shared, it is a key."""
    ending = kind in ENDING
    day = context.due_on or (day_at(context.written_at) if ending else None)
    if day is None or not context.about or not (ending or kind in DATED):
        return None
    said = words(context.language).gettext(_IN_THE_CALENDAR)
    link = context.link if context.audience not in ("agency", "head") else ""
    return DayEntry(context.about, day, subject, said, context.written_at, link, ending)


def _tidy(text: str) -> str:
    """Lines of at most 76 characters (a link stays whole) and at most one empty line in a row."""
    lines = [part for line in text.splitlines() for part in _wrapped(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _wrapped(line: str) -> list[str]:
    return wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False) if len(line) > _WIDTH else [line.rstrip()]
