"""Checks of the handovers: what is released needs data that it names, a basis that covers them, and heads to tell.

Findings only, never an exception. Codes and facts that a rule names are checked in `catalogue_checks`.
"""

from __future__ import annotations

from collections.abc import Iterator

from process_models import rules
from process_models.catalogue_files import Entry, Shelf
from process_models.spelling import meant
from process_models.yaml_lines import Finding

_TOLD_BY_ITSELF = ("client", "case_manager")
"""Kinds that need no agency: the client, and the case management that the configuration names itself."""
_RELEASED = "released"
_WHO_IT_IS = "identity"
"""Category that tells who the person is; a consent may name it beside what the handover needs."""


def check_handovers(shelf: Shelf) -> Iterator[Finding]:
    """Every finding in the receivers, and in the released handovers."""
    for entry in shelf.of("handovers"):
        rule = entry.shape
        assert isinstance(rule, rules.HandoverRule)
        yield from _check_receivers(shelf, entry, rule)
        yield from _check_clock(shelf, entry, rule)
        yield from _check_minimum_data(shelf, entry, rule)
        if rule.release.state != _RELEASED:
            continue
        if not rule.to_kind:
            what = f"'{rule.code}' ist freigegeben und hat keinen Empfänger (to_kind)"
            yield entry.hole(("to_kind",), what, "to_kind mit der Art der annehmenden Stelle eintragen")
        if not rule.categories:
            yield entry.finding(("categories",), f"'{rule.code}' ist freigegeben und nennt keine Daten (categories)")
        if rule.basis == "none":
            what = f"'{rule.code}' ist freigegeben und hat keine Grundlage (basis)"
            yield entry.finding(("basis",), what, ("consent", "statute"))
        if rule.basis == "statute":
            yield from _check_statute(shelf, entry, rule)


def receivers(shelf: Shelf) -> set[str]:
    """Kinds of agencies that a released handover goes to."""
    found = [entry.shape for entry in shelf.of("handovers") if isinstance(entry.shape, rules.HandoverRule)]
    released = [rule for rule in found if rule.release.state == _RELEASED]
    chosen = [one.kind for rule in released for one in rule.receivers]
    informed = [one.kind for rule in released for one in rule.informs]
    kinds = {*(rule.to_kind for rule in released), *chosen, *informed}
    return kinds - {*_TOLD_BY_ITSELF, ""}


def tells_heads(shelf: Shelf) -> bool:
    """True if a step of the ladder is told to the head of unit of the receiver."""
    ladders = [entry.shape for entry in shelf.of("ladders") if isinstance(entry.shape, rules.Ladder)]
    return any("receiver_head" in step.recipients for ladder in ladders for step in ladder.steps.values())


def _check_receivers(shelf: Shelf, entry: Entry, rule: rules.HandoverRule) -> Iterator[Finding]:
    kinds = _codes(shelf, "agency_kinds")
    constants = _codes(shelf, "constants")
    for index, informed in enumerate(rule.informs):
        if kinds and informed.kind not in kinds:
            what = f"unbekannte Art '{informed.kind}'{meant(informed.kind, kinds)}"
            yield entry.finding(("informs", index, "kind"), what, kinds)
    for index, one in enumerate(rule.receivers):
        at = ("receivers", index)
        if kinds and one.kind and one.kind not in kinds:
            yield entry.finding((*at, "kind"), f"unbekannte Art '{one.kind}'{meant(one.kind, kinds)}", kinds)
        if constants and one.from_age and one.from_age not in constants:
            what = f"unbekannter Wert '{one.from_age}'{meant(one.from_age, constants)}"
            yield entry.finding((*at, "from_age"), what, constants)


def _check_clock(shelf: Shelf, entry: Entry, rule: rules.HandoverRule) -> Iterator[Finding]:
    if rule.latest is None:
        return
    deadlines = _codes(shelf, "deadlines")
    ways = [rule.latest.deadline, rule.latest.day, rule.latest.fact]
    if sum(1 for way in ways if way) != 1:
        what = f"'{rule.code}' braucht genau einen Weg zum letzten Tag (latest)"
        yield entry.finding(("latest",), what, ("deadline", "day", "fact"))
    if deadlines and rule.latest.deadline and rule.latest.deadline not in deadlines:
        what = f"unbekannter Code '{rule.latest.deadline}'{meant(rule.latest.deadline, deadlines)}"
        yield entry.finding(("latest", "deadline"), what, deadlines)


def _check_minimum_data(shelf: Shelf, entry: Entry, rule: rules.HandoverRule) -> Iterator[Finding]:
    """What a receiver sees is a known datum, of a category that the handover itself needs, or who the person is."""
    found = [one.shape for one in shelf.of("minimum_fields") if isinstance(one.shape, rules.MinimumField)]
    fields = {one.code: one for one in found}
    for index, code in enumerate(rule.minimum_data):
        at = ("minimum_data", index)
        if fields and code not in fields:
            yield entry.finding(at, f"unbekanntes Datum '{code}'{meant(code, tuple(fields))}", tuple(fields))
        elif fields and not _may_be_seen(rule, fields[code].category):
            what = f"'{rule.code}': '{code}' gehört zu '{fields[code].category}'; das deckt diese Übergabe nicht"
            yield entry.finding(at, what, rule.categories)


def _may_be_seen(rule: rules.HandoverRule, category: str) -> bool:
    """Whose handover it is may be seen on top of its data where consent decides: if the consent names that, too."""
    return category in rule.categories or (rule.basis == "consent" and category == _WHO_IT_IS)


def _codes(shelf: Shelf, section: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(getattr(entry.shape, "code", "")) for entry in shelf.of(section)))


def _check_statute(shelf: Shelf, entry: Entry, rule: rules.HandoverRule) -> Iterator[Finding]:
    bases = [one.shape for one in shelf.of("statutory_bases") if isinstance(one.shape, rules.StatutoryBasis)]
    named = {
        category
        for basis in bases
        if basis.release.state == _RELEASED and rule.to_kind in basis.recipients
        for category in basis.categories
    }
    for category in rule.categories:
        if bases and category not in named:  # an unreadable file is one finding, not a hundred
            what = f"'{rule.code}': keine freigegebene Grundlage erlaubt '{category}' an '{rule.to_kind}'"
            yield entry.finding(("categories",), what, tuple(sorted(named)))
