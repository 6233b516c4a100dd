"""Handovers of a household: who goes along, who goes alone, and what a missing consent means for both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from process_models import handover as machine
from process_models.case import Case
from process_models.catalogue import catalogue
from process_models.explain import shown_path
from process_models.facts import Fact, Person
from process_models.handover_consent import covered
from process_models.messages import CancelHandover, OfferHandover
from process_models.plan import PlannedHandover
from process_models.work import OpenWork
from tests.unit.family import MOTHER, WIFE, family_case, member_of, of, plan_of
from tests.unit.recognised import DECISION, IN_CARE, at, rest

DAY = timedelta(days=1)
GIRL = Person(date(2014, 2, 14), "SY", id="daughter", relation="child")
START = date(2022, 2, 14)
CATEGORIES = ["residence", "benefits", "housing"]


def recognised(who: str) -> tuple[Fact, ...]:
    """A member who is recognised together with the person of the path."""
    return (
        of(who, "asylum.lodged", date(2021, 5, 20)),
        of(who, "asylum.decided", DECISION.on, outcome="refugee"),
        of(who, "consent.given", START, consent="k1", purpose="P1", form="written"),
    )


def agrees(who: str, on: date = START, to: str = "jobcenter") -> Fact:
    """A member, or somebody for them, consents to a handover."""
    return of(who, "consent.given", on, consent="k2", purpose="P2", recipient=to, categories=CATEGORIES, form="written")


def family(*facts: Fact, household: tuple[Person, ...] = (WIFE, GIRL)) -> Case:
    """A family recognised together, and what else is known."""
    return family_case(*(one for p in household for one in recognised(p.id)), *facts, household=household)


def handover(case: Case, code: str, day: date = START) -> PlannedHandover | None:
    return next((one for one in plan_of(case, day).handovers if one.code == code), None)


def members(case: Case, day: date = START) -> tuple[str, ...]:
    """Who goes along with H01 as the plan of the day has it."""
    found = handover(case, "H01", day)
    assert found is not None
    return found.members


def along(case: Case) -> tuple[str, ...]:
    """Who goes along with H01 as it was offered."""
    item = case.work.handover("H01")
    assert item is not None
    return item.members


def answered(case: Case, code: str, on: date) -> Case:
    """The receiver accepts."""
    item = case.work.handover(code)
    assert item is not None
    return replace(case, work=case.work.with_handover(machine.accept(item, on)))


# ---------------------------------------------------------------- who goes along


def test_whoever_is_covered_goes_along_and_is_named_in_the_offer() -> None:
    case, done = rest(family(agrees("wife"), agrees("daughter")), at(START))
    offers = [(a.handover, a.members) for a in done if isinstance(a, OfferHandover)]
    assert offers == [("H01", ("daughter", "wife"))]
    assert along(case) == ("daughter", "wife")


def test_whoever_is_not_covered_does_not_go_along_and_a_task_says_so() -> None:
    case, _ = rest(family(agrees("daughter")), at(START))
    assert along(case) == ("daughter",)
    missing = handover(case, "H01.wife")
    assert missing is not None
    assert (missing.state, missing.allowed, missing.missing) == ("none", False, tuple(CATEGORIES))
    assert "obtain_consent:H01.wife:2022-02-11" in {task.key for task in case.work.tasks}
    assert "consent_missing" in member_of(case, "wife", START).warnings
    assert "consent_missing" not in member_of(case, "daughter", START).warnings


def test_a_consent_before_the_answer_joins_the_offer_without_another_mail() -> None:
    case, _ = rest(family(agrees("daughter")), at(START))
    told = case.work.notices_made
    case = replace(case, facts=(*case.facts, agrees("wife", START + DAY)))
    case, _ = rest(case, at(START + DAY, 7))
    assert along(case) == ("daughter", "wife")
    assert not any(":offer:" in key for key in case.work.notices_made - told)
    assert [task.key for task in case.work.tasks if task.kind == "obtain_consent" and task.done_on is None] == []


def test_a_withdrawn_consent_leaves_the_offer_at_once() -> None:
    case, _ = rest(family(agrees("wife"), agrees("daughter")), at(START))
    revoked = of("wife", "consent.revoked", START + DAY, consent="k2")
    case = replace(case, facts=(*case.facts, revoked))
    assert members(case, START + DAY) == ("daughter",)
    case, _ = rest(case, at(START + DAY, 7))
    assert along(case) == ("daughter",)
    assert case.work.handover("H01.wife") is None


def test_a_consent_after_the_answer_is_a_handover_of_ones_own() -> None:
    case, _ = rest(family(agrees("daughter")), at(START))
    case = answered(case, "H01", START + DAY)
    case = replace(case, facts=(*case.facts, agrees("wife", START + 2 * DAY)))
    case, done = rest(case, at(START + 2 * DAY))
    assert along(case) == ("daughter",)
    assert [(a.handover, a.to_kind) for a in done if isinstance(a, OfferHandover)] == [("H01.wife", "jobcenter")]


def test_what_was_accepted_keeps_whoever_went_along() -> None:
    case, _ = rest(family(agrees("wife"), agrees("daughter")), at(START))
    case = answered(case, "H01", START + DAY)
    revoked = of("wife", "consent.revoked", START + 2 * DAY, consent="k2")
    case, _ = rest(replace(case, facts=(*case.facts, revoked)), at(START + 2 * DAY))
    assert along(case) == ("daughter", "wife")
    assert handover(case, "H01.wife", START + 2 * DAY) is None


def test_whoever_has_an_income_of_their_own_need_not_go_along() -> None:
    works = of("wife", "work.started", START, hours_per_week=39, livelihood_secured=True)
    assert members(family(works, agrees("wife"), agrees("daughter"))) == ()


def test_whoever_has_not_the_same_reason_does_not_go_along() -> None:
    case = family_case(agrees("wife"), household=(WIFE,))
    assert members(case) == ()
    assert handover(case, "H01.wife") is None


def test_a_member_with_a_path_of_their_own_goes_on_it() -> None:
    case = replace(family(agrees("wife"), agrees("daughter")), own_paths={"wife": "p2"})
    assert members(case) == ("daughter",)
    assert handover(case, "H01.wife") is None


def test_a_child_of_16_has_to_consent_too() -> None:
    boy = Person(date(2006, 2, 1), "SY", id="son", relation="child")
    given = {**agrees("son").data, "given_by": "guardian"}
    guardian = replace(agrees("son"), data=given)
    own = replace(guardian, id="own", data={**given, "consent": "k3", "given_by": "person"})
    assert members(family(guardian, household=(boy,))) == ()
    assert members(family(own, household=(boy,))) == ()
    assert members(family(guardian, own, household=(boy,))) == ("son",)


# ---------------------------------------------------------------- who goes alone


def test_who_has_reached_the_age_limit_goes_to_another_agency_alone() -> None:
    case, done = rest(family(agrees("mother", to="sozialamt"), household=(MOTHER,)), at(START))
    offers = {a.handover: (a.to_kind, a.members) for a in done if isinstance(a, OfferHandover)}
    assert offers == {"H01": ("jobcenter", ()), "H01.mother": ("sozialamt", ())}
    notices = {key.split(":")[1]: key.split(":")[3] for key in case.work.notices_made if ":offer:" in key}
    assert notices == {"H01": "jobcenter", "H01.mother": "sozialamt"}


def test_each_handover_of_a_household_has_a_ladder_of_its_own() -> None:
    case, _ = rest(family(agrees("mother", to="sozialamt"), household=(MOTHER,)), at(START))
    case = answered(case, "H01", START + DAY)
    levels = {}
    for day in range(1, 12):
        case, _ = rest(case, at(START + day * DAY))
        levels = {one.code: one.level for one in plan_of(case, START + day * DAY).handovers}
    assert levels["H01"] == "none"
    assert levels["H01.mother"] == "E2"
    assert plan_of(case, START + 11 * DAY).stalled_since is not None


def test_a_handover_of_a_member_is_taken_back_without_their_consent_and_that_of_the_person_stays() -> None:
    case, _ = rest(family(agrees("mother", to="sozialamt"), household=(MOTHER,)), at(START))
    revoked = of("mother", "consent.revoked", START + DAY, consent="k2")
    case, done = rest(replace(case, facts=(*case.facts, revoked)), at(START + DAY))
    assert [(a.handover, a.reason) for a in done if isinstance(a, CancelHandover)] == [
        ("H01.mother", "consent_revoked")
    ]
    item = case.work.handover("H01")
    assert item is not None
    assert item.state == "offered"


def test_whoever_leaves_the_household_takes_their_open_handover_with_them() -> None:
    case, _ = rest(family(agrees("mother", to="sozialamt"), household=(MOTHER,)), at(START))
    left = replace(of("client", "family.member_left", START + DAY, id="mother", reason="moved_out"), who="client")
    case, done = rest(replace(case, facts=(*case.facts, left)), at(START + DAY))
    assert [a.handover for a in done if isinstance(a, CancelHandover)] == ["H01.mother"]
    rule = catalogue().handover("H01.mother", START)
    assert rule is not None
    assert not covered(case, "H01.mother", rule, START + DAY, catalogue()).allowed


@pytest.mark.parametrize(("kind", "alone"), [("residence.applied", False), ("qualification.filed", True)])
def test_only_what_concerns_the_household_is_handed_over_together(kind: str, alone: bool) -> None:
    data = {"state": "R26"} if kind == "residence.applied" else {}
    own = replace(of("wife", kind, START, **data), who="client", id="own")
    case = family(own, of("wife", kind, START, **data), household=(WIFE,))
    code = "H13" if alone else "H16"
    found = handover(case, f"{code}.wife")
    assert found is not None
    for recipient in ("abh", "anerkennungsstelle"):
        for who in ("client", "wife"):
            one = of(
                who,
                "consent.given",
                START,
                consent=f"k-{recipient}",
                purpose="P2",
                recipient=recipient,
                form="written",
                categories=["residence", "language", "education"],
            )
            case = replace(case, facts=(*case.facts, replace(one, who=who, id=f"{recipient}-{who}")))
    assert (handover(case, f"{code}.wife") is not None) is alone
    together = handover(case, code)
    assert together is not None
    assert together.members == (() if alone else ("wife",))


# ---------------------------------------------------------------- what is shown of it


def test_a_coordinator_reads_whose_handover_it_is_by_code() -> None:
    amira = replace(MOTHER, id="amira")
    facts = (*recognised("amira"), agrees("amira", to="sozialamt"))
    case, done = rest(family_case(*facts, household=(amira,)), at(START))
    details = shown_path(case, plan_of(case, START), catalogue()).details
    assert "H01.m" in details
    assert "amira" not in details + "".join(action.model_dump_json() for action in done)


def test_the_case_without_a_household_is_handed_over_as_before() -> None:
    case, done = rest(family_case(household=(), own=IN_CARE), at(START))
    (offer,) = [a for a in done if isinstance(a, OfferHandover)]
    assert "members" not in offer.model_dump_json()
    assert case.work == replace(case.work, handovers=tuple(replace(one, members=()) for one in case.work.handovers))
    assert isinstance(case.work, OpenWork)
