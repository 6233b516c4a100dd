"""Who pays for the livelihood and when: the benefit periods of a path, recorded and derived.

AsylbLG regimes and self-sufficiency are derived; every other regime counts only when it was granted. Gaps: `gaps`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from dateutil.relativedelta import relativedelta

from process_models.catalogue import Catalogue
from process_models.course import DAY, Course, Span
from process_models.facts import CLIENT, Fact
from process_models.rulebook import day_of, rulebook
from process_models.rules import HandoverRule
from process_models.work import OpenWork


@dataclass(frozen=True, slots=True)
class BenefitPeriod:
    """A benefit regime from its first to its last day; no last day = open."""

    regime: str
    starts: date
    ends: date | None = None
    safe_end: date | None = None
    """The earlier, safe reading of the last day, where the end is disputed."""
    derived: bool = False
    known_on: date | None = None
    """Day of the grant, or of the event that ends a derived regime."""
    fact_id: str = ""
    """The grant."""

    def covers(self, day: date) -> bool:
        """True on every day from the first to the last, both included."""
        return self.starts <= day and (self.ends is None or day <= self.ends)


def month_end(day: date) -> date:
    """The last day of the month of this day."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def benefit_periods(
    course: Course, facts: Iterable[Fact], work: OpenWork, catalogue: Catalogue
) -> tuple[BenefitPeriod, ...]:
    """All benefit periods known on the course's day, sorted by their first day. `facts`: the known ones."""
    counted = [fact for fact in facts if fact.on <= course.day and fact.who == CLIENT]
    granted = _granted(counted)
    derived = _asylblg(course, granted, work, catalogue) + _self_sufficient(counted, catalogue)
    return tuple(sorted(derived + granted, key=lambda period: (period.starts, period.regime)))


def regimes_on(periods: Iterable[BenefitPeriod], day: date) -> tuple[str, ...]:
    """Codes of the regimes that run on this day."""
    return tuple(sorted({period.regime for period in periods if period.covers(day)}))


def _granted(facts: Iterable[Fact]) -> list[BenefitPeriod]:
    periods: list[BenefitPeriod] = []
    for fact in facts:
        if fact.kind == "benefits.granted":
            starts = day_of(fact.data.get("from")) or fact.on
            periods.append(
                BenefitPeriod(
                    str(fact.data["regime"]),
                    starts,
                    day_of(fact.data.get("until")),
                    known_on=fact.on,
                    fact_id=fact.id,
                )
            )
        elif fact.kind == "benefits.ended":
            last = day_of(fact.data.get("last_day")) or fact.on
            periods = [_cut(period, str(fact.data["regime"]), last) for period in periods]
    return [period for period in periods if period.ends is None or period.starts <= period.ends]


def _cut(period: BenefitPeriod, regime: str, last: date) -> BenefitPeriod:
    if period.regime != regime or (period.ends is not None and period.ends <= last):
        return period
    return replace(period, ends=last)


def _self_sufficient(facts: Iterable[Fact], catalogue: Catalogue) -> list[BenefitPeriod]:
    regime = rulebook(catalogue).derived_regimes["self_sufficient"]
    periods: list[BenefitPeriod] = []
    for fact in facts:
        open_one = periods[-1] if periods and periods[-1].ends is None else None
        if fact.kind == "work.started" and fact.data.get("livelihood_secured") and open_one is None:
            periods.append(BenefitPeriod(regime, fact.on, derived=True))
        elif fact.kind == "work.ended" and open_one is not None:
            periods[-1] = replace(open_one, ends=fact.on)
    return periods


def _asylblg(course: Course, granted: list[BenefitPeriod], work: OpenWork, catalogue: Catalogue) -> list[BenefitPeriod]:
    codes = rulebook(catalogue).derived_regimes
    analog_from = _analog_from(course, catalogue)
    periods: list[BenefitPeriod] = []
    for span in course.spans:
        first = _counts_from(span, granted, work, codes, catalogue)
        if first is None:
            continue
        ends = _end_of(span, course)
        phases = _phases(course, first, ends, analog_from, codes)
        periods += [BenefitPeriod(regime, starts, last, derived=True) for regime, starts, last in phases]
        if phases and ends is not None:
            safe_end = month_end(span.served) if span.served else None
            periods[-1] = replace(periods[-1], safe_end=safe_end, known_on=span.served or span.ends)
    return periods


def _end_of(span: Span, course: Course) -> date | None:
    """Last day: end of the month in which the condition falls away; by finality as long as no title ended it."""
    condition = span.ends or (course.finality_on if span.served else None)
    return month_end(condition) if condition else None


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


def _analog_from(course: Course, catalogue: Catalogue) -> date | None:
    """First day on which the stay is long enough for analogous benefits under the law of that day."""
    if course.stay_since is None:
        return None
    found = []
    for rule in catalogue.constants:
        if rule.code != "asylblg.analog_months":
            continue
        earliest = course.stay_since + relativedelta(months=int(rule.value))
        reached = max(earliest, rule.valid_from) if rule.valid_from else earliest
        if rule.holds_on(reached):
            found.append(reached)
    return min(found, default=None)


def _counts_from(
    span: Span, granted: list[BenefitPeriod], work: OpenWork, codes: Mapping[str, str], catalogue: Catalogue
) -> date | None:
    """After a phase of another regime the AsylbLG counts only from the day its agency accepted the handover back."""
    if not any(period.starts <= span.starts for period in granted):
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


def livelihood_regimes(catalogue: Catalogue, day: date) -> frozenset[str]:
    """Codes of the regimes that cover the livelihood."""
    book = rulebook(catalogue)
    return frozenset(code for code in book.regimes if book.regime(code, day).livelihood)
