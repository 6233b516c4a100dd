"""The catalogue: every rule of law and procedure, loaded, checked and dated.

Loading and looking up live here. What a rule means is computed elsewhere; only released rules ever act.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from process_models import rules
from process_models.calendars import WorkingDay
from process_models.catalogue_checks import check_shelf
from process_models.catalogue_files import SECTIONS, Shelf, contents, model_files, shelf_of
from process_models.deadline_editions import in_editions
from process_models.errors import ModelInvalid, UnknownMunicipality
from process_models.names import rule_code
from process_models.phrases import Phrase
from process_models.spelling import meant
from process_models.yaml_lines import Finding

R = TypeVar("R", bound=rules.Rule)

SHIPPED: Final = Path(__file__).parent
"""The directory of the shipped model."""


_NEED: Final = "need."
"""How the kind of a need is told among other codes: `need.language`."""


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Catalogue:
    """All rules by section, in the order of the files. Lists hold every edition; the methods know the day."""

    version: str
    """Label and short hash of the content: `2026.11-1a2b3c4d`."""
    fact_kinds: dict[str, rules.FactKind]
    residence_states: tuple[rules.ResidenceState, ...]
    transitions: tuple[rules.Transition, ...]
    guards: tuple[rules.Guard, ...]
    asylum_steps: tuple[rules.AsylumStep, ...]
    benefit_regimes: tuple[rules.BenefitRegime, ...]
    asylblg_rules: tuple[rules.AsylblgRule, ...]
    income_rules: tuple[rules.IncomeRule, ...]
    language_rules: tuple[rules.LanguageRule, ...]
    work_rules: tuple[rules.WorkRule, ...]
    place_rules: tuple[rules.PlaceRule, ...]
    fiction_rules: tuple[rules.FictionRule, ...]
    deadlines: tuple[rules.DeadlineRule, ...]
    handovers: tuple[rules.HandoverRule, ...]
    minimum_fields: tuple[rules.MinimumField, ...]
    consent_purposes: tuple[rules.ConsentPurpose, ...]
    consent_wordings: tuple[rules.ConsentWording, ...]
    statutory_bases: tuple[rules.StatutoryBasis, ...]
    capacities: tuple[rules.CapacityRule, ...]
    family_tasks: tuple[rules.FamilyTask, ...]
    ladders: tuple[rules.Ladder, ...]
    constants: tuple[rules.Constant, ...]
    naturalisation_routes: tuple[rules.NaturalisationRoute, ...]
    naturalisation_conditions: tuple[rules.NaturalisationCondition, ...]
    permanent_routes: tuple[rules.PermanentTitleRoute, ...]
    agency_kinds: tuple[rules.AgencyKind, ...]
    need_kinds: tuple[rules.NeedKind, ...]
    labels: tuple[rules.Label, ...]
    municipalities: dict[str, rules.Municipality]

    def released(self, of: Iterable[R]) -> tuple[R, ...]:
        """The rules that may act, of any date."""
        return tuple(rule for rule in of if rule.release.state == "released")

    def in_force(self, of: Iterable[R], day: date) -> tuple[R, ...]:
        """The rules that may act and hold on this day."""
        return tuple(rule for rule in of if rule.release.state == "released" and rule.holds_on(day))

    def residence(self, code: str, day: date) -> rules.ResidenceState | None:
        """The residence state of this code as the law of the day has it."""
        return self._find(self.residence_states, code, day)

    def benefit(self, code: str, day: date) -> rules.BenefitRegime | None:
        """The benefit regime of this code, with its name of the day."""
        return self._find(self.benefit_regimes, code, day)

    def deadline(self, code: str, day: date) -> rules.DeadlineRule | None:
        """The deadline of this code under the law of the day; the first one where variants hold side by side."""
        return self._find(self.deadlines, code, day)

    def deadline_variants(self, code: str, day: date) -> tuple[rules.DeadlineRule, ...]:
        """All deadlines of this code that hold side by side on this day."""
        return tuple(rule for rule in self.in_force(self.deadlines, day) if rule.code == code)

    def handover(self, code: str, day: date) -> rules.HandoverRule | None:
        """The handover of this code under the law of the day; also of the code of a member's: `H04.mother`."""
        return self._find(self.handovers, rule_code(code), day)

    def constant(self, key: str, day: date) -> Any:
        """The value of a dated constant. Errors: KeyError if there is none on this day."""
        return self.constant_rule(key, day).value

    def constant_rule(self, key: str, day: date) -> rules.Constant:
        """A dated constant with its source and candidates. Errors: KeyError if there is none on this day."""
        found = self._find(self.constants, key, day)
        if found is None:
            raise KeyError(f"no constant {key!r} on {day.isoformat()}")
        return found

    def find_constant(self, key: str, day: date) -> rules.Constant | None:
        """As `constant_rule`, but None while no released value holds: what is not certain is not known."""
        return self._find(self.constants, key, day)

    def ladder(self, day: date) -> rules.Ladder:
        """The stall ladder in force, as the law's table has it. Errors: KeyError if none is."""
        found = self.in_force(self.ladders, day)
        if not found:
            raise KeyError(f"no ladder on {day.isoformat()}")
        return found[0]

    def ladder_of(self, municipality: str, day: date) -> rules.Ladder:
        """The stall ladder in force with the municipality's own days. Errors: KeyError, UnknownMunicipality."""
        return self.ladder(day).deviating(self.municipality(municipality).escalation)

    def label(self, code: str) -> str:
        """German words of a code: an axis value (`asylum.lodged`), an agency kind, a role or a need; else the code."""
        return _labels(self).get(code, code)

    def accusative(self, kind: str) -> str:
        """German name of an agency kind with article, as in "durch das Jobcenter"; else the kind itself."""
        return next((found.accusative or found.title for found in self.agency_kinds if found.code == kind), kind)

    def municipality(self, municipality_id: str) -> rules.Municipality:
        """The configuration of a Kreis or kreisfreie Stadt. Errors: UnknownMunicipality with what is allowed."""
        if municipality_id in self.municipalities:
            return self.municipalities[municipality_id]
        allowed = tuple(self.municipalities)
        raise UnknownMunicipality(
            Phrase(
                "Für '%(name)s' gibt es keine Konfiguration%(meant)s.",
                name=municipality_id,
                meant=meant(municipality_id, allowed),
            ),
            field="municipality",
            allowed=allowed,
        )

    def place(self, municipality_id: str, place: str) -> str:
        """The place, if the municipality has it. Errors: UnknownMunicipality with what is allowed."""
        allowed = self.municipality(municipality_id).places
        if place in allowed:
            return place
        what = Phrase(
            "'%(place)s' gehört nicht zu '%(municipality)s'%(meant)s.",
            place=place,
            municipality=municipality_id,
            meant=meant(place, allowed),
        )
        raise UnknownMunicipality(what, field="place", allowed=allowed)

    def place_name(self, place: str) -> str:
        """The place as it is written, whichever municipality has it."""
        having = (one for one in self.municipalities.values() if place in one.places)
        return next((one.place_name(place) for one in having), place)

    def agency(self, municipality_id: str, kind: str, place: str, day: date) -> rules.Agency | None:
        """The agency that answers for a kind in a place; an entry for the place goes before one for all places."""
        config = self.municipality(municipality_id)
        lines = [line for line in config.jurisdiction if line.kind == kind and line.holds_on(day)]
        chosen = [line for line in lines if place in line.places] or [line for line in lines if "*" in line.places]
        return next((agency for agency in config.agencies if chosen and agency.id == chosen[0].agency), None)

    def working_day(self, municipality_id: str, day: date) -> WorkingDay:
        """A day with the calendar of working days of a municipality. Errors: UnknownMunicipality."""
        return WorkingDay(day, self.municipality(municipality_id).product_calendar)

    def _find(self, of: Iterable[R], code: str, day: date) -> R | None:
        return next(iter(self.in_force((rule for rule in of if rule.code == code), day)), None)


