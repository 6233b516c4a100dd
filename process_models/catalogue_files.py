"""From files to typed entries: reads `law/` and `municipalities/` and checks the shape of every entry.

References between entries are checked in `catalogue_checks`; what entries mean is none of this module's business.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from process_models import rules
from process_models.rules import Rule, Shape
from process_models.spelling import meant
from process_models.yaml_lines import Finding, Location, YamlDocument, parse_yaml

SECTIONS: Final[Mapping[str, type[Rule]]] = {
    "fact_kinds": rules.FactKind,
    "residence_states": rules.ResidenceState,
    "transitions": rules.Transition,
    "guards": rules.Guard,
    "asylum_steps": rules.AsylumStep,
    "benefit_regimes": rules.BenefitRegime,
    "asylblg_rules": rules.AsylblgRule,
    "income_rules": rules.IncomeRule,
    "language_rules": rules.LanguageRule,
    "work_rules": rules.WorkRule,
    "place_rules": rules.PlaceRule,
    "fiction_rules": rules.FictionRule,
    "deadlines": rules.DeadlineRule,
    "handovers": rules.HandoverRule,
    "minimum_fields": rules.MinimumField,
    "consent_purposes": rules.ConsentPurpose,
    "consent_wordings": rules.ConsentWording,
    "statutory_bases": rules.StatutoryBasis,
    "capacities": rules.CapacityRule,
    "family_tasks": rules.FamilyTask,
    "ladders": rules.Ladder,
    "constants": rules.Constant,
    "naturalisation_routes": rules.NaturalisationRoute,
    "naturalisation_conditions": rules.NaturalisationCondition,
    "permanent_routes": rules.PermanentTitleRoute,
    "agency_kinds": rules.AgencyKind,
    "need_kinds": rules.NeedKind,
    "labels": rules.Label,
}
"""Sections of the files under `law/`, in the names of the catalogue's attributes."""

