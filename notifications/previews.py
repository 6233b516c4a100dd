"""Every mail as its readers would see it, with invented data: for previews in the pages. Nothing leaves from here."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final, get_args

from notifications.digests import DIGEST
from notifications.labels import KINDS_IN_WORDS
from notifications.rendering import KINDS, Audience, MailContext, RenderedMail, TaskLine, render
from process_models.configuration import Language
from process_models.look_again import day_at

AUDIENCES: Final[tuple[Audience, ...]] = get_args(Audience)
_AGENCY: Final[tuple[Audience, ...]] = ("agency",)
_OFFICE: Final[tuple[Audience, ...]] = ("office",)
_READERS: Final[dict[str, tuple[Audience, ...]]] = {
    "offer": _AGENCY,
    "withdrawal": _AGENCY,
    "information": _AGENCY,
    "erasure": _AGENCY,
    "reminder_deadline": ("office", "agency"),
    "reminder_gap": ("office", "agency"),
    "escalation_e1": _AGENCY,
    "escalation_e2": ("agency", "head", "office"),
    "escalation_e3": ("agency", "office", "body"),
    "agenda_item": ("body",),
    "agenda_papers": _OFFICE,
    "minutes_missing": _OFFICE,
    "evaluation_due": _OFFICE,
    "offer_upkeep": _AGENCY,
    "consent_needed": _OFFICE,
    "delivery_failed": _OFFICE,
    "decision": _OFFICE,
    "model_changed": _OFFICE,
    "access_code": _AGENCY,
    "digest": ("agency", "office"),
}
_ADDRESSEES: Final[dict[Audience, str]] = {
    "agency": "Jobcenter Musterkreis",
    "head": "Jobcenter Musterkreis, Leitung",
    "office": "Case Management Musterkreis",
    "body": "AG Fallebene Musterkreis",
}
_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)

CODE: Final = "access_code"
_OF_A_CODE: Final = {"code": "123456", "code_minutes": 30, "link": "", "link_until": None, "due_on": None}
"""A mail with a code has no link: neither opens anything without the other."""


@dataclass(frozen=True, slots=True)
class PreviewWanted:
    """Which mail, for whom, in which language."""

    kind: str
    reader: Audience
    language: Language


def readers_of(kind: str) -> tuple[Audience, ...]:
    """In which capacities a mail of this kind is read; the first one is the usual one."""
    return _READERS.get(kind, AUDIENCES)


def preview(wanted: PreviewWanted, now: datetime) -> RenderedMail:
    """The mail with invented values. Errors: ValueError for an unknown kind."""
    task = "/l/beispiel" if wanted.reader == "agency" else "/"
    today = day_at(now)
    context = MailContext(
        to="eingang@jobcenter.musterkreis.example",
        key="preview",
        written_at=now,
        addressee=_ADDRESSEES[wanted.reader],
        office="Kommunales Integrationszentrum Musterkreis",
        audience=wanted.reader,
        language=wanted.language,
        case_number="KIM-2M4K-7B9Q",
        link="" if wanted.reader == "head" else f"https://kim.musterkreis.example{task}",
        due_on=today + timedelta(days=7),
        about="preview",
        link_until=today + timedelta(days=90) if wanted.reader == "agency" else None,
        tasks=_tasks(wanted, today) if wanted.kind == DIGEST else (),
        open_before=2 if wanted.kind == DIGEST else 0,
    )
    return render(wanted.kind, context if wanted.kind != CODE else context.model_copy(update=_OF_A_CODE))


def _tasks(wanted: PreviewWanted, today: date) -> tuple[TaskLine, ...]:
    kinds = ("offer", "escalation_e1") if wanted.reader == "agency" else ("consent_needed", "reminder_deadline")
    return tuple(
        TaskLine(
            kind=KINDS_IN_WORDS[kind],
            case_number=f"KIM-2M4K-7B9{letter}",
            due_on=today + timedelta(days=days),
            link=f"https://kim.musterkreis.example/{'l/beispiel' if wanted.reader == 'agency' else ''}",
        )
        for kind, letter, days in zip(kinds, "QR", (3, 10), strict=True)
    )


def previews(language: Language, now: datetime) -> tuple[RenderedMail, ...]:
    """Every kind for its usual reader, in the order of the kinds."""
    return tuple(preview(PreviewWanted(kind, readers_of(kind)[0], language), now) for kind in KINDS)


def style_hash(html: str) -> str:
    """Source expression that allows exactly the style sheet of this mail, and no other."""
    found = _STYLE.search(html)
    digest = sha256((found.group(1) if found else "").encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
