"""Plan against open work: what is to be done now, and never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from process_models import handover
from process_models.applied import apply, carry_out, notices_of
from process_models.case import Case
from process_models.catalogue import catalogue
from process_models.errors import ConsentMissing, HandoverNotPossible
from process_models.messages import Action, CancelHandover, Escalate, OfferHandover, OpenTask, Remind
from process_models.planning import make_plan
from process_models.reconcile import reconcile
from process_models.work import OpenWork
from tests.unit.recognised import (
    CASE_CONSENT,
    DECISION,
    IN_CARE,
    JOBCENTER_CONSENT,
    OPENED,
    RECOGNISED,
    SGB_II,
    at,
    case_of,
    fact,
    rest,
    with_facts,
)

START = date(2022, 2, 14)
REVOKED = fact("consent.revoked", date(2022, 2, 16), consent="k2")


def offered_case() -> Case:
    return rest(case_of(IN_CARE), at(START, 6))[0]


def kinds(actions: list[Action]) -> list[str]:
    return [action.do for action in actions]


def test_nothing_is_offered_before_case_management_has_begun() -> None:
    _, done = rest(case_of((*RECOGNISED, JOBCENTER_CONSENT)), at(START))
    assert "offer" not in kinds(done)


def test_without_consent_a_task_is_opened_and_nothing_is_offered() -> None:
    case, done = rest(case_of((*RECOGNISED, CASE_CONSENT, OPENED)), at(START))
    assert "offer" not in kinds(done)
    assert [task.key for task in case.work.tasks] == ["obtain_consent:H01:2022-02-11", "coordinate:jmd"]


def test_the_task_closes_itself_when_the_consent_comes() -> None:
    case, _ = rest(case_of((*RECOGNISED, CASE_CONSENT, OPENED)), at(START, 7))
    case, done = rest(with_facts(case, JOBCENTER_CONSENT), at(START, 9))
    assert {"offer", "close_task"} <= set(kinds(done))
    assert case.work.tasks[0].done_on == START


def test_a_handover_is_offered_at_once_and_only_once() -> None:
    case, done = rest(case_of(IN_CARE), at(START, 3))
    assert kinds(done).count("offer") == 1
    assert rest(case, at(START, 4))[1] == []


def test_a_handover_whose_receiving_regime_runs_already_is_not_offered() -> None:
    late = fact("kim.opened", date(2022, 4, 4))
    facts = [f for f in IN_CARE if f.kind != "kim.opened"]
    _, done = rest(case_of((*facts, SGB_II, late)), at(date(2022, 4, 4)))
    assert "offer" not in kinds(done)


def test_a_withdrawn_consent_takes_the_offer_back_at_once() -> None:
    case, done = rest(with_facts(offered_case(), REVOKED), at(date(2022, 2, 16), 3))
    cancel = next(action for action in done if isinstance(action, CancelHandover))
    assert cancel.reason == "consent_revoked"
    assert [draft.kind for draft in notices_of("p1", cancel, catalogue())] == ["withdrawal"]
    assert case.work.handovers[0].state == "cancelled"


def test_a_new_consent_leads_to_a_new_offer_with_new_clocks() -> None:
    case, _ = rest(with_facts(offered_case(), REVOKED), at(date(2022, 2, 16)))
    again = replace(JOBCENTER_CONSENT, id="k5", on=date(2022, 2, 21), recorded=date(2022, 2, 21))
    again = replace(again, data={**again.data, "consent": "k5"})
    case, done = rest(with_facts(case, again), at(date(2022, 2, 21)))
    assert "offer" in kinds(done)
    item = case.work.handovers[0]
    assert (item.state, item.offered_on, item.level) == ("offered", date(2022, 2, 21), "E0")


def test_what_a_person_took_back_is_not_offered_again() -> None:
    case = offered_case()
    item = handover.cancel(case.work.handovers[0], START)
    case = replace(case, work=case.work.with_handover(item))
    assert "offer" not in kinds(rest(case, at(date(2022, 2, 15)))[1])


def test_a_retracted_trigger_takes_the_offer_back() -> None:
    retraction = fact("fact.retracted", date(2022, 2, 16), fact=DECISION.id)
    _, done = rest(with_facts(offered_case(), retraction), at(date(2022, 2, 16)))
    assert [a.reason for a in done if isinstance(a, CancelHandover)] == ["trigger_gone"]


def test_a_corrected_trigger_date_keeps_the_offer_that_is_out() -> None:
    corrected = (
        fact("fact.retracted", date(2022, 2, 16), fact=DECISION.id),
        fact("asylum.decided", date(2022, 2, 10), recorded=date(2022, 2, 16), id_="d2", outcome="refugee"),
    )
    case, done = rest(with_facts(offered_case(), *corrected), at(date(2022, 2, 16)))
    assert not {"offer", "cancel"} & set(kinds(done))
    assert len(case.work.handovers) == 1


def test_the_end_of_case_management_takes_open_offers_back_and_lets_the_path_end() -> None:
    closed = fact("kim.closed", date(2022, 2, 28), reason="moved")
    case, done = rest(with_facts(offered_case(), closed), at(date(2022, 2, 28)))
    assert [a.reason for a in done if isinstance(a, CancelHandover)] == ["path_closed"]
    assert not make_plan(case, at(date(2022, 2, 28)), catalogue()).may_end, "the notice for the family still runs"
    assert make_plan(case, at(date(2022, 5, 26)), catalogue()).may_end


def test_reminders_wait_for_eight_in_the_morning() -> None:
    case = offered_case()
    day = date(2022, 2, 18)
    before = reconcile(case, make_plan(case, at(day, 7), catalogue()), at(day, 7), catalogue())
    after = reconcile(case, make_plan(case, at(day, 8), catalogue()), at(day, 8), catalogue())
    assert not [a for a in before if isinstance(a, Remind) and a.subject == "F01"]
    assert "case_manager" in {a.recipient for a in after if isinstance(a, Remind) and a.subject == "F01"}


def test_after_a_week_without_worker_a_reminder_is_made_once_if_the_date_is_still_ahead() -> None:
    case, done = rest(offered_case(), at(date(2022, 2, 24)))
    about = [a for a in done if isinstance(a, Remind) and a.subject == "F01" and a.recipient == "case_manager"]
    assert [a.due_on for a in about] == [date(2022, 2, 25)]
    assert not [a for a in rest(case, at(date(2022, 2, 26)))[1] if isinstance(a, Remind) and a.subject == "F01"]


def test_a_gap_is_told_once_for_its_start() -> None:
    case, done = rest(case_of(IN_CARE), at(START))
    assert [a.due_on for a in done if isinstance(a, Remind) and a.subject == "gap"] == [date(2022, 3, 1)]
    assert not [a for a in rest(case, at(date(2022, 2, 20)))[1] if isinstance(a, Remind) and a.subject == "gap"]


def test_an_escalation_names_its_recipients_and_goes_straight_to_the_step_that_is_due() -> None:
    case, done = rest(offered_case(), at(date(2022, 2, 23)))
    step = next(action for action in done if isinstance(action, Escalate))
    assert (step.level, step.recipients) == ("E2", ("jobcenter", "jobcenter_head", "case_manager"))
    assert case.work.handovers[0].level == "E2"


def test_without_consent_to_name_the_case_a_task_asks_for_it() -> None:
    case, done = rest(offered_case(), at(date(2022, 3, 2)))
    assert [a.subject for a in done if isinstance(a, OpenTask)] == ["P3"]
    assert case.work.handovers[0].level == "E2"


def test_acceptance_ends_the_ladder() -> None:
    case = offered_case()
    item = handover.accept(case.work.handovers[0], date(2022, 2, 15))
    case = replace(case, work=case.work.with_handover(item))
    _, done = rest(case, at(date(2022, 3, 10)))
    assert "escalate" not in kinds(done)


def test_a_paused_case_climbs_no_ladder() -> None:
    case = with_facts(offered_case(), fact("kim.paused", date(2022, 2, 15)))
    assert "escalate" not in kinds(rest(case, at(date(2022, 3, 10)))[1])


def test_a_refusal_asks_a_person_to_look() -> None:
    case = offered_case()
    item = handover.refuse(case.work.handovers[0], date(2022, 2, 15), "DOC_MISSING")
    _, done = rest(replace(case, work=case.work.with_handover(item)), at(date(2022, 2, 15)))
    assert [a.kind for a in done if isinstance(a, OpenTask)] == ["clarify_refusal"]


def test_an_undeliverable_notice_becomes_a_task_and_a_warning() -> None:
    case = offered_case()
    key = next(key for key in case.work.notices_made if ":offer:" in key)
    case = replace(case, work=replace(case.work, undeliverable=frozenset({key})))
    case, done = rest(case, at(date(2022, 2, 15)))
    assert [a.kind for a in done if isinstance(a, OpenTask)] == ["clear_delivery"]
    assert "undeliverable" in make_plan(case, at(date(2022, 2, 15)), catalogue()).warnings


def test_a_forwarded_handover_is_told_to_the_new_receiver_once() -> None:
    facts = (*IN_CARE, replace(JOBCENTER_CONSENT, id="k7", data={**JOBCENTER_CONSENT.data, "consent": "k7"}))
    social = replace(facts[-1], data={**facts[-1].data, "recipient": "sozialamt"})
    case = rest(case_of((*IN_CARE, social)), at(START))[0]
    item = handover.forward(case.work.handovers[0], date(2022, 2, 15), "sozialamt")
    case, done = rest(replace(case, work=case.work.with_handover(item)), at(date(2022, 2, 15), 7))
    assert [a.to_kind for a in done if isinstance(a, OfferHandover)] == ["sozialamt"]
    assert case.work.handovers[0].to_kind == "sozialamt"


def test_carrying_out_an_offer_checks_consent_on_its_day_again() -> None:
    offer = OfferHandover(handover="H01", trigger_on=DECISION.on, on=date(2022, 2, 16))
    with pytest.raises(ConsentMissing):
        carry_out(case_of((*IN_CARE, REVOKED)), offer, catalogue())


def test_an_action_carried_out_twice_changes_nothing_the_second_time() -> None:
    case = case_of(IN_CARE)
    offer = OfferHandover(handover="H01", trigger_on=DECISION.on, on=START)
    once, first = carry_out(case, offer, catalogue())
    twice, second = carry_out(once, offer, catalogue())
    assert twice == once
    assert (len(first), second) == (1, ())


def test_an_unknown_handover_is_refused() -> None:
    offer = OfferHandover(handover="H77", trigger_on=DECISION.on, on=START)
    with pytest.raises(HandoverNotPossible):
        apply(OpenWork(), offer, catalogue())


def test_what_a_waiting_time_sets_going_stays_offered_after_its_day_and_after_the_application() -> None:
    title = fact("residence.title_issued", date(2022, 4, 20), state="R12", valid_until=date(2027, 4, 19))
    ready = (
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
    case, _ = rest(case_of((*IN_CARE, SGB_II, title, *ready)), at(date(2026, 5, 10)))
    assert case.work.handover("H11") is None
    case, _ = rest(case, at(date(2026, 5, 11)))
    case, done = rest(case, at(date(2026, 5, 13)))
    assert not {"offer", "cancel"} & set(kinds(done))
    case, done = rest(with_facts(case, fact("naturalisation.applied", date(2026, 5, 18))), at(date(2026, 5, 18)))
    assert not {"offer", "cancel", "escalate"} & set(kinds(done))
    assert getattr(case.work.handover("H11"), "state", None) == "offered"
