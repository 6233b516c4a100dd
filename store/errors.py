"""Refusals of the records: each has a name, a status and a way out.

No text here carries a value of a record; whatever a driver says stays behind its error class.
"""

from __future__ import annotations

from process_models.errors import KimError


class DatabaseAway(KimError):
    """The database does not answer, is locked, or its disk is full. Nothing was changed; repeating is safe."""

    status = 503
    title = "Die Akten sind gerade nicht erreichbar"


class RecordsRefused(KimError):
    """The database refused a statement (a constraint, a type). A defect of the program, never of the caller."""

    status = 500
    title = "Die Akten haben die Änderung abgelehnt"


class MasterKeyMissing(KimError):
    """The master key that wraps this person's key is not configured here. Nothing is lost; the key must come back."""

    status = 503
    title = "Der Hauptschlüssel fehlt"


class SealBroken(KimError):
    """Sealed data does not open: it was changed, or it belongs to somebody else."""

    status = 500
    title = "Versiegelte Daten lassen sich nicht öffnen"


class PersonErased(KimError):
    """The key of the person was destroyed: the personal data is gone for good."""

    status = 410
    title = "Die Daten dieser Person wurden gelöscht"


class TenantNotFound(KimError):
    """No such municipality or simulated run in the records."""

    status = 404
    title = "Mandant nicht gefunden"


class TenantExists(KimError):
    """A tenant of this id exists with another municipality or another clock."""

    status = 409
    title = "Mandant besteht schon"


class ModelVersionNotFound(KimError):
    """No such version of the process models in the records."""

    status = 404
    title = "Fassung nicht gefunden"


class ResolutionNotFound(KimError):
    """No decision of a body with this id in the tenant."""

    status = 404
    title = "Beschluss nicht gefunden"


class ModelVersionNotPossible(KimError):
    """The version is not in a state that allows this; `allowed` names the one that is in force."""

    status = 409
    title = "Mit dieser Fassung geht das jetzt nicht"


class ModelTampered(KimError):
    """The files of a version are not those that were drafted. No path is planned with them."""

    status = 500
    title = "Die Fassung des Modells wurde verändert"


class HandoverNotFound(KimError):
    """No such handover for this caller (absent and foreign look the same)."""

    status = 404
    title = "Übergabe nicht gefunden"


class BodyItemNotFound(KimError):
    """No such item on an agenda of this tenant."""

    status = 404
    title = "Punkt nicht gefunden"


class MeetingNotFound(KimError):
    """No such meeting of a body of this tenant."""

    status = 404
    title = "Sitzung nicht gefunden"


class NoticeNotFound(KimError):
    """No such notice in the records."""

    status = 404
    title = "Nachricht nicht gefunden"


class FactConflict(KimError):
    """A fact of this identity is recorded with other content; `field` names the fact's place in the request."""

    status = 409
    title = "Unter dieser Kennung steht schon eine andere Tatsache"


class LinkInvalid(KimError):
    """The link of a task is unknown, expired or revoked; nobody can tell which."""

    status = 410
    title = "Dieser Link gilt nicht mehr"


class IdempotencyConflict(KimError):
    """The Idempotency-Key was used by this caller with another body."""

    status = 409
    title = "Der Idempotency-Key gehört zu einer anderen Anfrage"
