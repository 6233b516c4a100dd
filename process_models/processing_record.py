"""The record of processing activities of a municipality, generated from rules and configuration.

For what, which data, to whom, on which basis, into which countries, for how long. Whoever is responsible checks it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from process_models.catalogue import Catalogue
from process_models.configuration import Municipality
from process_models.handover import informing
from process_models.rules import HandoverRule

_BASES: Final = {"consent": "Einwilligung", "statute": "Gesetz", "none": "keine"}
_PERIODS: Final = ("file_months", "consent_months", "task_log_months", "prospect_months")
_THIRD_COUNTRIES: Final = "privacy.third_countries"
_MEASURES: Final = "privacy.measures"


@dataclass(frozen=True, slots=True)
class Transfer:
    """Data that leave for one receiver."""

    code: str
    title: str
    receiver: str
    categories: tuple[str, ...]
    basis: str
    statute: str
    third_country: bool


@dataclass(frozen=True, slots=True)
class ProcessingRecord:
    """The record as of a day, in German words."""

    controller: str
    day: date
    model_version: str
    purposes: tuple[tuple[str, str, str], ...]
    """Code, title, statute."""
    transfers: tuple[Transfer, ...]
    periods: tuple[tuple[str, int], ...]
    """What is kept, and for how many months."""
    measures: tuple[str, ...]


def record_of(municipality_id: str, day: date, catalogue: Catalogue) -> ProcessingRecord:
    """The record of a municipality. Errors: UnknownMunicipality."""
    config = catalogue.municipality(municipality_id)
    purposes = catalogue.in_force(catalogue.consent_purposes, day)
    rules = catalogue.in_force(catalogue.handovers, day)
    return ProcessingRecord(
        controller=config.title,
        day=day,
        model_version=catalogue.version,
        purposes=tuple((purpose.code, purpose.title, purpose.statute) for purpose in purposes),
        transfers=tuple(found for rule in rules for found in _transfers(rule, day, catalogue)),
        periods=tuple(_periods(config, day, catalogue)),
        measures=tuple(catalogue.constant(_MEASURES, day)),
    )


def as_markdown(record: ProcessingRecord) -> str:
    """The record as a document."""
    head = f"# Verzeichnis von Verarbeitungstätigkeiten: {record.controller}"
    status = f"Stand {record.day:%d.%m.%Y}, Modell {record.model_version}. Vor dem Gebrauch zu prüfen."
    return "\n\n".join([head, status, *_sections(record)]) + "\n"


def _transfers(rule: HandoverRule, day: date, catalogue: Catalogue) -> Iterable[Transfer]:
    kinds = dict.fromkeys([rule.to_kind, *(one.kind for one in rule.receivers if one.kind)])
    for kind in kinds:
        yield _transfer(rule.model_copy(update={"to_kind": kind}), day, catalogue)
    for informed in rule.informs:
        yield _transfer(informing(rule, informed), day, catalogue)


def _transfer(rule: HandoverRule, day: date, catalogue: Catalogue) -> Transfer:
    return Transfer(
        code=rule.code,
        title=rule.title,
        receiver=catalogue.label(rule.to_kind),
        categories=tuple(catalogue.label(f"category.{category}") for category in rule.categories),
        basis=_BASES[rule.basis],
        statute=rule.statute,
        third_country=rule.to_kind in catalogue.constant(_THIRD_COUNTRIES, day),
    )


def _periods(config: Municipality, day: date, catalogue: Catalogue) -> Iterable[tuple[str, int]]:
    for name in _PERIODS:
        rule = catalogue.constant_rule(f"retention.{name}", day)
        yield rule.title, getattr(config.retention, name) or int(rule.value)


def _sections(record: ProcessingRecord) -> Iterable[str]:
    yield "## Zwecke"
    yield _table(("Zweck", "Bezeichnung", "Rechtsgrundlage"), record.purposes)
    yield "## Übermittlungen"
    yield _table(
        ("Übergabe", "Empfänger", "Daten", "Grundlage", "Drittland"),
        (
            (
                f"{one.code} {one.title}",
                one.receiver,
                ", ".join(one.categories),
                f"{one.basis} ({one.statute})",
                "ja" if one.third_country else "nein",
            )
            for one in record.transfers
        ),
    )
    yield "## Löschfristen"
    yield _table(("Was", "Monate"), ((what, str(months)) for what, months in record.periods))
    yield "## Maßnahmen"
    yield "\n".join(f"- {measure}" for measure in record.measures)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
