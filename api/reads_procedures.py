"""The procedures of the shipped rules as everybody may read them: derived once a day and place, kept in memory.

No path and no person is read here; what is drawn stands in `drawing`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from api.errors import NothingHere
from drawing.notations import NOTATIONS
from drawing.svg import picture_svg
from drawing.text import TextStep, text_steps
from process_models.catalogue import Catalogue
from process_models.procedure.every import procedures
from process_models.procedure.shape import Procedure

MEDIA_TYPES: Final = {
    "bpmn": "application/xml",
    "mermaid": "text/plain",
    "text": "text/markdown",
    "svg": "image/svg+xml",
}
"""What a browser is told about a file of each notation."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rules, which place (empty = everywhere), which day."""

    catalogue: Catalogue
    municipality: str
    day: date


@dataclass(frozen=True, slots=True)
class ProcedureShown:
    """A procedure with its picture (one `<svg>` of our own making) and its steps in words."""

    procedure: Procedure
    picture: str
    steps: tuple[TextStep, ...]


@dataclass(frozen=True, slots=True)
class ProcedureFile:
    """A procedure as a file."""

    name: str
    media_type: str
    content: str


def places(catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """Code and title of every municipality that can be chosen, by title."""
    found = ((town.id, town.title) for town in catalogue.municipalities.values())
    return tuple(sorted(found, key=lambda one: one[1]))


async def read_procedures(chosen: Chosen) -> tuple[Procedure, ...]:
    """All procedures. Errors: NothingHere for a place that is not configured."""
    if chosen.municipality and chosen.municipality not in chosen.catalogue.municipalities:
        raise NothingHere("Diese Kommune ist nicht eingerichtet.")
    return await asyncio.to_thread(_every, chosen)


async def read_procedure(chosen: Chosen, code: str) -> ProcedureShown:
    """One procedure in full. Errors: NothingHere for an unknown code or place."""
    procedure = await _one(chosen, code)
    return ProcedureShown(procedure, await asyncio.to_thread(_picture, chosen, code), tuple(text_steps(procedure)))


async def read_procedure_file(chosen: Chosen, code: str, form: str) -> ProcedureFile:
    """One procedure in a notation. Errors: NothingHere for an unknown code, place or notation."""
    procedure = await _one(chosen, code)
    if form not in NOTATIONS:
        raise NothingHere("Diese Schreibweise gibt es nicht.", allowed=tuple(NOTATIONS))
    content = await asyncio.to_thread(_written, chosen, code, form)
    return ProcedureFile(f"{procedure.code}.{NOTATIONS[form].ending}", MEDIA_TYPES[form], content)


async def _one(chosen: Chosen, code: str) -> Procedure:
    every = await read_procedures(chosen)
    try:
        return _named(every, code)
    except KeyError:
        raise NothingHere("Dieses Verfahren gibt es nicht.", allowed=tuple(one.code for one in every)) from None


def _named(every: tuple[Procedure, ...], code: str) -> Procedure:
    for procedure in every:
        if procedure.code == code:
            return procedure
    raise KeyError(code)


@lru_cache(maxsize=32)
def _every(chosen: Chosen) -> tuple[Procedure, ...]:
    try:
        return procedures(chosen.catalogue, chosen.municipality or None, chosen.day)
    except KeyError as error:
        raise NothingHere("An diesem Tag galt noch kein Verfahren.") from error


@lru_cache(maxsize=256)
def _picture(chosen: Chosen, code: str) -> str:
    return picture_svg(_named(_every(chosen), code))


@lru_cache(maxsize=256)
def _written(chosen: Chosen, code: str, form: str) -> str:
    return NOTATIONS[form].write(_named(_every(chosen), code))
