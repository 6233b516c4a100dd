"""Reads a scenario file: a client's path as dated facts, acts and checks. Every finding names file and line.

All findings of a file are told at once. Playing a scenario stands in the engines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kim.simulate.scenario_shape import ActLine, CheckLine, OtherStall, ScenarioFile
from process_models.catalogue import Catalogue
from process_models.errors import FactInvalid, ScenarioInvalid, UnknownMunicipality
from process_models.facts import CLIENT, RETRACTED, Fact, Person
from process_models.spelling import meant
from process_models.vocabulary import check_fact
from process_models.yaml_lines import Finding, YamlDocument, read_yaml

_NEEDS = {
    "handover.refuse": ("handover", "reason"),
    "handover.forward": ("handover", "to"),
    "task.complete": ("task",),
    "stall.reason": ("handover", "reason"),
    "body.decide": ("body", "decision"),
}
"""What an act must name; every other act names its handover."""


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
    file: str = ""


def load_scenario(path: Path, catalogue: Catalogue) -> Scenario:
    """The scenario of a file. Errors: ScenarioInvalid; its detail lists every finding, one a line."""
    if not path.is_file():
        raise ScenarioInvalid(f"{path}: die Datei gibt es nicht", field="file")
    document = read_yaml(path, str(path))
    findings = list(document.findings)
    shape = _shape(document, findings) if not findings or document.value is not None else None
    if shape is not None:
        findings += _findings(shape, document, catalogue)
    if findings or shape is None:
        ordered = sorted(set(findings), key=lambda finding: (finding.line, finding.what))
        raise ScenarioInvalid("\n".join(str(finding) for finding in ordered), field="file")
    return _scenario(shape, str(path))


def _shape(document: YamlDocument, findings: list[Finding]) -> ScenarioFile | None:
    try:
        return ScenarioFile.model_validate(document.value)
    except ValidationError as error:
        findings += [_finding(detail, document) for detail in error.errors(include_url=False)]
        return None


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
        file=file,
    )


# ---------------------------------------------------------------- findings of shape


def _finding(detail: ErrorDetails, document: YamlDocument) -> Finding:
    location = _location(detail["loc"], document)
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    context: Mapping[str, Any] = detail.get("ctx") or {}
    what, allowed = _words(detail, key, context)
    if detail["type"] == "extra_forbidden":
        allowed = _allowed_keys(detail["loc"])
        what += meant(key, allowed)
    return Finding(document.file, document.line_of(location), what, allowed)


def _words(detail: ErrorDetails, key: str, context: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    kind, given = detail["type"], detail.get("input")
    if kind == "extra_forbidden":
        return f"unbekannter Schlüssel '{key}'", ()
    if kind == "missing":
        return f"'{key}' fehlt", ()
    if kind == "literal_error":
        allowed = tuple(part.strip().strip("'") for part in str(context["expected"]).replace(" or ", ", ").split(","))
        return f"'{given}' ist hier nicht erlaubt{meant(str(given), allowed)}", allowed
    if kind == "string_pattern_mismatch":
        return f"'{given}' hat nicht die Form {context['pattern']}", ()
    if kind.startswith("date"):
        return f"'{given}' ist kein Tag", ("JJJJ-MM-TT",)
    return f"'{key}': ungültiger Wert '{given}'", (kind.removesuffix("_type").removesuffix("_parsing"),)


def _location(loc: Sequence[str | int], document: YamlDocument) -> tuple[str | int, ...]:
    """The part of an error's location that stands in the file (unions put names of types in between)."""
    known: tuple[str | int, ...] = ()
    for part in loc:
        if (*known, part) in document.lines:
            known = (*known, part)
    return known


def _allowed_keys(loc: Sequence[str | int]) -> tuple[str, ...]:
    """Keys of the shape in which an unknown key stands."""
    shape: Any = ScenarioFile
    for part in loc[:-1]:
        if isinstance(part, int) or shape is None:
            continue
        found = next((f for n, f in shape.model_fields.items() if part in (n, f.alias)), None)
        inner = _model_in(found.annotation) if found is not None else None
        shape = inner or shape
    return tuple(field.alias or name for name, field in shape.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)


# ---------------------------------------------------------------- findings of meaning


