"""Reminders: one a reader, day and code; and who is told of a step of the ladder."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from process_models.case import Case
from process_models.catalogue import Catalogue, catalogue
from process_models.messages import Action, Escalate, Remind
from process_models.planning import make_plan
from process_models.reconcile import reconcile
from tests.unit.recognised import CASE_CONSENT, IN_CARE, OPENED, RECOGNISED, SGB_II, at, case_of, fact, rest

TITLE = fact("residence.title_issued", date(2022, 4, 20), state="R12", valid_until=date(2028, 4, 19))
SETTLED = (*IN_CARE, SGB_II, TITLE)


def reminders(done: list[Action], code: str) -> list[Remind]:
    return [action for action in done if isinstance(action, Remind) and action.subject == code]


def test_several_readings_of_one_waiting_time_make_one_reminder_a_day() -> None:
    """Case management begins when the reminders of two of the three readings are due already."""
    day = date(2026, 5, 4)
    opened = (replace(CASE_CONSENT, on=day, recorded=day), replace(OPENED, on=day, recorded=day))
    case, done = rest(case_of((*RECOGNISED, SGB_II, TITLE, *opened)), at(day, 9))
    assert len({d.due_on for d in make_plan(case, at(day, 9), catalogue()).deadlines if d.code == "F46"}) == 3
    assert [reminder.due_on for reminder in reminders(done, "F46")] == [date(2026, 5, 11)]
    assert reminders(rest(case, at(day, 10))[1], "F46") == []


def test_on_no_day_of_a_path_a_reader_is_reminded_twice_of_one_code() -> None:
    case = case_of(SETTLED)
    day = date(2022, 2, 14)
    while day < date(2028, 6, 1):
        case, done = rest(case, at(day, 9))
        counts = Counter((a.subject, a.recipient) for a in done if isinstance(a, Remind) and a.subject != "gap")
        assert all(count == 1 for count in counts.values()), (day, counts)
        day += timedelta(days=5)


def test_two_letters_are_each_reminded_of_on_their_own_day() -> None:
    letters = [
        fact("notice.served", on, id_=ref, from_="jobcenter", subject="x")
        for ref, on in (("n1", date(2023, 3, 1)), ("n2", date(2023, 3, 8)))
    ]
    case, _ = rest(case_of((*SETTLED, *letters)), at(date(2023, 3, 8), 9))
    told: list[date] = []
    for number in range(1, 40):
        case, done = rest(case, at(date(2023, 3, 8) + timedelta(days=number), 9))
        told += [reminder.due_on for reminder in reminders(done, "F09")]
    assert sorted(set(told)) == [date(2023, 4, 3), date(2023, 4, 11)]
    assert len(told) == 4, "seven and two days before each of them"


def test_a_missed_letter_is_not_hidden_by_the_reminder_of_an_earlier_one() -> None:
    first = fact("notice.served", date(2023, 3, 1), id_="n1", from_="jobcenter", subject="x")
    second = fact("notice.served", date(2023, 4, 4), id_="n2", from_="jobcenter", subject="x")
    case, done = rest(case_of((*SETTLED, first)), at(date(2023, 4, 1), 9))
    assert [r.due_on for r in reminders(done, "F09")] == [date(2023, 4, 3)]
    case, done = rest(replace(case, facts=(*case.facts, second)), at(date(2023, 5, 3), 9))
    assert [r.due_on for r in reminders(done, "F09")] == [date(2023, 5, 4)]


def offered() -> Case:
    return rest(case_of(IN_CARE), at(date(2022, 2, 14)))[0]


def without_heads() -> Catalogue:
    municipality = catalogue().municipality("rhein-kreis-neuss")
    agencies = tuple(agency.model_copy(update={"head_mail": ""}) for agency in municipality.agencies)
    changed = municipality.model_copy(update={"agencies": agencies})
    return replace(catalogue(), municipalities={municipality.id: changed})


@pytest.mark.parametrize(
    ("law", "recipients"),
    [(catalogue, ("jobcenter", "jobcenter_head", "case_manager")), (without_heads, ("jobcenter", "case_manager"))],
    ids=["with a head of unit", "without"],
)
def test_a_head_of_unit_without_a_mailbox_is_left_out(law: object, recipients: tuple[str, ...]) -> None:
    rules: Catalogue = law()  # type: ignore[operator]
    now = at(date(2022, 2, 21))
    steps = [a for a in reconcile(offered(), make_plan(offered(), now, rules), now, rules) if isinstance(a, Escalate)]
    assert [step.recipients for step in steps] == [recipients]


def test_a_warning_about_an_undelivered_mail_goes_when_somebody_has_cleared_it() -> None:
    case = offered()
    key = next(key for key in case.work.notices_made if ":offer:" in key)
    case = replace(case, work=replace(case.work, undeliverable=frozenset({key})))
    now = at(date(2022, 2, 15))
    case, _ = rest(case, now)
    told = next(key for key in case.work.notices_made if ":delivery_failed:" in key)
    case = replace(case, work=replace(case.work, undeliverable=frozenset({key, told})))
    assert "undeliverable" in make_plan(case, now, catalogue()).warnings
    done = tuple(replace(task, done_on=now.date()) for task in case.work.tasks)
    case = replace(case, work=replace(case.work, tasks=done))
    assert "undeliverable" not in make_plan(case, now, catalogue()).warnings
    assert rest(case, now)[1] == []
