"""The notations in which a procedure can be had, by the name of the format and of its files.

One place that knows them all; each writer stands in a module of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from drawing.bpmn import bpmn_xml
from drawing.mermaid import mermaid_text
from drawing.svg import picture_file
from drawing.text import procedure_text
from process_models.procedure.shape import Procedure


@dataclass(frozen=True, slots=True)
class Notation:
    """A writer and the ending of its files. `joins`: several procedures make one text."""

    write: Callable[[Procedure], str]
    ending: str
    joins: bool


NOTATIONS: Final[Mapping[str, Notation]] = {
    "bpmn": Notation(bpmn_xml, "bpmn", joins=False),
    "mermaid": Notation(mermaid_text, "mmd", joins=False),
    "text": Notation(procedure_text, "md", joins=True),
    "svg": Notation(picture_file, "svg", joins=False),
}
