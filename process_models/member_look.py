"""One look at each member of the household: the rules for the person of the path, on the facts about that member.

Reading only. Offers and tasks that concern members are planned with the path itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from process_models.calendars import ProductCalendar
from process_models.capacity import capacities_of
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.cautions import Seen, warnings_of
from process_models.consent import CONSENT_FACTS
from process_models.course import Course
from process_models.effects import without_effect
from process_models.facts import Fact
from process_models.forecast import forecasts
from process_models.gaps import open_gaps
from process_models.household import Member, facts_about, household_of
from process_models.known import KnownFacts
from process_models.livelihood import BenefitPeriod, benefit_periods, could_pay, regimes_on
from process_models.names import member_of_code, rule_code
from process_models.naturalisation import Applicant
from process_models.plan import (
    Eligibility,
    Gap,
    MemberPlan,
    PlannedDeadline,
    PlannedHandover,
    Standing,
    UnreleasedDeadline,
)
from process_models.rulebook import rulebook
from process_models.running_deadlines import Situation, running_deadlines
from process_models.screening import screening_of
from process_models.standing import follow, standing_of
from process_models.target_group import age_on
from process_models.unreleased_deadlines import unreleased_deadlines
from process_models.work import OpenWork


@dataclass(frozen=True, slots=True)
class Walked:
    """How far a member has come: their own facts, the course that follows from them, and their own benefits."""

    member: Member
    known: tuple[Fact, ...]
    """All that is known about the member, as if they were the person of a path."""
    counted: KnownFacts
    course: Course
    periods: tuple[BenefitPeriod, ...]


@dataclass(frozen=True, slots=True)
class MemberLook:
    """What one look at a member has computed."""

    member: Member
    known: tuple[Fact, ...]
    situation: Situation
    gaps: tuple[Gap, ...]
    standing: Standing
    eligibility: Eligibility | None
    deadlines: tuple[PlannedDeadline, ...]
    unreleased: tuple[UnreleasedDeadline, ...]
    has_own_path: bool

    @property
    def course(self) -> Course:
        """How far the member has come."""
        return self.situation.course

    @property
    def counted(self) -> KnownFacts:
        """The facts that count on the day."""
        return self.situation.facts

    @property
    def periods(self) -> Sequence[BenefitPeriod]:
        """When somebody pays, or earns, for the member."""
        return self.situation.periods


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a look at a member shares with the look at the path."""

    case: Case
    course: Course
    """Of the person of the path: their case management is the member's too."""
    calendar: ProductCalendar
    livelihood: frozenset[str]
    household: Mapping[str, KnownFacts]
    lands: Mapping[str, str]
    """Kinds of agency that have the holidays of another Land."""


def walk_household(case: Case, known: Sequence[Fact], day: date, catalogue: Catalogue) -> tuple[Walked, ...]:
    """Everybody who belongs or belonged to the household up to this day. `known`: in the order in which facts count."""
    household = household_of(case.household, known, case.person.nationality, day)
    return tuple(_walk(member, known, case.work, day, catalogue) for member in household)


def _walk(member: Member, known: Sequence[Fact], work: OpenWork, day: date, catalogue: Catalogue) -> Walked:
    own = facts_about(known, member.ref)
    counted = KnownFacts(fact for fact in own if fact.on <= day)
    course = follow(counted.facts, day, catalogue)
    counted = counted.without(course.ineffective)
    return Walked(
        member=member,
        known=own,
        counted=counted,
        course=course,
        periods=benefit_periods(course, counted.facts, _work_for(member, work), catalogue),
    )


def _work_for(member: Member, work: OpenWork) -> OpenWork:
    """The handovers in which the member goes, along or alone."""
    own = (item for item in work.handovers if member.code in (member_of_code(item.code), *item.members))
    return OpenWork(handovers=tuple(replace(item, code=rule_code(item.code)) for item in own))


