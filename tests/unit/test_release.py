"""What a receiver sees: declared by the model, covered by consent or statute, and not a datum more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from process_models.case import Case
from process_models.catalogue import catalogue
from process_models.facts import Fact, Person
from process_models.handover_consent import covered
from process_models.plan import Plan
from process_models.planning import make_plan
from process_models.release import Released, categories_asked, declared, released_to
from process_models.rules import HandoverRule, MinimumField
from process_models.work import HandoverItem

LAW = catalogue()
DAY = date(2026, 3, 2)
NAME = "Ǧulšan Şerife Muñoz-Đặng"
BORN = date(1994, 3, 12)
TITLED = date(2024, 3, 1)
HANDOVERS = LAW.released(LAW.handovers)
FIELDS = {field.code: field for field in LAW.minimum_fields}
EVERYTHING = ("identity", "residence", "benefits", "housing", "family", "work", "education", "language", "health")
SAMPLE: dict[str, Any] = {
    "outcome": "refugee",
    "final": True,
    "place": "meerbusch",
    "state": "R11",
    "valid_until": "2027-03-01",
    "hours_per_week": 30,
    "livelihood_secured": True,
    "starts": "2026-08-01",
    "until": "2029-07-31",
    "level": "B1",
    "certificate": True,
    "years": 9,
    "kind": "profession",
    "id": "baby",
    "relation": "child",
    "born": "2025-12-24",
}


def _fact(kind: str, on: date = date(2026, 2, 1), **data: Any) -> Fact:
    fields = LAW.fact_kinds[kind].fields
    given = {name: SAMPLE[name] for name in fields if name in SAMPLE} | data
    return Fact(f"{kind}-{on}", kind, on, on, given)


def _consent(rule: HandoverRule, categories: Iterable[str], recipient: str = "", until: str | None = None) -> Fact:
    data = {"consent": "k2", "purpose": rule.purpose, "recipient": recipient or rule.to_kind, "form": "written"}
    given_on = date(2026, 2, 1)
    return Fact("k2", "consent.given", given_on, given_on, data | {"categories": list(categories), "until": until})


def _case(facts: Iterable[Fact]) -> Case:
    household = (Person(date(2018, 5, 1), "SY", "daughter", "child"), Person(date(2024, 5, 1), "SY", "son", "child"))
    return Case("p", "rhein-kreis-neuss", "meerbusch", Person(BORN, "SY"), tuple(facts), household)


def _told(rule: HandoverRule) -> list[Fact]:
    """Every fact that a datum of the rule is taken from, and what its statutory bases need."""
    needed = {one.fact for code in rule.minimum_data for one in FIELDS[code].facts}
    statutes = (
        [base for base in LAW.statutory_bases if rule.to_kind in base.recipients] if rule.basis != "consent" else []
    )
    needed |= {need.fact for base in statutes for need in base.needs}
    return [_fact(kind) for kind in sorted(needed)]


def _release(rule: HandoverRule, facts: Iterable[Fact], code: str = "", to_kind: str = "") -> Released:
    case = _case(facts)
    item = HandoverItem(code or rule.code, DAY, rule.from_kind, to_kind or rule.to_kind)
    return released_to(case, _plan(case), item, rule, NAME, LAW)


def _plan(case: Case) -> Plan:
    return make_plan(case, datetime(2026, 3, 2, 9, tzinfo=UTC), LAW)


def _codes(released: Released) -> tuple[str, ...]:
    return tuple(datum.field.code for datum in released.shown)


def _rule(code: str) -> HandoverRule:
    found = LAW.handover(code, DAY)
    assert found is not None
    return found


every_handover = pytest.mark.parametrize("rule", HANDOVERS, ids=lambda rule: rule.code)


@every_handover
def test_every_handover_declares_documents_and_data_of_categories_that_may_be_covered(rule: HandoverRule) -> None:
    assert rule.documents
    assert rule.minimum_data
    assert set(rule.minimum_data) <= set(FIELDS)
    allowed = {*rule.categories, "identity"} if rule.basis == "consent" else set(rule.categories)
    assert {FIELDS[code].category for code in rule.minimum_data} <= allowed


@every_handover
def test_with_everything_covered_exactly_what_is_declared_is_shown(rule: HandoverRule) -> None:
    consent = [_consent(rule, EVERYTHING)] if rule.basis == "consent" else []
    released = _release(rule, [*_told(rule), *consent])
    assert _codes(released) == rule.minimum_data
    assert released.withheld == ()
    assert {datum.basis for datum in released.shown} == {rule.basis}
    assert all(datum.values for datum in released.shown if datum.field.of in ("fact", "children"))
    assert all(datum.statute if rule.basis == "statute" else datum.given_on for datum in released.shown)


@pytest.mark.parametrize("rule", [one for one in HANDOVERS if one.basis == "consent"], ids=lambda rule: rule.code)
def test_every_category_that_consent_leaves_out_takes_its_data_and_nothing_else(rule: HandoverRule) -> None:
    for left_out in EVERYTHING:
        named = [category for category in EVERYTHING if category != left_out]
        released = _release(rule, [*_told(rule), _consent(rule, named)])
        kept = tuple(code for code in rule.minimum_data if FIELDS[code].category != left_out)
        assert _codes(released) == kept
        assert {*_codes(released), *(field.code for field in released.withheld)} == set(rule.minimum_data)


@every_handover
def test_nothing_is_shown_without_a_basis(rule: HandoverRule) -> None:
    bare = [
        fact for fact in _told(rule) if all(fact.kind != need.fact for b in LAW.statutory_bases for need in b.needs)
    ]
    other = _consent(rule, EVERYTHING, recipient="bafoeg_amt")
    outdated = _consent(rule, EVERYTHING, until="2026-03-01")
    for facts in (bare, [*bare, other], [*bare, outdated]):
        assert _release(rule, facts).shown == ()


@every_handover
def test_what_is_covered_for_the_handover_is_what_its_data_may_show(rule: HandoverRule) -> None:
    """A handover that may leave shows all of its data but who it is, which a consent may leave out."""
    facts = [*_told(rule), *([_consent(rule, rule.categories)] if rule.basis == "consent" else [])]
    assert covered(_case(facts), rule.code, rule, DAY, LAW).allowed
    expected = tuple(code for code in rule.minimum_data if FIELDS[code].category in rule.categories)
    assert _codes(_release(rule, facts)) == expected


def test_a_withdrawn_consent_shows_nothing_from_its_day_on() -> None:
    rule = _rule("H01")
    withdrawn = Fact("w", "consent.revoked", DAY, DAY, {"consent": "k2"})
    assert _release(rule, [*_told(rule), _consent(rule, EVERYTHING)]).shown
    assert _release(rule, [*_told(rule), _consent(rule, EVERYTHING), withdrawn]).shown == ()


def test_a_forwarded_handover_is_asked_about_its_new_receiver() -> None:
    rule = _rule("H01")
    facts = [*_told(rule), _consent(rule, EVERYTHING)]
    assert _release(rule, facts, to_kind="sozialamt").shown == ()


def test_values_are_words_and_days_of_the_file() -> None:
    rule = _rule("H16")
    course = {"asylum.sought": date(2023, 1, 2), "asylum.decided": date(2024, 1, 2), "residence.title_issued": TITLED}
    facts = [*_told(rule), *(_fact(kind, on) for kind, on in course.items()), _consent(rule, EVERYTHING)]
    found = {datum.field.code: datum.values for datum in _release(rule, facts).shown}
    assert found["name"] == (NAME,)
    assert found["born"] == (BORN,)
    assert found["residence_until"] == (date(2027, 3, 1),)
    assert found["language_level"] == ("B1",)
    state = LAW.residence("R11", DAY)
    assert state is not None
    assert found["residence_state"] == (state.title,)


def test_a_datum_of_a_field_of_a_fact_is_a_day_where_the_vocabulary_says_so() -> None:
    rule = _rule("H06")
    found = {one.field.code: one.values for one in _release(rule, [*_told(rule), _consent(rule, EVERYTHING)]).shown}
    assert found["training_starts_on"] == (date(2026, 8, 1),)
    assert found["training_until"] == (date(2029, 7, 31),)


def test_what_the_file_does_not_hold_has_no_value() -> None:
    rule = _rule("H16")
    found = {one.field.code: one.values for one in _release(rule, [_consent(rule, EVERYTHING)]).shown}
    assert found["language_level"] == found["residence_applied_on"] == ()


def test_the_school_office_sees_the_birthdays_of_children_of_school_age_only() -> None:
    found = {one.field.code: one.values for one in _release(_rule("H14"), _told(_rule("H14"))).shown}
    assert found["children_born"] == (date(2018, 5, 1),)


def test_of_a_member_the_own_facts_and_birthday_are_shown_and_no_name_of_somebody_else() -> None:
    rule = _rule("H16")
    facts = [*_told(rule), _consent(rule, EVERYTHING)]
    about = [replace(fact, id=f"m-{fact.id}", who="daughter") for fact in facts]
    found = {one.field.code: one.values for one in _release(rule, [*facts, *about], "H16.daughter").shown}
    assert found["name"] == ()
    assert found["born"] == (date(2018, 5, 1),)
    left = Fact("l", "family.member_left", DAY, DAY, {"id": "daughter", "reason": "moved_out"})
    assert _release(rule, [*facts, *about, left], "H16.daughter") == Released()


def test_a_consent_is_asked_for_the_data_of_the_page_too() -> None:
    assert categories_asked(_rule("H01"), LAW, DAY) == ("residence", "benefits", "housing", "identity")
    assert categories_asked(_rule("H03"), LAW, DAY) == ("benefits",)


def test_a_datum_that_is_not_released_is_not_declared() -> None:
    draft = replace(LAW, minimum_fields=tuple(_draft(one) for one in LAW.minimum_fields))
    assert declared(_rule("H01"), draft, DAY) == ()


def _draft(field: MinimumField) -> MinimumField:
    return field.model_copy(update={"release": field.release.model_copy(update={"state": "draft"})})
