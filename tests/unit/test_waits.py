"""What is usual at an interface is learned from earlier answers; lateness against it reminds sooner and says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from process_models.calendars import ProductCalendar
from process_models.case import Case
from process_models.catalogue import catalogue
from process_models.escalation import LadderView, position
from process_models.facts import Fact, Person
from process_models.interface_review import Interface
from process_models.messages import Escalate, RaiseImpulse
from process_models.settling import settle
from process_models.waits import Answers, Usual, is_slower, late_after, learned_until, usual_wait
from process_models.work import HandoverItem, OpenWork

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


def answers(learned: tuple[tuple[int, int], ...] = FAST, recent: tuple[tuple[int, int], ...] = ()) -> Answers:
    return Answers(AT_H10, UNTIL, learned, recent)


def view(day: date, usual: Usual | None, critical_on: date | None = None) -> LadderView:
    return LadderView(day, CALENDAR, LADDER, critical_on, usual=usual)


def test_answers_are_learned_from_up_to_two_months_before_the_month_of_the_offer() -> None:
    assert {learned_until(date(2022, 9, day)) for day in (1, 30)} == {date(2022, 7, 1)}
    assert learned_until(date(2022, 1, 15)) == date(2021, 11, 1)


def test_what_nine_of_ten_earlier_answers_took_is_usual() -> None:
    assert usual_wait(ITEM, [answers()], LADDER) == Usual(4, 60)


@pytest.mark.parametrize(
    ("counted", "usual"),
    [
        ([(4, 19)], None),
        ([(4, 20)], Usual(4, 20)),
        ([(1, 18), (9, 2)], Usual(1, 20)),
        ([(1, 17), (9, 3)], Usual(9, 20)),
    ],
)
def test_nothing_is_learned_from_fewer_than_twenty_answers(counted: list[tuple[int, int]], usual: Usual | None) -> None:
    assert usual_wait(ITEM, [answers(tuple(counted))], LADDER) == usual


def test_another_interface_or_other_months_say_nothing() -> None:
    elsewhere = replace(answers(), interface=Interface("H10", "agentur", "abh"))
    earlier = replace(answers(), until=date(2022, 6, 1))
    assert usual_wait(ITEM, [elsewhere, earlier], LADDER) is None


def test_the_clerk_is_reminded_when_it_takes_longer_than_usual_and_no_other_step_moves() -> None:
    learned = view(date(2022, 9, 12), Usual(4, 60))
    assert late_after(learned.usual, LADDER) == 5
    found = position(ITEM, learned)
    assert (found.next_level, found.next_level_on, found.late_by_usual) == ("E1", date(2022, 9, 12), True)
    reminded = position(replace(ITEM, level="E1"), learned)
    assert (reminded.next_level, reminded.next_level_on) == ("E2", date(2022, 9, 26))
    assert position(ITEM, view(date(2022, 9, 12), None)).next_level_on == date(2022, 9, 19)


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


def waiting(counted: Answers | None) -> Case:
    """A path that waits for the Ausländerbehörde, which has confirmed the receipt."""
    facts = tuple(Fact(f"f{at}", kind, on, on, data) for at, (kind, on, data) in enumerate(FACTS))
    item = HandoverItem("H16", OFFERED, "client", "abh", "received", offered_on=OFFERED, received_on=OFFERED)
    person = Person(born=date(1994, 3, 12), nationality="SY")
    work = OpenWork(handovers=(item,))
    counts = (replace(counted, interface=AT_H16),) if counted else ()
    return Case("p", "rhein-kreis-neuss", "kaarst", person, facts, work=work, answers=counts)


def raised(case: Case, day: date) -> list[Escalate | RaiseImpulse]:
    settled = settle(case, datetime(day.year, day.month, day.day, 7, tzinfo=UTC), catalogue())
    return [action for action in settled.actions if isinstance(action, Escalate | RaiseImpulse)]


def test_the_reminder_says_that_it_was_learned_and_from_how_many_answers() -> None:
    [step] = raised(waiting(answers()), date(2022, 9, 12))
    assert step.why == {"rule": "usual", "working_days": 5, "usual_days": 4, "learned_from": 60}
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
    assert item.why == {"rule": "slower_than_usual", **expected}
    case = waiting(slower)
    told = replace(case, work=replace(case.work, agenda=frozenset({"verfahren:H16"})))
    assert [type(one) for one in raised(told, date(2022, 9, 12))] == [Escalate]
