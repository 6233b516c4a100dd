"""Compares what a scenario expects with what an engine observed at the end of a day. The same for every engine.

A check is matched as a subset: what it does not name, it does not look at; `[]` means that there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from kim.simulate.scenario_shape import CheckLine, ConsentCheck
from process_models.catalogue import Catalogue
from process_models.consent import ConsentQuestion, check_consent
from process_models.facts import CLIENT, Fact, known_on
from process_models.names import rule_code
from process_models.plan import MemberPlan, Plan, PlannedDeadline, PlannedHandover


@dataclass(frozen=True, slots=True)
class Observation:
    """What an engine sees at the end of a day, in words of the domain only."""

    day: date
    plan: Plan
    """The plan of the path; that of each member of the household lies in it."""
    facts: tuple[Fact, ...] = ()
    """All facts of the path; the check looks only at those known on the day."""
    mails: Mapping[str, int] = field(default_factory=dict)
    """Notices made up to this day by recipient: kind of agency or role, and id of the agency it went to."""
    agenda: Mapping[str, int] = field(default_factory=dict)
    """Open items of each body."""
    tasks: frozenset[str] = frozenset()
    """Keys of the open tasks of the office."""
    version: str = ""
    """Name of the version of the scenario that the path plans under; empty for the shipped rules."""
    effects: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    """Handover -> median working days until the acceptance before and after the latest release."""
    births: Mapping[str, date] = field(default_factory=dict)
    """Birthday of the person and of each member of the household."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One expectation and what was found. `key` is a dotted path such as `deadlines.F01`."""

    on: date
    key: str
    expected: Any
    actual: Any
    ok: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    plan: Plan
    observation: Observation
    catalogue: Catalogue
    who: str = CLIENT


Compared = tuple[str, Any, Any, bool]


def evaluate(check: CheckLine, observation: Observation, catalogue: Catalogue) -> list[CheckResult]:
    """All expectations of one check line."""
    plan = plan_about(observation.plan, check.who)
    if plan is None:
        there = [CLIENT, *(member.id for member in observation.plan.members)]
        return [CheckResult(check.on, "who", check.who, there, False)]
    asked = _Asked(plan, observation, catalogue, check.who)
    expected = check.model_dump(exclude_unset=True, by_alias=True)
    return [
        CheckResult(check.on, key, plain(wanted), plain(found), ok)
        for name, compare in _COMPARISONS.items()
        if name in expected
        for key, wanted, found, ok in compare(expected[name], asked)
    ]


def plan_about(plan: Plan, who: str) -> Plan | None:
    """The plan of the path as it concerns one person; None if that person does not belong to the household."""
    if who == CLIENT:
        own = tuple(handover for handover in plan.handovers if handover.who == CLIENT)
        return plan.model_copy(update={"handovers": own})
    member = next((member for member in plan.members if member.id == who), None)
    if member is None:
        return None
    shared = {name: getattr(member, name) for name in MemberPlan.model_fields.keys() & Plan.model_fields.keys()}
    theirs = tuple(
        handover.model_copy(update={"code": rule_code(handover.code)})
        for handover in plan.handovers
        if member.code in (handover.who, *handover.members)
    )
    return plan.model_copy(update={**shared, "handovers": theirs, "waiting": None})


