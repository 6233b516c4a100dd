"""One look at a path: everything that a plan of the day is read from, computed once.

Composition only: each part is computed in the module that carries its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from process_models.carrying import with_household
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.consent import CONSENT_FACTS
from process_models.course import Course
from process_models.deadline_starts import lands_of_agencies
from process_models.facts import CLIENT, Fact, known_on
from process_models.gaps import open_gaps
from process_models.ground import Ground
from process_models.known import KnownFacts
from process_models.livelihood import BenefitPeriod, benefit_periods, livelihood_regimes, regimes_on
from process_models.look_again import day_at
from process_models.member_look import MemberLook, Surroundings, Walked, look_at_member, walk_household
from process_models.plan import Eligibility, Gap, PlannedDeadline, PlannedHandover, Standing, UnreleasedDeadline
from process_models.rules import Municipality
from process_models.running_deadlines import Situation, running_deadlines
from process_models.screening import adjust_kim, place_of, screening_of
from process_models.shared_livelihood import Earner, with_shared_income
from process_models.standing import follow, in_order, standing_of
from process_models.triggers import Planned, planned_handovers
from process_models.unreleased_deadlines import unreleased_deadlines


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a path has computed."""

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
    unreleased: tuple[UnreleasedDeadline, ...]
    handovers: tuple[Planned, ...]
    municipality: Municipality
    livelihood: frozenset[str]
    known: tuple[Fact, ...] = ()
    """All facts that are known on the day, also those that count later, of every person."""
    members: tuple[MemberLook, ...] = ()

    @property
    def planned(self) -> tuple[PlannedHandover, ...]:
        """The planned handovers alone."""
        return tuple(planned.handover for planned in self.handovers)


def look_at(case: Case, now: datetime, catalogue: Catalogue) -> Look:
    """Looks at a case at a moment (UTC)."""
    day = day_at(now)
    known = in_order(known_on(case.facts, day), catalogue)
    counted = KnownFacts(fact for fact in known if fact.on <= day and fact.who == CLIENT)
    consents = tuple(fact for fact in known if fact.kind in CONSENT_FACTS)
    municipality = catalogue.municipality(case.municipality)
    calendar = municipality.product_calendar
    course = follow(counted.facts, day, catalogue)
    counted = counted.without(course.ineffective)
    household = walk_household(case, known, day, catalogue)
    shared = _shared_periods(case, benefit_periods(course, counted.facts, case.work, catalogue), household, catalogue)
    periods = shared[CLIENT]
    eligibility = screening_of(case, course, counted, catalogue)
    own_consents = tuple(fact for fact in consents if fact.who == CLIENT)
    adjust_kim(course, eligibility, own_consents, case.person.born, catalogue)
    livelihood = livelihood_regimes(catalogue, day)
    facts_of = {one.member.ref: one.counted for one in household}
    lands = lands_of_agencies(catalogue, case.municipality, place_of(case, counted), day)
    around = Surroundings(case, course, calendar, livelihood, facts_of, lands)
    situation = Situation(
        course, case.person.born, counted, periods, calendar, facts_of, case.person.nationality, lands
    )
    deadlines = running_deadlines(situation, catalogue)
    ground = Ground(situation, known, case)
    present = (one for one in household if one.member.belongs_on(day))
    members = tuple(look_at_member(one, shared[one.member.ref], around, catalogue) for one in present)
    return Look(
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
        unreleased=unreleased_deadlines(situation, catalogue),
        handovers=with_household(planned_handovers(ground, catalogue), members, ground, catalogue),
        municipality=municipality,
        livelihood=livelihood,
        known=tuple(known),
        members=members,
    )


def _shared_periods(
    case: Case, own: tuple[BenefitPeriod, ...], household: tuple[Walked, ...], catalogue: Catalogue
) -> Mapping[str, tuple[BenefitPeriod, ...]]:
    """The benefit periods of everybody, with the income that the household shares."""
    if not household:
        return {CLIENT: own}
    earners = [Earner(CLIENT, "", case.person.born, own)]
    for one in household:
        member = one.member
        person = member.person
        earners.append(Earner(member.ref, person.relation, person.born, one.periods, member.since, member.left_on))
    return with_shared_income(earners, household[0].course.day, catalogue)
