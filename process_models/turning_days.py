"""The days on which a path changes or something is due without any news.

Days only; the moment of a day stands in `look_again`, days on which the law changes stand in `law_events`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from process_models.capacity import next_birthdays
from process_models.catalogue import Catalogue
from process_models.cautions import PERMIT_DAYS, consent_days
from process_models.course import DAY, Course
from process_models.gaps import WARN_DAYS, next_gap_start
from process_models.language_axis import language_on
from process_models.livelihood import BenefitPeriod
from process_models.look import Look
from process_models.plan import PlannedDeadline, Standing, UnreleasedDeadline
from process_models.target_group import next_screening
from process_models.target_group_lines import stay_ends_after
from process_models.work_axis import work_on


def turning_days(look: Look, catalogue: Catalogue) -> Iterable[date | None]:
    """Days on which something changes or is due without any news; past ones do no harm."""
    yield from _standing_days(look.course, look.periods, look.livelihood)
    yield from _axis_days(look.course, catalogue)
    yield from _deadline_days(look.deadlines, look.standing)
    yield from _reading_days(look.unreleased)
    yield from (fact.on for fact in look.known if fact.on > look.course.day)
    yield from next_birthdays(look.case.person.born, catalogue)
    for member in look.members:
        yield from next_birthdays(member.member.person.born, catalogue)
        if not member.has_own_path:
            yield from _standing_days(member.course, member.periods, look.livelihood)
            yield from _axis_days(member.course, catalogue)
            yield from _deadline_days(member.deadlines, look.standing)
            yield from _reading_days(member.unreleased)
    for planned in look.handovers:
        yield planned.handover.next_level_on
        yield from planned.look_again_on
    yield from consent_days(look.consents, look.course.day)
    yield from _next_screenings(look, catalogue)


def _deadline_days(deadlines: Iterable[PlannedDeadline], standing: Standing) -> Iterable[date | None]:
    for deadline in deadlines:
        if deadline.state == "suspended":
            continue  # nothing falls due before somebody records that it runs on
        yield deadline.earliest
        yield deadline.due_on + DAY
        if standing.kim in ("active", "paused"):
            yield from deadline.reminders


def _reading_days(unreleased: Iterable[UnreleasedDeadline]) -> Iterable[date]:
    """What a rule that is not released shows may change on the day after each of its dates."""
    return (reading.on + DAY for shown in unreleased for reading in shown.readings)


def _standing_days(
    course: Course, periods: Sequence[BenefitPeriod], livelihood: frozenset[str]
) -> Iterable[date | None]:
    yield course.pending_final
    yield course.finality_on + DAY if course.finality_assumed and course.finality_on else None
    if course.title_until is not None:
        yield from (course.title_until + DAY, course.title_until - timedelta(days=PERMIT_DAYS))
    if course.abroad_until is not None:
        yield course.abroad_until + DAY
    if course.places:
        until = course.places[-1].until
        yield until + DAY if until else None
    for period in periods:
        yield from (period.starts, period.ends + DAY if period.ends else None)
    gap = next_gap_start(periods, livelihood, course.day)
    if gap is not None and not course.gone:
        yield from (gap - timedelta(days=WARN_DAYS), gap)


def _next_screenings(look: Look, catalogue: Catalogue) -> Iterable[date | None]:
    """The next screening of each person by age, by date, or by the time that they have been here."""
    household = ((member.member.person.born, member.course) for member in look.members)
    for born, course in ((look.case.person.born, look.course), *household):
        days = _screening_days(catalogue, look.municipality.id, born)
        yield from days[bisect_right(days, look.course.day) :][:1]
        for rule in look.municipality.target_group if course.stay_since is not None else ():
            yield stay_ends_after(rule, course.stay_since)
    yield from (line.valid_from for line in look.municipality.participation)


def _axis_days(course: Course, catalogue: Catalogue) -> Iterable[date | None]:
    yield from (language_on(course, catalogue).changes_on, work_on(course, catalogue).changes_on)


@lru_cache(maxsize=1024)
def _screening_days(catalogue: Catalogue, municipality_id: str, born: date) -> tuple[date, ...]:
    """All days on which the screening of somebody born on that day may change by age or date alone."""
    config = catalogue.municipality(municipality_id)
    days: list[date] = []
    day: date | None = date.min
    while day is not None and (day := next_screening(config, born, day)) is not None:
        days.append(day)
    return tuple(days)
