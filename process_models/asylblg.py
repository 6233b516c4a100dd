"""Benefits under the AsylbLG: from when, in which regime, and until the end of which month.

Derived from the periods of the walk (`course`), never granted. All other regimes: `livelihood`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from process_models.benefit_period import BenefitPeriod, month_end
from process_models.catalogue import Catalogue
from process_models.course import DAY, Course, Span
from process_models.dated import over_on
from process_models.rulebook import rulebook
from process_models.rules import HandoverRule
from process_models.work import OpenWork

_ANALOG_MONTHS: Final = "asylblg.analog_months"


def asylblg_periods(
    course: Course, others: Sequence[BenefitPeriod], work: OpenWork, catalogue: Catalogue
) -> list[BenefitPeriod]:
    """Every period under the AsylbLG, with the end that is known. `others`: in which another regime pays."""
    codes = rulebook(catalogue).derived_regimes
    periods: list[BenefitPeriod] = []
    had_analog = False
    for span in course.spans:
        first = _counts_from(span, others, work, codes, catalogue)
        if first is None:
            continue
        ends = _end_of(span, course, others)
        analog_from = first if had_analog else _analog_from(span, course, catalogue)
        phases = _phases(course, first, ends, analog_from, codes)
        had_analog = had_analog or any(regime == codes["analog"] for regime, _, _ in phases)
        periods += [BenefitPeriod(regime, starts, last, derived=True) for regime, starts, last in phases]
        if phases and ends is not None:
            safe_end = month_end(span.served) if span.served else None
            periods[-1] = replace(periods[-1], safe_end=safe_end, known_on=_known_on(span))
    return periods


def _end_of(span: Span, course: Course, others: Sequence[BenefitPeriod]) -> date | None:
    """Last day: end of the month in which the condition falls away; by finality as long as no title ended it."""
    if span.bridges_until is not None:
        followed = [period.starts - DAY for period in others if period.starts > span.starts]
        return min([span.bridges_until, *followed])
    condition = span.ends or (course.finality_on if span.served else None) or span.limit
    return month_end(condition) if condition else None


def _known_on(span: Span) -> date | None:
    """The day since which its end is known."""
    return span.served or span.ends or (span.starts if span.limit or span.bridges_until else None)


def _phases(
    course: Course, first: date, ends: date | None, analog_from: date | None, codes: Mapping[str, str]
) -> list[tuple[str, date, date | None]]:
    """Cuts a span into facility, municipality and analogous benefits."""
    cuts: list[tuple[date, str]] = [(first, codes["municipality"])]
    for place in course.places:
        if place.value == "facility":
            cuts.append((max(place.since, first), codes["facility"]))
        elif cuts[-1][1] == codes["facility"]:
            cuts.append((max(place.since, first), codes["municipality"]))
    if analog_from is not None:
        cuts = [cut for cut in cuts if cut[0] < analog_from] + [(max(analog_from, first), codes["analog"])]
    phases = []
    for index, (starts, regime) in enumerate(cuts):
        following = cuts[index + 1][0] - DAY if index + 1 < len(cuts) else ends
        last = following if ends is None or following is None else min(following, ends)
        if (last is None or starts <= last) and (ends is None or starts <= ends):
            phases.append((regime, starts, last))
    return phases


def _analog_from(span: Span, course: Course, catalogue: Catalogue) -> date | None:
    """First day of the period on which the stay is long enough for analogous benefits under the law of that day.

    Whoever had them once keeps them, also when a later law asks for a longer stay.
    """
    if course.stay_since is None:
        return None
    return over_on(_ANALOG_MONTHS, course.stay_since, catalogue, not_before=span.starts)


def _counts_from(
    span: Span, others: Sequence[BenefitPeriod], work: OpenWork, codes: Mapping[str, str], catalogue: Catalogue
) -> date | None:
    """After a phase of another regime the AsylbLG counts only from the day its agency accepted the handover back."""
    if not any(period.starts <= span.starts for period in others):
        return span.starts
    accepted = [
        item.accepted_on
        for item in work.handovers
        if item.accepted_on is not None and item.accepted_on >= span.starts
        if any(rule.code == item.code and _receives(rule, codes) for rule in catalogue.handovers)
    ]
    return min(accepted, default=None)


def _receives(rule: HandoverRule, codes: Mapping[str, str]) -> bool:
    return bool(set(rule.receiving_regimes) & set(codes.values()))
