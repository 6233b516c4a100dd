"""Changes of a model as people agree on them: in this file, this passage becomes that one.

Texts in, texts out; whether the changed model is in order says the catalogue when it is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from process_models.errors import KimError
from process_models.phrases import Phrase
from process_models.spelling import meant


class EditNotPossible(KimError):
    """The file is not part of the model, or the passage does not stand there exactly once."""

    status = 422
    title = "Diese Änderung passt nicht auf das Modell"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: in `file` (`law/handovers.yaml`) the passage `replace`, which stands there once, becomes `by`."""

    file: str
    replace: str
    by: str


def edited(files: Mapping[str, bytes], edits: Iterable[Edit]) -> dict[str, bytes]:
    """The files of a model with these changes, in order. Errors: EditNotPossible."""
    found = dict(files)
    for edit in edits:
        found[edit.file] = _edited(found, edit).encode()
    return found


def _edited(files: Mapping[str, bytes], edit: Edit) -> str:
    if edit.file not in files:
        what = Phrase("Das Modell hat keine Datei '%(file)s'%(meant)s.", file=edit.file, meant=meant(edit.file, files))
        raise EditNotPossible(what, field="file", allowed=tuple(sorted(files)))
    text = files[edit.file].decode()
    times = text.count(edit.replace) if edit.replace else 0
    if times != 1:
        raise EditNotPossible(
            Phrase("Diese Stelle steht in '%(file)s' %(times)s-mal, nicht einmal.", file=edit.file, times=times),
            field="replace",
            way_out="Den bisherigen Text genau abschreiben, mit so viel Umgebung, dass er einmal vorkommt.",
        )
    return text.replace(edit.replace, edit.by)
