"""What family life asks of the case management: birthdays, births, arrivals, separations, consents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from process_models.case import Case
from process_models.catalogue import catalogue
from process_models.consent import ConsentQuestion, check_consent
from process_models.facts import Fact, Person
from process_models.messages import CloseTask, OpenTask
from tests.unit.family import SON, WIFE, family_case, member_of, of, plan_of
from tests.unit.recognised import IN_CARE, SGB_II, at, fact, rest

DAY = timedelta(days=1)
OWN = (*IN_CARE, SGB_II)
SON_CONSENT = of("son", "consent.given", date(2022, 2, 14), consent="k5", purpose="P1", form="written")
SON_AGREES = of(
    "son", "consent.given", date(2023, 10, 9), consent="k6", purpose="P1", form="written", given_by="person"
)
QUIET = (SON_CONSENT,)
"""Nothing is open about the son while he is under 15."""


def opened(case: Case, *days: date) -> list[str]:
    """Keys of the family's tasks that are opened on these days."""
    found = []
    for day in days:
        case, done = rest(case, at(day))
        found += [action.key for action in done if isinstance(action, OpenTask)]
    return found


def closed(case: Case, *days: date) -> list[str]:
    """Keys of the tasks that close themselves on these days."""
    found = []
    for day in days:
        case, done = rest(case, at(day))
        found += [action.key for action in done if isinstance(action, CloseTask)]
    return found


def with_son(*facts: Fact, own: Sequence[Fact] = OWN) -> Case:
    return family_case(*QUIET, *facts, household=(SON,), own=own)


# ---------------------------------------------------------------- birthdays


@pytest.mark.parametrize(
    ("birthday", "tasks"),
    [
        (date(2022, 10, 5), ["own_applications:son"]),
        (date(2023, 10, 5), ["member_consent:son:AGE-CONSENT-16", "own_naturalisation:son"]),
        (date(2025, 10, 5), ["own_path:son"]),
    ],
)
def test_a_birthday_asks_for_what_changes_and_the_day_before_asks_nothing(birthday: date, tasks: list[str]) -> None:
    case, _ = rest(with_son(SON_AGREES), at(birthday - DAY))
    before = {task.key for task in case.work.tasks}
    assert before.isdisjoint(tasks)
    assert opened(case, birthday) == tasks


def test_a_birthday_before_case_management_asks_nothing() -> None:
    later = (*OWN[:-2], replace(OWN[-2], on=date(2022, 10, 6), recorded=date(2022, 10, 6)), OWN[-1])
    assert opened(with_son(own=later), date(2022, 10, 6)) == []


def test_a_birthday_before_the_arrival_asks_nothing() -> None:
    arrives = fact("family.member_arrived", date(2022, 10, 6), id="son", relation="child", born=SON.born)
    case = family_case(SON_CONSENT, arrives, household=(), own=OWN)
    assert "own_applications:son" not in opened(case, date(2022, 10, 6))


def test_the_own_path_is_suggested_until_it_is_there() -> None:
    case, _ = rest(with_son(SON_AGREES), at(date(2025, 10, 5)))
    assert "own_path:son" in {task.key for task in case.work.tasks if task.done_on is None}
    assert "own_path:son" in closed(replace(case, own_paths={"son": "p2"}), date(2025, 10, 20))


def test_a_task_that_a_person_has_done_is_not_opened_again() -> None:
    case, _ = rest(with_son(SON_AGREES), at(date(2025, 10, 5)))
    done = tuple(replace(task, done_on=date(2025, 10, 6)) for task in case.work.tasks)
    assert opened(replace(case, work=replace(case.work, tasks=done)), date(2025, 10, 7)) == []


