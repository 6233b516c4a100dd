"""What is wrong in a scenario file, with line and with what is allowed: in its shape, then in what it means.

Findings only; reading and building a scenario stands in `scenario_file`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from kim.simulate.scenario_shape import ScenarioFile
from process_models.catalogue import Catalogue
from process_models.errors import FactInvalid, UnknownMunicipality
from process_models.facts import CLIENT, RETRACTED
from process_models.household import ARRIVED, BORN, LEFT
from process_models.spelling import meant
from process_models.vocabulary import check_fact
from process_models.yaml_lines import Finding, Location, YamlDocument

_NEEDS = {
    "handover.refuse": ("handover", "reason"),
    "handover.forward": ("handover", "to"),
    "task.complete": ("task",),
    "stall.reason": ("handover", "reason"),
    "body.decide": ("body", "decision"),
    "model.release": ("version",),
}
"""What an act must name; every other act names its handover."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A file whose remaining lines have the right shape. `positions`: where they stood, if some were left out."""

    shape: ScenarioFile
    positions: Mapping[str, Sequence[int]]

    def lines(self, section: str) -> Iterable[tuple[Location, Any]]:
        """The lines of a section with their location in the file."""
        positions = self.positions.get(section)
        for index, line in enumerate(getattr(self.shape, section)):
            yield (section, positions[index] if positions is not None else index), line


# ---------------------------------------------------------------- findings of shape


def shape_findings(details: Sequence[ErrorDetails], document: YamlDocument) -> Iterable[Finding]:
    """Findings of the shape; of the alternatives of one value only the first is told."""
    told: set[Location] = set()
    lines = {finding.line for finding in document.findings}
    for detail in details:
        finding = _finding(detail, document)
        location = _location(detail["loc"], document)
        is_alternative = detail["type"] in ("model_type", "list_type") and location in told
        if not is_alternative and not (detail.get("input") is None and finding.line in lines):
            told.add(location)
            yield finding


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
    if not key:
        return "die Datei ist kein Szenario", tuple(ScenarioFile.model_fields)
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


def _location(loc: Sequence[str | int], document: YamlDocument) -> Location:
    """The part of an error's location that stands in the file (unions put names of types in between)."""
    known: Location = ()
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


def findings_of(draft: Draft, document: YamlDocument, catalogue: Catalogue) -> Iterable[Finding]:
    """What shapes cannot say: places, facts against the vocabulary, ids, persons, codes."""
    yield from _place_findings(draft.shape, document, catalogue)
    yield from _fact_findings(draft, document, catalogue)
    yield from _act_findings(draft, document)
    yield from _code_findings(draft, document, catalogue)
    yield from _person_findings(draft, document)


def _at(document: YamlDocument, location: Location, what: str, allowed: Iterable[str] = ()) -> Finding:
    return Finding(document.file, document.line_of(location), what, tuple(allowed))


def _person_findings(draft: Draft, document: YamlDocument) -> Iterable[Finding]:
    arrived = {str(fact.data.get("id")) for _, fact in draft.lines("facts") if fact.fact in (ARRIVED, BORN)}
    persons = sorted({CLIENT, *(member.id for _, member in draft.lines("household")), *arrived})
    for section in ("facts", "acts", "checks"):
        for at, line in draft.lines(section):
            if line.who not in persons:
                yield _at(document, (*at, "who"), f"die Person '{line.who}' gibt es nicht", persons)
    first = min((fact.recorded or fact.on for _, fact in draft.lines("facts")), default=date.max)
    for at, member in draft.lines("household"):
        if member.born > first:
            what = f"'{member.id}' wird erst nach dem Beginn des Weges geboren (family.child_born)"
            yield _at(document, (*at, "born"), what)
    for at, fact in draft.lines("facts"):
        if fact.fact == LEFT and (ref := str(fact.data.get("id"))) not in persons:
            yield _at(document, (*at, "data", "id"), f"die Person '{ref}' gibt es nicht", persons)


def _place_findings(shape: ScenarioFile, document: YamlDocument, catalogue: Catalogue) -> Iterable[Finding]:
    try:
        catalogue.place(shape.municipality, shape.place)
    except UnknownMunicipality as error:
        yield _at(document, (error.field or "municipality",), error.detail, error.allowed)


def _fact_findings(draft: Draft, document: YamlDocument, catalogue: Catalogue) -> Iterable[Finding]:
    born = {CLIENT: draft.shape.person.born, **{member.id: member.born for _, member in draft.lines("household")}}
    seen: set[str] = set()
    for at, fact in draft.lines("facts"):
        if fact.id in seen:
            yield _at(document, (*at, "id"), f"die Tatsache '{fact.id}' steht doppelt")
        seen.add(fact.id)
        if fact.recorded is not None and fact.recorded < fact.on:
            yield _at(document, (*at, "recorded"), "erfasst vor dem Tag, ab dem die Tatsache zählt")
        try:
            check_fact(catalogue, fact.fact, fact.on, fact.data, born.get(fact.who, date.min))
        except FactInvalid as error:
            yield _at(document, _fact_location(at, error.field, document), error.detail, error.allowed)
    for at, fact in draft.lines("facts"):
        if fact.fact == RETRACTED and fact.data.get("fact") not in seen:
            wrong = str(fact.data.get("fact"))
            yield _at(document, (*at, "data", "fact"), f"keine Tatsache '{wrong}'", sorted(seen))


def _fact_location(at: Location, field: str | None, document: YamlDocument) -> Location:
    parts = (field or "fact").split(".")
    inside = (*at, "data", parts[-1])
    return inside if inside in document.lines else (*at, parts[0])


def _act_findings(draft: Draft, document: YamlDocument) -> Iterable[Finding]:
    for at, act in draft.lines("acts"):
        for name in _NEEDS.get(act.act, ("handover",)):
            if getattr(act, name) is None:
                yield _at(document, at, f"'{act.act}' braucht '{name}'")


def _code_findings(draft: Draft, document: YamlDocument, catalogue: Catalogue) -> Iterable[Finding]:
    handovers = tuple(sorted({rule.code for rule in catalogue.handovers}))
    deadlines = tuple(sorted({rule.code for rule in catalogue.deadlines}))
    for section in ("acts", "others", "answered"):
        for at, line in draft.lines(section):
            if line.handover is not None and line.handover not in handovers:
                yield _unknown(document, (*at, "handover"), line.handover, handovers)
    named = {
        "deadlines": deadlines,
        "unreleased": deadlines,
        "handovers": handovers,
        "responsible": handovers,
        "latest": handovers,
        "escalation": handovers,
        "effect": handovers,
    }
    for at, check in draft.lines("checks"):
        for name, known in named.items():
            for code in getattr(check, name) or ():
                if code not in known:
                    yield _unknown(document, (*at, name, code), code, known)


def _unknown(document: YamlDocument, location: Location, code: str, allowed: tuple[str, ...]) -> Finding:
    return _at(document, location, f"'{code}' gibt es nicht{meant(code, allowed)}", allowed)
