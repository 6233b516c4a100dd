"""What the receiver of a handover sees of the file: declared by the model, and covered by consent or statute today.

Datum by datum, nothing by default. What a page makes of it, and who opens the page, lives elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.consent import ConsentDecision, ConsentQuestion, check_category, consents_of
from process_models.facts import known_on
from process_models.handover import towards
from process_models.handover_consent import KnownAbout, known_about
from process_models.household import household_of
from process_models.names import member_of_code
from process_models.plan import Plan, Standing
from process_models.rulebook import day_of, matches
from process_models.rules import Basis, HandoverRule, MinimumField
from process_models.target_group import age_on
from process_models.work import HandoverItem

_CHILD = "child"


@dataclass(frozen=True, slots=True)
class Datum:
    """One datum that the receiver sees, with what allows it. No values: the file does not hold it."""

    field: MinimumField
    values: tuple[str | date, ...]
    basis: Basis
    statute: str = ""
    given_on: date | None = None
    """Day of the consent that it rests on."""


@dataclass(frozen=True, slots=True)
class Released:
    """What a receiver sees, and what the model declares for it but nothing covers today."""

    shown: tuple[Datum, ...] = ()
    withheld: tuple[MinimumField, ...] = ()


@dataclass(frozen=True, slots=True)
class _View:
    """Everything that a value may be taken from."""

    case: Case
    rule: HandoverRule
    about: KnownAbout
    standing: Standing
    name: str
    day: date
    catalogue: Catalogue


def released_to(
    case: Case, plan: Plan, item: HandoverItem, rule: HandoverRule, name: str, catalogue: Catalogue
) -> Released:
    """What the receiver of the item sees on the day of the plan. `name`: of the person of the path, who has one.

    Somebody who does not belong to the household any more is shown nothing of.
    """
    about = known_about(case, item.code, plan.day)
    standing = _standing(plan, item.code)
    if about is None or standing is None:
        return Released()
    asked = towards(rule, item.to_kind)
    called = "" if member_of_code(item.code) else name
    view = _View(case, asked, about, standing, called, plan.day, catalogue)
    decided = [(field, _decision(view, field)) for field in declared(rule, catalogue, plan.day)]
    shown = tuple(_datum(view, field, decision) for field, decision in decided if decision.allowed)
    return Released(shown, tuple(field for field, decision in decided if not decision.allowed))


def declared(rule: HandoverRule, catalogue: Catalogue, day: date) -> tuple[MinimumField, ...]:
    """The data that the model declares for this handover, in its order; one that is not released is not there."""
    known = {field.code: field for field in catalogue.in_force(catalogue.minimum_fields, day)}
    return tuple(known[code] for code in rule.minimum_data if code in known)


def categories_asked(rule: HandoverRule, catalogue: Catalogue, day: date) -> tuple[str, ...]:
    """The categories that a consent has to name so that the handover may leave and the receiver sees its data."""
    return tuple(dict.fromkeys((*rule.categories, *(field.category for field in declared(rule, catalogue, day)))))


def _standing(plan: Plan, code: str) -> Standing | None:
    wanted = member_of_code(code)
    if not wanted:
        return plan.standing
    return next((member.standing for member in plan.members if member.code == wanted), None)


def _decision(view: _View, field: MinimumField) -> ConsentDecision:
    rule = view.rule
    question = ConsentQuestion(rule.purpose, rule.to_kind, field.category, view.day, born=view.about.born)
    return check_category(view.catalogue, view.about.facts, rule, question)


def _datum(view: _View, field: MinimumField, decision: ConsentDecision) -> Datum:
    held = [one for one in consents_of(view.about.facts, view.day) if one.id in decision.consent_ids]
    given = min((one.given_on for one in held), default=None)
    return Datum(field, tuple(_values(view, field)), decision.basis, decision.statute, given)


def _values(view: _View, field: MinimumField) -> Iterable[str | date]:
    match field.of:
        case "person":
            return _of_person(view, field)
        case "standing":
            return _of_standing(view, field)
        case "fact":
            return _of_fact(view, field)
        case _:
            return _children(view)


def _of_person(view: _View, field: MinimumField) -> Iterable[str | date]:
    about = view.about
    known: dict[str, str | date] = {"name": view.name, "born": about.born, "nationality": about.nationality}
    return [known[field.field]] if known[field.field] else []


def _of_standing(view: _View, field: MinimumField) -> Iterable[str | date]:
    """Codes of the axes as the words of the day."""
    found = getattr(view.standing, field.field)
    match field.field:
        case "residence":
            state = view.catalogue.residence(found, view.day)
            return [state.title if state else found]
        case "benefits":
            regimes = [(code, view.catalogue.benefit(code, view.day)) for code in found]
            return [regime.title if regime else code for code, regime in regimes]
        case "place":
            return [view.catalogue.label(f"place.{found}")]
        case _:
            return [found] if found else []


def _of_fact(view: _View, field: MinimumField) -> Iterable[str | date]:
    known = [fact for fact in view.about.facts if fact.on <= view.day]
    found = [fact for fact in known if any(matches(wanted, fact) for wanted in field.facts)]
    if not found:
        return []
    latest = max(found, key=lambda fact: (fact.on, fact.id))
    if field.field == "on":
        return [latest.on]
    value = latest.data.get(field.field)
    if value in (None, ""):
        return []
    day = day_of(value) if view.catalogue.fact_kinds[latest.kind].fields[field.field].type == "date" else None
    return [day or str(value)]


def _children(view: _View) -> Iterable[date]:
    youngest, oldest = view.rule.child_ages or (0, 17)
    known = sorted(known_on(view.case.facts, view.day), key=lambda fact: (fact.on, fact.id))
    household = household_of(view.case.household, known, view.case.person.nationality, view.day)
    children = [one.person for one in household if one.person.relation == _CHILD and one.belongs_on(view.day)]
    return sorted(one.born for one in children if youngest <= age_on(one.born, view.day) <= oldest)
