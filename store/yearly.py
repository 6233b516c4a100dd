"""Counting a year of the event log and of the bodies, for the yearly figures. True counts, not to be shown as they are.

What the counts mean, and which of them may be shown, says `process_models.yearly`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.names import BODY_KINDS
from process_models.yearly import YearCount, begins, ends
from store.scope import Scope
from store.tables import BodyItem, Meeting, PathEvent, Resolution

NEEDS: Final = ("need_recorded", "need_met", "need_unmet")
COUNTED: Final = (
    *("path_opened", "case_management_changed", "screened", "residence_entered", "title_renewed"),
    *("framework_entered", *NEEDS),
)


async def count_year(
    session: AsyncSession, scope: Scope, number: int, activities: Sequence[str] = COUNTED
) -> list[YearCount]:
    """What happened on the paths in a year, by code, reason, place and days."""
    by = [getattr(PathEvent, name) for name in ("activity", "code", "reason", "place", "days")]
    query = (
        select(*by, func.count())
        .where(scope.events(), col(PathEvent.activity).in_(activities), _within(col(PathEvent.happened_on), number))
        .group_by(*by)
    )
    rows: Sequence[Any] = (await session.execute(query)).all()
    return [YearCount(*row) for row in rows]


async def count_flows(session: AsyncSession, scope: Scope, years: range) -> list[tuple[int, int]]:
    """Begun and ended case managements of each year."""
    by = (col(PathEvent.code), col(PathEvent.reason))
    each = [func.count().filter(_within(col(PathEvent.happened_on), number)) for number in years]
    query = select(*by, *each).where(scope.events(), col(PathEvent.activity) == "case_management_changed").group_by(*by)
    flows = [[0, 0] for _ in years]
    for code, before, *counts in (await session.execute(query)).all():
        for flow, count in zip(flows, counts, strict=True):
            flow[0] += count if begins(code, before) else 0
            flow[1] += count if ends(code, before) else 0
    return [(begun, ended) for begun, ended in flows]


async def count_bodies(session: AsyncSession, scope: Scope, number: int) -> Mapping[str, Mapping[str, int]]:
    """Meetings with minutes, items raised, decisions adopted and effects evaluated in a year, by body."""
    if scope.tenant_id is None:
        return {}
    tables: dict[str, tuple[Any, tuple[ColumnElement[bool], ...]]] = {
        "meetings": (Meeting, (_within(col(Meeting.held_on), number), col(Meeting.state) == "held")),
        "items": (BodyItem, (_within(col(BodyItem.raised_on), number),)),
        "decisions": (Resolution, (_within(col(Resolution.decided_on), number), col(Resolution.decision) == "adopt")),
        "evaluations": (Resolution, (_within(col(Resolution.reviewed_on), number),)),
    }
    found: dict[str, dict[str, int]] = {}
    for name, (table, conditions) in tables.items():
        query = select(table.body, func.count()).where(table.tenant_id == scope.tenant_id, *conditions)
        rows: Sequence[Any] = (await session.execute(query.group_by(table.body))).all()
        counted: dict[str, int] = {body: count for body, count in rows}  # noqa: C416 - rows are no pairs to mypy
        found[name] = {kind: counted.get(kind, 0) for kind in BODY_KINDS}
    return found


def _within(day: Any, number: int) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = day.between(date(number, 1, 1), date(number, 12, 31))
    return condition