LAW: Final = "law"
MUNICIPALITIES: Final = "municipalities"
"""The two folders of a model."""
_TOP_KEYS: Final = ("label", "defaults", *SECTIONS)
_REASONS: Final = {
    "missing": "der Schlüssel '{key}' fehlt",
    "string_type": "'{key}' muss ein Text sein",
    "int_type": "'{key}' muss eine ganze Zahl sein",
    "int_parsing": "'{key}' muss eine ganze Zahl sein",
    "bool_type": "'{key}' muss true oder false sein",
    "bool_parsing": "'{key}' muss true oder false sein",
    "date_type": "'{key}' muss ein Tag sein (JJJJ-MM-TT)",
    "date_from_datetime_parsing": "'{key}' muss ein Tag sein (JJJJ-MM-TT)",
    "tuple_type": "'{key}' muss eine Liste sein",
    "list_type": "'{key}' muss eine Liste sein",
    "dict_type": "'{key}' muss ein Block aus Schlüsseln sein",
    "model_type": "'{key}' muss ein Block aus Schlüsseln sein",
    "string_pattern_mismatch": "'{key}' hat nicht die verlangte Form",
    "literal_error": "'{key}' hat einen unbekannten Wert",
}
_QUOTED: Final = re.compile(r"'([^']*)'|(?<![\w'])(\d+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A typed entry and where it stands."""

    section: str
    shape: Shape
    document: YamlDocument
    at: Location

    def finding(self, where: Location, what: str, allowed: tuple[str, ...] = ()) -> Finding:
        """A finding at a place inside this entry."""
        return Finding(self.document.file, self.document.line_of((*self.at, *where)), what, allowed)

    def hole(self, where: Location, what: str, way_out: str) -> Finding:
        """Something that is missing at a place inside this entry, and how to close it."""
        return Finding(self.document.file, self.document.line_of((*self.at, *where)), what, (), way_out)


@dataclass(slots=True)
class Shelf:
    """Everything read so far: entries by section, findings, the label of the model's edition."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    label: str = ""

    def of(self, section: str) -> list[Entry]:
        """The entries of one section, in the order of the files."""
        return self.entries.get(section, [])


def model_files(directory: Path, over: Path | None = None) -> dict[str, Path]:
    """Every file of a model by its name in it (`law/facts.yaml`), law first; what is missing comes from `over`."""
    found: dict[str, Path] = {}
    for root in (over, directory) if over is not None else (directory,):
        found |= {path.relative_to(root).as_posix(): path for path in (root / LAW).rglob("*.yaml")}
        found |= {path.relative_to(root).as_posix(): path for path in (root / MUNICIPALITIES).glob("*.yaml")}
    return dict(sorted(found.items()))


def read_shelf(files: Mapping[str, Path]) -> Shelf:
    """Reads the files of a model (`model_files`). Findings instead of exceptions."""
    return shelf_of(contents(files))


def contents(files: Mapping[str, Path]) -> dict[str, bytes]:
    """The files of a model (`model_files`) in memory."""
    return {name: path.read_bytes() for name, path in files.items()}


def shelf_of(files: Mapping[str, bytes]) -> Shelf:
    """As `read_shelf`, from files in memory, by their name in the model. Findings instead of exceptions."""
    shelf = Shelf()
    for name, content in sorted(files.items()):
        read = _read_law if name.startswith(f"{LAW}/") else _read_municipality
        read(shelf, parse_yaml(content, name))
    if not shelf.of("residence_states") and not shelf.findings:
        shelf.findings.append(Finding(LAW, 1, "keine Regeln gefunden", (f"{LAW}/*.yaml",)))
    return shelf


def _read_law(shelf: Shelf, document: YamlDocument) -> None:
    shelf.findings.extend(document.findings)
    if not _is_block(shelf, document, document.value, ()):
        return
    _unknown_keys(shelf, document, document.value, _TOP_KEYS)
    shelf.label = str(document.value.get("label", shelf.label))
    defaults = document.value.get("defaults") or {}
    for section in SECTIONS.keys() & document.value.keys():
        for at, raw in _listed(shelf, document, section):
            if _is_block(shelf, document, raw, at):
                _add(shelf, document, section, at, {**defaults, **raw})


def _read_municipality(shelf: Shelf, document: YamlDocument) -> None:
    shelf.findings.extend(document.findings)
    if not _is_block(shelf, document, document.value, ()):
        return
    _unknown_keys(shelf, document, document.value, ("municipality",))
    raw = document.value.get("municipality")
    if _is_block(shelf, document, raw, ("municipality",)):
        _add(shelf, document, "municipalities", ("municipality",), raw)


def _listed(shelf: Shelf, document: YamlDocument, section: str) -> Iterator[tuple[Location, Any]]:
    raw = document.value[section]
    if not isinstance(raw, list):
        shelf.findings.append(Finding(document.file, document.line_of((section,)), f"'{section}' muss eine Liste sein"))
        return
    for index, entry in enumerate(raw):
        yield (section, index), entry


def _add(shelf: Shelf, document: YamlDocument, section: str, at: Location, raw: Mapping[str, Any]) -> None:
    model: type[Shape] = SECTIONS.get(section, rules.Municipality)
    try:
        shape = model.model_validate(raw)
    except ValidationError as error:
        shelf.findings.extend(_shape_findings(document, at, model, error))
    else:
        shelf.entries.setdefault(section, []).append(Entry(section, shape, document, at))


def _is_block(shelf: Shelf, document: YamlDocument, value: Any, at: Location) -> bool:
    if isinstance(value, dict):
        return True
    if not document.findings:
        shelf.findings.append(Finding(document.file, document.line_of(at), "hier muss ein Block aus Schlüsseln stehen"))
    return False


def _unknown_keys(shelf: Shelf, document: YamlDocument, value: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    for key in value:
        if key not in allowed:
            what = f"unbekannter Schlüssel '{key}'{meant(key, allowed)}"
            shelf.findings.append(Finding(document.file, document.line_of((key,)), what, allowed))


def _shape_findings(
    document: YamlDocument, at: Location, model: type[Shape], error: ValidationError
) -> Iterator[Finding]:
    for problem in error.errors(include_url=False, include_input=False):
        inside = tuple(part for part in problem["loc"] if part != "[key]")
        line = document.line_of((*at, *inside))
        yield Finding(document.file, line, *_said(problem["type"], inside, model, problem.get("ctx", {})))


def _said(kind: str, inside: Location, model: type[Shape], context: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    key = next((str(part) for part in reversed(inside) if isinstance(part, str)), "Eintrag")
    if kind == "extra_forbidden":
        allowed = _keys_at(model, inside[:-1])
        return f"unbekannter Schlüssel '{key}'{meant(key, allowed)}", allowed
    what = _REASONS.get(kind, "'{key}' ist nicht gültig").format(key=key)
    if kind == "literal_error":
        return what, tuple(a or b for a, b in _QUOTED.findall(str(context.get("expected", ""))))
    return what, (str(context["pattern"]),) if "pattern" in context else ()


def _keys_at(model: type[Shape], inside: Location) -> tuple[str, ...]:
    for part in inside:
        if isinstance(part, str) and part in model.model_fields:
            model = _shape_in(model.model_fields[part].annotation) or model
    return tuple(model.model_fields)


def _shape_in(annotation: Any) -> type[Shape] | None:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    return next((found for part in typing.get_args(annotation) if (found := _shape_in(part))), None)
