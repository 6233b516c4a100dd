"""The arithmetic of days: all vectors of the domain sheet, the four kinds, and what may never happen."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.calendars import LAENDER, ProductCalendar, UnknownCalendar, is_legal_working_day
from process_models.catalogue import catalogue
from process_models.deadlines import (
    ComputedDate,
    birthday,
    compute,
    compute_plain,
    parse_length,
    reminder_days,
)
from process_models.rules import Anchor, DeadlineKind, DeadlineRule

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))
LENGTHS = st.sampled_from(["P3D", "P1W", "P2W", "P6W", "P1M", "P3M", "P6M", "P12M", "P1Y", "P3Y", "P5Y"])
NEUSS = ProductCalendar("NW", ("rosenmontag", "12-24", "12-31"))

VECTORS = [
    ("01", "P2W", "2022-02-11", "2022-02-25"),
    ("02", "P2W", "2026-03-20", "2026-04-07"),
    ("03", "P1M", "2026-01-31", "2026-03-02"),
    ("04", "P1M", "2025-11-30", "2025-12-30"),
    ("05", "P1W", "2026-12-17", "2026-12-24"),
    ("06", "P1W", "2026-12-18", "2026-12-28"),
    ("07", "P1M", "2026-10-01", "2026-11-02"),
    ("08", "P2W", "2026-05-21", "2026-06-05"),
    ("09", "P3M", "2024-02-29", "2024-05-29"),
    ("10", "P1Y", "2024-02-29", "2025-02-28"),
]


def rule(code: str, day: date, variant: str | None = None) -> DeadlineRule:
    found = catalogue().deadline_variants(code, day)
    return next(each for each in found if variant is None or each.variant == variant)


def a_rule(kind: DeadlineKind, **more: object) -> DeadlineRule:
    return DeadlineRule.model_validate(
        {"code": "X1", "title": "Probe", "statute": "§ 1", "evidence": "P", "kind": kind, "anchor": Anchor(), **more}
    )


def texts(computed: ComputedDate) -> list[str]:
    return [step.text for step in computed.steps]


@pytest.mark.parametrize(("number", "length", "event", "last_day"), VECTORS, ids=[vector[0] for vector in VECTORS])
def test_a_frist_ends_as_the_vectors_of_the_domain_sheet_say(
    number: str, length: str, event: str, last_day: str
) -> None:
    computed = compute_plain("FRIST", length, date.fromisoformat(event))
    assert computed.hard == date.fromisoformat(last_day)


def test_fronleichnam_moves_a_frist_in_nordrhein_westfalen_but_not_in_berlin() -> None:
    event = date(2026, 5, 21)
    assert compute_plain("FRIST", "P2W", event, "NW").hard == date(2026, 6, 5)
    assert compute_plain("FRIST", "P2W", event, "BE").hard == date(2026, 6, 4)


def test_the_explanation_names_event_law_length_every_skipped_day_and_the_result() -> None:
    day = date(2026, 3, 20)
    said = texts(compute(rule("F01", day), day))
    assert said[0] == "Ereignis: Freitag, 20.03.2026"
    assert said[1] == "Recht vom 20.03.2026: § 74 Abs. 1 AsylG"
    assert said[2].startswith("Dauer: 2 Wochen")
    assert [text.split()[0] for text in said[3:7]] == ["Karfreitag", "Samstag", "Sonntag", "Ostermontag"]
    assert said[-1] == "Letzter Tag: Dienstag, 07.04.2026"


def test_the_explanation_says_when_a_month_has_no_such_day() -> None:
    assert any("letzter Tag des Monats" in text for text in texts(compute_plain("FRIST", "P1M", date(2026, 1, 31))))


def test_heiligabend_and_rosenmontag_never_move_a_legal_deadline() -> None:
    assert compute_plain("FRIST", "P1W", date(2026, 12, 17)).hard == date(2026, 12, 24)
    assert compute_plain("FRIST", "P1W", date(2025, 2, 24)).hard == date(2025, 3, 3)


def test_a_title_expires_on_a_saturday_without_moving() -> None:
    computed = compute(rule("F12", date(2025, 4, 19)), date(2025, 4, 19))
    assert computed.hard == date(2025, 4, 19)
    assert "verschiebt ihn nicht" in texts(computed)[-1]


def test_a_termin_stays_on_a_sunday() -> None:
    assert compute_plain("TERMIN", None, date(2026, 11, 1)).hard == date(2026, 11, 1)


def test_an_inactivity_suit_is_possible_on_the_day_after_the_corresponding_day() -> None:
    title = rule("F10", date(2025, 2, 10), "title")
    assert compute(title, date(2025, 2, 10)).earliest == date(2025, 5, 11)
    naturalisation = rule("F10", date(2026, 5, 12), "naturalisation")
    assert compute(naturalisation, date(2026, 5, 12)).earliest == date(2026, 8, 13)
    assert compute(title, date(2024, 12, 2)).earliest == date(2025, 3, 3)


def test_waiting_on_a_stay_counts_the_first_day() -> None:
    assert compute(rule("F48", date(2024, 6, 27)), date(2021, 5, 11)).earliest == date(2026, 5, 11)
    assert compute(rule("F28", date(2021, 5, 11), "gestattung"), date(2021, 5, 11)).earliest == date(2021, 8, 11)


def test_waiting_from_29_february_ends_only_on_1_march() -> None:
    assert compute(rule("F48", date(2024, 6, 27)), date(2024, 2, 29)).earliest == date(2029, 3, 1)


def test_the_law_of_the_day_decides_how_long_naturalisation_takes() -> None:
    assert rule("F48", date(2024, 6, 26)).length == "P8Y"
    assert rule("F48", date(2024, 6, 27)).length == "P5Y"


def test_a_disputed_start_gives_a_hard_and_a_safe_day() -> None:
    family = compute(rule("F17", date(2022, 2, 25)), date(2022, 2, 25), safe_event=date(2022, 2, 11))
    assert (family.hard, family.safe) == (date(2022, 5, 25), date(2022, 5, 11))
    assert any(text.startswith("Sicherer Tag") for text in texts(family))


def test_a_start_that_is_not_disputed_gives_no_safe_day() -> None:
    assert compute(rule("F17", date(2022, 2, 25)), date(2022, 2, 25), safe_event=date(2022, 2, 25)).safe is None


def test_asylblg_ends_with_the_month_of_finality_and_safely_with_the_month_of_service() -> None:
    ends = compute(rule("F31", date(2022, 3, 4)), date(2022, 3, 4), safe_event=date(2022, 2, 18))
    assert (ends.hard, ends.safe) == (date(2022, 3, 31), date(2022, 2, 28))


def test_grundsicherung_must_be_asked_for_by_the_end_of_the_following_month() -> None:
    assert compute(rule("F32", date(2022, 2, 25)), date(2022, 2, 25)).hard == date(2022, 3, 31)
    assert compute(rule("F32", date(2022, 1, 31)), date(2022, 1, 31)).hard == date(2022, 2, 28)


def test_the_path_for_young_people_closes_on_the_eve_of_the_27th_birthday() -> None:
    assert compute(rule("F42", date(2026, 1, 1)), date(2000, 5, 20)).hard == date(2027, 5, 19)


def test_an_application_for_training_is_possible_seven_months_before_it_starts() -> None:
    assert compute(rule("F39a", date(2026, 2, 1)), date(2026, 9, 1)).earliest == date(2026, 2, 1)


def test_temporary_protection_ends_on_the_day_that_the_regulation_names() -> None:
    assert compute(rule("F52", date(2026, 1, 1)), date(2022, 7, 20)).hard == date(2027, 3, 4)


def test_someone_born_on_29_february_has_the_birthday_on_1_march() -> None:
    assert birthday(date(2004, 2, 29), 18) == date(2022, 3, 1)
    assert birthday(date(2004, 2, 29), 20) == date(2024, 2, 29)


@pytest.mark.parametrize("length", ["", "P", "2W", "P-1M", "P1H", "1M", "P1.5M", "p1m", "P12345Y"])
def test_a_length_that_is_none_is_refused_with_examples(length: str) -> None:
    with pytest.raises(ValueError, match="P2W"):
        parse_length(length)


def test_a_calendar_that_does_not_exist_is_refused_with_all_that_do() -> None:
    with pytest.raises(UnknownCalendar) as refused:
        compute_plain("FRIST", "P1W", date(2026, 1, 1), "NRW")
    assert refused.value.allowed == LAENDER


def test_reminders_of_an_expiry_come_90_60_30_days_before_and_on_the_last_open_day() -> None:
    prolong = rule("F12", date(2025, 4, 19))
    days = reminder_days(prolong, compute(prolong, date(2025, 4, 19)).due_on, NEUSS)
    assert days == (date(2025, 1, 19), date(2025, 2, 18), date(2025, 3, 20), date(2025, 4, 17))


def test_a_rule_without_lead_times_of_its_own_gets_those_of_its_kind() -> None:
    assert rule("F01", date(2022, 2, 11)).lead_days == (7, 2)
    assert rule("F20", date(2022, 2, 11)).lead_days == (90, 60, 30, -1)
    assert rule("F10", date(2022, 2, 11)).lead_days == (30, 0)


@given(event=DAYS, length=LENGTHS, land=st.sampled_from(LAENDER))
def test_a_frist_never_ends_on_a_weekend_or_a_holiday(event: date, length: str, land: str) -> None:
    computed = compute_plain("FRIST", length, event, land)
    assert computed.hard is not None
    assert is_legal_working_day(computed.hard, land)


@given(event=DAYS, length=LENGTHS)
def test_a_frist_is_never_shorter_than_its_length_and_skips_only_closed_days(event: date, length: str) -> None:
    computed = compute_plain("FRIST", length, event)
    assert computed.hard is not None
    unrolled = event + parse_length(length)
    assert computed.hard >= unrolled
    skipped = [unrolled + timedelta(days=n) for n in range((computed.hard - unrolled).days)]
    assert not any(is_legal_working_day(day, "NW") for day in skipped)


@given(event=DAYS, length=LENGTHS)
def test_an_expiry_never_moves(event: date, length: str) -> None:
    assert compute_plain("EXPIRY", length, event).hard == event + parse_length(length)


@given(event=DAYS)
def test_a_termin_never_moves(event: date) -> None:
    assert compute_plain("TERMIN", None, event).hard == event


@given(event=DAYS, length=LENGTHS, possession=st.booleans())
def test_a_waiting_time_never_ends_before_its_event(event: date, length: str, possession: bool) -> None:
    waiting = a_rule("WAIT", length=length, wait_from="possession" if possession else "event")
    computed = compute(waiting, event)
    assert computed.earliest is not None
    assert computed.earliest > event


@given(event=DAYS, length=LENGTHS)
def test_waiting_from_an_event_is_never_shorter_than_waiting_on_possession(event: date, length: str) -> None:
    from_event = compute(a_rule("WAIT", length=length), event).earliest
    on_stay = compute(a_rule("WAIT", length=length, wait_from="possession"), event).earliest
    assert from_event is not None
    assert on_stay is not None
    assert on_stay <= from_event <= on_stay + timedelta(days=1)


@given(event=DAYS, length=LENGTHS, kind=st.sampled_from(["FRIST", "EXPIRY", "WAIT"]))
def test_a_later_event_never_gives_an_earlier_date(event: date, length: str, kind: DeadlineKind) -> None:
    days = [compute_plain(kind, length, event + timedelta(days=n)).due_on for n in range(4)]
    assert all(one <= other for one, other in pairwise(days))


@given(event=DAYS, length=LENGTHS)
def test_the_last_step_of_an_explanation_is_the_date_itself(event: date, length: str) -> None:
    computed = compute_plain("FRIST", length, event)
    assert computed.steps[-1].day == computed.hard
