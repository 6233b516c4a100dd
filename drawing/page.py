"""One page of Markdown about the procedures: a table of all, then the chosen ones with picture, diagram and text.

The words of the page stand in its template.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from drawing.mermaid import mermaid_text
from drawing.text import environment, procedure_text
from drawing.wording import word
from process_models.procedure.shape import Procedure


@dataclass(frozen=True, slots=True)
class InFull:
    """A procedure as the page shows it. `picture`: link to its picture, if there is one."""

    procedure: Procedure
    picture: str
    diagram: str
    text: str


def procedures_page(
    every: Sequence[Procedure], in_full: Collection[str], pictures: Mapping[str, str], command: str
) -> str:
    """The page. `in_full`: codes; `pictures`: links by code; `command`: the command line that writes the page anew."""
    shown = [
        InFull(one, pictures.get(one.code, ""), mermaid_text(one), procedure_text(one, heading=2))
        for one in every
        if one.code in in_full
    ]
    template = environment().get_template("page.md.jinja")
    return template.render(every=every, shown=shown, command=command, word=word).strip() + "\n"
