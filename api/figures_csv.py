"""The yearly figures as a CSV file that German spreadsheets open by a double click: UTF-8 with mark, semicolon, comma.

Form only. Columns: year, part, code, figure, of what, place, from, to, value, unit, meaning, source; what is not told
has neither from nor to.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from api.reads_figures import FigureSeen, YearlySeen
from process_models.small_cells import Told

COLUMNS: Final = (
    *("jahr", "baustein", "kennzahl", "bezeichnung", "merkmal", "ort"),
    *("anzahl_von", "anzahl_bis", "wert", "einheit", "bedeutung", "quelle"),
)
UNITS: Final = {
    "count": "Anzahl",
    "days": "Kalendertage (Median)",
    "months": "Monate",
    "posts": "Vollzeitstellen",
    "each": "Wege je Vollzeitstelle",
}
BYTE_ORDER_MARK: Final = "\ufeff"
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def as_csv(seen: YearlySeen) -> bytes:
    """The whole file."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in seen.figures:
        for place, told in _rows(one):
            writer.writerow([harmless(cell) for cell in _cells(seen.year, one, place, told)])
    return (BYTE_ORDER_MARK + out.getvalue()).encode()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_DANGEROUS) or cell.startswith(_DANGEROUS) else cell


def _rows(one: FigureSeen) -> Iterator[tuple[str, Told | None]]:
    yield "", one.figure.told
    yield from one.figure.places.items()


def _cells(year: int, one: FigureSeen, place: str, told: Told | None) -> tuple[str, ...]:
    definition = one.definition
    value = one.figure.value if not place else None
    return (
        str(year),
        str(definition.part),
        definition.code,
        definition.de.title,
        one.label,
        place,
        "" if told is None else str(told.least),
        "" if told is None else str(told.most),
        "" if value is None else f"{value:.10g}".replace(".", ","),
        UNITS[definition.unit],
        definition.de.means,
        definition.source,
    )
