"""What stands below a picture: banner, legal bases, deadlines and documents, in columns of equal width.

Words come from the procedure and `words.yaml`; only their places are found here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from drawing.lettering import SMALL as SIZE
from drawing.lettering import lines_of
from drawing.picture import Box, Note
from drawing.sizes import LABEL_LINE, PADDING
from drawing.wording import word
from process_models.procedure.shape import Procedure

GAP: Final = 10.0
_MOST_LINES: Final = 14


def notes_below(procedure: Procedure, pool: Box) -> tuple[Note, ...]:
    """The notes side by side below the pool."""
    found = list(_found(procedure))
    if not found:
        return ()
    width = (pool.width - GAP * (len(found) - 1)) / len(found)
    wrapped = [(name, heading, _lines(texts, width)) for name, heading, texts in found]
    height = max(len(lines) + 1 for _, _, lines in wrapped) * LABEL_LINE + 2 * PADDING
    return tuple(
        Note(name, heading, lines, Box(pool.x + number * (width + GAP), pool.bottom + GAP, width, height))
        for number, (name, heading, lines) in enumerate(wrapped)
    )


def _found(procedure: Procedure) -> Iterator[tuple[str, str, list[str]]]:
    if procedure.banner:
        yield "banner", word("note.banner"), [procedure.banner]
    if procedure.kind != "path":
        bases = [f"{source.code} {source.statute}" for source in procedure.sources]
        yield "bases", word("note.bases"), list(dict.fromkeys(bases))
    if procedure.bounds:
        yield (
            "deadlines",
            word("note.deadlines"),
            [f"{b.code} {b.title}: {b.kind}, {b.length}" for b in procedure.bounds],
        )
    if procedure.documents:
        yield "documents", word("note.documents"), [", ".join(procedure.documents)]
    yield "reading", word("note.reading"), [word(f"note.reading.{procedure.kind}")]


def _lines(texts: list[str], width: float) -> tuple[str, ...]:
    lines = [line for text in texts for line in lines_of(text, width - 2 * PADDING, SIZE)]
    return tuple(lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], word("note.more")])
