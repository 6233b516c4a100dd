"""Posts of case managers in the records: who holds one, what changed, refugees counted; loads and absences.

Colleagues, counts and days. What a post is on a day and who should get a path says `process_models.posts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.posts import Change, Counted, PathLoad
from store.account_tables import Account, Assignment
from store.assignments import active, follow_the_post, last_day_of
from store.post_tables import ConflictOfInterest, PostChange, PostHolder, RefugeeCount
from store.scope import Scope
from store.tables import ConsentEvidence, Path, PlanRow
from store.writing import lock_name, upsert


def holds_on(day: date) -> ColumnElement[bool]:
    """Holdings that count on a day."""
    return and_(col(PostHolder.since) <= day, or_(col(PostHolder.until).is_(None), col(PostHolder.until) >= day))


async def list_holders(session: AsyncSession, tenant_id: str, today: date) -> list[tuple[PostHolder, Account]]:
    """Who holds which post today or will, the earliest first."""
    query = (
        select(PostHolder, Account)
        .join(Account, col(Account.id) == col(PostHolder.account_id))
        .where(
            col(PostHolder.tenant_id) == tenant_id,
            or_(col(PostHolder.until).is_(None), col(PostHolder.until) >= today),
        )
        .order_by(col(PostHolder.since), col(PostHolder.id))
    )
    return [(row, account) for row, account in await session.execute(query)]


async def find_holding(session: AsyncSession, tenant_id: str, holding_id: str) -> PostHolder | None:
    """A holding of the tenant, or None."""
    query = select(PostHolder).where(col(PostHolder.id) == holding_id, col(PostHolder.tenant_id) == tenant_id)
    return (await session.scalars(query)).one_or_none()


async def held_meanwhile(session: AsyncSession, tenant_id: str, post: str, days: tuple[date, date | None]) -> bool:
    """Whether somebody holds the post on one of these days. Whoever asks in order to write, waits for the others."""
    since, until = days
    await lock_name(session, f"post:{tenant_id}:{post}")
    query = select(func.count()).where(
        col(PostHolder.tenant_id) == tenant_id,
        col(PostHolder.post) == post,
        or_(col(PostHolder.until).is_(None), col(PostHolder.until) >= since),
    )
    if until is not None:
        query = query.where(col(PostHolder.since) <= until)
    return bool(await session.scalar(query))


async def hold_post(
    session: AsyncSession, tenant_id: str, post: str, account_id: str, days: tuple[date, date | None], today: date
) -> PostHolder:
    """`account_id` holds the post from the first of `days` to the last, both counted; None = without end."""
    since, until = days
    before = await last_day_of(session, account_id)
    row = PostHolder(tenant_id=tenant_id, post=post, account_id=account_id, since=since, until=until)
    session.add(row)
    await session.flush()
    await follow_the_post(session, account_id, before, await last_day_of(session, account_id), today)
    return row


async def end_holding(session: AsyncSession, row: PostHolder, last_day: date, today: date) -> int:
    """The holder leaves the post after this day. Their paths then belong to nobody, unless they hold another post.

    Returns how many paths that concerns. Nothing is lost: whoever may claim sees them from the next day on.
    """
    before = await last_day_of(session, row.account_id)
    row.until = last_day
    session.add(row)
    await session.flush()
    after = await last_day_of(session, row.account_id)
    return await follow_the_post(session, row.account_id, before, after, today)


async def list_changes(session: AsyncSession, tenant_id: str) -> list[Change]:
    """What changed about the posts of a tenant, and what will."""
    rows = await session.scalars(
        select(PostChange).where(col(PostChange.tenant_id) == tenant_id).order_by(col(PostChange.valid_from))
    )
    return [
        Change(row.post, row.valid_from, row.share, None if row.places is None else tuple(row.places), row.workplace)
        for row in rows
    ]


async def keep_change(session: AsyncSession, tenant_id: str, change: Change, now: datetime) -> None:
    """Notes what is different about a post from a day on; for the same day the last word counts."""
    row = PostChange(
        tenant_id=tenant_id,
        post=change.post,
        valid_from=change.valid_from,
        share=change.share,
        places=None if change.places is None else list(change.places),
        workplace=change.workplace,
        created_at=now,
    )
    told = {"share": row.share, "places": row.places, "workplace": row.workplace}
    columns = told | {name: getattr(row, name) for name in ("id", "tenant_id", "post", "valid_from", "created_at")}
    statement = upsert(session, PostChange).values(**columns)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["tenant_id", "post", "valid_from"], set_=told)
    )


async def list_refugee_counts(session: AsyncSession, tenant_id: str) -> list[RefugeeCount]:
    """Refugees counted in the places of a tenant, the newest first."""
    query = select(RefugeeCount).where(col(RefugeeCount.tenant_id) == tenant_id)
    return list(await session.scalars(query.order_by(col(RefugeeCount.counted_on).desc(), col(RefugeeCount.place))))


async def keep_refugee_count(session: AsyncSession, tenant_id: str, counted: Counted, source: str) -> None:
    """Notes how many refugees a place counted on a day, and who says so; for the same day the last word counts."""
    row = RefugeeCount(
        tenant_id=tenant_id, place=counted.place, counted_on=counted.counted_on, count=counted.count, source=source
    )
    told = {"count": counted.count, "source": source}
    columns = {name: getattr(row, name) for name in ("id", "tenant_id", "place", "counted_on", "created_at")}
    statement = upsert(session, RefugeeCount).values(**columns, **told)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["tenant_id", "place", "counted_on"], set_=told)
    )


# ---------------------------------------------------------------- loads


async def count_loads(session: AsyncSession, scope: Scope) -> dict[tuple[str | None, str], PathLoad]:
    """Open visible paths by case manager (None = nobody's) and place, with how many are overdue and stuck."""
    mine = and_(col(Assignment.path_id) == col(Path.id), col(Assignment.deputy_for).is_(None), active(scope.today))
    overdue = func.sum(case((col(Path.next_due_on) < scope.today, 1), else_=0))
    stuck = func.sum(case((col(PlanRow.stalled_since).is_not(None), 1), else_=0))
    query = (
        select(col(Assignment.account_id), col(Path.current_place), func.count(), overdue, stuck)
        .select_from(Path)
        .outerjoin(Assignment, mine)
        .outerjoin(PlanRow, col(PlanRow.path_id) == col(Path.id))
        .where(scope.paths(), col(Path.state) == "open")
        .group_by(col(Assignment.account_id), col(Path.current_place))
    )
    return {
        (account, place): PathLoad(count, late or 0, stalled or 0)
        for account, place, count, late, stalled in await session.execute(query)
    }


async def absent_on(session: AsyncSession, tenant_id: str, today: date) -> dict[str, date]:
    """Who is away today, and until when: whoever somebody stands in for."""
    query = select(col(Assignment.deputy_for), func.max(col(Assignment.until))).where(
        col(Assignment.tenant_id) == tenant_id, col(Assignment.deputy_for).is_not(None), active(today)
    )
    rows = await session.execute(query.group_by(col(Assignment.deputy_for)))
    return {account: until or date.max for account, until in rows if account is not None}


# ---------------------------------------------------------------- paths of nobody


@dataclass(frozen=True, slots=True)
class Unassigned:
    """An open path that is nobody's, and the language of its consent (empty: German, or not known)."""

    path: Path
    last_day: date | None
    """The last day on which somebody had it; None = nobody ever had."""
    last_account: str
    language: str


async def list_unassigned(session: AsyncSession, scope: Scope, *, after: str = "", limit: int = 50) -> list[Unassigned]:
    """Visible open paths of nobody by case number, a page: pass the last case number as `after`."""
    held = select(col(Assignment.path_id)).where(
        col(Assignment.path_id).is_not(None), col(Assignment.deputy_for).is_(None), active(scope.today)
    )
    query = (
        select(Path)
        .where(scope.paths(), col(Path.state) == "open", col(Path.id).not_in(held), col(Path.case_number) > after)
        .order_by(col(Path.case_number))
        .limit(limit)
    )
    paths = list(await session.scalars(query))
    ids = [path.id for path in paths]
    last, spoken = await _last_owners(session, ids), await languages_of(session, ids)
    nobody: tuple[date | None, str] = (None, "")
    owners = ((path, last.get(path.id, nobody)) for path in paths)
    return [Unassigned(path, day, account, spoken.get(path.id, "")) for path, (day, account) in owners]


async def count_unassigned(session: AsyncSession, scope: Scope) -> int:
    """How many paths `list_unassigned` shows on all of its pages."""
    held = select(col(Assignment.path_id)).where(
        col(Assignment.path_id).is_not(None), col(Assignment.deputy_for).is_(None), active(scope.today)
    )
    query = select(func.count()).select_from(Path)
    query = query.where(scope.paths(), col(Path.state) == "open", col(Path.id).not_in(held))
    return int(await session.scalar(query) or 0)


async def languages_of(session: AsyncSession, path_ids: Sequence[str]) -> dict[str, str]:
    """The language in which the person of each path was told of the latest consent, where it is not German."""
    query = select(col(ConsentEvidence.path_id), col(ConsentEvidence.language)).where(
        col(ConsentEvidence.path_id).in_(path_ids), col(ConsentEvidence.who) == "client"
    )
    rows = await session.execute(query.order_by(col(ConsentEvidence.given_on), col(ConsentEvidence.ref)))
    return {path_id: "" if language == "de" else language for path_id, language in rows}


async def _last_owners(session: AsyncSession, path_ids: Sequence[str]) -> dict[str, tuple[date, str]]:
    """Who had each path last, up to and on which day; one that was taken back on its first day counts for nothing."""
    query = (
        select(col(Assignment.path_id), col(Assignment.until), col(Assignment.account_id))
        .where(col(Assignment.path_id).in_(path_ids), col(Assignment.until) >= col(Assignment.since))
        .order_by(col(Assignment.until), col(Assignment.created_at))
    )
    rows = await session.execute(query)
    return {path_id: (until, account) for path_id, until, account in rows if path_id and until}


async def posts_ever_held(session: AsyncSession, account_ids: Iterable[str]) -> dict[str, set[str]]:
    """Account -> every post that it holds or held."""
    query = select(PostHolder).where(col(PostHolder.account_id).in_(set(account_ids)))
    found: dict[str, set[str]] = {}
    for row in await session.scalars(query):
        found.setdefault(row.account_id, set()).add(row.post)
    return found


# ---------------------------------------------------------------- conflicts of interest


async def conflicts_of(session: AsyncSession, path_ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """Why these paths shall not be given to somebody: (path, account) -> code."""
    rows = await session.scalars(select(ConflictOfInterest).where(col(ConflictOfInterest.path_id).in_(path_ids)))
    return {(row.path_id, row.account_id): row.reason for row in rows}


async def note_conflict(session: AsyncSession, path: Path, account_id: str, reason: str, on: date) -> None:
    """Notes that a path shall not be given to somebody; the last reason counts."""
    row = ConflictOfInterest(
        tenant_id=path.tenant_id, path_id=path.id, account_id=account_id, reason=reason, noted_on=on
    )
    columns = {name: getattr(row, name) for name in type(row).model_fields}
    statement = upsert(session, ConflictOfInterest).values(**columns)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["path_id", "account_id"], set_={"reason": reason})
    )
