"""Who pays for the livelihood and when: the benefit periods of a path, recorded and derived.

AsylbLG regimes and self-sufficiency are derived; every other regime counts only when it was granted. Gaps: `gaps`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from process_models.asylblg import asylblg_periods
from process_models.benefit_period import BenefitPeriod, without_days_of
from process_models.catalogue import Catalogue
from process_models.course import Course
from process_models.facts import CLIENT, Fact
from process_models.plan import PossibleRegime
from process_models.rulebook import Rulebook, day_of, matches, rulebook
from process_models.work import OpenWork

__all__ = ["BenefitPeriod", "benefit_periods", "could_pay", "livelihood_regimes", "regimes_on"]


def benefit_periods(
    course: Course, facts: Iterable[Fact], work: OpenWork, catalogue: Catalogue
) -> tuple[BenefitPeriod, ...]:
    """All benefit periods known on the course's day, sorted by their first day. `facts`: the known ones."""
    book = rulebook(catalogue)
    counted = [fact for fact in facts if fact.on <= course.day and fact.who == CLIENT]
    granted = _granted(counted)
    others = [period for period in granted if _is_another_livelihood(period, course.day, book)]
    derived = _displaced(asylblg_periods(course, others, work, catalogue), granted, course.day, book)
    income = _self_sufficient(counted, book)
    return tuple(sorted([*derived, *income, *granted], key=lambda period: (period.starts, period.regime)))


def regimes_on(periods: Iterable[BenefitPeriod], day: date) -> tuple[str, ...]:
    """Codes of the regimes that run on this day."""
    return tuple(sorted({period.regime for period in periods if period.covers(day)}))


def could_pay(residence: str, day: date, catalogue: Catalogue) -> tuple[PossibleRegime, ...]:
    """The regimes that can pay for the livelihood of somebody in this residence state, under their names of the day."""
    book = rulebook(catalogue)
    regimes = [book.regime(code, day) for code in book.state(residence, day).benefits]
    return tuple(
        PossibleRegime(code=regime.code, title=regime.title, agency=regime.agency, starts=regime.starts)
        for regime in regimes
        if regime.livelihood
    )


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


def _is_another_livelihood(period: BenefitPeriod, day: date, book: Rulebook) -> bool:
    regime = book.regime(period.regime, day)
    return regime.livelihood and not regime.asylblg


def _displaced(
    derived: Sequence[BenefitPeriod], granted: Sequence[BenefitPeriod], day: date, book: Rulebook
) -> Sequence[BenefitPeriod]:
    """The derived periods without the days on which a granted regime pays in their stead."""
    for period in granted:
        displaces = book.regime(period.regime, day).displaces
        if displaces:
            derived = [
                left
                for each in derived
                for left in (without_days_of(each, period) if each.regime in displaces else (each,))
            ]
    return derived


def _self_sufficient(facts: Iterable[Fact], book: Rulebook) -> list[BenefitPeriod]:
    regime = book.derived_regimes["self_sufficient"]
    periods: list[BenefitPeriod] = []
    for fact in facts:
        for rule in book.income_rules.get(fact.kind, ()):
            if not rule.holds_on(fact.on) or not any(matches(match, fact) for match in rule.by):
                continue
            open_one = periods[-1] if periods and periods[-1].ends is None else None
            if rule.effect == "begins" and open_one is None:
                periods.append(BenefitPeriod(regime, fact.on, derived=True))
            elif rule.effect == "ends" and open_one is not None:
                periods[-1] = replace(open_one, ends=fact.on)
    return periods


def livelihood_regimes(catalogue: Catalogue, day: date) -> frozenset[str]:
    """Codes of the regimes that cover the livelihood."""
    book = rulebook(catalogue)
    return frozenset(code for code in book.regimes if book.regime(code, day).livelihood)
