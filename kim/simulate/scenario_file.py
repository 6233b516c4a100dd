"""Reads a scenario file: a client's path as dated facts, acts and checks. Every finding names file and line.

All findings of a file are told at once. Playing a scenario stands in the engines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kim.simulate.scenario_findings import Draft, findings_of, shape_findings
from kim.simulate.scenario_shape import (
    ActLine,
    AnsweredLine,
    CheckLine,
    OtherStall,
    ScenarioFile,
    VersionLine,
)
from process_models.catalogue import Catalogue
from process_models.errors import ScenarioInvalid
from process_models.facts import Fact, Person, known_on
from process_models.household import household_of
from process_models.yaml_lines import Finding, YamlDocument, read_yaml


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario that validates."""

    name: str
    title: str
    municipality: str
    place: str
    person: Person
    household: tuple[Person, ...]
    facts: tuple[Fact, ...]
    acts: tuple[ActLine, ...]
    checks: tuple[CheckLine, ...]
    others: tuple[OtherStall, ...]
    answered: tuple[AnsweredLine, ...] = ()
    versions: tuple[VersionLine, ...] = ()
    file: str = ""

    def version(self, name: str) -> VersionLine:
        """The version of this name. Errors: KeyError."""
        return next(one for one in self.versions if one.name == name)


def load_scenario(path: Path, catalogue: Catalogue) -> Scenario:
    """The scenario of a file. Errors: ScenarioInvalid; its detail lists every finding, one a line."""
    if not path.is_file():
        raise ScenarioInvalid(f"{path}: die Datei gibt es nicht", field="file")
    document = read_yaml(path, str(path))
    findings = list(document.findings)
    if document.value is None and not findings:
        findings.append(Finding(document.file, 1, "die Datei ist leer"))
    draft = _draft(document, findings) if document.value is not None else None
    if draft is not None:
        findings += findings_of(draft, document, catalogue)
    if findings or draft is None:
        ordered = sorted(set(findings), key=lambda finding: (finding.line, finding.what))
        raise ScenarioInvalid("\n".join(str(finding) for finding in ordered), field="file")
    return _scenario(draft.shape, str(path))


def _draft(document: YamlDocument, findings: list[Finding]) -> Draft | None:
    """The file in its shape; lines of the wrong shape become findings and are left out, so that the rest is checked."""
    try:
        return Draft(ScenarioFile.model_validate(document.value), {})
    except ValidationError as error:
        details = error.errors(include_url=False)
    findings += shape_findings(details, document)
    kept, positions = _without(details, document.value)
    try:
        return Draft(ScenarioFile.model_validate(kept), positions)
    except ValidationError:
        return None


def _without(details: Sequence[ErrorDetails], value: Any) -> tuple[Any, dict[str, list[int]]]:
    """The file without its broken lines, and where the remaining ones stood."""
    if not isinstance(value, dict):
        return value, {}
    broken = {tuple(detail["loc"][:2]) for detail in details}
    kept = {key: part for key, part in value.items() if key in ScenarioFile.model_fields}
    kept |= {key: "broken" for key in ("scenario", "title") if (key,) in broken}
    positions: dict[str, list[int]] = {}
    for key, part in kept.items():
        if isinstance(part, list):
            positions[key] = [index for index in range(len(part)) if (key, index) not in broken]
            kept[key] = [part[index] for index in positions[key]]
    return kept, positions


def _scenario(shape: ScenarioFile, file: str) -> Scenario:
    return Scenario(
        name=shape.scenario,
        title=shape.title,
        municipality=shape.municipality,
        place=shape.place,
        person=Person(born=shape.person.born, nationality=shape.person.nationality),
        household=tuple(
            Person(born=m.born, nationality=m.nationality or shape.person.nationality, id=m.id, relation=m.relation)
            for m in shape.household
        ),
        facts=tuple(
            Fact(id=f.id, kind=f.fact, on=f.on, recorded=f.recorded or f.on, data=f.data, who=f.who)
            for f in shape.facts
        ),
        acts=tuple(shape.acts),
        checks=tuple(shape.checks),
        others=tuple(shape.others),
        answered=tuple(shape.answered),
        versions=tuple(shape.versions),
        file=file,
    )


def births_of(scenario: Scenario, day: date) -> dict[str, date]:
    """The birthdays of the person and of everybody who belonged to the household up to this day."""
    known = sorted(known_on(scenario.facts, day), key=lambda fact: (fact.on, fact.id))
    household = household_of(scenario.household, known, scenario.person.nationality, day)
    return {scenario.person.id: scenario.person.born, **{member.ref: member.person.born for member in household}}
