"""Shapes of the rules of settling: routes to naturalisation and to the permanent title, and what they ask for.

Only shapes live here. Applying them: `forecast` and `naturalisation`.
"""

from __future__ import annotations

from process_models.rule_base import FactMatch, Rule, Shape


class NaturalisationRoute(Rule):
    """A route to naturalisation: years of lawful stay and what shortens them."""

    years: int
    requires: tuple[FactMatch, ...] = ()
    """All of these facts must be known."""
    requirement_years: int = 0
    """Years since the latest of the required facts, on top of the stay (two years of marriage)."""
    spouse_of_german: bool = False


class PermanentTitleRoute(Rule):
    """A route to the permanent title: years of possession, from which states."""

    years: int
    states: tuple[str, ...]
    counts_asylum_time: bool = False
    requires: tuple[FactMatch, ...] = ()
    requirement_years: int = 0
    """Years since the latest of the required facts, on top of the possession."""


class FullTimeWork(Shape):
    """Work that counts although benefits are paid: at least so many hours a week, in so many of the last months."""

    hours: int
    months: int
    within: int


class NaturalisationCondition(Rule):
    """A condition of naturalisation. What nothing recorded speaks about is unknown, never assumed."""

    met_by: tuple[FactMatch, ...] = ()
    lasts_years: int = 0
    """`met_by` counts only this many years after the fact."""
    unmet_by: tuple[FactMatch, ...] = ()
    stay: bool = False
    """The years of the route."""
    title_allows: bool = False
    """The residence state leads to naturalisation."""
    unmet_in_asylum: tuple[str, ...] = ()
    """Not met at these points of the asylum procedure, met at every other one."""
    met_by_regimes: tuple[str, ...] = ()
    unmet_by_regimes: tuple[str, ...] = ()
    full_time: FullTimeWork | None = None
    when_residence: tuple[str, ...] = ()
    """Asked only in these states; empty = always."""
    routes: tuple[str, ...] = ()
    """Asked only on these routes; empty = on every one."""
    from_age: int = 0
