"""Reading: a path computed afresh from its records, lists for coordinators, agendas of bodies.

Nothing is changed but the audit: whoever opens a file is written down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.caller import Caller
from api.clock import path_now
from api.household import members_of, seen_links
from api.services import Services
from api.views import (
    AgendaItemView,
    AgendaView,
    AuditEntryView,
    AuditView,
    FactsView,
    FactView,
    FailedNotices,
    HandoverView,
    NoticeView,
    NowView,
    PathView,
    PersonView,
    StalledList,
    StalledView,
    TaskView,
)
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.facts import RETRACTED
from process_models.handover import ANSWERS
from process_models.look_again import day_at
from process_models.names import BodyKind
from process_models.plan import Plan, Waiting
from process_models.planning import make_plan
from process_models.small_cells import told
from store import audit
from store.agency_visits import first_opened
from store.facts import load_facts
from store.handovers import item_of, list_handovers
from store.notices import list_failed_notices, list_notices
from store.paths import load_case
from store.plans import get_plan, list_stalled
from store.scope import Scope
from store.tables import BodyItem, Handover, Notice, Path, PlanRow, Task
from store.tasks import list_open_tasks
from store.tenants import get_tenant
from store.visible import agenda_items, get_visible_path, reason_to_open


@dataclass(frozen=True, slots=True)
class Looked:
    """A path and what the rules say about it at a moment of its clock."""

    path: Path
    case: Case
    plan: Plan
    planned: PlanRow | None


async def look(
    tools: Services, session: AsyncSession, scope: Scope, path_id: str, moment: datetime | None = None
) -> Looked:
    """The path as of its day, or of a later `moment`, from the records and the rules. Errors: PathNotFound."""
    path = await get_visible_path(session, scope, path_id)
    tenant = await get_tenant(session, path.tenant_id)
    at = await path_now(session, tenant, path.id, tools.now())
    at = max(at, moment or at)
    case = await load_case(session, tools.database.keyring, path.id)
    catalogue = await tools.catalogues.of_path(session, path)
    return Looked(path, case, make_plan(case, at, catalogue), await get_plan(session, path.id))


async def short_look(tools: Services, scope: Scope, path_id: str, moment: datetime | None) -> NowView:
    """What the rules say right after a change, as of the path's day or of a later `moment`."""
    async with tools.database.reading() as session:
        looked = await look(tools, session, scope, path_id, moment)
    return NowView.of(looked.plan)


async def read_path(tools: Services, caller: Caller, path_id: str) -> PathView:
    """The whole path, computed for its day. Errors: PathNotFound."""
    async with tools.database.reading() as session:
        scope = caller.scope(tools.now())
        looked = await look(tools, session, scope, path_id)
        rows = await list_handovers(session, path_id)
        opened = await first_opened(session, rows)
        tasks = await list_open_tasks(session, scope, path_id)
        notices = await list_notices(session, path_id)
        links = await seen_links(session, caller.scope(tools.now()), looked.case)
    await note_reading(tools, caller, "path.read", looked.path)
    manages = caller.role == "case_manager"
    person = looked.case.person if manages else None
    return _path_view(looked).model_copy(
        update={
            "members": members_of(looked.plan, looked.case, links, for_case_manager=manages),
            "part_of": links.part_of,
            "handovers": tuple(_handover(row, opened.get(row.id)) for row in rows),
            "tasks": tuple(_task(row) for row in tasks),
            "notices": tuple(_notice(row) for row in notices),
            "temporal_url": tools.temporal_url(path_id),
            "person": PersonView(born=person.born, nationality=person.nationality) if person else None,
        }
    )


async def read_facts(tools: Services, caller: Caller, path_id: str) -> FactsView:
    """All facts of the file, also retracted ones, in the order in which they count. Errors: PathNotFound."""
    async with tools.database.reading() as session:
        path = await get_visible_path(session, caller.scope(tools.now()), path_id)
        facts = await load_facts(session, tools.database.keyring, path)
    await note_reading(tools, caller, "facts.read", path)
    gone = {fact.data["fact"] for fact in facts if fact.kind == RETRACTED}
    shown = (
        FactView(
            id=fact.id,
            fact=fact.kind,
            on=fact.on,
            recorded=fact.recorded,
            who=fact.who,
            data=dict(fact.data),
            retracted=fact.id in gone,
        )
        for fact in sorted(facts, key=lambda fact: (fact.on, fact.recorded, fact.id))
    )
    return FactsView(path_id=path.id, facts_version=path.facts_version, facts=tuple(shown))


async def read_stalled(tools: Services, caller: Caller) -> StalledList:
    """The visible open paths that stall, as their last plan says, the longest first."""
    async with tools.database.reading() as session:
        rows = await list_stalled(session, caller.scope(tools.now()))
    return StalledList(paths=tuple(_stalled(tools, path, row) for path, row in rows))


