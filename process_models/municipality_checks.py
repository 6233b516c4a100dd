"""Checks of the configuration of a Kreis or a kreisfreie Stadt: agencies, jurisdiction, bodies, referrals.

Findings only, never an exception. The rules of law are checked in `catalogue_checks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Final

from process_models import rules
from process_models.calendars import LAENDER
from process_models.catalogue_files import Entry, Shelf
from process_models.handover_checks import receivers, tells_heads
from process_models.spelling import meant
from process_models.yaml_lines import Finding

_EVERYWHERE: Final = "*"


def check_municipalities(shelf: Shelf) -> Iterator[Finding]:
    """Every finding in the configurations, and between them and the rules."""
    ids = Counter(_config(entry).id for entry in shelf.of("municipalities"))
    for entry in shelf.of("municipalities"):
        if ids[_config(entry).id] > 1:
            yield entry.finding(("id",), f"die Kommune '{_config(entry).id}' steht doppelt")
        for index, place in enumerate(_config(entry).participating):
            if place not in _config(entry).places:
                what = f"unbekannter Ort '{place}'{meant(place, _config(entry).places)}"
                yield entry.finding(("participating", index), what, _config(entry).places)
        yield from _check_agencies(shelf, entry)
        yield from _check_jurisdiction(entry)
        yield from _check_coverage(shelf, entry)
        yield from _check_heads(shelf, entry)
        yield from _check_bodies(entry)
        yield from _check_referrals(shelf, entry)


def _config(entry: Entry) -> rules.Municipality:
    assert isinstance(entry.shape, rules.Municipality)
    return entry.shape


def _kinds(shelf: Shelf) -> tuple[str, ...]:
    return tuple(entry.shape.code for entry in shelf.of("agency_kinds") if isinstance(entry.shape, rules.AgencyKind))


def _check_agencies(shelf: Shelf, entry: Entry) -> Iterator[Finding]:
    config, kinds = _config(entry), _kinds(shelf)
    if config.calendar not in LAENDER:
        yield entry.finding(("calendar",), f"unbekannter Kalender '{config.calendar}'", LAENDER)
    ids = Counter(agency.id for agency in config.agencies)
    for index, agency in enumerate(config.agencies):
        at = ("agencies", index)
        if ids[agency.id] > 1:
            yield entry.finding((*at, "id"), f"die Stelle '{agency.id}' steht doppelt")
        if kinds and agency.kind not in kinds:
            yield entry.finding((*at, "kind"), f"unbekannte Art '{agency.kind}'{meant(agency.kind, kinds)}", kinds)
        if agency.holidays not in LAENDER:
            yield entry.finding((*at, "holidays"), f"unbekannter Kalender '{agency.holidays}'", LAENDER)
        if "@" not in agency.mail:
            yield entry.finding((*at, "mail"), f"'{agency.mail}' ist kein Postfach")


def _check_jurisdiction(entry: Entry) -> Iterator[Finding]:
    config = _config(entry)
    by_id = {agency.id: agency for agency in config.agencies}
    for index, line in enumerate(config.jurisdiction):
        at = ("jurisdiction", index)
        if line.agency not in by_id:
            what = f"unbekannte Stelle '{line.agency}'{meant(line.agency, by_id)}"
            yield entry.finding((*at, "agency"), what, tuple(by_id))
        elif by_id[line.agency].kind != line.kind:
            what = f"'{line.agency}' ist keine Stelle der Art '{line.kind}'"
            yield entry.finding((*at, "kind"), what, (by_id[line.agency].kind,))
        for place in line.places:
            if place not in (_EVERYWHERE, *config.places):
                what = f"unbekannter Ort '{place}'{meant(place, config.places)}"
                yield entry.finding((*at, "places"), what, (_EVERYWHERE, *config.places))
        yield from _check_twice(entry, index)


def _check_twice(entry: Entry, index: int) -> Iterator[Finding]:
    lines = _config(entry).jurisdiction
    for earlier in lines[:index]:
        both = set(earlier.places) & set(lines[index].places)
        if earlier.kind == lines[index].kind and both and _together(earlier, lines[index]):
            what = f"für '{earlier.kind}' in {', '.join(sorted(both))} sind zwei Stellen zugleich zuständig"
            yield entry.finding(("jurisdiction", index), what)


def _together(one: rules.Jurisdiction, other: rules.Jurisdiction) -> bool:
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    return starts <= min(one.valid_to or date.max, other.valid_to or date.max)


def _check_coverage(shelf: Shelf, entry: Entry) -> Iterator[Finding]:
    """Every receiver of a released handover has an agency in every place."""
    config = _config(entry)
    for kind in sorted(receivers(shelf)):
        lines = [line for line in config.jurisdiction if line.kind == kind]
        missing = [place for place in config.places if not any({place, _EVERYWHERE} & set(ln.places) for ln in lines)]
        if missing:
            what = f"für '{kind}' ist keine Stelle zuständig in: {', '.join(missing)}"
            yield entry.finding(("jurisdiction",), what)


def _check_heads(shelf: Shelf, entry: Entry) -> Iterator[Finding]:
    """The ladder tells the head of unit of every agency that receives a released handover."""
    kinds = receivers(shelf) if tells_heads(shelf) else set()
    for index, agency in enumerate(_config(entry).agencies):
        if agency.kind in kinds and "@" not in agency.head_mail:
            what = f"'{agency.id}' hat kein Postfach der Leitung (head_mail)"
            yield entry.finding(("agencies", index, "head_mail"), what)


def _check_bodies(entry: Entry) -> Iterator[Finding]:
    config = _config(entry)
    kinds = Counter(body.kind for body in config.bodies)
    for index, body in enumerate(config.bodies):
        at = ("bodies", index)
        if kinds[body.kind] > 1:
            yield entry.finding((*at, "kind"), f"das Gremium '{body.kind}' steht doppelt")
        if body.months and len(body.months) != body.meetings_per_year:
            what = f"{len(body.months)} Monate passen nicht zu {body.meetings_per_year} Sitzungen im Jahr"
            yield entry.finding((*at, "months"), what)
        if not set(body.months) <= set(range(1, 13)):
            yield entry.finding((*at, "months"), "einen dieser Monate gibt es nicht", ("1 bis 12",))


def _check_referrals(shelf: Shelf, entry: Entry) -> Iterator[Finding]:
    kinds = _kinds(shelf)
    for index, rule in enumerate(_config(entry).target_group):
        if kinds and rule.refer_to is not None and rule.refer_to not in kinds:
            what = f"unbekannte Art '{rule.refer_to}'{meant(rule.refer_to, kinds)}"
            yield entry.finding(("target_group", index, "refer_to"), what, kinds)
