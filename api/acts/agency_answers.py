"""What an agency sees and does through its link: one handover, without login and without any personal data.

The link stands for the agency; the answer itself is recorded by `handovers`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from api.acts.handovers import Given, answer_row
from api.acts.writing import Call, Writing
from api.clock import path_now
from api.services import Services
from process_models.catalogue import Catalogue
from process_models.errors import FactInvalid, HandoverNotPossible
from process_models.handover import STALL_REASONS
from process_models.look_again import day_at
from process_models.names import member_of_code, rule_code
from process_models.plan import Plan, PlannedHandover
from process_models.planning import make_plan
from process_models.work import HandoverItem, HandoverState, StallReason
from store.handovers import get_handover, item_of
from store.links import find_link
from store.paths import get_path, load_case
from store.scope import Scope
from store.tables import Handover, Path, TaskLink, Tenant
from store.tenants import get_tenant

BUTTONS: dict[HandoverState, tuple[str, ...]] = {
    "offered": ("receive", "accept", "query", "refuse"),
    "received": ("accept", "query", "refuse"),
    "accepted": ("complete",),
}
"""What an agency may answer in which state; taking back and forwarding are for the office."""

_REACHED: dict[str, str] = {
    "receive": "received",
    "query": "received",
    "accept": "accepted",
    "refuse": "refused",
    "complete": "completed",
}
_ANY_DAY = date.min


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """What the page shows."""

    case_number: str
    code: str
    what: str
    """Who hands over to whom; the title would tell the legal framework of the person."""
    agency: str
    unit: str
    contact: str
    state: str
    buttons: tuple[str, ...]
    reasons: Mapping[str, str]
    version: int
    answer_by: date | None
    valid_until: date
    concerns_person: bool = True
    """Whether the person of the path is handed over; False: a member of the household alone."""
    relations: tuple[tuple[str, int], ...] = ()
    """Members of the household who are handed over: what they are to the person, and how many. Never a name."""
    outdated: bool = False
    """The form belonged to an older state of the task; nothing was changed."""


@dataclass(frozen=True, slots=True)
class _Found:
    link: TaskLink
    row: Handover
    path: Path
    tenant: Tenant


async def see_task(tools: Services, token: str) -> TaskSeen:
    """The task behind a link. Changes nothing. Errors: LinkInvalid, the same for unknown, expired and revoked."""
    async with tools.database.reading() as session:
        return await _seen(tools, session, await _find(tools, session, token))


async def answer_by_link(tools: Services, token: str, form: Mapping[str, str]) -> TaskSeen:
    """Records the answer of the agency. The version in the form decides whether the page was up to date.

    The same answer sent twice is thanked for twice and recorded once.
    Errors: LinkInvalid, HandoverNotPossible, ConsentMissing, FactInvalid.
    """
    answer = form.get("answer", "")
    async with tools.database.transaction() as session:
        found = await _find(tools, session, token)
        if form.get("version") != str(found.row.version):
            seen = await _seen(tools, session, found)
            return replace(seen, outdated=_REACHED.get(answer) != found.row.state)
        _require_button(found.row, answer)
        reason = _reason(form.get("reason", ""))
        scope = Scope(found.tenant.id, "agency", day_at(tools.now()))
        call = Call(f"link:{found.link.id}", "agency", found.tenant.id, key="", fingerprint="", scope=scope)
        catalogue = await tools.catalogues.of_path(session, found.path)
        writing = Writing(session, tools, call, found.tenant, tools.now(), catalogue)
        given = Given(answer, reason)
        await answer_row(writing, found.path, found.row, given)
        seen = await _seen(tools, session, replace(found, row=await get_handover(session, found.row.id, None)))
    tools.news.wake()
    return seen


async def _find(tools: Services, session: AsyncSession, token: str) -> _Found:
    link = await find_link(session, token, _ANY_DAY)
    row = await get_handover(session, link.handover_id, None)
    path = await get_path(session, row.path_id, None)
    tenant = await get_tenant(session, path.tenant_id)
    today = day_at(await path_now(session, tenant, path.id, tools.now()))
    # Asked again with the day on the path's clock: an expired link gets the very same answer as an unknown one.
    return _Found(await find_link(session, token, today), row, path, tenant)


async def _seen(tools: Services, session: AsyncSession, found: _Found) -> TaskSeen:
    moment = await path_now(session, found.tenant, found.path.id, tools.now())
    case = await load_case(session, tools.database.keyring, found.path.id)
    catalogue = await tools.catalogues.of_path(session, found.path)
    plan = make_plan(case, moment, catalogue)
    planned = next((one for one in plan.handovers if one.code == found.row.code), None)
    label = catalogue.label
    municipality = catalogue.municipality(found.path.municipality)
    agency = next((one.title for one in municipality.agencies if one.id == found.row.to_agency), found.row.to_kind)
    due = (planned.receipt_due_on if found.row.state == "offered" else planned.next_level_on) if planned else None
    return TaskSeen(
        case_number=found.path.case_number,
        code=rule_code(found.row.code),
        what=f"{label(found.row.from_kind)} an {label(found.row.to_kind)}",
        agency=agency,
        unit=municipality.coordinating_unit,
        contact=municipality.coordinating_mail,
        state=found.row.state,
        buttons=BUTTONS.get(cast(HandoverState, found.row.state), ()),
        reasons=_reasons(catalogue, plan.day),
        version=found.row.version,
        answer_by=due,
        valid_until=found.link.expires_on,
        concerns_person=not member_of_code(found.row.code),
        relations=_relations(plan, item_of(found.row), planned),
    )


def _relations(plan: Plan, item: HandoverItem, planned: PlannedHandover | None) -> tuple[tuple[str, int], ...]:
    """Only those who are covered now; after the acceptance those who were handed over."""
    along = planned.members if planned is not None and item.awaits_answer else item.members
    wanted = {*along, member_of_code(item.code)}
    found = Counter(member.relation for member in plan.members if member.code in wanted)
    return tuple(sorted(found.items()))


def _reasons(catalogue: Catalogue, day: date) -> dict[str, str]:
    """What an agency may give as a reason: not that it is late itself."""
    reasons = catalogue.ladder(day).reasons
    return {code: words for code, words in reasons.items() if code != "AGENCY_LATE"}


def _reason(text: str) -> StallReason | None:
    if not text:
        return None
    if text not in STALL_REASONS:
        raise FactInvalid("Diesen Grund gibt es nicht.", field="reason", allowed=STALL_REASONS)
    return text


def _require_button(row: Handover, answer: str) -> None:
    allowed = BUTTONS.get(cast(HandoverState, row.state), ())
    if answer not in allowed:
        raise HandoverNotPossible(
            "Diese Antwort ist im jetzigen Stand nicht möglich.",
            field="answer",
            allowed=allowed,
            way_out="Den Link aus der E-Mail noch einmal öffnen; die Seite zeigt, was möglich ist.",
        )
