"""Legal holidays of the Länder and working days of the product, which must never be mixed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st

from process_models.calendars import (
    LAENDER,
    ProductCalendar,
    UnknownCalendar,
    closed_because,
    holidays_of,
    is_legal_working_day,
    next_legal_working_day,
)

NEUSS = ProductCalendar("NW", ("rosenmontag", "12-24", "12-31"))
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))


def holidays_by_statute(year: int) -> set[date]:
    """The eleven holidays of the act of Nordrhein-Westfalen, computed independently."""
    moving = {easter(year) + timedelta(days=n) for n in (-2, 1, 39, 50, 60)}
    fixed = {date(year, month, day) for month, day in ((1, 1), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26))}
    return moving | fixed


@pytest.mark.parametrize("year", range(2018, 2036))
def test_the_holidays_of_nordrhein_westfalen_are_the_eleven_of_its_act(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    found = {day for day in days if day in holidays_of("NW")}
    assert found == holidays_by_statute(year)


@pytest.mark.parametrize(
    ("land", "day", "name"),
    [
        ("NW", date(2026, 6, 4), "Fronleichnam"),
        ("NW", date(2027, 11, 1), "Allerheiligen"),
        ("BY", date(2026, 1, 6), "Heilige Drei Könige"),
        ("BE", date(2026, 3, 8), "Frauentag"),
        ("SN", date(2026, 11, 18), "Buß- und Bettag"),
        ("BB", date(2026, 10, 31), "Reformationstag"),
        ("TH", date(2026, 9, 20), "Weltkindertag"),
    ],
)
def test_every_land_has_its_own_holidays_with_german_names(land: str, day: date, name: str) -> None:
    assert holidays_of(land).name(day) == name


@pytest.mark.parametrize("day", [date(2026, 10, 31), date(2026, 12, 24), date(2026, 12, 31), date(2026, 2, 16)])
def test_reformationstag_heiligabend_silvester_and_rosenmontag_are_no_holidays_here(day: date) -> None:
    assert day not in holidays_of("NW")


@pytest.mark.parametrize("land", LAENDER)
def test_every_land_can_be_asked(land: str) -> None:
    assert date(2026, 10, 3) in holidays_of(land)
    assert date(2026, 7, 1) not in holidays_of(land)


def test_an_unknown_land_is_refused_with_all_that_exist() -> None:
    with pytest.raises(UnknownCalendar) as refused:
        holidays_of("NRW")
    assert refused.value.field == "calendar"
    assert "NW" in refused.value.allowed


def test_the_reason_for_a_closed_day_is_its_name() -> None:
    assert closed_because(date(2026, 4, 3), "NW") == "Karfreitag"
    assert closed_because(date(2026, 4, 4), "NW") == "Samstag"
    assert closed_because(date(2026, 4, 5), "NW") == "Sonntag"
    assert closed_because(date(2026, 4, 7), "NW") is None


def test_the_next_working_day_may_be_the_day_itself() -> None:
    assert next_legal_working_day(date(2026, 4, 7), "NW") == date(2026, 4, 7)
    assert next_legal_working_day(date(2026, 4, 3), "NW") == date(2026, 4, 7)


def test_rosenmontag_is_no_working_day_of_the_product_but_one_of_the_law() -> None:
    rosenmontag = date(2022, 2, 28)
    assert not NEUSS.is_working_day(rosenmontag)
    assert is_legal_working_day(rosenmontag, "NW")
    assert ProductCalendar("NW").is_working_day(rosenmontag)


@pytest.mark.parametrize("n", range(30))
def test_so_many_working_days_back_is_a_day_from_which_so_many_have_passed(n: int) -> None:
    monday = date(2022, 3, 7)  # a week after Rosenmontag
    assert NEUSS.between(NEUSS.back(monday, n), monday) == n


def test_weiberfastnacht_is_the_thursday_before() -> None:
    assert not ProductCalendar("NW", ("weiberfastnacht",)).is_working_day(date(2022, 2, 24))


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        (date(2022, 2, 14), 3, date(2022, 2, 17)),
        (date(2022, 2, 14), 5, date(2022, 2, 21)),
        (date(2022, 2, 14), 10, date(2022, 3, 1)),
        (date(2025, 2, 10), 10, date(2025, 2, 24)),
        (date(2025, 2, 10), 15, date(2025, 3, 4)),
        (date(2025, 2, 10), 20, date(2025, 3, 11)),
        (date(2022, 2, 14), 0, date(2022, 2, 14)),
    ],
)
def test_working_days_of_both_stall_cases_are_counted_as_in_the_domain_sheet(
    start: date, n: int, expected: date
) -> None:
    assert NEUSS.add(start, n) == expected
    assert NEUSS.between(start, expected) == n


def test_the_case_of_2022_was_open_for_23_working_days() -> None:
    assert NEUSS.between(date(2022, 2, 14), date(2022, 3, 18)) == 23


def test_nothing_lies_between_a_day_and_an_earlier_one() -> None:
    assert NEUSS.between(date(2022, 3, 18), date(2022, 2, 14)) == 0


def test_the_last_open_day_before_easter_saturday_is_gruendonnerstag() -> None:
    assert NEUSS.last_open_day(date(2025, 4, 19)) == date(2025, 4, 17)
    assert NEUSS.last_open_day(date(2025, 4, 17)) == date(2025, 4, 17)


@given(day=DAYS, n=st.integers(min_value=1, max_value=60))
def test_adding_and_counting_working_days_agree(day: date, n: int) -> None:
    later = NEUSS.add(day, n)
    assert NEUSS.is_working_day(later)
    assert NEUSS.between(day, later) == n


@given(day=DAYS)
def test_a_working_day_of_the_product_is_always_one_of_the_law(day: date) -> None:
    assert not NEUSS.is_working_day(day) or is_legal_working_day(day, "NW")
