"""Paths as somebody sees them: get, find, search, count and export, all through the same `Scope`.

The only way of the API to paths. Workflows and the relay, which act for nobody, use `paths`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.errors import PathNotFound
from store.assignments import assigned_to
from store.scope import Scope
from store.supervisions import is_open
from store.tables import BodyItem, Path
from store.writing import lock_path

Reason = Literal["", "nobody", "deputy", "supervision", "body"]
"""Why somebody may open a file that is not their own; written into the audit."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the visible paths: a part of the case number, a place, open or ended. Empty = no limit."""

    case_number: str = ""
    place: str = ""
    state: Literal["", "open", "ended"] = ""
    after: str = ""
    """The last case number of the page before."""
    limit: int = 50


async def get_visible_path(session: AsyncSession, scope: Scope, path_id: str) -> Path:
    """The path, locked until the end of a writing transaction.

    Errors: PathNotFound, the same for one that does not exist and one that this caller may not see.
    """
    await lock_path(session, path_id)
    query = select(Path).where(col(Path.id) == path_id, scope.paths())
    path = (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if path is None:
        raise PathNotFound("Diesen Weg gibt es nicht.", field="path")
    return path


async def visible_among(session: AsyncSession, scope: Scope, path_ids: Sequence[str]) -> frozenset[str]:
    """Those of these paths that are visible."""
    if not path_ids:
        return frozenset()
    query = select(col(Path.id)).where(col(Path.id).in_(path_ids), scope.paths())
    return frozenset(await session.scalars(query))


async def find_visible_path(session: AsyncSession, scope: Scope, case_number: str) -> Path | None:
    """The path with exactly this case number, if it is visible."""
    query = select(Path).where(col(Path.case_number) == case_number.strip().upper(), scope.paths())
    return (await session.scalars(query)).one_or_none()


async def list_visible_paths(session: AsyncSession, scope: Scope, wanted: Wanted | None = None) -> list[Path]:
    """Visible paths by case number, one page."""
    wanted = wanted or Wanted()
    query = select(Path).where(*_matching(scope, wanted), col(Path.case_number) > wanted.after)
    return list(await session.scalars(query.order_by(col(Path.case_number)).limit(wanted.limit)))


async def count_visible_paths(session: AsyncSession, scope: Scope, wanted: Wanted | None = None) -> int:
    """How many paths `list_visible_paths` would show on all of its pages."""
    query = select(func.count()).select_from(Path).where(*_matching(scope, wanted or Wanted()))
    return int(await session.scalar(query) or 0)


async def export_visible_paths(
    session: AsyncSession, scope: Scope, wanted: Wanted | None = None
) -> AsyncIterator[Path]:
    """Every path of every page, as a stream."""
    query = select(Path).where(*_matching(scope, wanted or Wanted())).order_by(col(Path.case_number))
    async for row in await session.stream(query.execution_options(yield_per=500)):
        yield row[0]


async def agenda_items(session: AsyncSession, scope: Scope, body: str) -> list[BodyItem]:
    """The open items of a body's agenda, the oldest first; none for members of another body."""
    query = select(BodyItem).where(scope.agenda(body), col(BodyItem.state) == "open")
    return list(await session.scalars(query.order_by(col(BodyItem.raised_on), col(BodyItem.id))))


async def case_numbers(session: AsyncSession, scope: Scope, path_ids: Iterable[str | None]) -> dict[str, str]:
    """The case numbers of those of these paths that are visible."""
    wanted = {path_id for path_id in path_ids if path_id}
    query = select(col(Path.id), col(Path.case_number)).where(col(Path.id).in_(wanted), scope.paths())
    return {row[0]: row[1] for row in await session.execute(query)}


async def may_be_named(session: AsyncSession, scope: Scope, path: Path) -> bool:
    """Whether this caller may see who the person of the path is."""
    query = select(col(Path.id)).where(col(Path.id) == path.id, scope.named())
    return (await session.scalars(query)).first() is not None


async def must_say_why(session: AsyncSession, scope: Scope, path: Path) -> bool:
    """Whether this caller coordinates and has not said yet why the file is opened, or not for today.

    A token of a whole office asks nobody: it is told neither the person nor the facts.
    """
    if scope.role != "coordinator" or scope.account_id is None:
        return False
    return not await is_open(session, path.id, scope.account_id, scope.today)


async def reason_to_open(session: AsyncSession, scope: Scope, path: Path, today: date) -> Reason:
    """What the audit says about an opening; empty for the own path and for a token of the whole office."""
    if scope.role == "coordinator":
        return "supervision"
    if scope.role == "body":
        return "body"
    if scope.role != "case_manager" or scope.account_id is None:
        return ""
    owner = await assigned_to(session, path.id, today)
    if owner is None:
        return "nobody"
    return "deputy" if owner.id != scope.account_id else ""


def _matching(scope: Scope, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [scope.paths()]
    if wanted.case_number:
        conditions.append(col(Path.case_number).contains(wanted.case_number.strip().upper(), autoescape=True))
    if wanted.place:
        conditions.append(col(Path.current_place) == wanted.place)
    if wanted.state:
        conditions.append(col(Path.state) == wanted.state)
    return conditions
