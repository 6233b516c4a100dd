"""A fictitious recognised refugee, step by step: what several tests start from. No assertions here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from process_models.applied import carry_out
from process_models.case import Case
from process_models.catalogue import catalogue
from process_models.facts import Fact, Person
from process_models.look_again import BERLIN
from process_models.messages import Action
from process_models.plan import Plan
from process_models.planning import make_plan
from process_models.reconcile import reconcile

BORN = date(1994, 3, 12)


def fact(kind: str, on: date, recorded: date | None = None, id_: str = "", **data: Any) -> Fact:
    """A fact of the client; `from_` stands for the field `from`."""
    named = {name.rstrip("_"): value for name, value in data.items()}
    return Fact(id=id_ or f"{kind}-{on}", kind=kind, on=on, recorded=recorded or on, data=named)


ARRIVAL = (
    fact("asylum.sought", date(2021, 5, 10)),
    fact("asylum.registered", date(2021, 5, 11)),
    fact("asylum.lodged", date(2021, 5, 20)),
    fact("place.assigned", date(2021, 7, 6), place="meerbusch"),
)
DECISION = fact("asylum.decided", date(2022, 2, 11), outcome="refugee")
CASE_CONSENT = fact("consent.given", date(2022, 2, 14), id_="k1", consent="k1", purpose="P1", form="written")
JOBCENTER_CONSENT = fact(
    "consent.given",
    date(2022, 2, 14),
    id_="k2",
    consent="k2",
    purpose="P2",
    recipient="jobcenter",
    categories=["residence", "benefits", "housing"],
    form="written",
)
OPENED = fact("kim.opened", date(2022, 2, 14))
SGB_II = fact("benefits.granted", date(2022, 3, 18), regime="B05", from_=date(2022, 3, 1), until=date(2023, 2, 28))
RECOGNISED = (*ARRIVAL, DECISION)
IN_CARE = (*RECOGNISED, CASE_CONSENT, JOBCENTER_CONSENT, OPENED)


def case_of(facts: Sequence[Fact]) -> Case:
    """A case with these facts and no work yet."""
    return Case("p1", "rhein-kreis-neuss", "meerbusch", Person(BORN, "SY"), tuple(facts))


def at(day: date, hour: int = 12) -> datetime:
    """A moment of a day in Germany, as UTC."""
    return datetime.combine(day, time(hour), BERLIN).astimezone(UTC)


def plan_on(facts: Sequence[Fact], day: date) -> Plan:
    """The plan of these facts at noon."""
    return make_plan(case_of(facts), at(day), catalogue())


def rest(case: Case, now: datetime) -> tuple[Case, list[Action]]:
    """Carries out what the rules say until nothing is left to do, and tells what was done."""
    done: list[Action] = []
    for _ in range(10):
        actions = reconcile(case, make_plan(case, now, catalogue()), now, catalogue())
        if not actions:
            return case, done
        for action in actions:
            case, _ = carry_out(case, action, catalogue())
        done += actions
    raise AssertionError("the plan does not come to rest")


def with_facts(case: Case, *facts: Fact) -> Case:
    """The case with further facts."""
    return replace(case, facts=(*case.facts, *facts))
