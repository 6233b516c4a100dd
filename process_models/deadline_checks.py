"""Checks of deadlines that shapes cannot say: one start, one length, a field that is a day, readings only where gated.

Findings only, never an exception. References to other sections are checked in `catalogue_checks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from process_models import rules
from process_models.catalogue_files import Entry, Shelf
from process_models.spelling import meant
from process_models.yaml_lines import Finding

_ONLY_DAYS: Final = re.compile(r"P\d+[DW]")
_NATION: Final = re.compile(r"[A-Z]{2}")
_NAMED_BY_FACT: Final = "data."
_PLACES: Final = ("facility", "gestattung_district", "zuweisung", "p12a_land", "p12a_municipality", "p61_1d", "none")


def check_deadlines(shelf: Shelf) -> Iterator[Finding]:
    """Every finding of the section `deadlines`."""
    kinds = {str(getattr(entry.shape, "code", "")): entry.shape for entry in shelf.of("fact_kinds")}
    usual = {rule.code for rule in _rules(shelf) if rule.reinstates_within is None}
    for entry in shelf.of("deadlines"):
        rule = entry.shape
        assert isinstance(rule, rules.DeadlineRule)
        yield from _check_anchors(entry, rule)
        yield from _check_length(entry, rule)
        yield from _check_anchor_field(entry, rule, kinds)
        yield from _check_whom(entry, rule, shelf, kinds)
        yield from _check_readers(entry, rule)
        yield from _check_variants(entry, rule, usual)


def _rules(shelf: Shelf) -> Iterator[rules.DeadlineRule]:
    for entry in shelf.of("deadlines"):
        assert isinstance(entry.shape, rules.DeadlineRule)
        yield entry.shape


def _check_anchors(entry: Entry, rule: rules.DeadlineRule) -> Iterator[Finding]:
    if (rule.anchor.fact is None) == (not rule.anchor.event):
        yield entry.finding(("anchor",), f"'{rule.code}' braucht genau einen Beginn (fact oder event)")
    if rule.also and (rule.also.anchor.fact is None) == (not rule.also.anchor.event):
        what = f"'{rule.code}' braucht für die zweite Wartezeit genau einen Beginn (fact oder event)"
        yield entry.finding(("also", "anchor"), what)
    if rule.anchor.event == "birthday" and rule.age is None:
        yield entry.finding(("age",), f"'{rule.code}' braucht das Alter (age)")


def _check_length(entry: Entry, rule: rules.DeadlineRule) -> Iterator[Finding]:
    has_length = rule.length or rule.length_constant
    gives_the_day = rule.until or rule.age or rule.round_to or rule.anchor.field or rule.anchor.event == "title_expiry"
    if not has_length and not gives_the_day:
        allowed = ("length", "length_constant", "until", "round_to", "anchor.field")
        yield entry.finding(("length",), f"'{rule.code}' hat keine Dauer", allowed)
    if rule.length and rule.length_constant:
        yield entry.finding(("length",), f"'{rule.code}' hat zwei Dauern", ("length", "length_constant"))
    if rule.kind == "FRIST" and rule.round_to:
        yield entry.finding(("round_to",), f"'{rule.code}': eine FRIST endet nicht mit dem Monat", ("EXPIRY",))
    if rule.counted_in and not _ONLY_DAYS.fullmatch(rule.length or ""):
        yield entry.finding(("length",), f"'{rule.code}': {rule.counted_in} zählen Tage", ("P7D",))
    if rule.direction == "before" and not rule.length:
        yield entry.finding(("length",), f"'{rule.code}' wird zurückgerechnet und braucht eine Dauer", ("length",))
    if rule.if_known_late and rule.direction != "before":
        yield entry.finding(("if_known_late",), f"'{rule.code}' wird nicht zurückgerechnet", ("direction: before",))


def _check_anchor_field(entry: Entry, rule: rules.DeadlineRule, kinds: Mapping[str, rules.Shape]) -> Iterator[Finding]:
    kind = kinds.get(rule.anchor.fact.fact) if rule.anchor.fact else None
    if not rule.anchor.field or not isinstance(kind, rules.FactKind):
        return
    dates = tuple(name for name, field in kind.fields.items() if field.type == "date")
    if rule.anchor.field not in dates:
        what = f"'{kind.code}' hat keinen Tag im Feld '{rule.anchor.field}'{meant(rule.anchor.field, dates)}"
        yield entry.finding(("anchor", "field"), what, dates)


def _check_whom(
    entry: Entry, rule: rules.DeadlineRule, shelf: Shelf, kinds: Mapping[str, rules.Shape]
) -> Iterator[Finding]:
    """Towards which agency, for which nationality, under which place obligation."""
    agencies = tuple(str(getattr(agency.shape, "code", "")) for agency in shelf.of("agency_kinds"))
    kind = kinds.get(rule.anchor.fact.fact) if rule.anchor.fact else None
    fields = tuple(f"{_NAMED_BY_FACT}{name}" for name in kind.fields) if isinstance(kind, rules.FactKind) else ()
    if rule.towards and agencies and rule.towards not in (*agencies, *fields):
        what = f"unbekannte Stelle '{rule.towards}'{meant(rule.towards, (*agencies, *fields))}"
        yield entry.finding(("towards",), what, (*agencies, *fields))
    for index, nation in enumerate(rule.nationalities):
        if not _NATION.fullmatch(nation):
            yield entry.finding(("nationalities", index), f"'{nation}' ist kein Ländercode", ("zwei Großbuchstaben",))
    for index, place in enumerate(rule.when_place):
        if place not in _PLACES:
            what = f"unbekannte örtliche Bindung '{place}'{meant(place, _PLACES)}"
            yield entry.finding(("when_place", index), what, _PLACES)


def _check_readers(entry: Entry, rule: rules.DeadlineRule) -> Iterator[Finding]:
    if not rule.reads and not rule.unread and rule.release.state == "released":
        close = "unter reads nennen, wer erinnert wird, oder unter unread sagen, warum niemand erinnert wird"
        yield entry.hole(("reads",), f"'{rule.code}' hat niemanden, der die Frist liest (reads)", close)


def _check_variants(entry: Entry, rule: rules.DeadlineRule, usual: set[str]) -> Iterator[Finding]:
    if rule.special and not rule.variant:
        yield entry.finding(("variant",), f"'{rule.code}' gilt nur in besonderen Fällen und braucht einen Namen")
    if rule.reinstates_within and rule.code not in usual:
        yield entry.finding(("reinstates_within",), f"'{rule.code}' hat keine Frist, die versäumt werden könnte")
    if rule.readings and rule.release.state == "released":
        yield entry.finding(("readings",), f"'{rule.code}' ist freigegeben und hat doch mehrere Lesarten", ("gated",))