def look_at_member(
    walked: Walked, periods: tuple[BenefitPeriod, ...], around: Surroundings, catalogue: Catalogue
) -> MemberLook:
    """Looks at a member of the household; `periods` are those in which somebody pays, or earns, for them."""
    member, course, day = walked.member, walked.course, walked.course.day
    course.kim = around.course.kim
    course.kim_opened_on, course.kim_closed_on = around.course.kim_opened_on, around.course.kim_closed_on
    person, shared = member.person, (around.calendar, around.household)
    situation = Situation(
        course, person.born, walked.counted, periods, *shared, nationality=person.nationality, lands=around.lands
    )
    own_path = member.ref in around.case.own_paths
    looked_after = not own_path and not course.gone
    return MemberLook(
        member=member,
        known=walked.known,
        situation=situation,
        gaps=open_gaps(periods, around.livelihood, day) if looked_after else (),
        standing=standing_of(course, () if course.gone else regimes_on(periods, day), catalogue),
        eligibility=screening_of(replace(around.case, person=member.person), course, walked.counted, catalogue),
        deadlines=() if own_path else tuple(_named(_running(situation, catalogue), member)),
        unreleased=() if own_path else unreleased_deadlines(situation, catalogue),
        has_own_path=own_path,
    )


def _running(situation: Situation, catalogue: Catalogue) -> Iterable[PlannedDeadline]:
    """Without those that an income meets: the income of the household meets them for each of its members."""
    day, regime = situation.course.day, rulebook(catalogue).derived_regimes["self_sufficient"]
    secured = any(period.regime == regime and period.covers(day) for period in situation.periods)
    for deadline in running_deadlines(situation, catalogue):
        if not secured or deadline.code not in _met_by_income(catalogue):
            yield deadline


@lru_cache(maxsize=8)
def _met_by_income(catalogue: Catalogue) -> frozenset[str]:
    return frozenset(
        rule.code
        for rule in rulebook(catalogue).deadlines
        if any(match.fact == "work.started" and "livelihood_secured" in match.when for match in rule.met_by)
    )


def _named(deadlines: Iterable[PlannedDeadline], member: Member) -> Iterable[PlannedDeadline]:
    """The same deadline of two persons is two deadlines: the key says whose."""
    for deadline in deadlines:
        yield deadline.model_copy(update={"key": f"{deadline.key}.{member.code}", "who": member.code})


def member_plan(look: MemberLook, handovers: Iterable[PlannedHandover], catalogue: Catalogue) -> MemberPlan:
    """The plan of a member. `handovers`: those of the path."""
    own = tuple(handover for handover in handovers if handover.who == look.member.code)
    member, day = look.member, look.course.day
    return MemberPlan(
        id=member.ref,
        code=member.code,
        relation=member.person.relation,
        age=age_on(member.person.born, day),
        since=member.since,
        has_own_path=look.has_own_path,
        standing=look.standing,
        eligibility=look.eligibility,
        deadlines=look.deadlines,
        unreleased=look.unreleased,
        gaps=look.gaps,
        warnings=() if look.has_own_path else warnings_of(_seen(look, own), catalogue),
        forecasts=forecasts(Applicant(look.course, member.person.born, look.counted, look.periods), catalogue),
        could_pay=could_pay(look.standing.residence, look.course.day, catalogue) if look.gaps else (),
        facts_without_effect=without_effect(look.course, catalogue),
        capacities=capacities_of(member.person.born, day, catalogue),
    )


def _seen(look: MemberLook, handovers: tuple[PlannedHandover, ...]) -> Seen:
    return Seen(
        course=look.course,
        consents=tuple(fact for fact in look.known if fact.kind in CONSENT_FACTS),
        facts=look.counted,
        periods=look.periods,
        gaps=look.gaps,
        deadlines=look.deadlines,
        unreleased=look.unreleased,
        handovers=handovers,
        work=OpenWork(),
    )
