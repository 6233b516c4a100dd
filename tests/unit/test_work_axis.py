"""Whether work is allowed: by paper, place and waiting time, under the law of the day, and with a permission."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from process_models.catalogue import catalogue
from process_models.dated import over_on
from process_models.facts import Fact
from process_models.standing import follow
from process_models.work_axis import work_on
from tests.unit.recognised import ARRIVAL, fact, plan_on

LAW = catalogue()
PERMITTED = "work.permitted"


def work(facts: Sequence[Fact], day: date) -> str:
    return plan_on(facts, day).standing.work


def in_facility(on: date) -> tuple[Fact, ...]:
    """Somebody who was registered on this day and has lived in the facility since."""
    return fact("asylum.sought", on), fact("asylum.registered", on), fact("asylum.lodged", on)


@pytest.mark.parametrize(
    ("registered", "first"),
    [
        (date(2023, 1, 10), date(2023, 10, 10)),
        (date(2023, 6, 1), date(2024, 2, 27)),
        (date(2024, 3, 5), date(2024, 9, 5)),
        (date(2026, 1, 20), date(2026, 6, 12)),
        (date(2026, 5, 4), date(2026, 8, 4)),
    ],
)
def test_in_the_facility_work_is_forbidden_for_the_months_of_the_law_of_the_day(registered: date, first: date) -> None:
    facts = in_facility(registered)
    assert over_on("asylg61.facility_months", registered, LAW) == first
    assert work(facts, first.replace(day=first.day - 1)) == "forbidden"
    assert work(facts, first) == "consent_needed"


def test_before_the_registration_work_is_forbidden() -> None:
    assert work((fact("asylum.sought", date(2021, 5, 10)),), date(2021, 5, 10)) == "forbidden"


def test_in_the_municipality_a_permission_is_possible_after_three_months() -> None:
    assert work(ARRIVAL, date(2021, 8, 10)) == "forbidden"
    assert work(ARRIVAL, date(2021, 8, 11)) == "consent_needed"
    assert work((*ARRIVAL, fact(PERMITTED, date(2021, 9, 6))), date(2021, 9, 6)) == "permitted"


def test_the_day_on_which_the_waiting_ends_is_looked_at_without_any_news() -> None:
    assert work_on(follow(ARRIVAL, date(2021, 7, 6), LAW), LAW).changes_on == date(2021, 8, 11)


def test_a_permission_ends_with_the_paper_it_was_given_for() -> None:
    facts = (
        *ARRIVAL,
        fact(PERMITTED, date(2021, 9, 6)),
        fact("asylum.decided", date(2022, 2, 11), outcome="rejected"),
        fact("residence.duldung_issued", date(2022, 4, 4), state="R06"),
    )
    days = (date(2022, 2, 24), date(2022, 2, 25), date(2022, 4, 4))
    assert [work(facts, day) for day in days] == ["permitted", "forbidden", "consent_needed"]
    again = fact(PERMITTED, date(2022, 5, 2))
    assert work((*facts, again), date(2022, 5, 2)) == "permitted"


def test_a_duldung_in_the_first_three_months_of_the_stay_allows_nothing_yet() -> None:
    facts = (
        fact("person.entered", date(2023, 7, 3)),
        fact("residence.duldung_issued", date(2023, 8, 14), state="R06"),
    )
    assert work(facts, date(2023, 10, 2)) == "forbidden"
    assert work(facts, date(2023, 10, 3)) == "consent_needed"


def test_with_unclear_identity_no_permission_counts() -> None:
    facts = (
        fact("person.entered", date(2021, 7, 5)),
        fact("residence.duldung_issued", date(2022, 8, 15), state="R06"),
        fact(PERMITTED, date(2022, 9, 1)),
        fact("residence.duldung_issued", date(2023, 2, 6), id_="b", state="R07"),
        fact(PERMITTED, date(2023, 3, 1), id_="c"),
    )
    plan = plan_on(facts, date(2023, 3, 1))
    assert (plan.standing.work, [told.fact_id for told in plan.facts_without_effect]) == ("forbidden", ["c"])


def test_an_applicant_for_temporary_protection_may_work_with_the_certificate() -> None:
    facts = (
        fact("person.entered", date(2024, 1, 15)),
        fact("residence.applied", date(2024, 1, 22), state="R25"),
    )
    assert work(facts, date(2024, 1, 30)) == "forbidden"
    certificate = fact("residence.fiction_certificate_issued", date(2024, 2, 5))
    assert work((*facts, certificate), date(2024, 2, 5)) == "permitted"


@pytest.mark.parametrize(
    ("state", "value"),
    [("R12", "free"), ("R14", "free"), ("R17", "free"), ("R22", "permitted"), ("R24", "permitted"), ("R31", "free")],
)
def test_a_title_allows_work_unless_the_law_forbids_it(state: str, value: str) -> None:
    found = LAW.residence(state, date(2025, 1, 1))
    assert found is not None
    assert found.work == value
