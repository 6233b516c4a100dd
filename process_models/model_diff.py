"""What another model changes in the plan of one path: dates, handovers, warnings, forecasts, and what needs a person.

Pure comparison of two plans of the same path and day. Who plans, and under which models, is the caller's business.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, Literal, TypeVar

from process_models.facts import CLIENT
from process_models.plan import Forecast, Gap, MemberPlan, Plan, PlannedDeadline, PlannedHandover, Value

ChangeKind = Literal[
    "deadline_appears",
    "deadline_moves",
    "deadline_vanishes",
    "handover_appears",
    "handover_changes",
    "handover_vanishes",
    "warning_appears",
    "warning_vanishes",
    "forecast_appears",
    "forecast_moves",
    "forecast_vanishes",
    "standing_changes",
    "eligibility_changes",
    "gap_appears",
    "gap_vanishes",
    "capacity_changes",
]
PersonReason = Literal[
    "date_in_past", "running_deadline_vanishes", "handover_without_reason", "eligibility_changes", "forecast_later"
]
"""Why a person has to look at the path before the model is released. The German words stand in `law/words.yaml`."""

_DATES: Final = ("hard", "safe", "earliest")
_TERMS: Final = ("to_kind", "allowed", "needed", "triggered", "critical", "responsible", "basis")
"""What of a handover a model can change; its state belongs to people."""
_IN_FLIGHT: Final = ("offered", "received", "accepted")
P = TypeVar("P", PlannedDeadline, PlannedHandover, Forecast)
V = TypeVar("V")
Person = Plan | MemberPlan
"""Whatever says how a person stands: the plan of the path, or the part of it about a member of the household."""


class Change(Value):
    """One difference. Days are ISO texts; None = there was, or there will be, none."""

    kind: ChangeKind
    code: str
    """F or H code, warning key, axis of the standing, goal of a forecast, matter of a capacity."""
    who: str = CLIENT
    """Whose: the person of the path, or the code of a member of the household."""
    field: str = ""
    """Which part of it: `hard`, `safe`, `earliest` of a deadline, `to_kind` of a handover, the rule of a forecast."""
    title: str = ""
    before: str | None = None
    after: str | None = None
    reason: PersonReason | None = None
    """Set if a person has to look at it."""


class PlanChange(Value):
    """Everything that another model changes in one plan."""

    changes: tuple[Change, ...] = ()

    @property
    def is_empty(self) -> bool:
        """The path does not notice the new model."""
        return not self.changes

    @property
    def reasons(self) -> tuple[PersonReason, ...]:
        """Why a person has to look at the path, each reason once; empty = nobody has to."""
        return tuple(dict.fromkeys(change.reason for change in self.changes if change.reason is not None))

    def of(self, *kinds: ChangeKind) -> tuple[Change, ...]:
        """The changes of these kinds."""
        return tuple(change for change in self.changes if change.kind in kinds)


def compare_plans(before: Plan, after: Plan) -> PlanChange:
    """What changes from one plan to the other; both of the same case and moment, made under two models.

    A person has to look where a date lies in the past that did not before, a running deadline or the reason of a
    handover in flight is gone, the target group decides otherwise, or the earliest forecast of a goal gets later.
    Errors: ValueError if the plans are of different days or municipalities.
    """
    if (before.day, before.municipality) != (after.day, after.municipality):
        raise ValueError("the plans are not of the same path and day")
    found = [
        *_person(before, after, before.day),
        *_handovers(before, after),
        *_warnings(before, after),
    ]
    members = {member.code: member for member in after.members}
    for old in before.members:
        same = members.get(old.code, old)
        found += [change.model_copy(update={"who": old.code}) for change in _person(old, same, before.day)]
    return PlanChange(changes=tuple(found))


def _person(before: Person, after: Person, today: date) -> Iterator[Change]:
    """What changes for one person; the handovers and warnings of the household stand in the plan of the path."""
    yield from _standing(before, after)
    yield from _eligibility(before, after)
    yield from _deadlines(before, after, today)
    yield from _gaps(before, after)
    yield from _forecasts(before, after)
    yield from _capacities(before, after)


# ---------------------------------------------------------------- deadlines


def _deadlines(before: Person, after: Person, today: date) -> Iterator[Change]:
    for old, new in _pairs(before.deadlines, after.deadlines, lambda d: (d.key, d.anchor_on), lambda d: d.key):
        if old is not None and new is not None:
            yield from _moves(old, new, today)
        elif old is not None:
            yield _deadline("deadline_vanishes", old, before=_iso(old.due_on), reason="running_deadline_vanishes")
        elif new is not None:
            reason = _into_past(None, new.due_on, today) if new.kind != "WAIT" else None
            yield _deadline("deadline_appears", new, after=_iso(new.due_on), reason=reason)


def _moves(old: PlannedDeadline, new: PlannedDeadline, today: date) -> Iterator[Change]:
    for field in _DATES:
        was, will_be = getattr(old, field), getattr(new, field)
        if was != will_be:
            reason = _into_past(was, will_be, today)
            yield _deadline("deadline_moves", new, field=field, before=_iso(was), after=_iso(will_be), reason=reason)


def _into_past(was: date | None, will_be: date | None, today: date) -> PersonReason | None:
    if will_be is None or will_be >= today or (was is not None and was < today):
        return None
    return "date_in_past"


def _deadline(kind: ChangeKind, of: PlannedDeadline, **said: Any) -> Change:
    return Change(kind=kind, code=of.key, title=of.title, **said)


# ---------------------------------------------------------------- handovers


def _handovers(before: Plan, after: Plan) -> Iterator[Change]:
    pairs = _pairs(before.handovers, after.handovers, lambda h: (h.code, h.trigger_on), lambda h: h.code)
    for old, new in pairs:
        if old is None and new is not None:
            yield _handover("handover_appears", new, after=_iso(new.trigger_on))
        elif old is not None and new is None:
            yield _handover("handover_vanishes", old, before=_iso(old.trigger_on), reason=_reason_gone(old, None))
        elif old is not None and new is not None:
            yield from _new_terms(old, new)


def _new_terms(old: PlannedHandover, new: PlannedHandover) -> Iterator[Change]:
    if old.trigger_on != new.trigger_on:
        days = {"before": _iso(old.trigger_on), "after": _iso(new.trigger_on)}
        yield _handover("handover_changes", new, field="trigger_on", **days)
    for field in _TERMS:
        was, will_be = getattr(old, field), getattr(new, field)
        if was != will_be:
            reason = _reason_gone(old, new) if field in ("triggered", "needed") else None
            yield _handover(
                "handover_changes", new, field=field, before=_word(was), after=_word(will_be), reason=reason
            )


def _reason_gone(old: PlannedHandover, new: PlannedHandover | None) -> PersonReason | None:
    had_one = old.triggered and old.needed
    has_one = new is not None and new.triggered and new.needed
    return "handover_without_reason" if old.state in _IN_FLIGHT and had_one and not has_one else None


def _handover(kind: ChangeKind, of: PlannedHandover, **said: Any) -> Change:
    return Change(kind=kind, code=of.code, title=of.title, **said)


# ---------------------------------------------------------------- forecasts


def _forecasts(before: Person, after: Person) -> Iterator[Change]:
    """Forecasts of a goal are told apart by their assumption: a new law names another rule for the same hope."""
    later = {goal for goal in ("naturalisation", "permanent_title") if _gets_later(goal, before, after)}
    pairs = _pairs(before.forecasts, after.forecasts, lambda f: (f.goal, f.assumption, f.rule), lambda f: f.goal)
    for old, new in pairs:
        if old is not None and new is not None and old.on == new.on:
            continue
        yield _forecast(old, new, later)


def _forecast(old: Forecast | None, new: Forecast | None, later: set[str]) -> Change:
    one = new or old
    assert one is not None
    kind: ChangeKind = "forecast_appears" if old is None else "forecast_vanishes" if new is None else "forecast_moves"
    delays = old is not None and (new is None or new.on > old.on)
    return Change(
        kind=kind,
        code=one.goal,
        field=one.rule,
        title=one.assumption,
        before=_iso(old.on) if old else None,
        after=_iso(new.on) if new else None,
        reason="forecast_later" if delays and one.goal in later else None,
    )


def _gets_later(goal: str, before: Person, after: Person) -> bool:
    was, will_be = (min((f.on for f in plan.forecasts if f.goal == goal), default=date.max) for plan in (before, after))
    return will_be > was


# ---------------------------------------------------------------- standing, target group, gaps, warnings


def _standing(before: Person, after: Person) -> Iterator[Change]:
    for axis in type(before.standing).model_fields:
        was, will_be = getattr(before.standing, axis), getattr(after.standing, axis)
        if was != will_be:
            yield Change(kind="standing_changes", code=axis, before=_word(was), after=_word(will_be))


def _eligibility(before: Person, after: Person) -> Iterator[Change]:
    was, will_be = before.eligibility, after.eligibility
    if was == will_be:
        return
    same_answer = was is not None and will_be is not None and was.result == will_be.result
    yield Change(
        kind="eligibility_changes",
        code="eligibility",
        before=f"{was.result} ({was.rule})" if was else None,
        after=f"{will_be.result} ({will_be.rule})" if will_be else None,
        reason=None if same_answer else "eligibility_changes",
    )


def _capacities(before: Person, after: Person) -> Iterator[Change]:
    was, will_be = ({one.subject: one.acts for one in person.capacities} for person in (before, after))
    for subject in sorted({*was, *will_be}):
        if was.get(subject) != will_be.get(subject):
            acts = {"before": _word(was.get(subject)), "after": _word(will_be.get(subject))}
            yield Change(kind="capacity_changes", code=subject, **acts)


def _gaps(before: Person, after: Person) -> Iterator[Change]:
    for gap in _only(before.gaps, after.gaps):
        yield Change(kind="gap_vanishes", code="benefit_gap", before=_span(gap))
    for gap in _only(after.gaps, before.gaps):
        yield Change(kind="gap_appears", code="benefit_gap", after=_span(gap))


def _warnings(before: Plan, after: Plan) -> Iterator[Change]:
    yield from (Change(kind="warning_vanishes", code=key) for key in _only(before.warnings, after.warnings))
    yield from (Change(kind="warning_appears", code=key) for key in _only(after.warnings, before.warnings))


# ---------------------------------------------------------------- pairing and wording


def _pairs(
    before: Sequence[P], after: Sequence[P], exactly: Callable[[P], Hashable], roughly: Callable[[P], Hashable]
) -> Iterator[tuple[P | None, P | None]]:
    """What belongs together: first by its exact identity, then, of what is left, in order by the rough one."""
    olds, news = list(before), list(after)
    found: list[tuple[P | None, P | None]] = []
    for identity in (exactly, roughly):
        for old in list(olds):
            new = next((one for one in news if identity(one) == identity(old)), None)
            if new is not None:
                olds.remove(old)
                news.remove(new)
                found.append((old, new))
    yield from found
    yield from ((old, None) for old in olds)
    yield from ((None, new) for new in news)


def _only(of: Iterable[V], without: Sequence[V]) -> Iterator[V]:
    return (one for one in of if one not in without)


def _span(gap: Gap) -> str:
    return f"{gap.starts_on.isoformat()}/{gap.ends_on.isoformat() if gap.ends_on else '..'}"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _word(value: Any) -> str | None:
    """A value as a change names it: days as ISO, yes and no as `true` and `false`, lists joined."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return " ".join(value)
    return None if value is None else str(value)
