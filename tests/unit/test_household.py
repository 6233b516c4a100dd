"""The household of a path: who belongs to it, and what the rules say of each member."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from process_models.catalogue import catalogue
from process_models.explain import shown_path
from process_models.facts import Fact
from process_models.household import member_code
from process_models.look_again import day_at
from process_models.plan import PlannedDeadline
from process_models.reconcile import reconcile
from tests.unit.family import SON, WIFE, family_case, member_of, members_on, of, plan_of
from tests.unit.recognised import IN_CARE, SGB_II, at, fact, rest

DAY = timedelta(days=1)
ARRIVED = date(2023, 3, 4)
WIFE_ARRIVES = fact("family.member_arrived", ARRIVED, id_="w1", id="wife", relation="spouse", born=WIFE.born)
WIFE_TITLE = of("wife", "residence.title_issued", date(2023, 4, 17), state="R26", valid_until=date(2025, 5, 22))
WIFE_GRANT = of("wife", "benefits.granted", date(2023, 4, 3), regime="B05", from_=ARRIVED, until=date(2024, 2, 29))
SETTLED = (*IN_CARE, SGB_II)


# ---------------------------------------------------------------- who belongs to it


def test_a_member_belongs_to_the_household_from_the_day_of_arrival() -> None:
    case = family_case(WIFE_ARRIVES, household=())
    assert members_on(case, ARRIVED - DAY) == []
    assert members_on(case, ARRIVED) == ["wife"]


def test_an_arrival_recorded_late_counts_as_if_it_had_been_known() -> None:
    case = family_case(replace(WIFE_ARRIVES, recorded=date(2023, 3, 20)), household=())
    assert members_on(case, date(2023, 3, 19)) == []
    assert member_of(case, "wife", date(2023, 3, 20)).since == ARRIVED


def test_a_child_is_born_into_the_household() -> None:
    case = family_case(fact("family.child_born", ARRIVED, id="child"), household=())
    child = member_of(case, "child", date(2024, 3, 3))
    assert (child.relation, child.age) == ("child", 0)
    assert member_of(case, "child", date(2024, 3, 4)).age == 1


@pytest.mark.parametrize(
    "event",
    [
        fact("family.member_left", date(2023, 6, 1), id="wife", reason="separated"),
        of("wife", "person.died", date(2023, 6, 1)),
        fact("fact.retracted", date(2023, 6, 1), fact="w1"),
    ],
)
def test_whoever_left_died_or_never_came_is_no_member_any_more(event: Fact) -> None:
    case = family_case(WIFE_ARRIVES, event, household=())
    assert members_on(case, date(2023, 5, 31)) == ["wife"]
    assert members_on(case, date(2023, 6, 1)) == []


def test_whoever_comes_back_is_a_member_again() -> None:
    left = fact("family.member_left", date(2023, 6, 1), id="wife", reason="moved_out")
    back = fact("family.member_arrived", date(2023, 9, 1), id="wife", relation="spouse", born=WIFE.born)
    case = family_case(WIFE_ARRIVES, left, back, household=())
    assert members_on(case, date(2023, 8, 31)) == []
    assert member_of(case, "wife", date(2023, 9, 1)).since == date(2023, 9, 1)


@pytest.mark.parametrize("ref", ["son", "child2", "mother", "daughter-1", "m7"])
def test_a_reference_that_only_tells_the_relation_is_its_own_code(ref: str) -> None:
    assert member_code(ref) == ref


@pytest.mark.parametrize("ref", ["amira", "Son", "m-a", "sonja", "child-amira", "mother123"])
def test_of_any_other_reference_only_a_digest_is_shown(ref: str) -> None:
    code = member_code(ref)
    assert ref not in code
    assert code == member_code(ref) != member_code(f"{ref}x")


def test_a_household_changes_nothing_that_is_said_about_the_person() -> None:
    alone, together = (plan_of(family_case(household=one), date(2022, 2, 20)) for one in ((), (WIFE, SON)))
    about_household = {"members", "look_again_at"}
    assert alone.model_dump(exclude=about_household) == together.model_dump(exclude=about_household)
    assert (len(alone.members), len(together.members)) == (0, 2)


# ---------------------------------------------------------------- what the rules say of each


def test_each_member_has_a_standing_of_their_own_and_the_case_management_of_the_path() -> None:
    wife = member_of(family_case(WIFE_TITLE), "wife", date(2023, 4, 17))
    assert (wife.standing.residence, wife.standing.work, wife.standing.kim) == ("R26", "free", "active")
    assert plan_of(family_case(WIFE_TITLE), date(2023, 4, 17)).standing.residence == "R10"


def test_the_deadline_of_a_member_says_whose_it_is() -> None:
    wife = member_of(family_case(WIFE_TITLE), "wife", date(2025, 1, 1))
    found = next(deadline for deadline in wife.deadlines if deadline.code == "F12")
    assert (found.key, found.who, found.hard) == ("F12.wife", "wife", date(2025, 5, 22))


def test_the_case_manager_is_reminded_of_a_members_deadline_exactly_once() -> None:
    case, _ = rest(family_case(WIFE_TITLE, own=SETTLED), at(date(2025, 2, 20)))
    case, done = rest(case, at(date(2025, 2, 21)))
    reminders = [(a.subject, a.recipient, a.due_on) for a in done if a.do == "remind" and a.subject == "F12.wife"]
    assert reminders == [("F12.wife", "case_manager", date(2025, 5, 22))]
    assert not any(a.do == "remind" and a.subject == "F12.wife" for a in rest(case, at(date(2025, 2, 22)))[1])


def test_nobody_but_the_case_manager_is_reminded_of_a_members_deadline() -> None:
    case, _ = rest(family_case(WIFE_TITLE), at(date(2025, 2, 20)))
    plan = plan_of(case, date(2025, 2, 21))
    members = tuple(
        member.model_copy(update={"deadlines": tuple(_read_by(d, "jobcenter") for d in member.deadlines)})
        for member in plan.members
    )
    actions = reconcile(case, plan.model_copy(update={"members": members}), at(date(2025, 2, 21)), catalogue())
    assert {a.recipient for a in actions if a.do == "remind" and "." in a.subject} == {"case_manager"}


def _read_by(deadline: PlannedDeadline, reader: str) -> PlannedDeadline:
    return deadline.model_copy(update={"reads": (*deadline.reads, reader)})


def test_a_gap_of_a_member_warns_on_the_path_and_is_told_to_the_case_manager() -> None:
    case = family_case(WIFE_ARRIVES, WIFE_GRANT, household=(), own=SETTLED)
    day = date(2024, 1, 31)  # 30 days before the first of March
    plan = plan_of(case, day)
    assert [gap.starts_on for gap in plan.members[0].gaps] == [date(2024, 3, 1)]
    assert "benefit_gap" in plan.warnings
    assert "benefit_gap" in plan.members[0].warnings
    _, done = rest(case, at(day))
    assert [a.due_on for a in done if a.do == "remind" and a.subject == "gap.wife"] == [date(2024, 3, 1)]


def test_the_path_is_looked_at_on_the_days_that_matter_to_a_member_alone() -> None:
    case, _ = rest(family_case(WIFE_TITLE, own=SETTLED), at(date(2024, 12, 1)))
    looks = []
    day = date(2024, 12, 1)
    while day < date(2025, 6, 1):
        wake = plan_of(case, day).look_again_at
        assert wake is not None
        day = day_at(wake)
        looks.append(day)
        case, _ = rest(case, at(day))
    assert {date(2025, 2, 21), date(2025, 3, 23), date(2025, 4, 22), date(2025, 5, 22), date(2025, 5, 23)} <= set(looks)


@pytest.mark.parametrize("age", [15, 16, 18])
def test_the_path_is_looked_at_on_the_birthdays_that_change_who_is_asked(age: int) -> None:
    birthday = SON.born.replace(year=SON.born.year + age)
    case = family_case(own=(), household=(SON,))
    wake = plan_of(case, birthday - DAY).look_again_at
    assert wake is not None
    assert day_at(wake) == birthday


def test_a_fact_that_counts_later_is_looked_at_on_its_day() -> None:
    arrival = replace(WIFE_ARRIVES, recorded=date(2023, 2, 1))
    wake = plan_of(family_case(arrival, own=(), household=()), date(2023, 2, 1)).look_again_at
    assert wake is not None
    assert day_at(wake) == ARRIVED


def test_a_member_with_a_path_of_their_own_is_shown_and_not_looked_after_twice() -> None:
    case = replace(family_case(WIFE_TITLE, WIFE_GRANT, own=SETTLED), own_paths={"wife": "p2"})
    wife = member_of(case, "wife", date(2025, 2, 25))
    assert wife.has_own_path
    assert (wife.deadlines, wife.gaps, wife.warnings) == ((), (), ())
    assert wife.standing.residence == "R26"


def test_a_coordinator_reads_of_the_household_in_temporal_without_any_chosen_word() -> None:
    amira = replace(WIFE, id="amira")
    grant = replace(WIFE_GRANT, who="amira")
    case = family_case(grant, household=(amira, SON), own=SETTLED)
    plan = plan_of(case, date(2024, 2, 10))
    shown = shown_path(case, plan, catalogue())
    assert f"- {member_code('amira')} (Ehegatte oder Ehegattin): Leistungslücke ab 01.03.2024" in shown.details
    assert "- son (Kind)" in shown.details
    actions = reconcile(case, plan, at(date(2024, 2, 10)), catalogue())
    assert "amira" not in shown.model_dump_json() + "".join(action.model_dump_json() for action in actions)


# ---------------------------------------------------------------- income that the household shares

WORK = fact("work.started", date(2023, 2, 1), hours_per_week=39, livelihood_secured=True)


def test_the_income_of_the_person_secures_spouse_and_children_and_not_the_parents() -> None:
    mother = replace(SON, id="mother", born=date(1955, 2, 11), relation="parent")
    case = family_case(WORK, household=(WIFE, SON, mother), own=SETTLED)
    found = {member.id: member.standing.benefits for member in plan_of(case, date(2023, 2, 1)).members}
    assert found == {"mother": (), "son": ("B13",), "wife": ("B13",)}


def test_the_income_of_the_spouse_secures_the_person_until_they_separate() -> None:
    left = fact("family.member_left", date(2023, 6, 1), id="wife", reason="separated")
    earns = of("wife", "work.started", date(2023, 3, 1), hours_per_week=39, livelihood_secured=True)
    case = family_case(earns, left, household=(WIFE,), own=SETTLED)
    assert plan_of(case, date(2023, 5, 31)).standing.benefits == ("B13",)
    plan = plan_of(case, date(2023, 6, 1))
    assert plan.standing.benefits == ("B13",)  # the day of the separation is still shared
    assert plan_of(case, date(2023, 6, 2)).gaps[0].starts_on == date(2023, 6, 2)


def test_the_income_of_parents_counts_for_a_child_only_up_to_its_25th_birthday() -> None:
    case = family_case(WORK, household=(SON,), own=SETTLED)
    assert member_of(case, "son", date(2032, 10, 4)).standing.benefits == ("B13",)
    assert member_of(case, "son", date(2032, 10, 5)).standing.benefits == ()
    assert [gap.starts_on for gap in member_of(case, "son", date(2032, 9, 5)).gaps] == [date(2032, 10, 5)]


def test_the_approval_of_a_child_need_not_be_prolonged_while_an_income_secures_it() -> None:
    grant = of(
        "son", "benefits.granted", date(2023, 1, 2), regime="B05", from_=date(2023, 1, 1), until=date(2023, 6, 30)
    )
    for facts, running in (((grant,), True), ((grant, WORK), False)):
        son = member_of(family_case(*facts, own=SETTLED), "son", date(2023, 3, 1))
        assert any(deadline.code == "F33" for deadline in son.deadlines) is running


# ---------------------------------------------------------------- who is asked


@pytest.mark.parametrize(
    ("day", "asked"),
    [
        (date(2022, 10, 4), {"consent": ("guardian",), "applications": ("guardian",), "naturalisation": ("guardian",)}),
        (date(2022, 10, 5), {"applications": ("person", "guardian"), "consent": ("guardian",)}),
        (date(2023, 10, 5), {"consent": ("guardian", "person"), "naturalisation": ("person",)}),
        (date(2025, 10, 4), {"residence": ("guardian",), "applications": ("person", "guardian")}),
        (date(2025, 10, 5), {"consent": ("person",), "applications": ("person",), "residence": ("person",)}),
    ],
)
def test_who_is_asked_changes_at_15_at_16_and_at_18(day: date, asked: dict[str, tuple[str, ...]]) -> None:
    found = {one.subject: one.acts for one in member_of(family_case(), "son", day).capacities}
    assert {subject: found[subject] for subject in asked} == asked  # type: ignore[index]
    assert set(found) == {"consent", "applications", "residence", "naturalisation"}


def test_who_is_asked_for_the_person_of_the_path_is_told_only_of_a_minor() -> None:
    young = replace(family_case(household=()), person=replace(SON, id="client", relation=""))
    assert {one.subject for one in plan_of(young, date(2022, 10, 5)).capacities} == {
        "consent",
        "applications",
        "residence",
        "naturalisation",
    }
    assert plan_of(family_case(), date(2022, 10, 5)).capacities == ()
