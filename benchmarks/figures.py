"""Figures and how they are shown: a table for people, JSON for machines. Nothing is measured here."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `target` is an upper limit in the same unit, if there is one."""

    name: str
    value: float
    unit: str
    target: float | None = None
    note: str = ""

    @property
    def held(self) -> bool | None:
        """Whether the target was met; None without a target."""
        return None if self.target is None else self.value < self.target


def spread(name: str, seconds: Sequence[float], target: float | None = None, note: str = "") -> list[Figure]:
    """Median and 95th percentile of durations, in milliseconds; the target belongs to the median."""
    millis = sorted(1000 * each for each in seconds)
    p95 = millis[min(len(millis) - 1, round(0.95 * (len(millis) - 1)))]
    return [
        Figure(f"{name}, p50", statistics.median(millis), "ms", target, note or f"{len(millis)} Messungen"),
        Figure(f"{name}, p95", p95, "ms"),
    ]


def show(figures: Sequence[Figure], out: Console) -> None:
    """The table."""
    table = Table("Messgröße", "Wert", "Einheit", "Ziel", "", "Anmerkung")
    for figure in figures:
        mark = {True: "[green]✓[/]", False: "[red]✗[/]", None: ""}[figure.held]
        target = "" if figure.target is None else f"< {figure.target:g}"
        table.add_row(figure.name, f"{figure.value:,.1f}", figure.unit, target, mark, figure.note)
    out.print(table)


def write(figures: Sequence[Figure], machine: dict[str, str], file: Path) -> str:
    """The JSON, also into a file; returns it."""
    content = {"machine": machine, "figures": [asdict(figure) | {"held": figure.held} for figure in figures]}
    text = json.dumps(content, ensure_ascii=False, indent=1)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n", encoding="utf-8")
    return text
