"""Refusals that only the API knows. The others are facts of the rules and of the records.

Names and German texts; how they become an answer stands in `problems`.
"""

from __future__ import annotations

from process_models.errors import KimError


class LoginMissing(KimError):
    """No bearer token, or one that is unknown, expired or revoked (all three look the same)."""

    status = 401
    title = "Anmeldung fehlt oder gilt nicht"


class SignInRefused(KimError):
    """The identity provider or its answer was not as expected; why stays with us."""

    status = 400
    title = "Die Anmeldung ist nicht gelungen"


class NotAppointed(KimError):
    """Somebody with an account, but without a role here."""

    status = 403
    title = "Ihr Konto ist hier nicht zugelassen"


class IdentityProviderAway(KimError):
    """The identity provider does not answer, or is another one than configured."""

    status = 503
    title = "Die Anmeldung ist gerade nicht möglich"


class LogoutTokenRefused(KimError):
    """A logout from afar that is not signed, not fresh or not for us."""

    status = 400
    title = "Diese Abmeldung ist nicht gültig"


class NothingHere(KimError):
    """There is nothing at this address, or nothing that this visitor may see: both look the same."""

    status = 404
    title = "Diese Seite gibt es nicht"


class PeriodNotTold(KimError):
    """Figures for one agency or place exist for whole years that are over."""

    status = 422
    title = "Für diesen Zeitraum gibt es keine Zahlen"


class InterfaceNotFound(KimError):
    """No handover of the rules goes this way."""

    status = 404
    title = "Diese Schnittstelle gibt es nicht"


class Defect(KimError):
    """The system made a mistake; nothing of its text leaves the process."""

    status = 500
    title = "Interner Fehler"


class TooLarge(KimError):
    """More was sent than is taken in."""

    status = 413
    title = "Die Anfrage ist zu groß"


class NotPermitted(KimError):
    """The role of the caller may not do this."""

    status = 403
    title = "Dafür fehlt die Berechtigung"


class DemoOff(KimError):
    """One-click roles exist on a local stack only; elsewhere there is no such page."""

    status = 404
    title = "Diese Seite gibt es nicht"


class IdempotencyKeyMissing(KimError):
    """A write without Idempotency-Key, or with one that is not a key."""

    status = 400
    title = "Idempotency-Key fehlt"


class UnsupportedMedia(KimError):
    """The body is not JSON (or, on a page, not a form)."""

    status = 415
    title = "Dieses Format wird nicht angenommen"


class ForeignOrigin(KimError):
    """A form was sent from another site."""

    status = 403
    title = "Dieses Formular kam von einer fremden Seite"


class SimulationOnly(KimError):
    """Only simulated tenants may move the clock or take over counts."""

    status = 422
    title = "Nur in simulierten Mandanten erlaubt"


class AssignedToAnother(KimError):
    """The path belongs to a colleague, or the caller can own none."""

    status = 409
    title = "Dieser Weg gehört jemand anderem"


class NoSuchDeputising(KimError):
    """Nobody stands in by this id, or it concerns others."""

    status = 404
    title = "Vertretung nicht gefunden"


class NoSuchPost(KimError):
    """The municipality has no such post, or nobody holds it by this id."""

    status = 404
    title = "Stelle nicht gefunden"


class PostTaken(KimError):
    """Somebody holds the post in this time."""

    status = 409
    title = "Diese Stelle ist besetzt"


class ReasonMissing(KimError):
    """A file is opened to supervise only after saying why."""

    status = 403
    title = "Bitte sagen Sie zuerst, warum Sie die Akte öffnen"


class NoSuchOffer(KimError):
    """The register has no such offer, or none that this caller may see."""

    status = 404
    title = "Angebot nicht gefunden"


class NoSuchNeed(KimError):
    """The path has no such need or referral, or none that this caller may see."""

    status = 404
    title = "Bedarf nicht gefunden"


class FactNotFound(KimError):
    """The path has no fact with this reference."""

    status = 404
    title = "Tatsache nicht gefunden"


class ConsentNotFound(KimError):
    """The path has no consent with this reference that is still in force."""

    status = 404
    title = "Einwilligung nicht gefunden"


class TaskNotFound(KimError):
    """The path has no open task with this key."""

    status = 404
    title = "Aufgabe nicht gefunden"


class AlreadyRetracted(KimError):
    """The fact was taken back before."""

    status = 409
    title = "Diese Tatsache ist schon zurückgenommen"


class MeetingNotPossible(KimError):
    """The body cannot meet so, or the meeting or decision that is spoken of does not exist."""

    status = 409
    title = "Diese Sitzung ist so nicht möglich"


class NotInTargetGroup(KimError):
    """The target group of the municipality does not cover the person, or a person has to decide first."""

    status = 409
    title = "Kein Weg nach den Regeln der Zielgruppe"


class SketchNamesSomebody(KimError):
    """A text for a body that must not learn of persons could point at one."""

    status = 422
    title = "Hier darf niemand genannt werden"
