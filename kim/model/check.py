"""`kim model check`: every mistake and every hole of a model, with file and line, what is allowed and how to close it.

Arguments and output only; what is wrong is found by the checks in `process_models`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from process_models import rules
from process_models.catalogue import SHIPPED, findings_in
from process_models.catalogue_files import LAW, MUNICIPALITIES, Shelf, model_files, read_shelf
from process_models.yaml_lines import Finding, Location

Note = dict[str, Any]
HAS_HOLES: Final = 1
HAS_MISTAKES: Final = 2


def command(
    directory: Annotated[
        Path | None,
        typer.Argument(metavar="[VERZEICHNIS]", help="Modell mit law/ oder municipalities/; sonst das mitgelieferte."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Ein JSON-Objekt.")] = False,
) -> None:
    """Prüft ein Modell: alle Fehler und alle Lücken auf einmal (0: keine, 1: Lücken, 2: Fehler)."""
    if directory is not None and not any((directory / folder).is_dir() for folder in (LAW, MUNICIPALITIES)):
        typer.echo(f"{directory}: hier liegt kein Modell", err=True)
        typer.echo(f"Erlaubt: ein Verzeichnis mit {LAW}/ oder {MUNICIPALITIES}/", err=True)
        raise typer.Exit(HAS_MISTAKES)
    shelf = read_shelf(model_files(directory or SHIPPED, SHIPPED))
    findings = findings_in(shelf)
    own = model_files(directory or SHIPPED)
    notes = [note for note in _notes(shelf) if note["file"] in own]
    if as_json:
        typer.echo(json.dumps(_as_json(shelf, findings, notes), ensure_ascii=False))
    else:
        typer.echo("\n".join(_as_text(shelf, findings, notes)))
    if findings:
        raise typer.Exit(HAS_HOLES if all(finding.is_hole for finding in findings) else HAS_MISTAKES)


def _as_text(shelf: Shelf, findings: list[Finding], notes: list[Note]) -> Iterator[str]:
    yield from (str(finding) for finding in findings)
    for note in notes:
        yield f"Hinweis: {note['file']}:{note['line']}: {note['what']}"
    holes = sum(finding.is_hole for finding in findings)
    if findings:
        yield f"{len(findings) - holes} Fehler, {holes} Lücken: dieses Modell kann nicht freigegeben werden"
    else:
        yield f"Das Modell {shelf.label} hat keine Fehler und keine Lücken"


def _as_json(shelf: Shelf, findings: list[Finding], notes: list[Note]) -> dict[str, Any]:
    return {
        "ok": not findings,
        "label": shelf.label,
        "mistakes": [_told(finding) for finding in findings if not finding.is_hole],
        "holes": [_told(finding) for finding in findings if finding.is_hole],
        "notes": notes,
    }


def _told(finding: Finding) -> dict[str, Any]:
    told = asdict(finding)
    return {
        name: told[name] for name in ("file", "line", "what", "allowed", "way_out") if told[name] or name != "way_out"
    }


def _notes(shelf: Shelf) -> Iterator[Note]:
    """What is in order but unconfirmed, each once: open points, gated lines, rules of another edition."""
    seen: set[tuple[str, str]] = set()
    for entry in shelf.of("municipalities"):
        config = entry.shape
        assert isinstance(config, rules.Municipality)
        for at, what in _unconfirmed(config, shelf.label):
            note = entry.finding(at, what)
            if (note.file, what) not in seen:
                seen.add((note.file, what))
                yield {"file": note.file, "line": note.line, "what": what}


def _unconfirmed(config: rules.Municipality, label: str) -> Iterator[tuple[Location, str]]:
    yield from ((("open_points", index), point.banner) for index, point in enumerate(config.open_points))
    yield from ((("jurisdiction", n), f"{x.agency}: {x.gated}") for n, x in enumerate(config.jurisdiction) if x.gated)
    yield from ((("case_posts", n), f"{x.employer}: {x.gated}") for n, x in enumerate(config.case_posts) if x.gated)
    if config.law_rule_set != label:
        yield ("law_rule_set",), f"geprüft mit den Regeln {config.law_rule_set}, es gelten {label}"