def plain(value: Any) -> Any:
    """A value as JSON shows it: days as ISO text, tuples as lists."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


# ---------------------------------------------------------------- standing, deadlines


def _standing(expected: Mapping[str, Any], asked: _Asked) -> Iterable[Compared]:
    standing = asked.plan.standing
    for axis, wanted in expected.items():
        found = getattr(standing, axis)
        ok = _has_all(wanted, found) if axis == "benefits" else wanted == found
        yield f"standing.{axis}", wanted, found, ok


def _has_all(wanted: list[Any], found: Iterable[Any]) -> bool:
    found = list(found)
    return all(item in found for item in wanted) if wanted else not found


def _deadlines(expected: Mapping[str, Any], asked: _Asked) -> Iterable[Compared]:
    for key, wanted in expected.items():
        running = [d for d in asked.plan.deadlines if key in (d.key, d.code)]
        found = [_dates(deadline) for deadline in running]
        if wanted is None:
            yield f"deadlines.{key}", None, found or None, not running
            continue
        wanted_list = wanted if isinstance(wanted, list) else [wanted]
        ok = all(any(_is_date(item, deadline) for deadline in running) for item in wanted_list)
        yield f"deadlines.{key}", wanted, found[0] if len(found) == 1 else found or None, ok


def _dates(deadline: PlannedDeadline) -> dict[str, date]:
    dates = {"hard": deadline.hard, "safe": deadline.safe, "earliest": deadline.earliest}
    return {name: day for name, day in dates.items() if day is not None}


def _is_date(wanted: Any, deadline: PlannedDeadline) -> bool:
    if isinstance(wanted, Mapping):
        return all(getattr(deadline, name) == day for name, day in wanted.items())
    return bool(deadline.hard == wanted)


def _unreleased(expected: Mapping[str, list[date] | None], asked: _Asked) -> Iterable[Compared]:
    """The readings of rules that are not released; None = the rule says nothing about this path."""
    for code, wanted in expected.items():
        shown = [reading.on for rule in asked.plan.unreleased if rule.code == code for reading in rule.readings]
        found = sorted(set(shown))
        ok = not found if wanted is None else bool(found) and _has_all(list(wanted), found)
        yield f"unreleased.{code}", wanted, found or None, ok


# ---------------------------------------------------------------- handovers


def _latest(asked: _Asked, code: str) -> PlannedHandover | None:
    found = [handover for handover in asked.plan.handovers if handover.code == code]
    return max(found, key=lambda handover: handover.trigger_on, default=None)


def _of_handover(name: str, absent: str | None) -> Callable[[Mapping[str, Any], _Asked], Iterable[Compared]]:
    """Comparison of one attribute of the latest handover of each code."""
    section = {"state": "handovers", "responsible": "responsible", "level": "escalation", "latest_on": "latest"}[name]

    def compare(expected: Mapping[str, Any], asked: _Asked) -> Iterable[Compared]:
        for code, wanted in expected.items():
            handover = _latest(asked, code)
            found = getattr(handover, name) if handover is not None else absent
            yield f"{section}.{code}", wanted, found, wanted == found

    return compare


# ---------------------------------------------------------------- the rest of the plan


def _eligibility(expected: Mapping[str, Any], asked: _Asked) -> Iterable[Compared]:
    eligibility = asked.plan.eligibility
    for name, wanted in expected.items():
        found = getattr(eligibility, name) if eligibility is not None else None
        yield f"eligibility.{name}", wanted, found, wanted == found


def _gaps(expected: list[Mapping[str, Any]], asked: _Asked) -> Iterable[Compared]:
    found = [{"from": gap.starts_on, "to": gap.ends_on} for gap in asked.plan.gaps]
    ok = all(any(all(gap[name] == day for name, day in wanted.items()) for gap in found) for wanted in expected)
    yield "gaps", expected, found, ok if expected else not found


def _warnings(expected: list[str], asked: _Asked) -> Iterable[Compared]:
    yield "warnings", expected, asked.plan.warnings, _has_all(expected, asked.plan.warnings)


def _consent(expected: Mapping[str, Any], asked: _Asked) -> Iterable[Compared]:
    check = ConsentCheck.model_validate(expected)
    day = asked.observation.day
    born = asked.observation.births.get(asked.who)
    question = ConsentQuestion(check.purpose, check.recipient, check.category, day, asked.who, born)
    decision = check_consent(asked.catalogue, known_on(asked.observation.facts, day), question)
    for name in ("allowed", "basis"):
        if name in expected:
            found = getattr(decision, name)
            yield f"consent.{check.purpose}.{name}", expected[name], found, expected[name] == found


def _waiting(expected: Mapping[str, Any], asked: _Asked) -> Iterable[Compared]:
    waiting = asked.plan.waiting
    for name, wanted in expected.items():
        found = getattr(waiting, "subject" if name == "for" else name) if waiting is not None else None
        yield f"waiting.{name}", wanted, found, wanted == found


def _forecast(expected: Mapping[str, list[date]], asked: _Asked) -> Iterable[Compared]:
    for goal, wanted in expected.items():
        found = sorted({forecast.on for forecast in asked.plan.forecasts if forecast.goal == goal})
        yield f"forecast.{goal}", wanted, found, _has_all(wanted, found)


# ---------------------------------------------------------------- tasks, mails and agendas


def _tasks(expected: list[str], asked: _Asked) -> Iterable[Compared]:
    found = sorted(asked.observation.tasks)
    yield "tasks", expected, found, _has_all(expected, found)


def _counts(name: str) -> Callable[[Mapping[str, int], _Asked], Iterable[Compared]]:
    def compare(expected: Mapping[str, int], asked: _Asked) -> Iterable[Compared]:
        counts: Mapping[str, int] = getattr(asked.observation, name)
        for key, wanted in expected.items():
            found = counts.get(key, 0)
            yield f"{name}.{key}", wanted, found, wanted == found

    return compare


def _version(expected: str, asked: _Asked) -> Iterable[Compared]:
    found = asked.observation.version
    yield "version", expected, found, expected == found


def _effect(expected: Mapping[str, Mapping[str, int | None]], asked: _Asked) -> Iterable[Compared]:
    for code, wanted in expected.items():
        before, after = asked.observation.effects.get(code, (None, None))
        found = {name: value for name, value in (("before", before), ("after", after)) if name in wanted}
        yield f"effect.{code}", wanted, found, dict(wanted) == found


_COMPARISONS: Final[Mapping[str, Callable[[Any, _Asked], Iterable[Compared]]]] = {
    "standing": _standing,
    "deadlines": _deadlines,
    "unreleased": _unreleased,
    "handovers": _of_handover("state", "none"),
    "responsible": _of_handover("responsible", ""),
    "latest": _of_handover("latest_on", None),
    "eligibility": _eligibility,
    "gaps": _gaps,
    "warnings": _warnings,
    "consent": _consent,
    "tasks": _tasks,
    "mails": _counts("mails"),
    "escalation": _of_handover("level", "none"),
    "agenda": _counts("agenda"),
    "waiting": _waiting,
    "forecast": _forecast,
    "version": _version,
    "effect": _effect,
}
