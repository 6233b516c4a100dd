"""Planning: rules, records and the day give a fresh plan, the actions that follow, and what the UI shows.

Reads the case, asks the rules, keeps the plan row. It carries nothing out: actions go back to the path.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.measures import PLANS
from activities.stalls import note_stalls
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.errors import PathNotFound
from process_models.explain import shown_path, timer_name
from process_models.look_again import spread_out
from process_models.messages import Action, LookAgain, PathOutlook, ShownPath
from process_models.plan import Plan
from process_models.settling import settle
from store.catalogues import Catalogues
from store.database import Database
from store.errors import PersonErased
from store.events import keep_plan
from store.notices import next_try, pending_notices
from store.paths import get_path, load_case, note_place, publish_wake
from store.tables import Path
from store.tenants import get_tenant


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the rules made of the records: the case as it will be after the actions, and its plan."""

    path: Path
    version: int
    catalogue: Catalogue
    case: Case
    plan: Plan
    actions: tuple[Action, ...]


class PlanningActivities:
    """Makes plans for paths."""

    def __init__(self, database: Database, catalogues: Catalogues) -> None:
        self._database = database
        self._catalogues = catalogues

    @activity.defn(name="path.plan")
    async def look_again(self, message: LookAgain) -> PathOutlook:
        """A fresh plan as of `message.now`, kept in the records, and what is to be done now.

        A path whose file was erased is reported as closed: there is nothing left to do.
        """
        with PLANS.time():
            try:
                seen = await self._see(message)
            except (PathNotFound, PersonErased):
                return _nothing_left(message)
            return await self._keep(seen, message.now)

    async def _see(self, message: LookAgain) -> _Seen:
        """Reads and plans outside of the writing transaction: what comes in meanwhile is news of its own."""
        async with self._database.reading() as session:
            path = await get_path(session, message.path_id, None)
            version = path.facts_version  # before the case: what is then loaded is at least as new
            catalogue = await self._catalogues.of_path(session, path)
            case = await load_case(session, self._database.keyring, path.id)
        settled = settle(case, message.now, catalogue)
        return _Seen(path, version, catalogue, settled.case, settled.plan, settled.actions)

    async def _keep(self, seen: _Seen, now: datetime) -> PathOutlook:
        path, plan = seen.path, seen.plan
        async with self._database.transaction() as session:
            await keep_plan(session, path, seen.version, plan, now)
            await note_place(session, path.id, plan.place)
            await note_stalls(session, path, plan, seen.catalogue)
            look_again_at = _earliest(await _next_look(session, path, plan), await next_try(session, path.id, now))
            await publish_wake(session, path.id, look_again_at)
            pending = await pending_notices(session, path.id, now)
        return PathOutlook(
            path_id=path.id,
            day=plan.day,
            facts_version=seen.version,
            closed=plan.may_end and not seen.actions,
            look_again_at=look_again_at,
            wait_summary=timer_name(plan, now),
            actions=seen.actions,
            pending_notices=tuple(notice.id for notice in pending),
            shown=shown_path(seen.case, plan, seen.catalogue),
        )


async def _next_look(session: AsyncSession, path: Path, plan: Plan) -> datetime | None:
    """A change of the law wakes the paths that it concerns one after the other; in a simulation, on the dot."""
    if plan.look_again_at is None or plan.law_event_on is None:
        return plan.look_again_at
    simulated = (await get_tenant(session, path.tenant_id)).simulated
    return plan.look_again_at if simulated else spread_out(plan.look_again_at, path.id)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _nothing_left(message: LookAgain) -> PathOutlook:
    shown = ShownPath(municipality="", phase="arrival", summary="Akte gelöscht", details="Die Akte ist gelöscht.")
    return PathOutlook(
        path_id=message.path_id,
        day=message.now.astimezone(UTC).date(),
        facts_version=-1,
        closed=True,
        look_again_at=None,
        shown=shown,
    )
