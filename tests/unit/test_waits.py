"""What is usual at an interface is learned from earlier answers; lateness against it reminds sooner and says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.calendars import ProductCalendar
from process_models.case import Case
from process_models.catalogue import catalogue
from process_models.escalation import LadderView, position
from process_models.facts import Fact, Person
from process_models.interface_review import Interface
from process_models.look_again import day_at
from process_models.messages import Escalate, OpenTask, RaiseImpulse
from process_models.settling import settle
from process_models.waits import Usual, Waits, WaitStep, asked_of, is_slower, late_after, learned_until, usual_waits
from process_models.work import HandoverItem, HandoverState, Level, OpenWork

OFFERED = date(2022, 9, 5)
UNTIL = date(2022, 7, 1)
ITEM = HandoverItem(
    "H10", date(2022, 9, 1), "jobcenter", "abh", state="received", offered_on=OFFERED, received_on=OFFERED
)
CALENDAR = ProductCalendar("NW", ("rosenmontag", "12-24", "12-31"))
LADDER = catalogue().ladder(OFFERED)
AT_H10 = Interface("H10", "jobcenter", "abh")
FAST = ((2, 30), (4, 25), (30, 5))
"""Nine of ten answers within four working days."""


def answers(learned: tuple[tuple[int, int], ...] = FAST, recent: tuple[tuple[int, int], ...] = ()) -> Waits:
    return Waits(AT_H10, UNTIL, learned, recent)


def view(day: date, *usual: Usual, critical_on: date | None = None) -> LadderView:
    return LadderView(day, CALENDAR, LADDER, critical_on, usual=usual)


def test_answers_are_learned_from_up_to_two_months_before_the_month_of_the_offer() -> None:
    assert {learned_until(date(2022, 9, day)) for day in (1, 30)} == {date(2022, 7, 1)}
    assert learned_until(date(2022, 1, 15)) == date(2021, 11, 1)


def test_what_nine_of_ten_earlier_answers_took_is_usual() -> None:
    assert usual_waits(ITEM, [answers()], LADDER) == (Usual(4, 60),)


@pytest.mark.parametrize(
    ("counted", "usual"),
    [
        ([(4, 19)], ()),
        ([(4, 20)], (Usual(4, 20),)),
        ([(1, 18), (9, 2)], (Usual(1, 20),)),
        ([(1, 17), (9, 3)], (Usual(9, 20),)),
    ],
)
def test_nothing_is_learned_from_fewer_than_twenty_answers(
    counted: list[tuple[int, int]], usual: tuple[Usual, ...]
) -> None:
    assert usual_waits(ITEM, [answers(tuple(counted))], LADDER) == usual


def test_another_interface_or_other_months_say_nothing() -> None:
    elsewhere = replace(answers(), interface=Interface("H10", "agentur", "abh"))
    earlier = replace(answers(), until=date(2022, 6, 1))
    assert usual_waits(ITEM, [elsewhere, earlier], LADDER) == ()


def test_the_clerk_is_reminded_when_it_takes_longer_than_usual_and_no_other_step_moves() -> None:
    learned = view(date(2022, 9, 12), Usual(4, 60))
    assert late_after(Usual(4, 60), LADDER) == 5
    found = position(ITEM, learned)
    assert (found.next_level, found.next_level_on, found.late_by_usual) == ("E1", date(2022, 9, 12), True)
    reminded = position(replace(ITEM, level="E1"), learned)
    assert (reminded.next_level, reminded.next_level_on) == ("E2", date(2022, 9, 26))
    assert position(ITEM, view(date(2022, 9, 12))).next_level_on == date(2022, 9, 19)


def test_later_than_usual_is_no_stall_before_the_days_of_the_ladder() -> None:
    assert position(ITEM, view(date(2022, 9, 16), Usual(4, 60))).stalled_since is None
    assert position(ITEM, view(date(2022, 9, 19), Usual(4, 60))).stalled_since == date(2022, 9, 19)


def test_a_slow_interface_does_not_put_the_reminder_off() -> None:
    found = position(ITEM, view(date(2022, 9, 19), Usual(35, 60)))
    assert (found.next_level, found.next_level_on, found.late_by_usual) == ("E1", date(2022, 9, 19), False)


def test_however_fast_the_others_are_nobody_is_reminded_before_the_floor() -> None:
    assert position(ITEM, view(date(2022, 9, 9), Usual(0, 60))).next_level_on == date(2022, 9, 12)


def test_in_a_critical_case_the_days_of_the_ladder_come_first() -> None:
    found = position(ITEM, view(date(2022, 9, 8), Usual(4, 60), critical_on=date(2022, 9, 15)))
    assert (found.critical, found.next_level, found.late_by_usual) == (True, "E1", False)


@pytest.mark.parametrize(
    ("recent", "late", "slower"),
    [(40, 4, False), (40, 9, False), (40, 10, True), (4, 2, False), (4, 3, True), (3, 3, True), (0, 0, False)],
)
def test_one_in_ten_is_late_by_chance_and_only_more_than_that_makes_an_interface_slower(
    recent: int, late: int, *, slower: bool
) -> None:
    assert is_slower(Usual(4, 60, recent, late), LADDER) is slower


# ---------------------------------------------------------------- what follows


AT_H16 = Interface("H16", "client", "abh")
CONSENT = {"consent": "k2", "purpose": "P2", "recipient": "abh", "categories": ["residence", "language"]}
FACTS: tuple[tuple[str, date, dict[str, object]], ...] = (
    ("person.entered", date(2022, 1, 3), {}),
    ("residence.title_issued", date(2022, 2, 1), {"state": "R26", "valid_until": date(2023, 3, 5)}),
    ("consent.given", date(2022, 9, 1), {"consent": "k1", "purpose": "P1", "form": "written"}),
    ("consent.given", date(2022, 9, 1), {**CONSENT, "form": "written"}),
    ("kim.opened", date(2022, 9, 1), {}),
    ("residence.applied", OFFERED, {"state": "R26"}),
)


def waiting(counted: Waits | None) -> Case:
    """A path that waits for the Ausländerbehörde, which has confirmed the receipt."""
    facts = tuple(Fact(f"f{at}", kind, on, on, data) for at, (kind, on, data) in enumerate(FACTS))
    item = HandoverItem("H16", OFFERED, "client", "abh", "received", offered_on=OFFERED, received_on=OFFERED)
    person = Person(born=date(1994, 3, 12), nationality="SY")
    work = OpenWork(handovers=(item,))
    counts = (replace(counted, interface=AT_H16),) if counted else ()
    return Case("p", "rhein-kreis-neuss", "kaarst", person, facts, work=work, waits=counts)


def raised(case: Case, day: date) -> list[Escalate | RaiseImpulse]:
    settled = settle(case, datetime(day.year, day.month, day.day, 7, tzinfo=UTC), catalogue())
    return [action for action in settled.actions if isinstance(action, Escalate | RaiseImpulse)]


def test_the_reminder_says_that_it_was_learned_and_from_how_many_answers() -> None:
    [step] = raised(waiting(answers()), date(2022, 9, 12))
    assert step.why == {"rule": "usual", "step": "answer", "working_days": 5, "usual_days": 4, "learned_from": 60}
    assert raised(waiting(None), date(2022, 9, 12)) == []


def test_without_enough_answers_the_days_of_the_ladder_remind_and_say_so() -> None:
    [step] = raised(waiting(answers(((4, 19),))), date(2022, 9, 19))
    assert step.why == {"rule": "ladder", "working_days": 10}


def test_an_interface_that_got_slower_goes_to_the_body_for_the_procedure_once_and_the_path_climbs_no_further() -> None:
    slower = answers(recent=((3, 2), (12, 4)))
    step, item = raised(waiting(slower), date(2022, 9, 12))
    assert isinstance(step, Escalate)
    assert step.level == "E1"
    assert isinstance(item, RaiseImpulse)
    assert (item.cause, item.body, item.code, item.reason) == ("slower_than_usual", "verfahren", "H16", "AGENCY_LATE")
    expected = {"usual_days": 4, "learned_from": 60, "recent": 6, "slower": 4, "working_days": 5}
    assert item.why == {"rule": "slower_than_usual", "step": "answer", **expected}
    case = waiting(slower)
    told = replace(case, work=replace(case.work, agenda=frozenset({"verfahren:H16"})))
    assert [type(one) for one in raised(told, date(2022, 9, 12))] == [Escalate]


# ---------------------------------------------------------------- receipt and completion


SILENT = replace(ITEM, state="offered", received_on=None)
ACCEPTED = replace(ITEM, state="accepted", accepted_on=date(2022, 11, 14))


def test_an_offer_waits_for_receipt_and_answer_a_received_one_for_its_answer_and_an_accepted_one_for_completion() -> (
    None
):
    assert asked_of([SILENT]) == {("H10", "receive", UNTIL), ("H10", "answer", UNTIL)}
    assert asked_of([ITEM]) == {("H10", "answer", UNTIL)}
    assert asked_of([ACCEPTED]) == {("H10", "complete", date(2022, 9, 1))}
    ended: tuple[HandoverState, ...] = ("refused", "completed", "cancelled")
    assert asked_of([replace(ITEM, state=state) for state in ended]) == frozenset()


def test_each_step_is_measured_by_its_own_kind() -> None:
    counted = [replace(answers(((1, 20),)), step="receive"), answers(((7, 20),))]
    assert usual_waits(SILENT, counted, LADDER) == (Usual(1, 20, step="receive"), Usual(7, 20, step="answer"))
    assert usual_waits(ITEM, counted, LADDER) == (Usual(7, 20),)
    assert usual_waits(ACCEPTED, counted, LADDER) == ()


def test_who_does_not_even_confirm_the_receipt_is_reminded_by_the_measure_of_receipts_and_does_not_stall_by_it() -> (
    None
):
    both = (Usual(1, 30, step="receive"), Usual(7, 30, step="answer"))
    found = position(SILENT, view(date(2022, 9, 12), *both))
    assert (found.next_level, found.next_level_on, found.late_by_usual) == ("E1", date(2022, 9, 12), True)
    assert found.usual == both[0]
    assert found.receipt_due_on == position(SILENT, view(date(2022, 9, 12))).receipt_due_on == date(2022, 9, 8)
    assert found.stalled_since == position(SILENT, view(date(2022, 9, 12))).stalled_since
    received = position(ITEM, view(date(2022, 9, 12), both[1]))
    assert (received.next_level_on, received.late_by_usual) == (date(2022, 9, 15), False)


DAYS = st.integers(0, 60)
USUAL = st.builds(
    Usual, DAYS, st.integers(20, 500), st.integers(0, 40), st.just(0), st.sampled_from(["receive", "answer"])
)


@given(
    item=st.sampled_from([ITEM, SILENT]),
    usual=st.lists(USUAL, max_size=2).map(tuple),
    after=DAYS,
    level=st.sampled_from(["E0", "E1", "E2"]),
    critical=st.booleans(),
)
def test_what_is_learned_brings_the_first_reminder_forward_at_most_to_the_floor_and_moves_nothing_else(
    item: HandoverItem, usual: tuple[Usual, ...], after: int, level: Level, *, critical: bool
) -> None:
    day = OFFERED + timedelta(days=after)
    ends = day + timedelta(days=5) if critical else None
    standing = replace(item, level=level)
    learned, fixed = (position(standing, view(day, *known, critical_on=ends)) for known in (usual, ()))
    assert (learned.stalled_since, learned.receipt_due_on) == (fixed.stalled_since, fixed.receipt_due_on)
    assert learned.next_level_on is not None
    assert fixed.next_level_on is not None
    if learned.next_level == fixed.next_level:
        assert learned.next_level_on <= fixed.next_level_on
        if learned.next_level_on < fixed.next_level_on:
            assert learned.next_level == "E1"
            assert CALENDAR.between(OFFERED, learned.next_level_on) >= LADDER.learn_floor


@given(
    step=st.sampled_from(["receive", "answer", "complete"]),
    learned=st.dictionaries(DAYS, st.integers(1, 30), max_size=6),
    slower=st.integers(0, 60),
)
def test_more_slow_ones_never_make_the_expectation_shorter_and_too_few_say_nothing(
    step: WaitStep, learned: dict[int, int], slower: int
) -> None:
    item = ACCEPTED if step == "complete" else SILENT
    until = date(2022, 9, 1) if step == "complete" else UNTIL
    slow = {**learned, slower + 61: 1}
    found = [
        usual_waits(item, [Waits(AT_H10, until, tuple(sorted(one.items())), (), step)], LADDER)
        for one in (learned, slow)
    ]
    count = sum(learned.values())
    assert bool(found[0]) == (count >= LADDER.learn_from)
    if found[0]:
        assert found[0][0].days <= found[1][0].days
        assert sum(many for took, many in learned.items() if took <= found[0][0].days) >= 0.9 * count


def accepted(counted: Waits | None, accepted_on: date = OFFERED) -> Case:
    """The same path after the Ausländerbehörde has taken over; the title is not there yet."""
    case = waiting(counted)
    [item] = case.work.handovers
    taken = replace(item, state="accepted", accepted_on=accepted_on)
    return replace(case, work=replace(case.work, handovers=(taken,)))


def settled_tasks(case: Case, day: date) -> set[str]:
    settled = settle(case, datetime(day.year, day.month, day.day, 7, tzinfo=UTC), catalogue())
    return {action.kind for action in settled.actions if isinstance(action, OpenTask)}


def test_what_was_accepted_and_takes_longer_than_usual_is_asked_about_by_the_case_management() -> None:
    usual = replace(answers(((12, 30),)), step="complete")
    late = CALENDAR.add(OFFERED, 13)
    assert "ask_completion" not in settled_tasks(accepted(usual), late - timedelta(days=1))
    assert "ask_completion" in settled_tasks(accepted(usual), late)
    assert "ask_completion" not in settled_tasks(accepted(None), late)
    assert raised(accepted(usual), late) == []


def test_a_path_wakes_on_the_day_from_which_on_the_completion_is_late() -> None:
    late = CALENDAR.add(OFFERED, 13)
    eve = late - timedelta(days=1)
    counted = replace(answers(((12, 30),)), step="complete")
    plan, unlearned = (
        settle(accepted(known), datetime(eve.year, eve.month, eve.day, 7, tzinfo=UTC), catalogue()).plan
        for known in (counted, None)
    )
    assert plan.look_again_at is not None
    assert day_at(plan.look_again_at) == late
    assert unlearned.look_again_at is None or day_at(unlearned.look_again_at) > late
    [planned] = [one for one in plan.handovers if one.code == "H16"]
    assert (planned.usual_step, planned.usual_days, planned.learned_from) == ("complete", 12, 30)


def test_an_interface_whose_completions_got_slower_goes_to_the_body_for_the_procedure() -> None:
    slower = replace(answers(((4, 30),), recent=((3, 2), (12, 4))), step="complete")
    [item] = raised(accepted(slower), CALENDAR.add(OFFERED, 5))
    assert isinstance(item, RaiseImpulse)
    assert item.cause == "slower_than_usual"
    assert item.why["step"] == "complete"
