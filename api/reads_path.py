"""Reading one path for the people who accompany it: everything of the file on one page, and what a fact would change.

Computed afresh from the records; nothing is changed but the audit, which says who opened the file and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from api.acts.facts import checked
from api.acts.writing import Call, Writing
from api.caller import Caller
from api.clock import path_now
from api.errors import ReasonMissing
from api.pages.chart import Drawing, drawing_of
from api.schemas import FactIn
from api.services import Services
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.consent import consents_of
from process_models.facts import RETRACTED, Fact, known_on
from process_models.handover import ANSWERS
from process_models.look import look_at
from process_models.look_again import day_at
from process_models.model_diff import PlanChange, compare_plans
from process_models.path_chart import Chart, chart_of
from process_models.plan import Plan
from process_models.planning import make_plan
from process_models.rules import FactKind
from store import audit
from store.account_tables import Account
from store.accounts import list_accounts
from store.agency_tables import AgencyDeed
from store.agency_visits import first_opened, list_deeds
from store.assignments import assigned_to
from store.consents import list_evidence
from store.handovers import item_of, list_handovers
from store.notices import list_notices
from store.paths import load_case, load_path_person
from store.scope import Scope
from store.tables import AuditEntry, ConsentEvidence, Handover, Notice, Path, Task
from store.tasks import list_open_tasks
from store.tenants import get_tenant
from store.visible import get_visible_path, may_be_named, must_say_why, reason_to_open


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact of the file in one line."""

    fact: Fact
    title: str
    retracted: bool
    without_effect: bool


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """A handover with the answers that the office may note for the agency."""

    row: Handover
    title: str
    agency: str
    answers: tuple[str, ...]
    opened_on: date | None = None
    """Day on which the agency opened its page for the first time."""
    queries: tuple[AgencyQuery, ...] = ()


@dataclass(frozen=True, slots=True)
class AgencyQuery:
    """What an agency asked back, or whom it names as the right one, through its link."""

    on: date
    deed: str
    documents: tuple[str, ...] = ()
    """Words of the documents that are missing."""
    to: str = ""
    """Name of the kind of agency that is said to be the right one."""


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A consent with its evidence, also one that has ended."""

    row: ConsentEvidence
    valid: bool
    data: tuple[str, ...]
    """Words of the categories."""


@dataclass(frozen=True, slots=True)
class PathPage:
    """Everything that the page of a path shows."""

    path: Path
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
    consents: Sequence[ConsentLine]
    notices: Sequence[Notice]
    log: Sequence[AuditEntry]
    people: dict[str, str]
    """Account -> name, for the log."""
    temporal_url: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a fact would change today, before it is recorded."""

    change: PlanChange
    waiting: str


async def read_path_page(tools: Services, caller: Caller, path_id: str) -> PathPage:
    """The page of a path. Errors: PathNotFound, ReasonMissing for who supervises and has not said why."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        path = await get_visible_path(session, scope, path_id)
        if await must_say_why(session, scope, path):
            raise ReasonMissing("Die Akte öffnet die Fachaufsicht nur aus einem Grund und auf Zeit.")
        tenant = await get_tenant(session, path.tenant_id)
        now = await path_now(session, tenant, path.id, tools.now())
        case = await load_case(session, tools.database.keyring, path.id)
        catalogue = await tools.catalogues.of_path(session, path)
        look = look_at(case, now, catalogue)
        named = await may_be_named(session, scope, path)
        person = await load_path_person(session, tools.database.keyring, path) if named else None
        chart = chart_of(look, catalogue)
        accounts = await list_accounts(session, path.tenant_id, "case_manager")
        page = PathPage(
            path=path,
            name=person.name if person else "",
            born=case.person.born if named else None,
            owner=await assigned_to(session, path.id, day_at(tools.now())),
            plan=make_plan(case, now, catalogue),
            catalogue=catalogue,
            chart=chart,
            drawing=drawing_of(chart),
            tasks=await list_open_tasks(session, scope, path.id),
            handovers=await _handovers(session, catalogue, path),
            facts=_facts(case, catalogue, look.course.ineffective) if named else (),
            consents=_consents(case, await list_evidence(session, path.id), day_at(now), catalogue),
            notices=await list_notices(session, path.id),
            log=await audit.list_entries(session, path.id, limit=50),
            people={account.id: account.display_name for account in accounts},
            temporal_url=tools.temporal_url(path.id),
        )
        reason = await reason_to_open(session, scope, path, scope.today)
    await _note_opening(tools, caller, path, reason)
    return page


async def read_fact_kinds(tools: Services, caller: Caller, path_id: str) -> tuple[Path, dict[str, FactKind], Case]:
    """The vocabulary for a path and its case, for the form of a fact. Errors: PathNotFound."""
    async with tools.database.reading() as session:
        path = await get_visible_path(session, caller.scope(tools.now()), path_id)
        catalogue = await tools.catalogues.of_path(session, path)
        case = await load_case(session, tools.database.keyring, path.id)
    return path, catalogue.fact_kinds, case


async def preview_fact(tools: Services, caller: Caller, path_id: str, given: FactIn) -> Preview:
    """What the fact would change in the plan of today. Errors: those of recording it; nothing is kept."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        path = await get_visible_path(session, scope, path_id)
        writing = await _as_if_writing(tools, session, caller, scope, path)
        now = await path_now(session, writing.tenant, path.id, tools.now())
        case = await load_case(session, tools.database.keyring, path.id)
        facts = checked(writing, case, (given,), day_at(now))
        catalogue = await tools.catalogues.of_path(session, path)
    before = make_plan(case, now, catalogue)
    after = make_plan(replace(case, facts=(*case.facts, *facts)), now, catalogue)
    waiting = after.waiting.sentence if after.waiting else ""
    return Preview(compare_plans(before, after), waiting)


