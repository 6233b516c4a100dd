"""Checks of the configuration of a Kreis or a kreisfreie Stadt: what is there and wrong.

Findings only, never an exception. What is missing is found in `municipality_holes`, rules of law in `catalogue_checks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from process_models import rules
from process_models.calendars import LAENDER
from process_models.catalogue_files import Entry, Shelf
from process_models.configuration import CasePost
from process_models.escalation_checks import check_escalation
from process_models.posts import name_of_line
from process_models.rule_base import EVIDENCE, EVIDENCE_TAGS
from process_models.spelling import meant
from process_models.yaml_lines import Finding, Location

_EVERYWHERE: Final = "*"


def check_municipalities(shelf: Shelf) -> Iterator[Finding]:
    """Every finding in the configurations, and between them and the rules."""
    ids = Counter(_config(entry).id for entry in shelf.of("municipalities"))
    for entry in shelf.of("municipalities"):
        if ids[_config(entry).id] > 1:
            yield entry.finding(("id",), f"die Kommune '{_config(entry).id}' steht doppelt")
        yield from _check_places(entry)
        yield from _check_posts(entry)
        yield from _check_agencies(shelf, entry)
        yield from _check_jurisdiction(entry)
        yield from _check_bodies(entry)
        yield from _check_consent_texts(shelf, entry)
        yield from _check_referrals(shelf, entry)
        yield from _check_evidence(entry)
        yield from check_escalation(shelf, entry)
        yield from _check_review_bounds(entry)


def _config(entry: Entry) -> rules.Municipality:
    assert isinstance(entry.shape, rules.Municipality)
    return entry.shape


def _check_review_bounds(entry: Entry) -> Iterator[Finding]:
    """Own bounds give a reason, and nothing runs well and badly by the same figure."""
    own = _config(entry).review_bounds
    if own.deviates and not own.reason:
        what = "eigene Schwellen der Begutachtung brauchen einen Grund (reason)"
        yield entry.hole(("review_bounds",), what, "reason: warum und von wem")
    if own.refuses > own.accepts:
        yield entry.finding(
            ("review_bounds", "refuses"), "dieselbe Quote wäre gut und schlecht", ("höchstens accepts",)
        )
    if own.smooth >= own.stalls:
        yield entry.finding(("review_bounds", "smooth"), "dieselbe Quote wäre gut und schlecht", ("unter stalls",))


def _check_places(entry: Entry) -> Iterator[Finding]:
    """Every place that a part of the configuration names is one of the municipality."""
    config = _config(entry)
    named = [
        *((("participation", index, "place"), line.place) for index, line in enumerate(config.participation)),
        *((("place_names", place), place) for place in config.place_names),
        *_listed("case_posts", config.case_posts),
        *_listed("jurisdiction", config.jurisdiction),
        *((("refugee_numbers", index, "place"), line.place) for index, line in enumerate(config.refugee_numbers)),
        *(
            (("case_posts", index, "workplaces"), one.place)
            for index, line in enumerate(config.case_posts)
            for one in line.workplaces
        ),
    ]
    allowed = (_EVERYWHERE, *config.places)
    for at, place in named:
        if place not in allowed:
            yield entry.finding(at, f"unbekannter Ort '{place}'{meant(place, config.places)}", allowed)


def _listed(part: str, lines: Iterable[rules.Jurisdiction | CasePost]) -> Iterator[tuple[Location, str]]:
    for index, line in enumerate(lines):
        for place in line.places:
            yield (part, index, "places"), place


def _check_posts(entry: Entry) -> Iterator[Finding]:
    """What lines of posts are called in the records is theirs alone."""
    names = Counter(name_of_line(line) for line in _config(entry).case_posts)
    for index, line in enumerate(_config(entry).case_posts):
        if names[name_of_line(line)] > 1:
            what = f"'{name_of_line(line)}' steht für mehrere Zeilen von Stellen"
            yield entry.hole(("case_posts", index), what, "jeder eine eigene id geben")


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
        for key in ("mail", "head_mail", "deputy_mail"):
            mail = getattr(agency, key)
            if mail and "@" not in mail:
                yield entry.finding((*at, key), f"'{mail}' ist kein Postfach")


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
        yield from _check_twice(entry, index)


def _check_twice(entry: Entry, index: int) -> Iterator[Finding]:
    lines = _config(entry).jurisdiction
    for earlier in lines[:index]:
        both = set(earlier.places) & set(lines[index].places)
        counts = not earlier.gated and not lines[index].gated
        if earlier.kind == lines[index].kind and both and counts and _together(earlier, lines[index]):
            what = f"für '{earlier.kind}' in {', '.join(sorted(both))} sind zwei Stellen zugleich zuständig"
            yield entry.finding(("jurisdiction", index), what)


def _together(one: rules.Jurisdiction, other: rules.Jurisdiction) -> bool:
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    return starts <= min(one.valid_to or date.max, other.valid_to or date.max)


def _check_bodies(entry: Entry) -> Iterator[Finding]:
    config = _config(entry)
    kinds = Counter(body.kind for body in config.bodies)
    for index, body in enumerate(config.bodies):
        at = ("bodies", index)
        if kinds[body.kind] > 1:
            yield entry.finding((*at, "kind"), f"das Gremium '{body.kind}' steht doppelt")
        if body.mail and "@" not in body.mail:
            yield entry.finding((*at, "mail"), f"'{body.mail}' ist kein Postfach")
        if body.months and len(body.months) != body.meetings_per_year:
            what = f"{len(body.months)} Monate passen nicht zu {body.meetings_per_year} Sitzungen im Jahr"
            yield entry.finding((*at, "months"), what)
        if not set(body.months) <= set(range(1, 13)):
            yield entry.finding((*at, "months"), "einen dieser Monate gibt es nicht", ("1 bis 12",))


def _check_consent_texts(shelf: Shelf, entry: Entry) -> Iterator[Finding]:
    purposes = tuple(str(getattr(found.shape, "code", "")) for found in shelf.of("consent_purposes"))
    employers = tuple(dict.fromkeys(post.employer for post in _config(entry).case_posts))
    for index, text in enumerate(_config(entry).consent_texts):
        for purpose in text.purposes if purposes else ():
            if purpose not in purposes:
                what = f"unbekannter Zweck '{purpose}'{meant(purpose, purposes)}"
                yield entry.finding(("consent_texts", index, "purposes"), what, purposes)
        for employer in text.employers:
            if employer not in (_EVERYWHERE, *employers):
                what = f"unbekannter Arbeitgeber '{employer}'{meant(employer, employers)}"
                yield entry.finding(("consent_texts", index, "employers"), what, (_EVERYWHERE, *employers))


def _check_evidence(entry: Entry) -> Iterator[Finding]:
    """Whatever tells its source tells it by one of the tags."""
    for part in ("participation", "case_posts", "consent_texts", "jurisdiction", "bodies", "open_points"):
        for index, line in enumerate(getattr(_config(entry), part)):
            if line.evidence and not EVIDENCE.fullmatch(line.evidence):
                what = f"'{line.evidence}' ist kein gültiger Beleg (evidence)"
                yield entry.finding((part, index, "evidence"), what, EVIDENCE_TAGS)


def _check_referrals(shelf: Shelf, entry: Entry) -> Iterator[Finding]:
    kinds = _kinds(shelf)
    for index, rule in enumerate(_config(entry).target_group):
        for field in ("refer_to", "coordinate_with"):
            kind = getattr(rule, field)
            if kinds and kind and kind not in kinds:
                yield entry.finding(
                    ("target_group", index, field), f"unbekannte Art '{kind}'{meant(kind, kinds)}", kinds
                )
