"""Reading for the desk: what waits for somebody today, in a few numbers that lead to their lists.

Counts through the filter of the lists they lead to; what nobody has to do is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from api.caller import Caller
from api.clock import tenant_today
from api.permissions import PERMISSIONS
from api.reads_board import read_board
from api.reads_work import WorkSeen, read_work
from api.services import Services
from process_models.catalogue import Catalogue
from process_models.look_again import day_at
from process_models.names import BODY_KINDS
from store.handovers import list_visible_handovers
from store.meetings import list_items, next_planned
from store.notices import count_failed_notices
from store.tables import Handover
from store.tenants import get_tenant
from store.worklist import WantedWork

Urgency = Literal["danger", "warning", "neutral"]
NEXT_PATHS: Final = 5
"""So many paths are shown on the desk itself."""


What = Literal["overdue", "soon", "others", "mine", "stuck", "undelivered", "agenda"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many things of one kind, and where they are listed."""

    what: What
    count: int
    address: str
    urgency: Urgency = "neutral"
    """How urgent one of them is."""
    body: str = ""
    """Of an agenda: whose it is."""
    meets_on: date | None = None


@dataclass(frozen=True, slots=True)
class AgencyTask:
    """A handover that waits for the agency of a clerk."""

    case_number: str
    title: str
    state: str
    offered_on: date | None


@dataclass(frozen=True, slots=True)
class DeskSeen:
    """The desk of one person."""

    waiting: tuple[Waiting, ...]
    work: WorkSeen | None
    tasks: tuple[AgencyTask, ...]


async def read_desk(tools: Services, caller: Caller) -> DeskSeen:
    """What waits for this caller; for a role without lists, nothing."""
    if caller.tenant_id is None:
        return DeskSeen((), None, ())
    work = await _work(tools, caller)
    waiting = [*_of_paths(work), *await _of_board(tools, caller), *await _of_bodies(tools, caller)]
    return DeskSeen(tuple(waiting), work, await _tasks(tools, caller))


async def _work(tools: Services, caller: Caller) -> WorkSeen | None:
    """The worklist of who has paths of their own."""
    if caller.role not in PERMISSIONS["path.change"]:
        return None
    return await read_work(tools, caller, WantedWork(limit=NEXT_PATHS))


def _of_paths(work: WorkSeen | None) -> Sequence[Waiting]:
    if work is None:
        return ()
    counts = work.counts
    return (
        Waiting("overdue", counts.overdue, "/paths?tab=mine&due=overdue", "danger"),
        Waiting("soon", counts.soon, "/paths?tab=mine&due=soon", "warning"),
        Waiting("others", counts.others, "/paths?tab=others"),
        Waiting("mine", counts.mine, "/paths?tab=mine"),
    )


async def _of_board(tools: Services, caller: Caller) -> Sequence[Waiting]:
    found: list[Waiting] = []
    if caller.role in PERMISSIONS["board.read"]:
        board = await read_board(tools, caller)
        found.append(Waiting("stuck", board.total, "/board", "warning"))
    if caller.role in PERMISSIONS["notices.read"]:
        async with tools.database.reading() as session:
            failed = await count_failed_notices(session, caller.scope(tools.now()))
        found.append(Waiting("undelivered", failed, "/deliveries", "danger"))
    return found


async def _of_bodies(tools: Services, caller: Caller) -> Sequence[Waiting]:
    if caller.role not in PERMISSIONS["agenda.read"]:
        return ()
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        today = await tenant_today(session, tenant, tools.now())
        titles = {body.kind: body.title for body in catalogue.municipality(tenant.municipality).bodies}
        found = []
        for kind in (one for one in BODY_KINDS if scope.sits_in(one)):
            items = await list_items(session, tenant.id, kind, "open")
            meeting = await next_planned(session, tenant.id, kind, today)
            title, meets_on = titles.get(kind, kind), meeting.held_on if meeting else None
            found.append(Waiting("agenda", len(items), f"/bodies/{kind}", body=title, meets_on=meets_on))
    return found


async def _tasks(tools: Services, caller: Caller) -> tuple[AgencyTask, ...]:
    """The open handovers to the agency of a clerk, the oldest first."""
    if caller.role != "clerk":
        return ()
    async with tools.database.reading() as session:
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        rows = await list_visible_handovers(session, caller.scope(tools.now()))
    today = day_at(tools.now())
    return tuple(_task(catalogue, handover, number, today) for handover, number in rows)


def _task(catalogue: Catalogue, handover: Handover, case_number: str, today: date) -> AgencyTask:
    rule = catalogue.handover(handover.code, handover.offered_on or today)
    return AgencyTask(case_number, rule.title if rule else handover.code, handover.state, handover.offered_on)
