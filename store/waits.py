"""How long the steps of handovers took at an interface of a tenant, counted from its event log. No path is named.

What the counts mean for an open handover says `process_models.waits`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.interface_review import Interface
from process_models.waits import ENDED_BY, LEARNING_MONTHS, Asked, Waits, WaitStep
from store.tables import PathEvent

_Histogram = dict[int, int]


async def count_waits(session: AsyncSession, tenant_id: str, asked: frozenset[Asked]) -> tuple[Waits, ...]:
    """What took how long at each interface of a code, step and day that is asked for; one query a step."""
    found: list[Waits] = []
    for step in sorted({step for _code, step, _until in asked}):
        wanted = frozenset((code, until) for code, of_step, until in asked if of_step == step)
        found += await _count_step(session, tenant_id, step, wanted)
    return tuple(found)


async def _count_step(
    session: AsyncSession, tenant_id: str, step: WaitStep, wanted: frozenset[tuple[str, date]]
) -> Iterable[Waits]:
    days = sorted({until for _code, until in wanted})
    codes = sorted({code for code, _until in wanted})
    found: dict[tuple[Interface, date], tuple[_Histogram, _Histogram]] = {}
    for code, sender, receiver, took, *counts in await session.execute(_query(tenant_id, step, codes, days)):
        for number, until in enumerate(days):
            if (code, until) in wanted:
                learned, recent = counts[2 * number : 2 * number + 2]
                old, new = found.setdefault((Interface(code, sender, receiver), until), ({}, {}))
                old |= {took: learned} if learned else {}
                new |= {took: recent} if recent else {}
    return (
        Waits(at, until, tuple(sorted(old.items())), tuple(sorted(new.items())), step)
        for (at, until), (old, new) in sorted(found.items(), key=lambda one: one[0])
        if old or new
    )


def _query(tenant_id: str, step: WaitStep, codes: Sequence[str], days: Sequence[date]) -> Select[*tuple[Any, ...]]:
    """One row for each interface and length, with two counts for each day: learned from, and later."""
    groups = [col(PathEvent.code), col(PathEvent.from_kind), col(PathEvent.to_kind), col(PathEvent.working_days)]
    on = col(PathEvent.happened_on)
    counts = []
    for until in days:
        counts += [_sum((on >= _since(until)) & (on < until)), _sum(on >= until)]
    return (
        select(*groups, *counts)
        .where(
            col(PathEvent.tenant_id) == tenant_id,
            col(PathEvent.activity).in_(ENDED_BY[step]),
            col(PathEvent.code).in_(codes),
            on >= _since(days[0]),
            col(PathEvent.working_days).is_not(None),
        )
        .group_by(*groups)
    )


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _since(until: date) -> date:
    return until - relativedelta(months=LEARNING_MONTHS)