def test_a_minor_on_a_path_of_their_own_is_asked_too() -> None:
    by_guardian = tuple(
        replace(one, data={**one.data, "given_by": "guardian"}) if one.kind == "consent.given" else one for one in OWN
    )
    young = replace(family_case(household=(), own=by_guardian), person=Person(SON.born, "SY"))
    assert opened(young, date(2022, 10, 5)) == ["own_applications:client"]
    tasks = {"own_applications:client", "own_naturalisation:client", "own_consent:client:AGE-CONSENT-16"}
    assert tasks <= set(opened(young, date(2023, 10, 5)))
    own = fact("consent.given", date(2023, 10, 9), consent="k9", purpose="P1", form="written", given_by="person")
    young, _ = rest(young, at(date(2023, 10, 5)))
    young = replace(young, facts=(*young.facts, own))
    assert "own_consent:client:AGE-CONSENT-16" in closed(young, date(2023, 10, 9))
    assert "own_consent:client:AGE-CONSENT-18" not in opened(young, date(2025, 10, 5))


def test_an_adult_for_whom_only_the_guardian_had_consented_is_asked() -> None:
    by_guardian = [
        replace(one, data={**one.data, "given_by": "guardian"}) if one.kind == "consent.given" else one for one in OWN
    ]
    young = replace(family_case(household=(), own=by_guardian), person=Person(SON.born, "SY"))
    assert "own_consent:client:AGE-CONSENT-18" in opened(young, date(2025, 10, 5))
    assert not any("own_consent" in key for key in opened(family_case(household=()), date(2025, 10, 5)))


# ---------------------------------------------------------------- arrival, birth, separation


def test_an_arrival_asks_for_consent_title_and_benefits_and_facts_close_what_they_settle() -> None:
    arrives = fact("family.member_arrived", date(2023, 3, 4), id="wife", relation="spouse", born=WIFE.born)
    case = family_case(arrives, household=(), own=OWN)
    tasks = ["member_consent:wife:AGE-CONSENT-18", "member_title:wife", "member_benefits:wife"]
    assert opened(case, date(2023, 3, 4)) == tasks
    case, _ = rest(case, at(date(2023, 3, 4)))
    settled = (
        of("wife", "consent.given", date(2023, 3, 6), consent="k7", purpose="P1", form="written"),
        of("wife", "residence.applied", date(2023, 3, 6), state="R26"),
        of("wife", "benefits.granted", date(2023, 3, 6), regime="B05", from_=date(2023, 3, 1)),
    )
    assert closed(replace(case, facts=(*case.facts, *settled)), date(2023, 3, 6)) == tasks


@pytest.mark.parametrize(
    ("residence", "task"),
    [
        (("residence.title_issued", {"state": "R12", "valid_until": date(2025, 4, 19)}), "child_title:child"),
        (("residence.title_issued", {"state": "R31"}), "citizenship_by_birth:child"),
    ],
)
def test_a_birth_asks_for_what_the_standing_of_the_parent_makes_of_it(
    residence: tuple[str, dict[str, object]], task: str
) -> None:
    titles = [fact("residence.title_issued", date(2022, 4, 20), state="R12", valid_until=date(2025, 4, 19))]
    titles.append(fact(residence[0], date(2022, 6, 1), **residence[1]))
    born = fact("family.child_born", date(2023, 3, 4), id="child")
    case = family_case(*titles, born, household=(), own=OWN)
    found = opened(case, date(2023, 3, 4))
    assert {"register_birth:child", "member_benefits:child", task} <= set(found)
    assert "asylum_notice:child" not in found


def test_the_title_of_the_child_and_not_that_of_the_parent_meets_the_deadline_for_it() -> None:
    title = fact("residence.title_issued", date(2022, 4, 20), state="R12", valid_until=date(2025, 4, 19))
    born = fact("family.child_born", date(2023, 3, 4), id="child")
    parents = fact("residence.applied", date(2023, 4, 1), state="R12")
    childs = of("child", "residence.applied", date(2023, 4, 1), state="R26")
    twin = fact("family.child_born", date(2023, 3, 4), id_="twin", id="child2")
    for facts, running in (((born, parents), 1), ((born, childs), 0), ((born, twin, childs), 1)):
        plan = plan_of(family_case(title, *facts, household=(), own=OWN), date(2023, 4, 2))
        assert len([deadline for deadline in plan.deadlines if deadline.code == "F15"]) == running


