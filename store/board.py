"""The board of stuck paths: how many stall at which interface and agency, since when, and the lists behind the numbers.

One filter for numbers and lists: what a caller may not open is not counted either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.scope import Scope
from store.tables import Handover, Path, StallNote


@dataclass(frozen=True, slots=True)
class StuckCell:
    """So many paths that stall alike since the same day."""

    handover: str
    from_kind: str
    to_kind: str
    agency: str
    reason: str
    level: str
    since: date
    count: int


@dataclass(frozen=True, slots=True)
class WantedStalls:
    """Which of the stalled paths; empty = no limit."""

    handover: str = ""
    agency: str = ""
    reason: str = ""
    after: tuple[date, str] | None = None
    """Day and case number of the last line of the page before."""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class StuckLine:
    """One stalled path."""

    path: Path
    note: StallNote
    handover: Handover | None


async def count_stuck(session: AsyncSession, scope: Scope) -> list[StuckCell]:
    """The open stalls of all visible paths, counted."""
    parts = (
        *(col(StallNote.handover), col(StallNote.from_kind), col(StallNote.to_kind)),
        *(func.coalesce(col(Handover.to_agency), ""), col(StallNote.reason)),
        *(func.coalesce(col(Handover.level), "none"), col(StallNote.since)),
    )
    query = (
        select(*parts, func.count())
        .join(Path, col(Path.id) == col(StallNote.path_id))
        .outerjoin(Handover, _its_handover())
        .where(*_open(scope))
        .group_by(*parts)
    )
    return [StuckCell(*row) for row in await session.execute(query)]


async def list_stuck(session: AsyncSession, scope: Scope, wanted: WantedStalls) -> list[StuckLine]:
    """The stalled paths behind a number, the longest first, one page."""
    query = (
        select(Path, StallNote, Handover)
        .join(StallNote, col(Path.id) == col(StallNote.path_id))
        .outerjoin(Handover, _its_handover())
        .where(*_open(scope), *_matching(wanted))
        .order_by(col(StallNote.since), col(Path.case_number))
        .limit(wanted.limit)
    )
    return [StuckLine(path, note, handover) for path, note, handover in await session.execute(query)]


def _its_handover() -> ColumnElement[bool]:
    """The handover of the stall that still awaits an answer; there is at most one of a code."""
    return and_(
        col(Handover.path_id) == col(StallNote.path_id),
        col(Handover.code) == col(StallNote.handover),
        col(Handover.state).in_(("offered", "received")),
    )


def _open(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return (
        col(StallNote.tenant_id) == scope.tenant_id,
        col(StallNote.ended_on).is_(None),
        col(Path.state) == "open",
        scope.paths(),
    )


def _matching(wanted: WantedStalls) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.handover:
        conditions.append(col(StallNote.handover) == wanted.handover)
    if wanted.agency:
        conditions.append(func.coalesce(col(Handover.to_agency), "") == wanted.agency)
    if wanted.reason:
        conditions.append(col(StallNote.reason) == wanted.reason)
    if wanted.after is not None:
        since, case_number = wanted.after
        later = and_(col(StallNote.since) == since, col(Path.case_number) > case_number)
        conditions.append((col(StallNote.since) > since) | later)
    return conditions
