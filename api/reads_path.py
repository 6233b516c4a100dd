"""Reading one path for the people who accompany it: everything of the file on one page, and its log.

Computed afresh from the records; nothing is changed but the audit, which says who opened the file and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.caller import Caller
from api.clock import path_now
from api.errors import ReasonMissing
from api.household import members_of, seen_links
from api.pages.chart import Drawing, drawing_of
from api.path_lines import (
    Checklist,
    ConsentLine,
    FactLine,
    HandoverLine,
    Happened,
    LogLine,
    checklist_of,
    consents_in_words,
    facts_in_words,
    handover_line,
    log_in_words,
)
from api.permissions import PERMISSIONS
from api.reads_needs import NeedsInShort, needs_in_short
from api.services import Services
from api.views import MemberView
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.look import Look, look_at
from process_models.look_again import day_at
from process_models.path_chart import Chart, chart_of
from process_models.plan import Plan, PlannedDeadline
from process_models.planning import plan_of_day, plan_of_look
from process_models.rules import FactKind
from store import audit
from store.account_tables import Account
from store.accounts import names_among
from store.agency_visits import first_opened, list_deeds
from store.assignments import assigned_to
from store.consents import list_evidence
from store.handovers import list_handovers
from store.notices import list_notices
from store.paths import load_case, load_path_person
from store.scope import Scope
from store.tables import Path, Task
from store.tasks import list_open_tasks
from store.tenants import get_tenant
from store.visible import get_visible_path, may_be_named, must_say_why, reason_to_open

LOG_ON_PAGE = 20
"""Entries of the log on the page of a path; all of them stand on its own page."""
_COLLEAGUES: Final = ("case_manager", "coordinator")
"""Roles whose people the log tells by name."""


@dataclass(frozen=True, slots=True)
class PathPage:
    """Everything that the page of a path shows."""

    path: Path
    named: bool
    """Whether the caller may see who the person is; without it no fact is shown either."""
    name: str
    born: date | None
    owner: Account | None
    plan: Plan
    catalogue: Catalogue
    chart: Chart
    drawing: Drawing
    tasks: Sequence[Task]
    handovers: Sequence[HandoverLine]
    facts: Sequence[FactLine]
    kinds: Sequence[tuple[str, str]]
    """Kinds of facts that may be recorded: code and title."""
    consents: Sequence[ConsentLine]
    checklist: Checklist | None
    members: Sequence[MemberView]
    needs: NeedsInShort | None
    """None where the person may not be named."""
    log: Sequence[LogLine]
    temporal_url: str | None


@dataclass(frozen=True, slots=True)
class PathLog:
    """The log of a path."""

    path: Path
    entries: Sequence[LogLine]


async def read_path_page(tools: Services, caller: Caller, path_id: str) -> PathPage:
    """The page of a path. Errors: PathNotFound, ReasonMissing for who supervises and has not said why."""
    scope, keyring = caller.scope(tools.now()), tools.database.keyring
    async with tools.database.reading() as session:
        path, case, catalogue, now = await _opened(tools, session, scope, path_id)
        named = await may_be_named(session, scope, path)
        look = look_at(case, now, catalogue)
        plan = plan_of_look(look, catalogue)
        chart = chart_of(look, catalogue)
        person = await load_path_person(session, keyring, path) if named else None
        links = await seen_links(session, scope, case)
        page = PathPage(
            path=path,
            named=named,
            name=person.name if person else "",
            born=case.person.born if named else None,
            owner=await assigned_to(session, path.id, day_at(tools.now())),
            plan=plan,
            catalogue=catalogue,
            chart=chart,
            drawing=drawing_of(chart),
            tasks=await list_open_tasks(session, scope, path.id),
            handovers=await _handovers(session, path, catalogue, plan),
            facts=_facts(case, catalogue, look) if named else (),
            kinds=kinds_to_record(catalogue.fact_kinds),
            consents=consents_in_words(case, await list_evidence(session, path.id), plan.day, catalogue),
            checklist=checklist_of(plan.forecasts) if named else None,
            members=members_of(plan, case, links, for_case_manager=named),
            needs=await needs_in_short(session, keyring, scope, path, catalogue, plan.day) if named else None,
            log=await _log(session, scope, path, catalogue, LOG_ON_PAGE),
            temporal_url=tools.temporal_url(path.id),
        )
        reason = await reason_to_open(session, scope, path, scope.today)
    await _note_opening(tools, caller, path, "path.read", reason)
    return page


async def read_deadline(tools: Services, caller: Caller, path_id: str, key: str) -> PlannedDeadline | None:
    """How one day of a path is computed; None if the deadline does not run any more.

    Who asks has opened the file, and the log says so. Errors: PathNotFound, ReasonMissing as for the page.
    """
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        path, case, catalogue, now = await _opened(tools, session, scope, path_id)
        reason = await reason_to_open(session, scope, path, scope.today)
    plan = plan_of_day(case, now, catalogue)
    await _note_opening(tools, caller, path, "path.read", reason)
    return next((one for one in plan.every_deadline if one.key == key), None)


async def _opened(
    tools: Services, session: AsyncSession, scope: Scope, path_id: str
) -> tuple[Path, Case, Catalogue, datetime]:
    """The file of a path, its rules and its moment, for whoever may open it."""
    path = await get_visible_path(session, scope, path_id)
    if await must_say_why(session, scope, path):
        raise ReasonMissing("Die Akte öffnet die Fachaufsicht nur aus einem Grund und auf Zeit.")
    now = await path_now(session, await get_tenant(session, path.tenant_id), path.id, tools.now())
    case = await load_case(session, tools.database.keyring, path.id)
    return path, case, await tools.catalogues.of_path(session, path), now


async def read_path_log(tools: Services, caller: Caller, path_id: str) -> PathLog:
    """Who did or saw what on a path, the newest first. Errors: PathNotFound."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        path = await get_visible_path(session, scope, path_id)
        catalogue = await tools.catalogues.of_path(session, path)
        entries = await _log(session, scope, path, catalogue, 500)
        reason = await reason_to_open(session, scope, path, scope.today)
    await _note_opening(tools, caller, path, "audit.read", reason)
    return PathLog(path, entries)