def load_catalogue(directory: Path | None = None, *, over: Path | None = None) -> Catalogue:
    """Loads and checks all files under `directory` (it has `law/` and `municipalities/`; default: the shipped ones).

    With `over` (such as `SHIPPED`) the directory may hold some files only; the others come from there.
    Errors: ModelInvalid; its detail lists every finding, one a line, with file, line and what is allowed.
    """
    return load_files(contents(model_files(directory or SHIPPED, over)))


def load_files(files: Mapping[str, bytes]) -> Catalogue:
    """As `load_catalogue`, from files in memory by their name in the model. Errors: ModelInvalid, as there."""
    shelf = shelf_of(files)
    findings = findings_in(shelf)
    if findings:
        raise ModelInvalid("\n".join(str(found) for found in findings), way_out="Die genannten Zeilen berichtigen.")
    return _catalogue_of(shelf, f"{shelf.label}-{content_hash(files)[:8]}")


def content_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents: the same rules have the same hash, wherever they lie."""
    content = hashlib.sha256()
    for name in sorted(files):
        content.update(name.encode())
        content.update(files[name])
    return content.hexdigest()


def findings_in(shelf: Shelf) -> list[Finding]:
    """Everything that is wrong with a shelf, by file and line; a shelf without findings may become a catalogue."""
    return sorted({*shelf.findings, *check_shelf(shelf)}, key=lambda found: (found.file, found.line, found.what))


@lru_cache(maxsize=8)
def _labels(catalogue: Catalogue) -> dict[str, str]:
    """What `Catalogue.label` looks up, made once a catalogue: the first words of a code count."""
    named = {found.code: found.title for found in reversed((*catalogue.labels, *catalogue.agency_kinds))}
    return named | {_NEED + kind.code: kind.title for kind in reversed(catalogue.need_kinds)}


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue, loaded once a process."""
    return load_catalogue()


def _catalogue_of(shelf: Shelf, version: str) -> Catalogue:
    sections: dict[str, Any] = {name: tuple(entry.shape for entry in shelf.of(name)) for name in SECTIONS}
    kinds = cast(tuple[rules.FactKind, ...], sections.pop("fact_kinds"))
    sections["deadlines"] = _with_lead_times(sections["deadlines"], sections["constants"])
    towns = [cast(rules.Municipality, entry.shape) for entry in shelf.of("municipalities")]
    return Catalogue(
        version=version,
        fact_kinds={kind.code: kind for kind in kinds},
        municipalities={town.id: town for town in towns},
        **sections,
    )


def _with_lead_times(
    deadlines: Iterable[rules.DeadlineRule], constants: Iterable[rules.Constant]
) -> tuple[rules.DeadlineRule, ...]:
    """Deadlines in the order of their codes; one that names no lead times gets those of its kind."""
    leads: dict[str, list[int]] = next(
        (constant.value for constant in constants if constant.code == "reminder.lead_days"), {}
    )
    filled = (
        rule if rule.lead_days else rule.model_copy(update={"lead_days": tuple(leads.get(rule.kind, ()))})
        for rule in in_editions(deadlines, constants)
    )
    return tuple(sorted(filled, key=lambda rule: rule.code))
