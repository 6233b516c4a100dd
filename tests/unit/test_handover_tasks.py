"""Tasks that handovers and the end of a consent set: opened once, closed when their reason is gone, named in German."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from process_models.applied import close_task
from process_models.case import Case
from process_models.catalogue import catalogue
from process_models.facts import Fact
from process_models.handover_tasks import SELF_CLOSING
from tests.unit.recognised import ARRIVAL, CASE_CONSENT, IN_CARE, at, case_of, fact, rest, with_facts

LAW = catalogue()
OFFERED = date(2022, 2, 14)
LATER = date(2022, 2, 16)
ASSIGNED = date(2021, 7, 6)
EARLY = (
    replace(CASE_CONSENT, on=date(2021, 6, 1), recorded=date(2021, 6, 1)),
    fact("kim.opened", date(2021, 6, 1)),
)


def open_keys(case: Case) -> set[str]:
    return {task.key for task in case.work.tasks if task.done_on is None}


def revoked(consent: str, on: date) -> Fact:
    return Fact(f"{consent}-{on}", "consent.revoked", on, on, {"consent": consent})


@pytest.mark.parametrize("kind", [*SELF_CLOSING, "inform_client", "clear_delivery", "follow_decision", "query"])
def test_every_kind_of_task_has_german_words(kind: str) -> None:
    assert LAW.label(f"task.{kind}") != f"task.{kind}"


def test_a_transfer_by_statute_asks_to_inform_the_person_once_for_all_receivers() -> None:
    case, _ = rest(case_of((*ARRIVAL, *EARLY)), at(ASSIGNED))
    assert open_keys(case) == {"inform_client:H02:2021-07-06"}
    case = replace(case, work=close_task(case.work, "inform_client:H02:2021-07-06", ASSIGNED))
    assert open_keys(rest(case, at(date(2021, 7, 7)))[0]) == set()


def test_a_transfer_by_consent_asks_nobody_to_inform() -> None:
    case, _ = rest(case_of(IN_CARE), at(OFFERED))
    assert not any(key.startswith("inform_client") for key in open_keys(case))


def test_the_date_of_an_offer_that_lost_its_consent_is_handed_over_until_it_has_passed() -> None:
    case, _ = rest(case_of(IN_CARE), at(OFFERED))
    case, _ = rest(with_facts(case, revoked("k2", LATER)), at(LATER))
    assert "hand_over_deadline:H01:2022-03-31" in open_keys(case)
    case, _ = rest(case, at(date(2022, 3, 31)))
    assert "hand_over_deadline:H01:2022-03-31" in open_keys(case)
    case, _ = rest(case, at(date(2022, 4, 1)))
    assert "hand_over_deadline:H01:2022-03-31" not in open_keys(case)


def test_what_the_client_has_done_meanwhile_is_not_handed_over() -> None:
    case, _ = rest(case_of(IN_CARE), at(OFFERED))
    case, _ = rest(with_facts(case, revoked("k1", LATER)), at(LATER))
    assert {key for key in open_keys(case) if key.startswith("hand_over_deadline:F17")}
    done = Fact("n", "family.notice_filed", LATER, LATER)
    case, _ = rest(with_facts(case, done), at(date(2022, 2, 17)))
    assert not {key for key in open_keys(case) if key.startswith("hand_over_deadline:F17")}


def test_before_case_management_began_no_date_is_handed_over() -> None:
    referred = Fact("r", "kim.referred", LATER, LATER, {"by": "mbe", "wants": True, "criteria": []})
    case, _ = rest(
        case_of((*ARRIVAL, fact("asylum.decided", date(2022, 2, 11), outcome="refugee"), referred)), at(LATER)
    )
    assert not any(key.startswith("hand_over_deadline") for key in open_keys(case))
