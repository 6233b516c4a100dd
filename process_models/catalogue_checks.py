"""Checks between entries: sources, validity without hole or overlap, known codes, reachable states.

Every check yields findings and never stops at the first one. Shapes of single entries are checked before,
configurations of municipalities in `municipality_checks`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from process_models import rules
from process_models.calendars import LAENDER
from process_models.catalogue_files import Entry, Shelf
from process_models.deadline_checks import check_deadlines
from process_models.family_checks import check_families
from process_models.handover_checks import check_handovers
from process_models.municipality_checks import check_municipalities
from process_models.municipality_holes import holes_of_municipalities
from process_models.rule_base import EVIDENCE, EVIDENCE_TAGS
from process_models.spelling import meant
from process_models.yaml_lines import Finding

_ONE_DAY: Final = timedelta(days=1)
_ROLES: Final = ("receiver", "receiver_head", "ag_fallebene", "ag_verfahrensebene", "lenkungsgruppe")
_START: Final = "R00"
_NAMED_BY_FACT: Final = "data.state"
_LAPSED: Final = "lapsed"
_SAME: Final = "same"

_REFERENCES: Final[Sequence[tuple[str, str, str]]] = (
    ("transitions", "sources", "residence_states"),
    ("transitions", "to", "residence_states"),
    ("transitions", "decider", "agency_kinds"),
    ("guards", "sources", "residence_states"),
    ("benefit_regimes", "agency", "agency_kinds"),
    ("benefit_regimes", "displaces", "benefit_regimes"),
    ("residence_states", "benefits", "benefit_regimes"),
    ("asylblg_rules", "when_residence", "residence_states"),
    ("asylblg_rules", "when_applied", "residence_states"),
    ("language_rules", "when_residence", "residence_states"),
    ("language_rules", "deadlines", "deadlines"),
    ("work_rules", "when_residence", "residence_states"),
    ("work_rules", "when_applied", "residence_states"),
    ("work_rules", "wait_months", "constants"),
    ("transitions", "deadline", "deadlines"),
    ("place_rules", "transitions", "transitions"),
    ("place_rules", "when_residence", "residence_states"),
    ("fiction_rules", "transition", "transitions"),
    ("fiction_rules", "when_residence", "residence_states"),
    ("deadlines", "when_residence", "residence_states"),
    ("deadlines", "met_by_transition", "transitions"),
    ("deadlines", "who_acts", "agency_kinds"),
    ("deadlines", "reads", "agency_kinds"),
    ("deadlines", "calendar", "laender"),
    ("deadlines", "void_by_regime", "benefit_regimes"),
    ("deadlines", "length_constant", "constants"),
    ("handovers", "from_kind", "agency_kinds"),
    ("handovers", "to_kind", "agency_kinds"),
    ("handovers", "senders", "agency_kinds"),
    ("handovers", "by_residence", "residence_states"),
    ("handovers", "while_regimes", "benefit_regimes"),
    ("handovers", "child_done_by", "fact_kinds"),
    ("handovers", "transition", "transitions"),
    ("handovers", "at_deadline", "deadlines"),
    ("handovers", "needed_by", "deadlines"),
    ("handovers", "receiving_regimes", "benefit_regimes"),
    ("handovers", "starts_regimes", "benefit_regimes"),
    ("handovers", "purpose", "consent_purposes"),
    ("statutory_bases", "recipients", "agency_kinds"),
    ("capacities", "purposes", "consent_purposes"),
    ("family_tasks", "when_residence", "residence_states"),
    ("family_tasks", "when_client_residence", "residence_states"),
    ("family_tasks", "lacks", "consent_purposes"),
    ("permanent_routes", "states", "residence_states"),
    ("naturalisation_conditions", "when_residence", "residence_states"),
    ("naturalisation_conditions", "routes", "naturalisation_routes"),
    ("naturalisation_conditions", "met_by_regimes", "benefit_regimes"),
    ("naturalisation_conditions", "unmet_by_regimes", "benefit_regimes"),
)
"""Section, field, and the section whose codes the field may name."""


def check_shelf(shelf: Shelf) -> Iterator[Finding]:
    """Every finding between the entries of a shelf."""
    for entry in _rules(shelf):
        yield from _check_source(entry)
    yield from _check_validity(shelf)
    yield from _check_references(shelf)
    yield from _check_matches(shelf)
    yield from check_deadlines(shelf)
    yield from _check_ladders(shelf)
    yield from check_handovers(shelf)
    yield from check_families(shelf)
    yield from _check_reachable(shelf)
    yield from check_municipalities(shelf)
    yield from holes_of_municipalities(shelf)


def codes_of(shelf: Shelf, section: str) -> tuple[str, ...]:
    """The codes of a section, each once."""
    if section == "laender":
        return LAENDER
    return tuple(dict.fromkeys(str(getattr(entry.shape, "code", "")) for entry in shelf.of(section)))


def _rules(shelf: Shelf) -> Iterator[Entry]:
    for section, entries in shelf.entries.items():
        if section != "municipalities":
            yield from entries
            continue
        for entry in entries:
            yield from _target_group(entry)


def _target_group(entry: Entry) -> Iterator[Entry]:
    assert isinstance(entry.shape, rules.Municipality)
    for index, rule in enumerate(entry.shape.target_group):
        yield Entry(f"{entry.document.file}.target_group", rule, entry.document, (*entry.at, "target_group", index))


# ---------------------------------------------------------------- sources and validity


def _check_source(entry: Entry) -> Iterator[Finding]:
    rule = entry.shape
    assert isinstance(rule, rules.Rule)
    if not rule.statute.strip():
        yield entry.finding(("statute",), f"'{rule.code}' hat keine Quelle (statute)")
    if not EVIDENCE.fullmatch(rule.evidence):
        yield entry.finding(("evidence",), f"'{rule.code}' hat keinen gültigen Beleg (evidence)", EVIDENCE_TAGS)
    if not rule.title.strip():
        yield entry.finding(("title",), f"'{rule.code}' hat keinen Titel")
    if rule.release.state == "released" and not (rule.release.by and rule.release.on):
        yield entry.finding(("release",), f"'{rule.code}' ist freigegeben, ohne dass steht, von wem und wann (by, on)")
    if rule.valid_from and rule.valid_to and rule.valid_from > rule.valid_to:
        yield entry.finding(("valid_to",), f"'{rule.code}' endet vor seinem Beginn")


def _check_validity(shelf: Shelf) -> Iterator[Finding]:
    editions: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for entry in _rules(shelf):
        rule = entry.shape
        assert isinstance(rule, rules.Rule)
        editions[entry.section, rule.code, rule.variant].append(entry)
    for same in editions.values():
        for earlier, later in pairwise(sorted(same, key=_starts)):
            yield from _check_succession(earlier, later)


def _check_succession(earlier: Entry, later: Entry) -> Iterator[Finding]:
    before, after = earlier.shape, later.shape
    assert isinstance(before, rules.Rule)
    assert isinstance(after, rules.Rule)
    where = f"{earlier.document.file}:{earlier.document.line_of(earlier.at)}"
    if (before.valid_from, before.valid_to) == (after.valid_from, after.valid_to):
        yield later.finding(("code",), f"'{after.code}' steht doppelt (auch {where})")
    elif before.valid_to is None or _starts(later) <= before.valid_to:
        yield later.finding(("valid_from",), f"'{after.code}' überschneidet sich zeitlich mit {where}")
    elif _starts(later) > before.valid_to + _ONE_DAY:
        first, last = before.valid_to + _ONE_DAY, _starts(later) - _ONE_DAY
        what = f"'{after.code}' hat eine Lücke in der Geltung: {first} bis {last} (nach {where})"
        yield later.finding(("valid_from",), what)


def _starts(entry: Entry) -> date:
    assert isinstance(entry.shape, rules.Rule)
    return entry.shape.valid_from or date.min


# ---------------------------------------------------------------- references


def _check_references(shelf: Shelf) -> Iterator[Finding]:
    for section, field, target in _REFERENCES:
        allowed = codes_of(shelf, target)
        extra = _also_allowed(section, field)
        for entry in shelf.of(section) if allowed else ():  # an unreadable file is one finding, not a hundred
            for at, code in _named(entry, field):
                if code and code not in allowed and code not in extra:
                    yield entry.finding(at, f"unbekannter Code '{code}'{meant(code, allowed)}", (*allowed, *extra))


def _also_allowed(section: str, field: str) -> tuple[str, ...]:
    extra = {
        ("transitions", "to"): (_NAMED_BY_FACT, _LAPSED, _SAME),
        ("transitions", "sources"): ("*",),
        ("guards", "sources"): ("*",),
    }
    return extra.get((section, field), ())


def _named(entry: Entry, field: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    value = getattr(entry.shape, field)
    if isinstance(value, str):
        yield (field,), value
        return
    for index, code in enumerate(value):
        yield (field, index), code


def _check_matches(shelf: Shelf) -> Iterator[Finding]:
    kinds = {
        entry.shape.code: entry.shape for entry in shelf.of("fact_kinds") if isinstance(entry.shape, rules.FactKind)
    }
    for section, entries in shelf.entries.items():
        if section == "municipalities" or not kinds:
            continue
        for entry in entries:
            for at, match in _matches_in(entry.shape, ()):
                yield from _check_match(shelf, kinds, entry, at, match)


def _matches_in(value: Any, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], rules.FactMatch]]:
    if isinstance(value, rules.FactMatch):
        yield at, value
    elif isinstance(value, rules.Shape):
        for name in type(value).model_fields:
            yield from _matches_in(getattr(value, name), (*at, name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _matches_in(item, (*at, index))


def _check_match(
    shelf: Shelf,
    kinds: Mapping[str, rules.FactKind],
    entry: Entry,
    at: tuple[str | int, ...],
    match: rules.FactMatch,
) -> Iterator[Finding]:
    kind = kinds.get(match.fact)
    if kind is None:
        yield entry.finding(
            (*at, "fact"), f"unbekannte Tatsache '{match.fact}'{meant(match.fact, kinds)}", tuple(kinds)
        )
        return
    named = [("when", *item) for item in match.when.items()] + [("unless", *item) for item in match.unless.items()]
    for key, name, values in named:
        where = (*at, key, name)
        if name not in kind.fields:
            what = f"'{match.fact}' hat kein Feld '{name}'{meant(name, kind.fields)}"
            yield entry.finding(where, what, tuple(kind.fields))
        else:
            yield from _check_match_values(shelf, entry, where, kind.fields[name], values)


def _check_match_values(
    shelf: Shelf, entry: Entry, where: tuple[str | int, ...], field: rules.FactField, values: Iterable[Any]
) -> Iterator[Finding]:
    allowed = codes_of(shelf, field.of) if field.of else field.allowed
    for index, value in enumerate(values):
        if field.type == "bool" and not isinstance(value, bool):
            yield entry.finding((*where, index), f"'{value}' ist weder true noch false", ("true", "false"))
        elif allowed and value not in allowed:
            yield entry.finding((*where, index), f"unbekannter Wert '{value}'{meant(str(value), allowed)}", allowed)


# ---------------------------------------------------------------- ladders


def _check_ladders(shelf: Shelf) -> Iterator[Finding]:
    kinds = codes_of(shelf, "agency_kinds")
    purposes = codes_of(shelf, "consent_purposes")
    for entry in shelf.of("ladders"):
        assert isinstance(entry.shape, rules.Ladder)
        for level, step in entry.shape.steps.items():
            at = ("steps", level)
            for index, role in enumerate(step.recipients):
                if kinds and role not in _ROLES and role.removesuffix("_head") not in kinds:
                    what = f"unbekannter Empfänger '{role}'{meant(role, (*_ROLES, *kinds))}"
                    yield entry.finding((*at, "recipients", index), what, (*_ROLES, *kinds))
            if step.purpose and step.purpose not in purposes:
                yield entry.finding((*at, "purpose"), f"unbekannter Zweck '{step.purpose}'", purposes)


# ---------------------------------------------------------------- reachable states


def _check_reachable(shelf: Shelf) -> Iterator[Finding]:
    states = [entry for entry in shelf.of("residence_states") if _is_released(entry)]
    moves = [
        entry.shape
        for entry in shelf.of("transitions")
        if _is_released(entry) and isinstance(entry.shape, rules.Transition)
    ]
    reached = {_START}
    while new := {target for move in moves if _can_start(move, reached) for target in _targets(move)} - reached:
        reached |= new
    for entry in states:
        assert isinstance(entry.shape, rules.ResidenceState)
        if entry.shape.code not in reached:
            what = f"der Zustand '{entry.shape.code}' ist von '{_START}' aus durch keinen Übergang erreichbar"
            yield entry.finding(("code",), what)


def _is_released(entry: Entry) -> bool:
    return isinstance(entry.shape, rules.Rule) and entry.shape.release.state == "released"


def _can_start(move: rules.Transition, reached: set[str]) -> bool:
    return "*" in move.sources or bool(reached & set(move.sources))


def _targets(move: rules.Transition) -> set[str]:
    if move.to not in (_NAMED_BY_FACT, _LAPSED, _SAME):
        return {move.to}
    named = {str(state) for match in move.by for state in match.when.get("state", [])}
    return set() if move.keeps else named
