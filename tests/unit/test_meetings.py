"""When a body meets: the n-th weekday of the months of its rhythm."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from process_models.catalogue import catalogue
from process_models.meetings import next_meeting
from process_models.rules import Body

ASSEMBLY = date(2022, 3, 14)
BODIES = [(place, body) for place in catalogue().municipalities for body in catalogue().municipality(place).bodies]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def body_of(kind: str) -> Body:
    return next(body for body in catalogue().municipality("rhein-kreis-neuss").bodies if body.kind == kind)


def body(**changes: object) -> Body:
    told = {"kind": "fall", "title": "AG", "office": "KI", "mail": "ag@example.org", "weekday": "monday"}
    return Body.model_validate({**told, "meetings_per_year": 12, "week_of_month": 1, **changes})


def meetings_of(one: Body, year: int) -> list[date]:
    found = [next_meeting(one, date(year - 1, 12, 31))]
    while (following := next_meeting(one, found[-1])).year == year:
        found.append(following)
    return found


@pytest.mark.parametrize(
    ("kind", "meeting"),
    [("fall", date(2022, 4, 12)), ("verfahren", date(2022, 4, 6)), ("lenkung", date(2022, 5, 18))],
)
def test_the_bodies_of_the_rhein_kreis_neuss_meet_as_their_rhythm_says(kind: str, meeting: date) -> None:
    assert next_meeting(body_of(kind), after=ASSEMBLY) == meeting


def test_what_comes_on_the_day_of_a_meeting_waits_for_the_next_one() -> None:
    one = body_of("verfahren")
    assert next_meeting(one, after=date(2022, 4, 5)) == date(2022, 4, 6)
    assert next_meeting(one, after=date(2022, 4, 6)) == date(2022, 6, 1)


def test_after_the_last_meeting_of_a_year_comes_the_first_of_the_next() -> None:
    assert next_meeting(body_of("verfahren"), after=date(2022, 12, 31)) == date(2023, 2, 1)
    assert next_meeting(body_of("lenkung"), after=date(2022, 11, 16)) == date(2023, 5, 17)


@pytest.mark.parametrize(("place", "one"), BODIES, ids=lambda value: getattr(value, "kind", value))
def test_every_body_meets_as_often_as_its_configuration_says(place: str, one: Body) -> None:
    for year in range(2021, 2033):
        meetings = meetings_of(one, year)
        assert len(meetings) == one.meetings_per_year
        assert {WEEKDAYS[meeting.weekday()] for meeting in meetings} == {one.weekday}
        assert {(meeting.day - 1) // 7 + 1 for meeting in meetings} == {one.week_of_month}


def test_the_first_weekday_of_a_month_may_be_its_first_day() -> None:
    assert next_meeting(body(weekday="tuesday"), after=date(2022, 2, 28)) == date(2022, 3, 1)


def test_in_a_month_without_a_fifth_weekday_the_body_meets_on_the_last_one() -> None:
    one = body(week_of_month=5)
    assert next_meeting(one, after=date(2022, 1, 1)) == date(2022, 1, 31)
    assert next_meeting(one, after=date(2022, 1, 31)) == date(2022, 2, 28)
    assert next_meeting(one, after=date(2022, 2, 28)) == date(2022, 3, 28)


@pytest.mark.parametrize("per_year", [1, 2, 3, 4, 6, 12])
def test_without_named_months_the_meetings_spread_evenly_over_the_year(per_year: int) -> None:
    meetings = meetings_of(body(meetings_per_year=per_year), 2022)
    assert len(meetings) == per_year
    assert {meeting.month % (12 // per_year) for meeting in meetings} == {1 % (12 // per_year)}


def test_the_next_meeting_always_lies_ahead() -> None:
    one = body_of("fall")
    for number in range(800):
        day = date(2023, 1, 1) + timedelta(days=number)
        assert day < next_meeting(one, after=day) <= day + timedelta(days=35)