async def read_agenda(tools: Services, caller: Caller, body: BodyKind) -> AgendaView:
    """The open items of a body of the caller's tenant: interfaces and counts."""
    async with tools.database.reading() as session:
        tenant = await get_tenant(session, caller.tenant)
        items = await agenda_items(session, caller.scope(tools.now()), body)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
    bodies = catalogue.municipality(tenant.municipality).bodies
    title = next((one.title for one in bodies if one.kind == body), body)
    hide = caller.role == "body"
    shown = tuple(_agenda_item(item, _titles(catalogue, items), hide) for item in items)
    return AgendaView(body=body, title=title, open_items=len(items), items=shown)


async def read_audit(tools: Services, caller: Caller, path_id: str) -> AuditView:
    """Who did or saw what on a path; nothing of its content. Errors: PathNotFound."""
    async with tools.database.reading() as session:
        path = await get_visible_path(session, caller.scope(tools.now()), path_id)
        entries = await audit.list_entries(session, path_id)
    await note_reading(tools, caller, "audit.read", path)
    shown = tuple(
        AuditEntryView(**{name: getattr(one, name) for name in AuditEntryView.model_fields}) for one in entries
    )
    return AuditView(case_number=path.case_number, entries=shown)


async def read_failed_notices(tools: Services, caller: Caller) -> FailedNotices:
    """Notices that failed for good or whose fate nobody knows."""
    async with tools.database.reading() as session:
        rows = await list_failed_notices(session, caller.scope(tools.now()))
    return FailedNotices(notices=tuple(_notice(row) for row in rows))


async def note_reading(tools: Services, caller: Caller, action: str, path: Path) -> None:
    """Notes in the log who opened which file, and why if the caller has to say so."""
    now = tools.now()
    async with tools.database.transaction() as session:
        reason = await reason_to_open(session, caller.scope(now), path, day_at(now))
        await audit.record(
            session,
            actor=caller.actor,
            role=caller.role,
            action=action,
            subject=path.case_number,
            path_id=path.id,
            tenant_id=path.tenant_id,
            at=now,
            reason=reason or None,
        )


def _path_view(looked: Looked) -> PathView:
    path, plan, planned = looked.path, looked.plan, looked.planned
    return PathView(
        path_id=path.id,
        case_number=path.case_number,
        municipality=path.municipality,
        place=path.current_place,
        state=path.state,
        computed_for=plan.day,
        facts_version=path.facts_version,
        planned_version=planned.facts_version if planned else None,
        planned_for=planned.planned_for if planned else None,
        model_version=plan.model_version,
        phase=plan.phase,
        standing=plan.standing,
        eligibility=plan.eligibility,
        waiting=plan.waiting,
        stalled_since=plan.stalled_since,
        stall_reason=plan.stall_reason,
        level=plan.level,
        deadlines=plan.deadlines,
        unreleased=plan.unreleased,
        planned_handovers=plan.handovers,
        gaps=plan.gaps,
        could_pay=plan.could_pay,
        warnings=plan.warnings,
        forecasts=plan.forecasts,
        facts_without_effect=plan.facts_without_effect,
        capacities=plan.capacities,
        look_again_at=plan.look_again_at,
    )


def _handover(row: Handover, opened: date | None) -> HandoverView:
    item = item_of(row)
    own = HandoverView.model_fields.keys() - {"allowed_answers", "members", "first_opened_on"}
    return HandoverView(
        **{name: getattr(row, name) for name in own},
        first_opened_on=opened,
        members=item.members,
        allowed_answers=ANSWERS[item.state],
    )


def _task(row: Task) -> TaskView:
    return TaskView(key=row.key, kind=row.kind, subject=row.subject, opened_on=row.opened_on)


def _notice(row: Notice) -> NoticeView:
    return NoticeView(**{name: getattr(row, name) for name in NoticeView.model_fields})


def _stalled(tools: Services, path: Path, row: PlanRow) -> StalledView:
    assert row.stalled_since is not None  # the query asks for it
    waiting = row.plan.get("waiting")
    return StalledView(
        path_id=path.id,
        case_number=path.case_number,
        place=path.current_place,
        stalled_since=row.stalled_since,
        computed_for=row.planned_for,
        days=(row.planned_for - row.stalled_since).days,
        level=row.level,
        reason=row.plan.get("stall_reason"),
        waiting=Waiting.model_validate(waiting) if waiting else None,
        temporal_url=tools.temporal_url(path.id),
    )


def _titles(catalogue: Catalogue, items: Sequence[BodyItem]) -> Mapping[str, str]:
    rules = ((item.handover, catalogue.handover(item.handover, item.raised_on)) for item in items)
    return {code: rule.title if rule else catalogue.label(code) for code, rule in rules}


def _agenda_item(item: BodyItem, titles: Mapping[str, str], hide: bool) -> AgendaItemView:
    return AgendaItemView(
        id=item.id,
        handover=item.handover,
        title=titles.get(item.handover, item.handover),
        from_kind=item.from_kind,
        to_kind=item.to_kind,
        reason=item.reason,
        detail=item.detail,
        cause=item.cause,
        raised_on=item.raised_on,
        paths=told(item.path_count) if hide else str(item.path_count),
        state=item.state,
        why=item.why or {},
        paper=item.paper or {},
    )
