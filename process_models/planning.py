"""The plan of a path on a day: facts, law in force, municipality and today in, everything that follows from them out.

Composition only: each part is computed in the module that carries its name.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from process_models.calendars import ProductCalendar
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.cautions import PERMIT_DAYS, Seen, consent_days, is_consent_missing, warnings_of
from process_models.consent import ConsentQuestion, check_consent
from process_models.escalation import LEVELS
from process_models.explain import waiting_of
from process_models.facts import CLIENT, Fact, known_on
from process_models.forecast import forecasts
from process_models.gaps import WARN_DAYS, next_gap_start, open_gaps
from process_models.known import KnownFacts
from process_models.livelihood import BenefitPeriod, benefit_periods, livelihood_regimes, regimes_on
from process_models.look_again import day_at, next_morning
from process_models.plan import Eligibility, Gap, Plan, PlannedDeadline, PlannedHandover, Standing
from process_models.rulebook import rulebook
from process_models.rules import Municipality
from process_models.running_deadlines import Situation, running_deadlines
from process_models.standing import DAY, Course, follow, in_order, standing_of
from process_models.target_group import Circumstances, Referral, next_screening, screen
from process_models.triggers import Ground, Planned, planned_handovers
from process_models.work import Level, OpenWork, StallReason, TaskItem

_CONSENTS = ("consent.given", "consent.revoked", "consent.refused")
CASE_MANAGEMENT = "P1"
"""Purpose without which no case is managed; its withdrawal stops offers at once."""


@dataclass(frozen=True, slots=True)
class _Look:
    """Everything that one look at a path has computed."""

    case: Case
    now: datetime
    course: Course
    consents: tuple[Fact, ...]
    counted: KnownFacts
    periods: tuple[BenefitPeriod, ...]
    gaps: tuple[Gap, ...]
    standing: Standing
    eligibility: Eligibility | None
    deadlines: tuple[PlannedDeadline, ...]
    handovers: tuple[Planned, ...]
    municipality: Municipality
    livelihood: frozenset[str]

    @property
    def planned(self) -> tuple[PlannedHandover, ...]:
        return tuple(planned.handover for planned in self.handovers)


def make_plan(case: Case, now: datetime, catalogue: Catalogue) -> Plan:
    """The plan of a case at this moment (UTC). Facts recorded later are not seen, facts dated later do not count."""
    look = _look(case, now, catalogue)
    stalled_since, reason = _stall(look)
    may_end = _may_end(look)
    planned = look.planned
    plan = Plan(
        day=look.course.day,
        municipality=case.municipality,
        place=_place(look),
        model_version=catalogue.version,
        standing=look.standing,
        phase=_phase(look, catalogue),
        eligibility=look.eligibility,
        deadlines=look.deadlines,
        handovers=planned,
        gaps=look.gaps,
        warnings=warnings_of(_seen(look, catalogue), catalogue),
        forecasts=forecasts(look.course, look.counted, catalogue),
        stalled_since=stalled_since,
        stall_reason=reason,
        level=_level(planned),
        may_end=may_end,
        look_again_at=None if may_end else next_morning(_look_days(look, catalogue), now),
    )
    return plan.model_copy(update={"waiting": waiting_of(case, plan, catalogue)})


def _look(case: Case, now: datetime, catalogue: Catalogue) -> _Look:
    day = day_at(now)
    known = in_order(known_on(case.facts, day), catalogue)
    counted = KnownFacts(fact for fact in known if fact.on <= day and fact.who == CLIENT)
    consents = tuple(fact for fact in known if fact.kind in _CONSENTS)
    municipality = catalogue.municipality(case.municipality)
    calendar = _calendar(municipality.calendar, municipality.local_closing_days)
    course = follow(counted.facts, day, catalogue)
    periods = benefit_periods(course, counted.facts, case.work, catalogue)
    eligibility = _screen(case, course, counted, catalogue, municipality)
    _adjust_kim(course, eligibility, consents, catalogue)
    livelihood = livelihood_regimes(catalogue, day)
    situation = Situation(course, case.person.born, counted, periods, calendar)
    deadlines = running_deadlines(situation, catalogue)
    ground = Ground(situation, consents, deadlines, case.work, case.similar)
    return _Look(
        case=case,
        now=now,
        course=course,
        consents=consents,
        counted=counted,
        periods=periods,
        gaps=() if course.gone else open_gaps(periods, livelihood, day),
        standing=standing_of(course, () if course.gone else regimes_on(periods, day), catalogue),
        eligibility=eligibility,
        deadlines=deadlines,
        handovers=planned_handovers(ground, catalogue),
        municipality=municipality,
        livelihood=livelihood,
    )


@lru_cache(maxsize=1024)
def _screening_days(catalogue: Catalogue, municipality_id: str, born: date) -> tuple[date, ...]:
    """All days on which the screening of somebody born on that day may change by age or date alone."""
    config = catalogue.municipality(municipality_id)
    days: list[date] = []
    day: date | None = date.min
    while day is not None and (day := next_screening(config, born, day)) is not None:
        days.append(day)
    return tuple(days)


@lru_cache(maxsize=64)
def _calendar(land: str, closing_days: tuple[str, ...]) -> ProductCalendar:
    return ProductCalendar(land, closing_days)


def _screen(
    case: Case, course: Course, counted: KnownFacts, catalogue: Catalogue, municipality: Municipality
) -> Eligibility | None:
    if not course.history or course.gone:
        return None
    status = rulebook(catalogue).state(course.residence, course.day).target_status
    circumstances = Circumstances(_referral(counted), course.stay_since)
    return screen(catalogue, municipality, case.person.born, status, course.day, circumstances)


def _referral(counted: KnownFacts) -> Referral | None:
    latest = counted.latest("kim.referred")
    if latest is None:
        return None
    data = latest.data
    return Referral(str(data.get("by", "")), bool(data.get("wants")), frozenset(data.get("criteria") or ()))


def _adjust_kim(course: Course, eligibility: Eligibility | None, consents: tuple[Fact, ...], catalogue: Catalogue) -> None:
    """A referred person is screened; without the consent to case management nothing goes on."""
    if course.kim == "prospect" and course.referred_on is not None and eligibility is not None:
        course.kim = "screened_out" if eligibility.result == "not_eligible" else "waiting_consent"
    asked_before = any(f.kind == "consent.given" and f.data.get("purpose") == CASE_MANAGEMENT for f in consents)
    if course.kim in ("active", "paused") and asked_before:
        question = ConsentQuestion(CASE_MANAGEMENT, None, None, course.day)
        if not check_consent(catalogue, consents, question).allowed:
            course.kim = "waiting_consent"


def _seen(look: _Look, catalogue: Catalogue) -> Seen:
    return Seen(
        course=look.course,
        consents=look.consents,
        facts=look.counted,
        periods=look.periods,
        gaps=look.gaps,
        deadlines=look.deadlines,
        handovers=look.planned,
        work=look.case.work,
        screened_anew=_screened_anew(look, catalogue),
    )


def _screened_anew(look: _Look, catalogue: Catalogue) -> bool:
    """True until kim opens, if the screening of the day of the referral would come out differently today."""
    referred = look.course.referred_on
    if referred is None or look.course.kim_opened_on is not None or look.eligibility is None:
        return False
    then = _screen(look.case, follow(look.counted.facts, referred, catalogue), look.counted, catalogue, look.municipality)
    return then is not None and then.result != look.eligibility.result


def _place(look: _Look) -> str:
    latest = look.counted.latest("place.assigned", "place.moved")
    return str(latest.data["place"]) if latest else look.case.place


def _phase(look: _Look, catalogue: Catalogue) -> str:
    latest = look.counted.latest("naturalisation.applied", "naturalisation.refused")
    if latest is not None and latest.kind == "naturalisation.applied":
        return "naturalisation"
    return rulebook(catalogue).state(look.course.residence, look.course.day).phase


def _level(planned: Iterable[PlannedHandover]) -> Level:
    return max((handover.level for handover in planned), key=LEVELS.index, default="none")


def _may_end(look: _Look) -> bool:
    """kim is closed, no handover is open, and no FRIST runs that anybody is reminded of.

    Validities and waiting times bind nobody to act; they hold no path open.
    """
    if look.standing.kim != "closed" or any(item.is_open for item in look.case.work.handovers):
        return False
    return not any(deadline.kind == "FRIST" and deadline.state == "running" and deadline.reads for deadline in look.deadlines)


# ---------------------------------------------------------------- stalls


def _stall(look: _Look) -> tuple[date | None, StallReason | None]:
    if look.standing.kim != "active":
        return None, None
    found: list[tuple[date, StallReason]] = []
    for handover in look.planned:
        if handover.stalled_since is not None:
            found.append((handover.stalled_since, handover.reason or "AGENCY_LATE"))
        if is_consent_missing(handover):
            found.append((_missing_since(handover, look), "CLIENT_OPEN"))
    found += [(task.opened_on, "AGENCY_LATE") for task in _delivery_tasks(look.case.work)]
    since, reason = min(found, default=(None, None))
    return since, reason


def _missing_since(handover: PlannedHandover, look: _Look) -> date:
    item = next(
        (i for i in look.case.work.handovers if (i.code, i.trigger_on) == (handover.code, handover.trigger_on)), None
    )
    days = (handover.trigger_on, look.course.kim_opened_on, item.cancelled_on if item else None)
    return max(day for day in days if day is not None)


def _delivery_tasks(work: OpenWork) -> Iterable[TaskItem]:
    return (task for task in work.tasks if task.kind == "clear_delivery" and task.done_on is None)


# ---------------------------------------------------------------- when to look again


def _look_days(look: _Look, catalogue: Catalogue) -> Iterable[date | None]:
    """Days on which something changes or is due without any news; past ones do no harm."""
    yield from _standing_days(look, catalogue)
    for deadline in look.deadlines:
        yield deadline.due_on + DAY
        if look.standing.kim in ("active", "paused"):
            yield from deadline.reminders
    for planned in look.handovers:
        yield planned.handover.next_level_on
        yield from planned.look_again_on
    yield from consent_days(look.consents, look.course.day)
    yield from _law_days(look, catalogue)


def _standing_days(look: _Look, catalogue: Catalogue) -> Iterable[date | None]:
    course = look.course
    yield course.pending_final
    if course.title_until is not None:
        yield from (course.title_until + DAY, course.title_until - timedelta(days=PERMIT_DAYS))
    if course.places:
        until = course.places[-1].until
        yield until + DAY if until else None
    for period in look.periods:
        yield from (period.starts, period.ends + DAY if period.ends else None)
    gap = next_gap_start(look.periods, look.livelihood, course.day)
    if gap is not None and not course.gone:
        yield from (gap - timedelta(days=WARN_DAYS), gap)


def _law_days(look: _Look, catalogue: Catalogue) -> Iterable[date | None]:
    """The next screening by age or date, and days on which a rule of a forecast changes."""
    days = _screening_days(catalogue, look.municipality.id, look.case.person.born)
    yield from days[bisect_right(days, look.course.day) :][:1]
    for route in (*catalogue.naturalisation_routes, *catalogue.permanent_routes):
        yield route.valid_from