def test_a_separation_asks_for_the_own_right_to_stay_and_a_path_for_the_other_one() -> None:
    title = fact("residence.title_issued", date(2022, 4, 20), state="R26", valid_until=date(2025, 4, 19))
    left = fact("family.member_left", date(2023, 6, 1), id="wife", reason="separated")
    consent = of("wife", "consent.given", date(2022, 3, 1), consent="k7", purpose="P1", form="written")
    own = [one for one in OWN if not one.kind.startswith("asylum.")]
    case = family_case(title, consent, left, household=(WIFE,), own=own)
    assert opened(case, date(2023, 6, 1)) == ["own_residence:client.wife", "own_path:wife", "change_notice:client.wife"]
    right = fact("residence.applied", date(2023, 6, 12), state="R27")
    case, _ = rest(case, at(date(2023, 6, 1)))
    assert closed(replace(case, facts=(*case.facts, right)), date(2023, 6, 12)) == ["own_residence:client.wife"]


def test_whoever_came_back_needs_no_path_of_their_own() -> None:
    left = fact("family.member_left", date(2023, 6, 1), id="wife", reason="moved_out")
    back = fact("family.member_arrived", date(2023, 9, 1), id="wife", relation="spouse", born=WIFE.born)
    case, _ = rest(family_case(left, household=(WIFE,), own=OWN), at(date(2023, 6, 1)))
    assert "own_path:wife" in closed(replace(case, facts=(*case.facts, back)), date(2023, 9, 1))


def test_nothing_is_asked_about_families_outside_of_case_management() -> None:
    born = fact("family.child_born", date(2023, 3, 4), id="child")
    without = [one for one in OWN if one.kind not in ("kim.opened", "consent.given")]
    assert opened(family_case(born, household=(WIFE,), own=without), date(2023, 3, 4)) == []


# ---------------------------------------------------------------- consent of young people


def allowed(case: Case, who: str, day: date) -> bool:
    """Whether the consents to the case file that a member, or somebody for them, gave are enough on this day."""
    born = next(person.born for person in case.household if person.id == who)
    question = ConsentQuestion("P1", None, None, day, who, born)
    return check_consent(catalogue(), case.facts, question).allowed


def test_the_consent_of_the_guardian_is_enough_up_to_the_16th_birthday() -> None:
    case = with_son()
    assert allowed(case, "son", date(2023, 10, 4))
    assert not allowed(case, "son", date(2023, 10, 5))


def test_guardian_and_young_person_are_enough_up_to_the_18th_birthday() -> None:
    case = with_son(SON_AGREES)
    assert allowed(case, "son", date(2023, 10, 9))
    assert allowed(case, "son", date(2025, 10, 5)), "his own consent goes on"
    alone = family_case(SON_AGREES, household=(SON,))
    assert not allowed(alone, "son", date(2023, 10, 9)), "the guardian is asked too"
    assert allowed(alone, "son", date(2025, 10, 5))


def test_the_consent_of_the_guardian_alone_covers_no_adult() -> None:
    guardian = of(
        "son", "consent.given", date(2024, 1, 8), consent="k7", purpose="P1", form="written", given_by="guardian"
    )
    both = of("son", "consent.given", date(2024, 1, 8), consent="k8", purpose="P1", form="written")
    assert not allowed(family_case(guardian, household=(SON,)), "son", date(2025, 10, 5))
    assert allowed(family_case(both, household=(SON,)), "son", date(2025, 10, 5))


def test_whoever_refused_is_not_asked_again() -> None:
    refused = of("wife", "consent.refused", date(2022, 3, 1), purpose="P1")
    case, _ = rest(family_case(household=(WIFE,), own=OWN), at(date(2022, 2, 20)))
    assert closed(replace(case, facts=(*case.facts, refused)), date(2022, 3, 1)) == [
        "member_consent:wife:AGE-CONSENT-18"
    ]
    assert member_of(case, "wife", date(2022, 3, 1)).standing.kim == "active"
