"""Every procedure that the catalogue has on a day: handovers, the stall ladder, meetings of the bodies, the whole path.

Derives only; notations stand in `drawing`.
"""

from __future__ import annotations

from datetime import date

from process_models.catalogue import Catalogue
from process_models.names import BODY_KINDS
from process_models.procedure.handover import handover_procedure
from process_models.procedure.ladder import ladder_procedure
from process_models.procedure.meeting import meeting_procedure
from process_models.procedure.path import path_procedure
from process_models.procedure.shape import Procedure
from process_models.procedure.words import Words


def procedures(catalogue: Catalogue, municipality: str | None, day: date) -> tuple[Procedure, ...]:
    """The procedures of a day: the path, the handovers by code, the ladder, the meetings.

    With a municipality its agencies and bodies are named. What is gated is shown with its banner.
    Errors: UnknownMunicipality; KeyError if no ladder holds on this day.
    """
    town = catalogue.municipality(municipality) if municipality else None
    words = Words(catalogue, town, day)
    ladder = catalogue.ladder(day)
    rules = sorted(words.shown(catalogue.handovers), key=lambda rule: (rule.code, rule.variant))
    return (
        path_procedure(words),
        *(handover_procedure(words, rule, ladder) for rule in rules),
        ladder_procedure(words, ladder),
        *(meeting_procedure(words, kind, ladder) for kind in BODY_KINDS if words.has_body(kind)),
    )
