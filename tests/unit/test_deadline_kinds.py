"""Every rule of the law, whatever its event: what rolls, what never rolls, and what is counted how."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.calendars import LAENDER, is_legal_working_day
from process_models.catalogue import catalogue
from process_models.deadline_rules import Anchor, DeadlineRule
from process_models.deadlines import Beginning, ComputedDate, compute_from

RULES: Final = catalogue().deadlines
DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2045, 12, 31))
LANDS = st.sampled_from(LAENDER)
QUICK = settings(max_examples=200, deadline=None)


def rules_of(*kinds: str) -> st.SearchStrategy[DeadlineRule]:
    return st.sampled_from([rule for rule in RULES if rule.kind in kinds])


def rule(code: str, variant: str = "") -> DeadlineRule:
    return next(one for one in reversed(RULES) if one.code == code and one.variant == variant)


def computed(code: str, event: date, variant: str = "", **more: object) -> ComputedDate:
    return compute_from(rule(code, variant), Beginning(event, **more))  # type: ignore[arg-type]


@QUICK
@given(one=rules_of("FRIST"), event=DAYS, safe=DAYS, land=LANDS)
def test_no_frist_of_the_law_ends_on_a_weekend_or_a_holiday_of_its_land(
    one: DeadlineRule, event: date, safe: date, land: str
) -> None:
    found = compute_from(one, Beginning(event, safe=safe, known_on=safe, land=land))
    assert found.hard is not None
    assert is_legal_working_day(found.hard, land)
    assert found.steps[-1].day in (found.hard, found.safe)


@QUICK
@given(one=rules_of("EXPIRY", "WAIT", "TERMIN"), event=DAYS, land=LANDS)
def test_a_validity_a_waiting_time_and_an_appointment_never_move_for_a_holiday(
    one: DeadlineRule, event: date, land: str
) -> None:
    here, there = compute_from(one, Beginning(event, land=land)), compute_from(one, Beginning(event))
    assert here.due_on == there.due_on
    assert not any("übersprungen" in step.text for step in here.steps)


@QUICK
@given(one=rules_of("FRIST", "EXPIRY"), event=DAYS, safe=DAYS)
def test_a_safe_day_is_never_later_than_the_hard_one_if_its_start_is_earlier(
    one: DeadlineRule, event: date, safe: date
) -> None:
    found = compute_from(one, Beginning(event, safe=min(event, safe)))
    assert found.hard is not None
    assert found.safe is None or found.safe <= found.hard


@QUICK
@given(start=DAYS, days=st.integers(1, 40))
def test_werktage_include_saturdays_and_arbeitstage_do_not(start: date, days: int) -> None:
    werktage, arbeitstage = (counting(f"P{days}D", counted_in, start) for counted_in in ("werktage", "arbeitstage"))
    assert werktage <= arbeitstage
    assert werktage.weekday() < 6
    assert arbeitstage.weekday() < 5
    passed = [start + timedelta(days=n + 1) for n in range((werktage - start).days)]
    assert sum(day.weekday() == 5 or is_legal_working_day(day, "NW") for day in passed) >= days


def counting(length: str, counted_in: str, start: date) -> date:
    one = DeadlineRule.model_validate(
        {"code": "X", "title": "x", "statute": "x", "evidence": "P", "kind": "EXPIRY", "anchor": Anchor()}
        | {"length": length, "counted_in": counted_in}
    )
    found = compute_from(one, Beginning(start)).hard
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("code", "event", "last_day", "safe"),
    [
        ("F54a", date(2026, 4, 27), date(2026, 5, 6), None),
        ("F54b", date(2026, 5, 5), date(2026, 5, 8), None),
        ("F54c", date(2026, 5, 7), date(2026, 5, 11), date(2026, 5, 9)),
        ("F54d", date(2026, 5, 11), date(2026, 5, 13), None),
        ("F54e", date(2026, 4, 27), date(2026, 5, 15), None),
        ("F54f", date(2026, 5, 1), date(2026, 6, 1), None),
    ],
)
def test_the_distribution_of_a_minor_counts_werktage(code: str, event: date, last_day: date, safe: date | None) -> None:
    found = computed(code, event)
    assert (found.hard, found.safe) == (last_day, safe)


def test_werktage_are_explained() -> None:
    said = [step.text for step in computed("F54c", date(2026, 5, 7)).steps]
    assert "Dauer: 2 Werktage; Samstage zählen mit, Sonntage und Feiertage nicht" in said
    assert said[-1] == "Sicherer Tag (Verschiebung umstritten): Samstag, 09.05.2026"


@pytest.mark.parametrize(
    ("ends", "known_on", "hard", "safe"),
    [
        (date(2025, 8, 31), date(2025, 5, 12), date(2025, 6, 2), date(2025, 5, 31)),
        (date(2025, 8, 31), date(2025, 5, 31), date(2025, 6, 2), date(2025, 5, 31)),
        (date(2025, 8, 31), date(2025, 6, 1), date(2025, 6, 4), None),
        (date(2025, 8, 31), date(2025, 7, 15), date(2025, 7, 18), None),
        (date(2025, 12, 31), date(2025, 9, 1), date(2025, 9, 30), None),
    ],
    ids=["months ahead", "on the very day", "a day too late", "weeks before", "end of a month"],
)
def test_job_seeking_is_reported_three_months_before_or_three_days_after_one_knows(
    ends: date, known_on: date, hard: date, safe: date | None
) -> None:
    found = computed("F45", ends, "known", known_on=known_on)
    assert (found.hard, found.safe) == (hard, safe)


def test_a_second_waiting_time_must_be_over_too() -> None:
    assert computed("F49", date(2021, 10, 1), also=date(2023, 6, 20)).earliest == date(2025, 6, 20)
    assert computed("F49", date(2021, 10, 1), also=date(2021, 11, 2)).earliest == date(2024, 10, 1)
    assert computed("F49", date(2021, 10, 1), also=date(2024, 2, 29)).earliest == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("code", "variant", "event", "due_on"),
    [
        ("F07", "rejected", date(2025, 9, 16), date(2025, 10, 16)),
        ("F07", "unfounded", date(2025, 9, 9), date(2025, 9, 16)),
        ("F23", "", date(2023, 5, 15), date(2023, 8, 15)),
        ("F24", "", date(2023, 6, 5), date(2023, 7, 3)),
        ("F27", "", date(2024, 3, 18), date(2024, 6, 18)),
        ("F36", "", date(2025, 1, 31), date(2025, 3, 1)),
        ("F37", "asylblg", date(2025, 1, 31), date(2026, 2, 2)),
        ("F43", "training", date(2024, 10, 7), date(2024, 10, 21)),
        ("F44", "", date(2025, 8, 31), date(2025, 9, 29)),
        ("F46", "title_c1", date(2021, 11, 15), date(2024, 11, 15)),
        ("F47b", "", date(2023, 11, 1), date(2026, 11, 1)),
        ("F47b", "training", date(2024, 2, 1), date(2026, 2, 1)),
        ("F47b", "blue_card", date(2023, 11, 1), date(2026, 2, 1)),
        ("F47b", "blue_card_b1", date(2023, 11, 1), date(2025, 8, 1)),
        ("F47c", "", date(2023, 7, 10), date(2026, 7, 10)),
        ("F51", "three_years", date(2022, 5, 4), date(2025, 5, 4)),
        ("F51", "ten_years", date(2026, 6, 15), date(2036, 6, 15)),
        ("F53", "", date(2026, 9, 1), date(2026, 11, 30)),
        ("F55", "", date(2026, 9, 30), date(2025, 9, 30)),
        ("F56", "revocation", date(2025, 5, 5), date(2035, 5, 5)),
        ("F56", "bar", date(2026, 2, 10), date(2036, 2, 10)),
        ("F11", "objection", date(2025, 2, 20), date(2025, 5, 21)),
    ],
)
def test_a_period_of_the_sheet_gives_the_day_counted_by_hand(
    code: str, variant: str, event: date, due_on: date
) -> None:
    assert computed(code, event, variant).due_on == due_on


@pytest.mark.parametrize("code", [f"F{number:02}" for number in range(1, 60)])
def test_every_period_of_the_sheet_is_modelled(code: str) -> None:
    found = [one for one in RULES if one.code.rstrip("abcdef") == code]
    assert found
    for one in found:
        assert one.consequence, one.code
        assert one.who_acts, one.code
        assert one.lead_days, one.code
        assert one.reads or one.unread or one.release.state == "gated", one.code


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("F30", (date(2024, 2, 26), "P18M"), (date(2024, 2, 27), "P36M")),
        ("F29", (date(2026, 6, 11), "P6M"), (date(2026, 6, 12), "P3M")),
        ("F01", (date(2026, 6, 11), "P1Y"), (date(2026, 6, 12), "P3M")),
        ("F02", (date(2026, 6, 11), "P1Y"), (date(2026, 6, 12), "P3M")),
    ],
)
def test_a_length_that_is_a_dated_constant_changes_with_it(
    code: str, before: tuple[date, str], after: tuple[date, str]
) -> None:
    editions = [one for one in RULES if one.code == code and one.length_constant]
    for day, length in (before, after):
        assert [one.length for one in editions if one.holds_on(day)] == [length]
