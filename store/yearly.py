"""Counting a year of the event log and of the bodies, for the yearly figures. True counts, not to be shown as they are.

What the counts mean, and which of them may be shown, says `process_models.yearly`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.look_again import moment_of
from process_models.names import BODY_KINDS
from process_models.yearly import IN_CARE, YearCount, begins, ends
from store.account_tables import Assignment
from store.assignments import active
from store.need_tables import Offer
from store.post_tables import PostHolder
from store.posts import holds_on
from store.scope import Scope
from store.tables import BodyItem, Meeting, PathEvent, Resolution

NEEDS: Final = ("need_recorded", "need_met", "need_unmet")
COUNTED: Final = (
    *("path_opened", "case_management_changed", "screened", "residence_entered", "title_renewed"),
    *("framework_entered", *NEEDS),
)

_CHANGED: Final = col(PathEvent.activity) == literal("case_management_changed", literal_execute=True)
"""Written into the query: an index of these events alone is not found for a value that is told beside it."""


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


async def count_offers(session: AsyncSession, scope: Scope, number: int) -> Mapping[str, Mapping[str, int]]:
    """Offers in the register at the end of a year, added and ended in it, by kind of need."""
    first, last = date(number, 1, 1), date(number, 12, 31)
    begins, over = moment_of(first, time.min), moment_of(last + timedelta(days=1), time.min)
    until, since, made = col(Offer.valid_until), col(Offer.valid_from), col(Offer.created_at)
    holds = (made < over, or_(since.is_(None), since <= last), or_(until.is_(None), until >= last))
    figures = {
        "offers": holds,
        "offers_added": (made >= begins, made < over),
        "offers_ended": (_within(until, number),),
    }
    found: dict[str, dict[str, int]] = {}
    for name, conditions in figures.items():
        query = select(col(Offer.kind), func.count()).where(col(Offer.tenant_id) == scope.tenant_id, *conditions)
        rows: Sequence[Any] = (await session.execute(query.group_by(col(Offer.kind)))).all()
        found[name] = {kind: count for kind, count in rows}  # noqa: C416 - rows are no pairs to mypy
    return found


async def count_caseload(session: AsyncSession, scope: Scope, day: date) -> list[tuple[str, int]]:
    """Paths in case management on a day by the post of whoever had them; empty: nobody's, or of nobody with a post."""
    changes = select(
        col(PathEvent.path_id),
        col(PathEvent.code),
        func.row_number()
        .over(
            partition_by=col(PathEvent.path_id), order_by=(col(PathEvent.happened_on).desc(), col(PathEvent.id).desc())
        )
        .label("number"),
    ).where(scope.events(), _CHANGED, col(PathEvent.happened_on) <= day)
    latest = changes.subquery()
    mine = and_(col(Assignment.path_id) == latest.c.path_id, col(Assignment.deputy_for).is_(None), active(day))
    having = (
        select(col(Assignment.account_id), func.count())
        .select_from(latest)
        .outerjoin(Assignment, mine)
        .where(latest.c.number == 1, latest.c.code.in_(IN_CARE))
        .group_by(col(Assignment.account_id))
    )
    post_of = await _posts_on(session, scope, day)
    caseload: Counter[str] = Counter()
    for account_id, count in await session.execute(having):
        caseload[post_of.get(account_id, "")] += count
    return sorted(caseload.items())


async def _posts_on(session: AsyncSession, scope: Scope, day: date) -> dict[str, str]:
    """Account -> its post on a day; of several the first by name."""
    held = select(col(PostHolder.account_id), func.min(col(PostHolder.post))).where(
        col(PostHolder.tenant_id) == scope.tenant_id, holds_on(day)
    )
    return {row[0]: row[1] for row in await session.execute(held.group_by(col(PostHolder.account_id)))}


def _within(day: Any, number: int) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = day.between(date(number, 1, 1), date(number, 12, 31))
    return condition
