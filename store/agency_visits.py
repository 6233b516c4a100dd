"""Visits of agencies behind their links, and what they did there: opened, found, ended, written down.

A visit lives no longer than its link; who may see what is decided where the page is made.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.agency_tables import AgencyDeed, AgencyVisit
from store.links import hash_token
from store.tables import Handover, TaskLink

LIFETIME: Final = timedelta(minutes=60)
_TOKEN_BYTES: Final = 32
OPENED: Final = "open"


async def open_visit(session: AsyncSession, link: TaskLink, now: datetime, token: str = "") -> tuple[AgencyVisit, str]:
    """Opens a visit and returns it with its token, which is never stored. Visits long over are forgotten here.

    `token`: one that nobody can guess, for who must be able to say it again; else it is drawn.
    """
    await session.execute(delete(AgencyVisit).where(col(AgencyVisit.ends_at) < now - LIFETIME))
    token = token or secrets.token_urlsafe(_TOKEN_BYTES)
    visit = AgencyVisit(token_hash=hash_token(token), link_id=link.id, opened_at=now, ends_at=now + LIFETIME)
    session.add(visit)
    await session.flush()
    return visit, token


async def find_visit(session: AsyncSession, visit_id: str, token: str, now: datetime) -> AgencyVisit | None:
    """The visit of this id and token, or None if it is unknown or over."""
    query = select(AgencyVisit).where(
        col(AgencyVisit.id) == visit_id,
        col(AgencyVisit.token_hash) == hash_token(token),
        col(AgencyVisit.ends_at) > now,
    )
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def end_visit(session: AsyncSession, visit: AgencyVisit) -> None:
    """Ends a visit at once."""
    await session.delete(visit)
    await session.flush()


async def note_deed(session: AsyncSession, deed: AgencyDeed) -> None:
    """Writes down what an agency did."""
    session.add(deed)
    await session.flush()


async def first_opened(session: AsyncSession, rows: Iterable[Handover]) -> dict[str, date]:
    """Id of a handover -> day on which the agency that it lies with opened its page for the first time."""
    agencies = {row.id: row.to_agency for row in rows}
    query = (
        select(col(AgencyDeed.handover_id), col(AgencyDeed.agency), func.min(col(AgencyDeed.done_on)))
        .where(col(AgencyDeed.handover_id).in_(agencies), col(AgencyDeed.deed) == OPENED)
        .group_by(col(AgencyDeed.handover_id), col(AgencyDeed.agency))
    )
    found = await session.execute(query)
    return {handover: day for handover, agency, day in found if agencies[handover] == agency}


async def list_deeds(session: AsyncSession, rows: Iterable[Handover]) -> list[AgencyDeed]:
    """What agencies did with these handovers, the latest first."""
    query = select(AgencyDeed).where(col(AgencyDeed.handover_id).in_([row.id for row in rows]))
    return list(await session.scalars(query.order_by(col(AgencyDeed.created_at).desc(), col(AgencyDeed.id))))
