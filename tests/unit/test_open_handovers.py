"""What is offered stays offered until somebody answers, and late or repeated messages change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from process_models import handover
from process_models.applied import apply, carry_out
from process_models.case import Case
from process_models.catalogue import catalogue
from process_models.consent import HandoverConsent
from process_models.facts import Fact
from process_models.messages import Action, CancelHandover, Escalate, OfferHandover
from process_models.planning import make_plan
from process_models.work import HandoverItem, OpenWork
from tests.unit.recognised import ARRIVAL, CASE_CONSENT, DECISION, IN_CARE, SGB_II, at, case_of, fact, rest, with_facts

EARLY_CONSENT = replace(CASE_CONSENT, on=date(2021, 6, 1), recorded=date(2021, 6, 1))
EARLY = (EARLY_CONSENT, fact("kim.opened", date(2021, 6, 1)))
"""Case management that began before the assignment to a municipality."""
ASSIGNED = date(2021, 7, 6)
ANALOG = date(2022, 11, 10)
"""Eighteen months after the arrival."""
GRANTED = HandoverConsent(allowed=True, basis="consent")
TITLE = fact("residence.title_issued", date(2022, 4, 20), state="R12", valid_until=date(2027, 4, 19))
READY = (
    fact("identity.clarified", date(2024, 2, 1)),
    fact("language.passed", date(2023, 4, 28), level="B1"),
    fact("civic_test.passed", date(2023, 4, 28)),
    fact(
        "consent.given",
        date(2024, 2, 1),
        id_="k9",
        consent="k9",
        purpose="P2",
        recipient="ebh",
        categories=["residence", "language", "work"],
        form="written",
    ),
)


def states(case: Case, code: str) -> list[str]:
    return [item.state for item in case.work.handovers if item.code == code]


def kinds(actions: Sequence[Action]) -> set[str]:
    return {action.do for action in actions}


def accepted(case: Case, code: str, on: date) -> Case:
    item = case.work.handover(code)
    assert item is not None
    return replace(case, work=case.work.with_handover(handover.accept(item, on)))


def naturalising() -> Case:
    """H11 was offered on the first day on which naturalisation was possible."""
    case, _ = rest(case_of((*IN_CARE, SGB_II, TITLE, *READY)), at(date(2026, 5, 11)))
    assert states(case, "H11") == ["offered"]
    return case


# ---------------------------------------------------------------- waiting times that set a handover going


def test_what_a_waiting_time_sets_going_stays_after_its_day() -> None:
    case, _ = rest(case_of((*ARRIVAL, *EARLY)), at(ANALOG))
    assert states(case, "H03") == ["offered"]
    for day in (date(2022, 11, 11), date(2023, 3, 1)):
        case, done = rest(case, at(day))
        assert "cancel" not in kinds(done)


def test_it_stays_when_the_person_is_recognised_and_when_the_law_changes_the_time() -> None:
    case, _ = rest(case_of((*ARRIVAL, *EARLY)), at(ANALOG))
    changed, done = rest(case, at(date(2024, 6, 1)))
    assert "cancel" not in kinds(done)
    assert states(changed, "H03") == ["offered"], "thirty-six months later nothing is offered a second time"
    recognised = with_facts(case, replace(DECISION, on=date(2023, 1, 9), recorded=date(2023, 1, 9)))
    later, done = rest(recognised, at(date(2023, 1, 20)))
    assert "cancel" not in kinds(done)
    assert states(later, "H03") == ["offered"]


@pytest.mark.parametrize("answered", [False, True])
def test_the_application_for_naturalisation_takes_no_handover_back(answered: bool) -> None:
    case = naturalising()
    if answered:
        case = accepted(case, "H11", date(2026, 5, 12))
    case, done = rest(with_facts(case, fact("naturalisation.applied", date(2026, 5, 18))), at(date(2026, 5, 18)))
    assert not {"cancel", "offer", "escalate"} & kinds(done)
    assert states(case, "H11") == ["accepted" if answered else "offered"]
    planned = next(h for h in make_plan(case, at(date(2026, 5, 18)), catalogue()).handovers if h.code == "H11")
    assert (planned.needed, planned.stalled_since) == (False, None)


def test_an_accepted_handover_survives_that_its_trigger_is_taken_back() -> None:
    case = accepted(naturalising(), "H11", date(2026, 5, 12))
    day = date(2026, 5, 20)
    gone = fact("fact.retracted", day, fact=READY[0].id)
    case, done = rest(with_facts(case, gone), at(day))
    assert "cancel" not in kinds(done)
    planned = next(h for h in make_plan(case, at(day), catalogue()).handovers if h.code == "H11")
    assert (planned.state, planned.responsible, planned.needed) == ("accepted", "ebh", False)


def test_an_offer_whose_trigger_was_wrong_is_taken_back() -> None:
    day = date(2026, 5, 20)
    case, done = rest(with_facts(naturalising(), fact("fact.retracted", day, fact=READY[0].id)), at(day))
    assert [action.reason for action in done if isinstance(action, CancelHandover)] == ["trigger_gone"]
    assert states(case, "H11") == ["cancelled"]


def test_an_accepted_handover_that_reached_its_goal_is_completed_when_the_path_closes() -> None:
    day = date(2027, 3, 12)
    goal = (
        fact("naturalisation.applied", date(2026, 5, 18)),
        fact("naturalisation.certificate_handed_over", day),
    )
    case, _ = rest(with_facts(accepted(naturalising(), "H11", date(2026, 5, 12)), *goal), at(day))
    assert states(case, "H11") == ["completed"]
    assert not [key for key in case.work.notices_made if ":withdrawal:ebh" in key], "nothing is taken back"
    assert rest(case, at(day))[1] == []


def test_an_accepted_handover_without_its_goal_is_taken_back_when_the_path_closes() -> None:
    day = date(2026, 6, 1)
    closed = fact("kim.closed", day, reason="moved")
    case, _ = rest(with_facts(accepted(naturalising(), "H11", date(2026, 5, 12)), closed), at(day))
    assert states(case, "H11") == ["cancelled"]
    assert [key for key in case.work.notices_made if ":withdrawal:ebh" in key]


# ---------------------------------------------------------------- regimes that the trigger itself starts


def test_the_assignment_is_handed_over_when_case_management_was_there_before() -> None:
    case, done = rest(case_of((*ARRIVAL, *EARLY)), at(ASSIGNED, 6))
    assert [action.handover for action in done if isinstance(action, OfferHandover)] == ["H02", "H02b"]
    told = sorted(key.split(":")[3] for key in case.work.notices_made if ":offer:" in key)
    assert told == ["abh", "sozialamt"]


@pytest.mark.parametrize("code", ["H02", "H02b", "H03"])
def test_a_late_opening_does_not_offer_what_the_law_has_brought_about_by_itself(code: str) -> None:
    opened = (
        replace(EARLY_CONSENT, on=date(2023, 1, 9), recorded=date(2023, 1, 9)),
        fact("kim.opened", date(2023, 1, 9)),
    )
    case, _ = rest(case_of((*ARRIVAL, *opened)), at(date(2023, 1, 9)))
    assert states(case, code) == []


# ---------------------------------------------------------------- finality that is still assumed


def test_finality_sets_no_handover_going_before_the_last_day_for_a_suit_is_over() -> None:
    last = date(2022, 2, 25)
    rejected = (*ARRIVAL, *EARLY, fact("asylum.decided", date(2022, 2, 11), outcome="rejected"))
    assert "H09" not in planned_codes(rejected, last)
    assert "H09" in planned_codes(rejected, date(2022, 2, 26))
    assert "H09" in planned_codes((*rejected, fact("asylum.final", last)), last), "recorded, not assumed"
    assert "H09" not in planned_codes((*rejected, fact("asylum.suit_filed", last)), date(2022, 2, 26))


def planned_codes(facts: Sequence[Fact], day: date) -> set[str]:
    return {planned.code for planned in make_plan(case_of(facts), at(day), catalogue()).handovers}


# ---------------------------------------------------------------- the consent to case management


def test_without_case_management_only_what_rests_on_consent_is_taken_back() -> None:
    case, _ = rest(case_of((*ARRIVAL, *EARLY)), at(ASSIGNED))
    revoked = fact("consent.revoked", date(2021, 7, 8), consent="k1")
    case, done = rest(with_facts(case, revoked), at(date(2021, 7, 8)))
    assert "cancel" not in kinds(done)
    assert states(case, "H02") == ["offered"]


def test_without_case_management_an_offer_with_consent_is_taken_back() -> None:
    case, _ = rest(case_of(IN_CARE), at(date(2022, 2, 14)))
    revoked = fact("consent.revoked", date(2022, 2, 16), consent="k1")
    case, done = rest(with_facts(case, revoked), at(date(2022, 2, 16)))
    assert [action.reason for action in done if isinstance(action, CancelHandover)] == ["consent_revoked"]


# ---------------------------------------------------------------- late and repeated messages


def offered(number: int = 1) -> HandoverItem:
    return HandoverItem("H01", DECISION.on, "sozialamt", "jobcenter", offered_on=date(2022, 2, 14), offers=number)


@pytest.mark.parametrize("answer", [handover.accept, handover.cancel])
def test_a_late_offer_does_not_undo_an_answer(answer: object) -> None:
    item = answer(offered(), date(2022, 2, 15))  # type: ignore[operator]
    again = OfferHandover(handover="H01", trigger_on=DECISION.on, on=date(2022, 2, 14))
    assert apply(OpenWork((item,)), again, catalogue(), GRANTED) == OpenWork((item,))


def test_a_late_offer_does_not_undo_a_refusal_or_a_completion() -> None:
    refused = handover.refuse(offered(), date(2022, 2, 15), "DOC_MISSING")
    completed = handover.complete(handover.accept(offered(), date(2022, 2, 15)), date(2022, 2, 16))
    again = OfferHandover(handover="H01", trigger_on=DECISION.on, on=date(2022, 2, 14))
    for item in (refused, completed):
        assert apply(OpenWork((item,)), again, catalogue(), GRANTED) == OpenWork((item,))


def test_a_late_offer_that_was_taken_back_meanwhile_is_not_made_again() -> None:
    case = replace(case_of(IN_CARE), work=OpenWork((handover.cancel(offered(), date(2022, 2, 15), "consent_revoked"),)))
    late = OfferHandover(handover="H01", trigger_on=DECISION.on, on=date(2022, 2, 14))
    after, drafts = carry_out(case, late, catalogue())
    assert (after.work.handovers, drafts) == (case.work.handovers, ())


def test_a_late_withdrawal_neither_touches_nor_announces_what_was_answered_or_offered_anew() -> None:
    late = CancelHandover(handover="H01", trigger_on=DECISION.on, on=date(2022, 2, 15), reason="consent_revoked")
    refused = handover.refuse(offered(), date(2022, 2, 15), "DOC_MISSING")
    for item in (refused, offered(2)):
        case = replace(case_of(IN_CARE), work=OpenWork((item,)))
        after, drafts = carry_out(case, late, catalogue())
        assert (after.work.handovers, drafts) == ((item,), ())


def test_a_late_step_of_the_ladder_neither_touches_nor_announces_what_was_answered() -> None:
    late = Escalate(handover="H01", trigger_on=DECISION.on, level="E1", on=date(2022, 2, 17), recipients=("jobcenter",))
    item = handover.accept(offered(), date(2022, 2, 16))
    case = replace(case_of(IN_CARE), work=OpenWork((item,)))
    after, drafts = carry_out(case, late, catalogue())
    assert (after.work.handovers, drafts) == ((item,), ())


# ---------------------------------------------------------------- one mail an offer


def consent_again(day: date, ref: str, recipient: str = "jobcenter") -> Fact:
    return fact(
        "consent.given",
        day,
        id_=ref,
        consent=ref,
        purpose="P2",
        recipient=recipient,
        categories=["residence", "benefits", "housing"],
        form="written",
    )


def told(case: Case, kind: str, recipient: str) -> int:
    return len([key for key in case.work.notices_made if f":{kind}:{recipient}:" in key])


def test_offer_revocation_and_new_consent_on_one_day_tell_the_agency_each_time() -> None:
    day = date(2022, 2, 14)
    case, _ = rest(case_of(IN_CARE), at(day, 6))
    case, _ = rest(with_facts(case, fact("consent.revoked", day, consent="k2")), at(day, 7))
    case, _ = rest(with_facts(case, consent_again(day, "k5")), at(day, 8))
    assert (told(case, "offer", "jobcenter"), told(case, "withdrawal", "jobcenter")) == (2, 1)
    case, _ = rest(with_facts(case, fact("consent.revoked", day, id_="r2", consent="k5")), at(day, 9))
    assert (told(case, "offer", "jobcenter"), told(case, "withdrawal", "jobcenter")) == (2, 2)
    assert rest(case, at(day, 10))[1] == []


def test_forwarded_there_and_back_on_one_day_each_receiver_is_told_each_time() -> None:
    day = date(2022, 2, 14)
    case, _ = rest(case_of((*IN_CARE, consent_again(day, "k6", "agentur"))), at(day, 6))
    for hour, receiver in ((7, "agentur"), (9, "jobcenter")):
        item = case.work.handover("H01")
        assert item is not None
        case = replace(case, work=case.work.with_handover(handover.forward(item, day, receiver)))
        case, _ = rest(case, at(day, hour))
    assert (told(case, "offer", "jobcenter"), told(case, "offer", "agentur")) == (2, 1)


def test_a_later_trigger_of_the_same_handover_is_told_anew() -> None:
    day = date(2025, 2, 10)
    applied = fact("residence.applied", day, state="R12")
    second = fact("residence.applied", day, id_="again", state="R11")
    ready = fact(
        "consent.given",
        date(2024, 2, 1),
        id_="k8",
        consent="k8",
        purpose="P2",
        recipient="abh",
        categories=["residence", "language"],
        form="written",
    )
    case, _ = rest(case_of((*IN_CARE, SGB_II, TITLE, ready, applied)), at(day))
    item = case.work.handover("H16")
    assert item is not None
    case = replace(case, work=case.work.with_handover(handover.refuse(item, day, "DOC_MISSING")))
    corrected = (fact("fact.retracted", day, fact=applied.id), replace(second, on=date(2025, 2, 11)))
    case, _ = rest(
        with_facts(case, corrected[0], replace(corrected[1], recorded=date(2025, 2, 11))), at(date(2025, 2, 11))
    )
    assert told(case, "offer", "abh") == 1, "the refusal of the corrected date stands"
    third = fact("residence.applied", date(2025, 3, 3), state="R12")
    case, _ = rest(with_facts(case, third), at(date(2025, 3, 3)))
    assert told(case, "offer", "abh") == 2
