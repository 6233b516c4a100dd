"""Failed deliveries: which mail did not arrive and why, what helps, sending again, missing mailboxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends
from fastapi.responses import Response

from api.acts.deliveries import Corrected, Resent, mailbox_corrected, resend
from api.pages.navigation import N_
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_deliveries import read_deliveries
from notifications.labels import KINDS_IN_WORDS
from notifications.words import words

router = page_router()
Reader = Annotated[Visit, Depends(opens("notices.read"))]
Sender = Annotated[Visit, Depends(opens("notices.send"))]


_CALL: Final = N_("Die Stelle anrufen und fragen, ob die Mail da ist; nur wenn nicht, noch einmal senden.")
_MAILBOX: Final = N_("Das Postfach in der Konfiguration prüfen und berichtigen, dann noch einmal senden.")
_ENTER: Final = N_("Ein Funktionspostfach in der Konfiguration eintragen, dann noch einmal senden.")
_SERVER: Final = N_("Den eigenen Mailserver prüfen lassen, dann noch einmal senden.")
_DEFECT: Final = N_("Die Angaben der Stelle in der Konfiguration prüfen; bleibt es dabei, den Betrieb rufen.")


@dataclass(frozen=True, slots=True)
class Why:
    """Why a mail did not arrive, and what a person can do. German, translated on the page."""

    words: str
    help: str


REASONS: Final[tuple[tuple[str, Why], ...]] = (
    ("no_mailbox", Why(N_("Für den Empfänger ist kein Postfach eingetragen."), _ENTER)),
    ("bounced_5.1", Why(N_("Die Mail kam zurück: Das Postfach gibt es nicht."), _MAILBOX)),
    ("bounced_5.2", Why(N_("Die Mail kam zurück: Das Postfach nimmt nichts an, etwa weil es voll ist."), _MAILBOX)),
    ("bounced_", Why(N_("Die Mail kam zurück: Der Mailserver der Stelle hat sie nicht zugestellt."), _MAILBOX)),
    ("smtp_5", Why(N_("Der Mailserver der Stelle hat die Mail abgelehnt."), _MAILBOX)),
    ("given_up_", Why(N_("Drei Tage lang war kein Mailserver bereit, die Mail anzunehmen."), _SERVER)),
    ("reply_", Why(N_("Die Mail ging hinaus, aber die Antwort des Mailservers ging verloren."), _CALL)),
    ("CrashWhileSending", Why(N_("Das Programm wurde beim Senden unterbrochen."), _CALL)),
    ("sender_lost", Why(N_("Das Programm wurde beim Senden unterbrochen."), _CALL)),
    ("content_invalid", Why(N_("Aus den Angaben ließ sich keine Mail machen."), _DEFECT)),
    ("message_invalid", Why(N_("Aus den Angaben ließ sich keine Mail machen."), _DEFECT)),
)
"""Beginning of the code -> words; the first that fits counts."""
_OTHERWISE: Final = Why(N_("Der Grund ist nicht bekannt."), _CALL)


@router.get("/deliveries")
async def deliveries(visit: Reader) -> Response:
    """Mails that did not arrive, and missing mailboxes."""
    said = words(visit.language)
    kinds = {kind: said.gettext(german) for kind, german in KINDS_IN_WORDS.items()}
    seen = await read_deliveries(visit.tools, visit.caller)
    return visit.page("deliveries/list.html", seen=seen, kinds=kinds, why=why)


@router.post("/deliveries/{notice_id}/resend")
async def send_again(visit: Sender, notice_id: str) -> Response:
    """Sends a mail again."""
    await visit.write_for(resend(notice_id), Resent)
    return visit.to("/deliveries", visit.say("Die Mitteilung wird noch einmal gesendet."))


@router.post("/deliveries/mailboxes/{agency}/corrected")
async def corrected(visit: Sender, agency: str) -> Response:
    """Sends everything again that was lost on the way to a mailbox that has been mended."""
    done = await visit.write_for(mailbox_corrected(agency), Corrected)
    return visit.to(
        "/deliveries", visit.say("Mitteilungen, die noch einmal gesendet werden: %(count)s", count=done.count)
    )


def why(error_class: str) -> Why:
    """What a code of a failure means."""
    return next((found for beginning, found in REASONS if error_class.startswith(beginning)), _OTHERWISE)
