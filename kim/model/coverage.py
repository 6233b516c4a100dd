"""`kim model coverage`: which codes of the sheet are modelled and released, and which scenario exercises each.

Arguments and output; what counts as seen stands in `observing`, the codes in `process_models.sheet`.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from kim.model.observing import observed
from kim.model.preview import scenario_files
from process_models.catalogue import Catalogue, catalogue
from process_models.errors import KimError
from process_models.sheet import SheetCode, sheet, sheet_codes

NOT_EXERCISED: Final = 1
WRONG_INPUT: Final = 2
_WORDS: Final = {
    "released": "freigegeben",
    "gated": "gesperrt",
    "draft": "Entwurf",
    "withdrawn": "zurückgenommen",
    "missing": "nicht modelliert",
}


@dataclass(frozen=True, slots=True)
class Covered:
    """A code and the scenarios that exercise it."""

    code: SheetCode
    scenarios: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """It acts, and nothing exercises it."""
        return self.code.state == "released" and not self.scenarios


def command(
    everything: Annotated[bool, typer.Option("--all", help="Jeden Code mit seinen Szenarien zeigen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Ein JSON-Objekt.")] = False,
) -> None:
    """Zeigt, welche Codes modelliert und freigegeben sind und welches Szenario sie ausübt (1: einer bleibt offen)."""
    try:
        found = coverage(catalogue(), played(scenario_files(), os.cpu_count() or 1))
    except KimError as error:
        typer.echo(f"{error.title}: {error.detail}", err=True)
        raise typer.Exit(WRONG_INPUT) from None
    typer.echo(json.dumps(_as_json(found), ensure_ascii=False) if as_json else "\n".join(_as_text(found, everything)))
    if any(covered.is_open for covered in found):
        raise typer.Exit(NOT_EXERCISED)


def played(files: Sequence[Path], processes: int) -> dict[str, frozenset[str]]:
    """What is seen in each scenario, by its name. Errors: ScenarioInvalid."""
    if processes == 1 or len(files) == 1:
        return dict(map(observed, files))
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        return dict(pool.map(observed, files))


def coverage(of: Catalogue, seen: Mapping[str, frozenset[str]]) -> list[Covered]:
    """Every code with the scenarios in which something is seen that stands for it."""
    by_sight: dict[str, set[str]] = defaultdict(set)
    for scenario, sights in seen.items():
        for sight in sights:
            by_sight[sight].add(scenario)
    found = []
    for code in sheet_codes(of):
        scenarios = {scenario for sight in code.seen_by for scenario in by_sight.get(sight, ())}
        found.append(Covered(code, tuple(sorted(scenarios))))
    return found


def _as_text(found: Sequence[Covered], everything: bool) -> Iterator[str]:
    for kind in sheet().kinds:
        of_kind = [covered for covered in found if covered.code.kind == kind.kind]
        yield f"{kind.title}: {_counts(of_kind)}"
        for covered in of_kind:
            if everything or covered.is_open or covered.code.state != "released":
                yield f"  {_line(covered)}"
    released = [covered for covered in found if covered.code.state == "released"]
    exercised = sum(not covered.is_open for covered in released)
    yield f"{exercised} von {len(released)} freigegebenen Codes werden von Szenarien ausgeübt"


def _counts(of_kind: Iterable[Covered]) -> str:
    states: dict[str, int] = defaultdict(int)
    for covered in of_kind:
        states[covered.code.state] += 1
    return ", ".join(f"{count} {_WORDS[state]}" for state, count in states.items())


def _line(covered: Covered) -> str:
    code = covered.code
    own = "" if code.in_sheet else " (nur im Modell)"
    banner = f": {code.banner}" if code.banner else ""
    return f"{code.code} {code.title}{own}: {_WORDS[code.state]}{banner}; {_scenarios(covered.scenarios)}"


def _scenarios(names: Sequence[str]) -> str:
    match names:
        case []:
            return "kein Szenario"
        case [one]:
            return f"1 Szenario: {one}"
        case _:
            return f"{len(names)} Szenarien, etwa {names[0]}"


def _as_json(found: Sequence[Covered]) -> dict[str, Any]:
    released = [covered for covered in found if covered.code.state == "released"]
    return {
        "released": len(released),
        "exercised": sum(not covered.is_open for covered in released),
        "open": [covered.code.code for covered in found if covered.is_open],
        "codes": [
            {
                "kind": covered.code.kind,
                "code": covered.code.code,
                "title": covered.code.title,
                "state": covered.code.state,
                "banner": covered.code.banner,
                "in_sheet": covered.code.in_sheet,
                "scenarios": list(covered.scenarios),
            }
            for covered in found
        ],
    }
