"""Which days set a handover going, and under which conditions of place, household and case management."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from process_models.case import Case
from process_models.catalogue import Catalogue, catalogue
from process_models.configuration import Agency, Jurisdiction
from process_models.facts import Fact, Person
from process_models.planning import make_plan
from tests.unit.recognised import at, fact

LAW = catalogue()
NEUSS = "rhein-kreis-neuss"
MOVED = date(2023, 10, 2)
TITLE = fact("residence.title_issued", date(2021, 2, 8), state="R26", valid_until=date(2027, 2, 7))
MONEY = fact("benefits.granted", date(2023, 1, 2), regime="B05", from_=date(2023, 1, 1), until=date(2023, 12, 31))
OPENED = fact("kim.opened", date(2023, 6, 5))
MOVE = fact("place.moved", MOVED, place="neuss")


def codes(facts: tuple[Fact, ...], law: Catalogue = LAW, household: tuple[Person, ...] = ()) -> set[str]:
    case = Case("p1", NEUSS, "kaarst", Person(date(1988, 8, 8), "MA"), facts, household)
    return {handover.code for handover in make_plan(case, at(MOVED), law).handovers}


def with_two_jobcenters() -> Catalogue:
    """The city of Neuss has a Jobcenter of its own."""
    config = LAW.municipality(NEUSS)
    own = Agency(id="jobcenter-neuss", kind="jobcenter", title="Jobcenter Neuss", mail="jc@neuss.example.org")
    line = Jurisdiction(kind="jobcenter", agency=own.id, places=("neuss",))
    changed = config.model_copy(
        update={"agencies": (*config.agencies, own), "jurisdiction": (*config.jurisdiction, line)}
    )
    return replace(LAW, municipalities={**LAW.municipalities, NEUSS: changed})


def test_a_move_hands_over_only_what_changes_its_agency() -> None:
    facts = (TITLE, MONEY, OPENED, MOVE)
    assert codes(facts) & {"H10", "H10b", "H10c"} == {"H10"}
    assert codes(facts, with_two_jobcenters()) & {"H10", "H10b", "H10c"} == {"H10", "H10b"}


def test_the_jobcenter_hands_over_a_file_only_if_it_pays() -> None:
    assert codes((TITLE, OPENED, MOVE), with_two_jobcenters()) & {"H10", "H10b", "H10c"} == {"H10"}


def test_a_move_before_case_management_began_is_no_business_of_it() -> None:
    late = fact("kim.opened", date(2023, 10, 3))
    assert not codes((TITLE, MONEY, late, MOVE)) & {"H10", "H10b", "H10c"}


def test_a_school_place_is_asked_for_only_with_a_child_of_school_age() -> None:
    assigned = fact("place.assigned", date(2023, 9, 4), place="kaarst")
    young = Person(date(2018, 9, 4), "", "a", "child")
    older = Person(date(2017, 9, 4), "", "b", "child")
    spouse = Person(date(2008, 1, 1), "", "c", "spouse")
    assert "H14" not in codes((OPENED, assigned), household=(young, spouse))
    assert "H14" in codes((OPENED, assigned), household=(young, older))
    assert "H14" not in codes((assigned,), household=(young, older))


def test_of_several_triggers_of_one_qualification_only_the_first_counts() -> None:
    known = Fact("q1", "qualification.known", date(2023, 7, 3), date(2023, 7, 3), {"kind": "profession"})
    filed = fact("qualification.filed", date(2023, 8, 7))
    case = Case("p1", NEUSS, "kaarst", Person(date(1988, 8, 8), "MA"), (TITLE, known, filed))
    planned = [h.trigger_on for h in make_plan(case, at(MOVED), LAW).handovers if h.code == "H13"]
    assert planned == [date(2023, 7, 3)]
