"""The plan of a path on a day: facts, law in force, municipality and today in, everything that follows from them out.

Composition only: each part is computed in the module that carries its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from process_models.capacity import capacities_of, is_minor
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.cautions import Seen, is_consent_missing, warnings_of
from process_models.effects import without_effect
from process_models.escalation import LEVELS
from process_models.explain import waiting_of
from process_models.forecast import forecasts
from process_models.law_events import next_law_event
from process_models.livelihood import could_pay
from process_models.look import Look, look_at
from process_models.look_again import day_at, morning, next_morning
from process_models.member_look import member_plan
from process_models.naturalisation import Applicant
from process_models.plan import Capacity, MemberPlan, Plan, PlannedHandover
from process_models.rulebook import rulebook
from process_models.screening import is_screened_anew, place_of
from process_models.turning_days import turning_days
from process_models.work import Level, OpenWork, StallReason, TaskItem


def make_plan(case: Case, now: datetime, catalogue: Catalogue) -> Plan:
    """The plan of a case at this moment (UTC). Facts recorded later are not seen, facts dated later do not count."""
    look = look_at(case, now, catalogue)
    plan = _plan_of(look, catalogue)
    if not plan.may_end:
        plan = plan.model_copy(update=_next_look(look, plan, catalogue))
    return plan.model_copy(update={"waiting": waiting_of(case, plan, catalogue)})


def plan_of_day(case: Case, now: datetime, catalogue: Catalogue) -> Plan:
    """As `make_plan`, but without the look ahead: for whoever compares or shows plans and waits for nothing."""
    return plan_of_look(look_at(case, now, catalogue), catalogue)


def plan_of_look(look: Look, catalogue: Catalogue) -> Plan:
    """As `plan_of_day`, of a look that is there already."""
    plan = _plan_of(look, catalogue)
    return plan.model_copy(update={"waiting": waiting_of(look.case, plan, catalogue)})


def _plan_of(look: Look, catalogue: Catalogue) -> Plan:
    """What the rules say about this look; not yet when to look again, nor in words what is waited for."""
    stalled_since, reason = _stall(look)
    planned = look.planned
    members = tuple(member_plan(member, planned, catalogue) for member in look.members)
    return Plan(
        day=look.course.day,
        municipality=look.case.municipality,
        place=place_of(look.case, look.counted),
        model_version=catalogue.version,
        standing=look.standing,
        phase=_phase(look, catalogue),
        eligibility=look.eligibility,
        deadlines=look.deadlines,
        unreleased=look.unreleased,
        handovers=planned,
        gaps=look.gaps,
        warnings=_with_members(warnings_of(_seen(look, catalogue), catalogue), members),
        forecasts=forecasts(Applicant(look.course, look.case.person.born, look.counted, look.periods), catalogue),
        could_pay=could_pay(look.standing.residence, look.course.day, catalogue) if look.gaps else (),
        facts_without_effect=without_effect(look.course, catalogue),
        capacities=_capacities(look, catalogue),
        members=members,
        stalled_since=stalled_since,
        stall_reason=reason,
        level=_level(planned),
        may_end=_may_end(look),
    )


def _next_look(look: Look, plan: Plan, catalogue: Catalogue) -> dict[str, Any]:
    """When to look again: on the path's own next day, or earlier if the law changes the plan before."""
    own = next_morning(turning_days(look, catalogue), look.now)
    known_now = replace(look.case, facts=tuple(f for f in look.case.facts if f.recorded <= plan.day))

    def plan_on(day: date) -> Plan:
        return _plan_of(look_at(known_now, morning(day), catalogue), catalogue)

    event = next_law_event(plan, plan_on, catalogue, before=day_at(own) if own else None)
    return {"look_again_at": morning(event) if event else own, "law_event_on": event}


def _seen(look: Look, catalogue: Catalogue) -> Seen:
    return Seen(
        course=look.course,
        consents=look.consents,
        facts=look.counted,
        periods=look.periods,
        gaps=look.gaps,
        deadlines=look.deadlines,
        unreleased=look.unreleased,
        handovers=look.planned,
        work=look.case.work,
        screened_anew=is_screened_anew(look.case, look.course, look.counted, look.eligibility, catalogue),
    )


def _with_members(own: tuple[str, ...], members: Iterable[MemberPlan]) -> tuple[str, ...]:
    """The warnings of the path: those of the person first, then what only members have."""
    return tuple(dict.fromkeys((*own, *(key for member in members for key in member.warnings))))


def _capacities(look: Look, catalogue: Catalogue) -> tuple[Capacity, ...]:
    born, day = look.case.person.born, look.course.day
    return capacities_of(born, day, catalogue) if is_minor(born, day) else ()


def _phase(look: Look, catalogue: Catalogue) -> str:
    latest = look.counted.latest("naturalisation.applied", "naturalisation.refused")
    if latest is not None and latest.kind == "naturalisation.applied":
        return "naturalisation"
    return rulebook(catalogue).state(look.course.residence, look.course.day).phase


def _level(planned: Iterable[PlannedHandover]) -> Level:
    return max((handover.level for handover in planned), key=LEVELS.index, default="none")


def _may_end(look: Look) -> bool:
    """kim is closed, no handover is open, and no FRIST runs that anybody is reminded of.

    Validities and waiting times bind nobody to act; they hold no path open.
    """
    if look.standing.kim != "closed" or any(item.is_open for item in look.case.work.handovers):
        return False
    if any(_waits_for_clearing(handover, look.case.work) for handover in look.planned):
        return False
    deadlines = (*look.deadlines, *(deadline for member in look.members for deadline in member.deadlines))
    return not any(
        deadline.kind == "FRIST" and deadline.state != "overdue" and deadline.reads for deadline in deadlines
    )


def _waits_for_clearing(handover: PlannedHandover, work: OpenWork) -> bool:
    """Refused after the end of the case management, and a person has still to say what becomes of it."""
    if not handover.after_case or handover.state != "refused":
        return False
    return any(t.kind == "clarify_refusal" and t.subject == handover.code and t.done_on is None for t in work.tasks)


# ---------------------------------------------------------------- stalls


def _stall(look: Look) -> tuple[date | None, StallReason | None]:
    kim = look.standing.kim
    if kim not in ("active", "closed"):
        return None, None
    found: list[tuple[date, StallReason]] = []
    for handover in (one for one in look.planned if kim == "active" or one.after_case):
        if handover.stalled_since is not None:
            found.append((handover.stalled_since, handover.reason or "AGENCY_LATE"))
        if is_consent_missing(handover):
            found.append((_missing_since(handover, look), "CLIENT_OPEN"))
    found += [(task.opened_on, "AGENCY_LATE") for task in _delivery_tasks(look.case.work)]
    since, reason = min(found, default=(None, None))
    return since, reason


def _missing_since(handover: PlannedHandover, look: Look) -> date:
    item = next(
        (i for i in look.case.work.handovers if (i.code, i.trigger_on) == (handover.code, handover.trigger_on)), None
    )
    days = (handover.trigger_on, look.course.kim_opened_on, item.cancelled_on if item else None)
    return max(day for day in days if day is not None)


def _delivery_tasks(work: OpenWork) -> Iterable[TaskItem]:
    return (task for task in work.tasks if task.kind == "clear_delivery" and task.done_on is None)
