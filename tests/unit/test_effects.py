"""Facts that change nothing: never silently, with the reason and what would be possible instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from process_models.catalogue import catalogue
from process_models.effects import preview_of
from process_models.facts import Fact
from process_models.plan import FactWithoutEffect
from process_models.standing import follow
from tests.unit.recognised import RECOGNISED, fact, plan_on

LAW = catalogue()
ENTRY = fact("person.entered", date(2016, 9, 5))
DULDUNG = fact("residence.duldung_issued", date(2020, 3, 2), state="R06", valid_until=date(2026, 8, 31))


def title(state: str, on: date, **data: Any) -> Fact:
    return fact("residence.title_issued", on, id_=f"title-{state}-{on}", state=state, **data)


def told(facts: Sequence[Fact], day: date) -> FactWithoutEffect:
    """The only fact without effect of a plan."""
    (only,) = plan_on(facts, day).facts_without_effect
    return only


def test_a_title_that_the_law_no_longer_grants_changes_nothing_and_says_why() -> None:
    late = title("R18", date(2026, 2, 2), valid_until=date(2027, 8, 1))
    found = told((ENTRY, DULDUNG, late), date(2026, 2, 2))
    assert found.fact_id == late.id
    assert found.sentence.startswith("Das Chancen-Aufenthaltsrecht wird seit dem 01.01.2026 nicht mehr erteilt.")
    assert {"T10", "T11", "T35"} <= set(found.possible)
    assert "T34" not in found.possible


def test_it_is_a_warning_until_it_is_taken_back() -> None:
    facts = (ENTRY, DULDUNG, title("R18", date(2026, 2, 2)))
    assert "fact_without_effect" in plan_on(facts, date(2026, 5, 2)).warnings
    back = fact("fact.retracted", date(2026, 5, 3), fact=facts[-1].id)
    assert "fact_without_effect" not in plan_on((*facts, back), date(2026, 5, 3)).warnings


def test_a_title_without_a_way_names_where_one_stands_and_what_was_wanted() -> None:
    facts = (*RECOGNISED, title("R25", date(2022, 5, 2)))
    found = told(facts, date(2022, 5, 2))
    assert "(R10)" in found.sentence
    assert "(R25)" in found.sentence
    assert "T06" in found.possible


@pytest.mark.parametrize("state", ["R14", "R15", "R18", "R21", "R23", "R25"])
def test_no_title_of_the_negative_list_leads_to_naturalisation(state: str) -> None:
    assert _guard_of("naturalisation.certificate_handed_over", state, date(2025, 6, 2)) == "G02"


@pytest.mark.parametrize("state", ["R05", "R06", "R07", "R08", "R09"])
def test_nobody_is_naturalised_out_of_a_duldung(state: str) -> None:
    assert _guard_of("naturalisation.certificate_handed_over", state, date(2025, 6, 2)) == "G01"


def _guard_of(kind: str, state: str, day: date) -> str:
    guards = LAW.in_force(LAW.guards, day)
    found = [g.code for g in guards if state in g.sources and any(match.fact == kind for match in g.by)]
    (only,) = found
    return only


def test_naturalisation_acts_from_every_state_that_no_guard_names() -> None:
    (naturalised,) = (rule for rule in LAW.transitions if rule.code == "T25")
    guarded = {code for guard in LAW.guards for code in guard.sources if naturalised.by[0] in guard.by}
    states = {state.code for state in LAW.residence_states if state.release.state == "released"}
    assert states - guarded - set(naturalised.sources) == {"R34", "R35", "R37"}, "German already, or covering another"
    assert set(naturalised.sources) == {state.code for state in LAW.residence_states if state.naturalisable} & states


def test_a_certificate_out_of_a_duldung_says_that_a_title_comes_first() -> None:
    facts = (ENTRY, DULDUNG, fact("naturalisation.certificate_handed_over", date(2025, 6, 2)))
    plan = plan_on(facts, date(2025, 6, 2))
    (found,) = plan.facts_without_effect
    assert (plan.standing.residence, plan.standing.kim) == ("R06", "prospect")
    assert "erst wird ein Aufenthaltstitel gebraucht" in found.sentence
    assert {"T10", "T11"} <= set(found.possible)
    assert "T08b" not in found.possible


def test_a_suit_after_finality_changes_nothing_and_is_told() -> None:
    facts = (*RECOGNISED, fact("asylum.suit_filed", date(2022, 3, 1)))
    plan = plan_on(facts, date(2022, 3, 2))
    assert plan.standing.asylum == "final"
    assert "Wiedereinsetzung" in plan.facts_without_effect[0].sentence


def test_family_reunification_to_subsidiary_protection_is_suspended() -> None:
    decided = (
        fact("asylum.sought", date(2025, 1, 6)),
        fact("asylum.lodged", date(2025, 1, 20)),
        fact("asylum.decided", date(2025, 9, 1), outcome="subsidiary"),
    )
    notice = fact("family.notice_filed", date(2025, 10, 6))
    assert "ausgesetzt" in told((*decided, notice), date(2025, 10, 6)).sentence
    refugee = fact("asylum.decided", date(2025, 9, 1), outcome="refugee")
    assert plan_on((*decided[:2], refugee, notice), date(2025, 10, 6)).facts_without_effect == ()


def test_a_fact_without_effect_meets_and_starts_no_deadline() -> None:
    wrong = title("R18", date(2026, 2, 2), valid_until=date(2027, 8, 1))
    with_it, without = (plan_on(facts, date(2026, 2, 2)) for facts in ((ENTRY, DULDUNG, wrong), (ENTRY, DULDUNG)))
    assert with_it.deadlines == without.deadlines
    assert "F13" in [deadline.code for deadline in with_it.deadlines]


def test_a_fact_can_be_asked_about_before_it_is_recorded() -> None:
    facts = (ENTRY, DULDUNG)
    refused = preview_of(title("R12", date(2025, 6, 2)), facts, LAW)
    assert refused is not None
    assert "(R06)" in refused.sentence
    assert preview_of(title("R17", date(2025, 6, 2)), facts, LAW) is None


def test_a_fact_about_a_member_is_asked_about_on_the_facts_about_that_member() -> None:
    hers = replace(fact("residence.duldung_issued", date(2020, 3, 2), id_="d", state="R06"), who="wife")
    certificate = replace(fact("naturalisation.certificate_handed_over", date(2025, 6, 2)), who="wife")
    refused = preview_of(certificate, (*RECOGNISED, hers), LAW)
    assert refused is not None
    assert "Duldung" in refused.sentence


def test_what_ends_a_right_counts_before_what_is_issued_on_the_same_day() -> None:
    day = date(2025, 6, 2)
    facts = (
        ENTRY,
        title("R26", date(2020, 3, 2), valid_until=date(2027, 3, 1)),
        fact("residence.lost", day),
        fact("residence.duldung_issued", day, state="R06"),
    )
    plan = plan_on(facts, day)
    assert (plan.standing.residence, plan.facts_without_effect) == ("R06", ())


def test_every_guard_is_in_force_for_facts_that_exist_and_speaks_in_a_sentence() -> None:
    assert all(guard.title.endswith(".") for guard in LAW.guards)
    assert {match.fact for guard in LAW.guards for match in guard.by} <= set(LAW.fact_kinds)


def test_what_moves_the_residence_is_marked_in_the_vocabulary() -> None:
    moving = {kind.code for kind in LAW.fact_kinds.values() if kind.moves}
    assert {"residence.title_issued", "residence.duldung_issued", "residence.lost"} <= moving
    course = follow((ENTRY, fact("residence.lost", date(2020, 1, 1))), date(2020, 1, 1), LAW)
    assert [one.kind for one in course.without_effect] == ["residence.lost"]
