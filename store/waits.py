"""How long the steps of handovers took at an interface of a tenant, counted from its event log. No path is named.

What the counts mean for an open handover says `process_models.waits`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from dateutil.relativedelta import relativedelta
from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.interface_review import Interface
from process_models.waits import ENDED_BY, LEARNING_MONTHS, Asked, Waits, WaitStep
from store.tables import PathEvent

_STEP_OF: Final[dict[str, WaitStep]] = {activity: step for step, ends in ENDED_BY.items() for activity in ends}
_Histogram = dict[int, int]


async def count_waits(session: AsyncSession, tenant_id: str, asked: frozenset[Asked]) -> tuple[Waits, ...]:
    """What took how long at each interface of a code, step and day that is asked for; one query along one index."""
    if not asked:
        return ()
    days = sorted({until for _code, _step, until in asked})
    found: dict[tuple[Interface, WaitStep, date], tuple[_Histogram, _Histogram]] = {}
    for code, sender, receiver, activity, took, *counts in await session.execute(_query(tenant_id, asked, days)):
        step = _STEP_OF[activity]
        for number, until in enumerate(days):
            if (code, step, until) in asked:
                learned, recent = counts[2 * number : 2 * number + 2]
                about = (Interface(code, sender, receiver), step, until)
                for histogram, count in zip(found.setdefault(about, ({}, {})), (learned, recent), strict=True):
                    histogram[took] = histogram.get(took, 0) + count
    return tuple(
        Waits(at, until, _told(learned), _told(recent), step)
        for (at, step, until), (learned, recent) in sorted(found.items(), key=lambda one: one[0])
        if any((*learned.values(), *recent.values()))
    )


def _query(tenant_id: str, asked: frozenset[Asked], days: Sequence[date]) -> Select[*tuple[Any, ...]]:
    """One row for each interface, event and length, with two counts for each day."""
    columns = (PathEvent.code, PathEvent.from_kind, PathEvent.to_kind, PathEvent.activity, PathEvent.working_days)
    groups = [col(column) for column in columns]
    steps = {step for _code, step, _until in asked}
    return (
        select(*groups, *(count for until in days for count in _counts(until)))
        .where(
            col(PathEvent.tenant_id) == tenant_id,
            col(PathEvent.activity).in_(sorted(end for step in steps for end in ENDED_BY[step])),
            col(PathEvent.code).in_(sorted({code for code, _step, _until in asked})),
            col(PathEvent.happened_on) >= _since(days[0]),
            col(PathEvent.working_days).is_not(None),
        )
        .group_by(*groups)
    )


def _counts(until: date) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Those that are learned from, and those after them."""
    on = col(PathEvent.happened_on)
    learned = func.sum(case(((on >= _since(until)) & (on < until), 1), else_=0))
    return learned, func.sum(case((on >= until, 1), else_=0))


def _since(until: date) -> date:
    return until - relativedelta(months=LEARNING_MONTHS)


def _told(histogram: _Histogram) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((days, count) for days, count in histogram.items() if count))
