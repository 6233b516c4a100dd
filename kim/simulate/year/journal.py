"""What the invented people, agencies and bodies did, line by line: figures can be counted from it without the product.

Only what was done on purpose; nothing that the product made of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was done on a day. `path` is the number of the life; empty values say nothing."""

    on: date
    what: str
    tenant: str
    path: int = -1
    code: str = ""
    sender: str = ""
    receiver: str = ""
    reason: str = ""
    detail: str = ""
    since: date | None = None
    """The day of the offer that is answered, or on which an item was raised."""
    who: str = ""
    """The case manager who did it, or whose path it is from then on."""
    refused: str = ""
    """Kind of the refusal, if the product did not let it happen."""


@dataclass
class Journal:
    """All lines in the order in which they happened."""

    lines: list[Line] = field(default_factory=list)

    def add(self, line: Line) -> None:
        """One more line."""
        self.lines.append(line)

    def of(self, *what: str, tenant: str = "") -> Iterator[Line]:
        """The lines of these kinds that went through."""
        return (line for line in self.lines if line.what in what and not line.refused and tenant in ("", line.tenant))

    def write(self, file: Path) -> None:
        """One JSON object a line."""
        rows = (json.dumps(asdict(line), default=str, ensure_ascii=False) for line in self.lines)
        file.write_text("\n".join(rows) + "\n", encoding="utf-8")
