"""Names that mails use for roles which no configuration names: German, translated where they are used. Words only."""

from __future__ import annotations

from typing import Final

from notifications.words import N_

CASE_MANAGEMENT: Final = "Case Management"
HEAD_OF_UNIT: Final = N_("Leitung")

KINDS_IN_WORDS: Final[dict[str, str]] = {
    "offer": N_("Übergabe angeboten"),
    "withdrawal": N_("Angebot zurückgenommen"),
    "information": N_("zur Kenntnis"),
    "erasure": N_("Bitte um Löschung"),
    "reminder_deadline": N_("Erinnerung an ein Datum"),
    "reminder_gap": N_("Warnung vor einer Lücke"),
    "escalation_e1": N_("Erinnerung an eine Übergabe"),
    "escalation_e2": N_("zweite Erinnerung an eine Übergabe"),
    "escalation_e3": N_("Vorlage für die AG Fallebene"),
    "agenda_item": N_("Punkt auf der Tagesordnung"),
    "consent_needed": N_("Einwilligung fehlt"),
    "delivery_failed": N_("Mitteilung nicht zugestellt"),
    "decision": N_("Beschluss zu einer Schnittstelle"),
    "agenda_papers": N_("Unterlagen für eine Sitzung"),
    "minutes_missing": N_("Niederschrift fehlt"),
    "evaluation_due": N_("Wirkung eines Beschlusses prüfen"),
    "model_changed": N_("neue Regeln prüfen"),
    "access_code": N_("Code für die Seite einer Aufgabe"),
    "offer_upkeep": N_("Angebot bestätigen"),
    "digest": N_("Übersicht des Tages"),
}
"""What a mail is about, in a list. A kind that is not named here is shown by its code."""