def _findings(shape: ScenarioFile, document: YamlDocument, catalogue: Catalogue) -> Iterable[Finding]:
    """What shapes cannot say: places, facts against the vocabulary, ids, persons, codes."""
    yield from _place_findings(shape, document, catalogue)
    yield from _fact_findings(shape, document, catalogue)
    yield from _act_findings(shape, document)
    yield from _code_findings(shape, document, catalogue)
    persons = {CLIENT, *(member.id for member in shape.household), *_arrivals(shape)}
    for section in ("facts", "acts", "checks"):
        for index, line in enumerate(getattr(shape, section)):
            if line.who not in persons:
                what = f"die Person '{line.who}' gibt es nicht{meant(line.who, tuple(persons))}"
                yield _at(document, (section, index, "who"), what, sorted(persons))


def _at(document: YamlDocument, location: tuple[str | int, ...], what: str, allowed: Iterable[str] = ()) -> Finding:
    return Finding(document.file, document.line_of(location), what, tuple(allowed))


def _place_findings(shape: ScenarioFile, document: YamlDocument, catalogue: Catalogue) -> Iterable[Finding]:
    try:
        catalogue.place(shape.municipality, shape.place)
    except UnknownMunicipality as error:
        yield _at(document, (error.field or "municipality",), error.detail, error.allowed)


def _fact_findings(shape: ScenarioFile, document: YamlDocument, catalogue: Catalogue) -> Iterable[Finding]:
    born = {CLIENT: shape.person.born, **{member.id: member.born for member in shape.household}}
    seen: set[str] = set()
    for index, fact in enumerate(shape.facts):
        at: tuple[str | int, ...] = ("facts", index)
        if fact.id in seen:
            yield _at(document, (*at, "id"), f"die Tatsache '{fact.id}' steht doppelt")
        seen.add(fact.id)
        if fact.recorded is not None and fact.recorded < fact.on:
            yield _at(document, (*at, "recorded"), "erfasst vor dem Tag, ab dem die Tatsache zählt")
        try:
            check_fact(catalogue, fact.fact, fact.on, fact.data, born.get(fact.who, date.min))
        except FactInvalid as error:
            yield _at(document, _fact_location(at, error.field, document), error.detail, error.allowed)
    for index, fact in enumerate(shape.facts):
        if fact.fact == RETRACTED and fact.data.get("fact") not in seen:
            wrong = str(fact.data.get("fact"))
            yield _at(document, ("facts", index, "data", "fact"), f"keine Tatsache '{wrong}'", sorted(seen))


def _fact_location(at: tuple[str | int, ...], field: str | None, document: YamlDocument) -> tuple[str | int, ...]:
    name = {"kind": "fact", None: "fact"}.get(field, field) or "fact"
    parts = name.split(".")
    inside = (*at, "data", parts[-1])
    return inside if inside in document.lines else (*at, parts[0])


def _act_findings(shape: ScenarioFile, document: YamlDocument) -> Iterable[Finding]:
    for index, act in enumerate(shape.acts):
        for name in _NEEDS.get(act.act, ("handover",)):
            if getattr(act, name) is None:
                yield _at(document, ("acts", index), f"'{act.act}' braucht '{name}'")


def _code_findings(shape: ScenarioFile, document: YamlDocument, catalogue: Catalogue) -> Iterable[Finding]:
    handovers = tuple(dict.fromkeys(rule.code for rule in catalogue.handovers))
    deadlines = tuple(dict.fromkeys(rule.code for rule in catalogue.deadlines))
    for section in ("acts", "others"):
        for index, line in enumerate(getattr(shape, section)):
            if line.handover is not None and line.handover not in handovers:
                yield _unknown(document, (section, index, "handover"), line.handover, handovers)
    for index, check in enumerate(shape.checks):
        for name, known in (
            ("deadlines", deadlines),
            ("handovers", handovers),
            ("responsible", handovers),
            ("escalation", handovers),
        ):
            for code in getattr(check, name) or ():
                if code not in known:
                    yield _unknown(document, ("checks", index, name, code), code, known)


def _unknown(document: YamlDocument, location: tuple[str | int, ...], code: str, allowed: tuple[str, ...]) -> Finding:
    return _at(document, location, f"'{code}' gibt es nicht{meant(code, allowed)}", allowed)


def _arrivals(shape: ScenarioFile) -> Iterable[str]:
    kinds = ("family.member_arrived", "family.child_born")
    return (str(fact.data.get("id")) for fact in shape.facts if fact.fact in kinds)