async def read_fact_kinds(tools: Services, caller: Caller, path_id: str) -> tuple[Path, Case, Catalogue, datetime]:
    """A path, its case, rules and moment, for the form of a fact. Errors: PathNotFound."""
    async with tools.database.reading() as session:
        return await _opened(tools, session, caller.scope(tools.now()), path_id)


def kinds_to_record(kinds: Mapping[str, FactKind]) -> tuple[tuple[str, str], ...]:
    """Code and title of every kind of fact that a person may record, by title."""
    offered = sorted(
        (entry.title, code) for code, entry in kinds.items() if not entry.corrects and entry.release.state == "released"
    )
    return tuple((code, title) for title, code in offered)


def _facts(case: Case, catalogue: Catalogue, look: Look) -> Sequence[FactLine]:
    return facts_in_words(case, catalogue, look.course.ineffective)


async def _handovers(session: AsyncSession, path: Path, catalogue: Catalogue, plan: Plan) -> list[HandoverLine]:
    notices = await list_notices(session, path.id)
    rows = await list_handovers(session, path.id)
    happened = Happened(notices, await first_opened(session, rows), await list_deeds(session, rows))
    planned = {(one.code, one.trigger_on): one for one in plan.handovers}
    return [
        replace(
            handover_line(row, happened, catalogue, path, plan.day), planned=planned.get((row.code, row.trigger_on))
        )
        for row in rows
    ]


async def _log(session: AsyncSession, scope: Scope, path: Path, catalogue: Catalogue, limit: int) -> Sequence[LogLine]:
    """The log, for those who may read it: its entries tell which facts were recorded."""
    if scope.role not in PERMISSIONS["audit.read"]:
        return ()
    entries = await audit.list_entries(session, path.id, limit=limit)
    people = await names_among(session, scope, _COLLEAGUES, {one.actor for one in entries})
    return log_in_words(entries, people, catalogue)


async def _note_opening(tools: Services, caller: Caller, path: Path, action: str, reason: str) -> None:
    async with tools.database.transaction() as session:
        await audit.record(
            session,
            actor=caller.actor,
            role=caller.role,
            action=action,
            subject=path.case_number,
            path_id=path.id,
            tenant_id=path.tenant_id,
            at=tools.now(),
            reason=reason or None,
        )
