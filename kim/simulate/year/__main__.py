"""`python -m kim.simulate.year`: plays a year of simulated paths into records of its own and says what it cost.

Arguments, processes and output; the year itself stands in `world`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from kim.simulate.year.lives import Plan
from kim.simulate.year.processes import groups, play_in_processes


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: one process plays everything, or one process for each group of municipalities."""
    given = _parser().parse_args(arguments)
    plan = Plan(given.paths, given.first, given.last, given.seed)
    given.out.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    costs = play_in_processes(plan, given.out, groups(given.jobs))
    seconds = time.perf_counter() - begun
    words = (
        f"{plan.paths} Wege, {sum(cost.lines for cost in costs)} Handlungen, "
        f"{sum(cost.looks for cost in costs)} Blicke, {sum(cost.mails for cost in costs)} Mails; "
        f"{seconds:.0f} s, CPU {sum(cost.cpu_seconds for cost in costs):.0f} s, "
        f"Speicher {sum(cost.megabytes for cost in costs):.0f} MB in {len(costs)} Prozessen"
    )
    sys.stdout.write(f"{words}\n{given.out / 'kim.db'}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Spielt ein Jahr mit erfundenen Wegen in drei Kommunen.")
    parser.add_argument("--paths", type=int, default=2000, help="wie viele Wege")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--first", type=date.fromisoformat, default=date(2026, 1, 1), help="erster Tag")
    parser.add_argument("--last", type=date.fromisoformat, default=date(2026, 12, 31), help="letzter Tag")
    parser.add_argument("--out", type=Path, default=Path(".local/year"), help="Verzeichnis für Datenbank und Tagebuch")
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=2, help="Prozesse")
    return parser


if __name__ == "__main__":
    main()
