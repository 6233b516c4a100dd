"""Warnings of a plan: keys of what needs somebody's eye. Nothing is decided here; the words stand in `words.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from process_models.catalogue import Catalogue
from process_models.consent import consents_of
from process_models.course import Course
from process_models.facts import Fact
from process_models.known import KnownFacts
from process_models.language_axis import admission_unsettled
from process_models.livelihood import BenefitPeriod
from process_models.plan import Gap, PlannedDeadline, PlannedHandover, UnreleasedDeadline
from process_models.residence_effects import concerns
from process_models.rulebook import rulebook
from process_models.work import OpenWork

PERMIT_DAYS: Final = 90
CONSENT_DAYS: Final = 30
NEAR_DAYS: Final = 7
"""Lead times of warnings in days (product rules)."""

_RESTRICTIONS: Final = ("p12a_land", "p12a_municipality", "p61_1d")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the warnings of a day are read from."""

    course: Course
    consents: Sequence[Fact]
    """The facts about consent that are known on the day."""
    facts: KnownFacts
    periods: Sequence[BenefitPeriod]
    gaps: Sequence[Gap]
    deadlines: Sequence[PlannedDeadline]
    unreleased: Sequence[UnreleasedDeadline]
    handovers: Sequence[PlannedHandover]
    work: OpenWork
    screened_anew: bool = False
    """The target group says something else than on the day of the referral."""

    @property
    def day(self) -> date:
        """The day looked at."""
        return self.course.day


def warnings_of(seen: Seen, catalogue: Catalogue) -> tuple[str, ...]:
    """Keys of all warnings of the day."""
    holds = {
        "benefit_gap": bool(seen.gaps),
        "benefit_overlap": _overlaps(seen),
        "permit_expires": _permit_expires(seen),
        "permit_expired": seen.course.title_expired and seen.course.fiction == "none",
        "consent_missing": any(is_consent_missing(handover) for handover in seen.handovers),
        "consent_expires": _consent_expires(seen),
        "deadline_near": any(_is_near(deadline, seen.day) for deadline in seen.deadlines),
        "deadline_missed": any(deadline.state == "overdue" for deadline in seen.deadlines),
        "restriction_running": seen.course.place in _RESTRICTIONS,
        "target_group_changed": seen.screened_anew,
        "disputed_date": any(deadline.safe not in (None, deadline.hard) for deadline in seen.deadlines),
        "undeliverable": bool(seen.work.uncleared),
        "fact_without_effect": bool(seen.course.without_effect),
        "client_unreachable": seen.course.unreachable,
        "rule_not_released": _touches_gated(seen, catalogue),
    }
    return tuple(key for key, is_so in holds.items() if is_so)


def is_consent_missing(handover: PlannedHandover) -> bool:
    """The handover would be offered, but neither consent nor statute covers it."""
    waits = handover.state in ("none", "cancelled", "offered", "received")
    return handover.needed and waits and not handover.allowed and not handover.receiver_unclear


def consent_days(consents: Iterable[Fact], day: date) -> tuple[date, ...]:
    """Days on which a running consent begins to expire, and on which it has expired."""
    ends = [consent.until for consent in consents_of(tuple(consents), day) if consent.until is not None]
    return tuple(d for until in ends for d in (until - timedelta(days=CONSENT_DAYS), until + timedelta(days=1)))


def _overlaps(seen: Seen) -> bool:
    running = {period.regime for period in seen.periods if period.covers(seen.day) and not period.derived}
    derived = {period.regime for period in seen.periods if period.covers(seen.day) and period.derived}
    return bool(running and derived)


def _permit_expires(seen: Seen) -> bool:
    until = seen.course.title_until
    if until is None or seen.course.applied_on is not None or seen.course.title_expired:
        return False
    return until - timedelta(days=PERMIT_DAYS) <= seen.day


def _consent_expires(seen: Seen) -> bool:
    soon = seen.day + timedelta(days=CONSENT_DAYS)
    return any(c.until is not None and seen.day <= c.until <= soon for c in consents_of(seen.consents, seen.day))


def _is_near(deadline: PlannedDeadline, day: date) -> bool:
    last = deadline.hard if deadline.state == "running" else None
    return last is not None and day <= last <= day + timedelta(days=NEAR_DAYS)


def _touches_gated(seen: Seen, catalogue: Catalogue) -> bool:
    """A rule that is not released would say something about this path."""
    if seen.unreleased or admission_unsettled(seen.course, catalogue):
        return True
    return any(
        rule.holds_on(seen.day) and concerns(rule, seen.course) and any(seen.facts.has(match) for match in rule.by)
        for rule in rulebook(catalogue).gated_asylblg_rules
    )
