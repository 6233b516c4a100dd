"""What an agenda looks like in words: interfaces, reasons and counts, never persons. Pure text, German."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from process_models.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One item: an interface, a reason, how many paths, since when."""

    from_kind: str
    to_kind: str
    reason: str
    paths: int
    raised_on: date


def agenda_details(catalogue: Catalogue, title: str, lines: Sequence[AgendaLine], meeting: date | None) -> str:
    """The agenda as Markdown."""
    head = [f"## {title}", f"Nächste Sitzung: {meeting:%d.%m.%Y}" if meeting else "Keine Sitzung geplant"]
    if not lines:
        return "\n\n".join([*head, "Die Tagesordnung ist leer."])
    table = ["| Schnittstelle | Grund | Wege | seit |", "|---|---|---|---|"]
    return "\n\n".join([*head, "\n".join([*table, *(_row(catalogue, line) for line in lines)])])


def _row(catalogue: Catalogue, line: AgendaLine) -> str:
    reasons: Mapping[str, str] = {str(code): text for code, text in catalogue.ladder(line.raised_on).reasons.items()}
    interface = f"{catalogue.label(line.from_kind)} → {catalogue.label(line.to_kind)}"
    reason = reasons.get(line.reason) or catalogue.label(line.reason)
    return f"| {interface} | {reason} | {line.paths} | {line.raised_on:%d.%m.%Y} |"
