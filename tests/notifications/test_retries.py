"""A mail that does not get through is tried more and more rarely, and not for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from notifications.retries import GIVE_UP_AFTER, MOST_ATTEMPTS, next_try_at

MADE = datetime(2022, 2, 11, 17, 0, tzinfo=UTC)


def test_pauses_double_from_a_minute_to_an_hour() -> None:
    pauses = [next_try_at(attempts, MADE, MADE) for attempts in range(1, 9)]
    assert [(again - MADE).total_seconds() / 60 for again in pauses if again] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_weekend_without_mail_server_is_survived_and_72_hours_are_the_end() -> None:
    now, attempts = MADE, 1
    while (again := next_try_at(attempts, MADE, now)) is not None:
        assert now < again <= now + timedelta(hours=1)
        now, attempts = again, attempts + 1
    assert now == MADE + GIVE_UP_AFTER
    assert attempts < MOST_ATTEMPTS


def test_a_clock_that_stands_still_does_not_make_it_try_for_ever() -> None:
    assert next_try_at(MOST_ATTEMPTS, MADE, MADE) is None