async def _as_if_writing(tools: Services, session: AsyncSession, caller: Caller, scope: Scope, path: Path) -> Writing:
    call = Call(caller.actor, caller.role, caller.tenant, "", "", scope)
    tenant = await get_tenant(session, path.tenant_id)
    return Writing(session, tools, call, tenant, tools.now(), await tools.catalogues.of_path(session, path))


async def _handovers(session: AsyncSession, catalogue: Catalogue, path: Path) -> list[HandoverLine]:
    rows = await list_handovers(session, path.id)
    opened, deeds = await first_opened(session, rows), await list_deeds(session, rows)
    lines = [(row, _handover(row, catalogue, path)) for row in rows]
    return [
        replace(
            line,
            opened_on=opened.get(row.id),
            queries=tuple(_query(row, deed, catalogue) for deed in deeds if _is_told(row, deed)),
        )
        for row, line in lines
    ]


def _is_told(row: Handover, deed: AgencyDeed) -> bool:
    return deed.handover_id == row.id and deed.deed in ("query", "not_responsible", "forward", "wrong_recipient")


def _query(row: Handover, deed: AgencyDeed, catalogue: Catalogue) -> AgencyQuery:
    rule = catalogue.handover(row.code, row.trigger_on)
    titles = {f"D{number}": title for number, title in enumerate(rule.documents if rule else (), start=1)}
    missing = tuple(titles.get(code, code) for code in deed.documents)
    return AgencyQuery(deed.done_on, deed.deed, missing, catalogue.label(deed.to_kind) if deed.to_kind else "")


def _handover(row: Handover, catalogue: Catalogue, path: Path) -> HandoverLine:
    rule = catalogue.handover(row.code, row.trigger_on)
    agencies = catalogue.municipality(path.municipality).agencies
    title = next((one.title for one in agencies if one.id == row.to_agency), catalogue.label(row.to_kind))
    possible = tuple(answer for answer in ANSWERS[item_of(row).state] if answer in _OFFICE)
    return HandoverLine(row, rule.title if rule else row.code, title, possible)


_OFFICE = ("receive", "accept", "complete", "cancel")
"""Answers that need no further word; the others stand on the board and behind the link of the agency."""


def _consents(
    case: Case, rows: Sequence[ConsentEvidence], today: date, catalogue: Catalogue
) -> tuple[ConsentLine, ...]:
    """Those in force first."""
    held = {(one.who, one.id) for one in consents_of(known_on(case.facts, today), today)}
    lines = (
        ConsentLine(row, (row.who, row.ref) in held, tuple(catalogue.label(f"category.{c}") for c in row.categories))
        for row in rows
        if row.retracted_on is None
    )
    return tuple(sorted(lines, key=lambda line: (not line.valid, line.row.given_on)))


def _facts(case: Case, catalogue: Catalogue, ineffective: frozenset[str]) -> list[FactLine]:
    gone = {fact.data["fact"] for fact in case.facts if fact.kind == RETRACTED}
    kinds = catalogue.fact_kinds
    return [
        FactLine(fact, _title(kinds, fact.kind), fact.id in gone, fact.id in ineffective)
        for fact in sorted(case.facts, key=lambda fact: (fact.on, fact.recorded, fact.id), reverse=True)
        if fact.kind != RETRACTED
    ]


def _title(kinds: dict[str, FactKind], kind: str) -> str:
    return kinds[kind].title if kind in kinds else kind


async def _note_opening(tools: Services, caller: Caller, path: Path, reason: str) -> None:
    async with tools.database.transaction() as session:
        await audit.record(
            session,
            actor=caller.actor,
            role=caller.role,
            action="path.read",
            subject=path.case_number,
            path_id=path.id,
            tenant_id=path.tenant_id,
            at=tools.now(),
            reason=reason or None,
        )
