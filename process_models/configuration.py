"""Shapes of the configuration of a Kreis or a kreisfreie Stadt: what a YAML file under `municipalities/` may say.

Only shapes live here. Which agency answers where is looked up in `catalogue`, who is eligible in `target_group`.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from process_models.calendars import ProductCalendar
from process_models.rule_base import Rule, Shape, Slug


class TargetGroupRule(Rule):
    """One line of a target-group decision table (first match decides)."""

    age_from: int | None = None
    age_to: int | None = None
    """Inclusive: until the day before the next birthday."""
    outside_ages: tuple[int, int] | None = None
    """Matches below the first or above the second age."""
    statuses: tuple[Literal["GD", "GE", "OTHER"], ...] = ()
    referred: bool | None = None
    """Only if the person was (not) referred by another service; None = either."""
    wants: bool | None = None
    criteria: tuple[str, ...] = ()
    """Only if one of these criteria of need was named."""
    stay_years_to: int | None = None
    """Only up to this many years after the arrival; also before it."""
    result: Literal["eligible", "not_eligible", "manual"]
    refer_to: str | None = None
    stage: int | None = None


class Agency(Shape):
    """An agency or partner of a municipality. Mailboxes are functional, never personal."""

    id: Slug
    kind: Slug
    title: str
    mail: str
    head_mail: str = ""
    holidays: str = "NW"


class Jurisdiction(Shape):
    """Which agency answers for a kind in a place; `*` = every place of the municipality."""

    kind: Slug
    agency: Slug
    places: tuple[Slug, ...] = ("*",)
    valid_from: date | None = None
    valid_to: date | None = None


class Body(Shape):
    """A working group or the Lenkungsgruppe: office, mailbox, rhythm."""

    kind: Literal["fall", "verfahren", "lenkung"]
    title: str
    office: str
    mail: str
    meetings_per_year: int = Field(ge=1, le=12)
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday"]
    week_of_month: int
    months: tuple[int, ...] = ()
    """Months in which it meets; empty = every month. `meetings_per_year` says how many."""
    ad_hoc: bool = True
    """Meets on demand as well."""
    paper_days: int = Field(default=5, ge=0, le=30)
    """Working days before a meeting on which its papers are due."""
    members: tuple[str, ...] = ()


class Municipality(Shape):
    """Configuration of a Kreis or a kreisfreie Stadt: a further one costs one YAML file."""

    id: Slug
    title: str
    type: Literal["kreis", "kreisfreie_stadt"]
    statute: str
    valid_from: date
    places: tuple[Slug, ...]
    participating: tuple[Slug, ...] = ()
    """Places that take part in the case management; empty = all of them."""
    coordinating_unit: str
    coordinating_mail: str
    case_manager_mail: str
    calendar: str = "NW"
    local_closing_days: tuple[Literal["rosenmontag", "weiberfastnacht", "12-24", "12-31"], ...] = ()
    languages: tuple[str, ...] = ("de",)
    access_mode: Literal["active", "referral"] = "active"
    agencies: tuple[Agency, ...]
    jurisdiction: tuple[Jurisdiction, ...]
    bodies: tuple[Body, ...]
    target_group: tuple[TargetGroupRule, ...] = ()
    retention_months: int = 24

    @property
    def product_calendar(self) -> ProductCalendar:
        """Working days of its agencies: what the product's own periods are counted in."""
        return ProductCalendar(self.calendar, self.local_closing_days)
