"""Reading for bodies: meetings and decisions. Interfaces and counts, never persons.

Nothing is changed here; agendas stand in `reads`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from api.caller import Caller
from api.clock import tenant_today
from api.errors import InterfaceNotFound
from api.permissions import PERMISSIONS
from api.reads_review import read_effect
from api.services import Services
from api.views import MeetingsView, MeetingView, ResolutionsView, ResolutionView
from process_models.catalogue import Catalogue
from process_models.decisions import DECISIONS, Decision
from process_models.errors import PathNotFound
from process_models.interface_review import Effect, Interface
from process_models.names import BODY_KINDS, BodyKind
from process_models.reasons import COUNTS
from process_models.rules import Body
from process_models.small_cells import told
from store.meetings import (
    get_item,
    get_meeting,
    list_items,
    list_meetings,
    list_resolutions,
    next_planned,
    paths_of_item,
    resolutions_of_item,
    resolutions_of_meeting,
)
from store.model_tables import ModelVersion
from store.scope import Scope
from store.tables import BodyItem, Meeting, Path, Resolution, Tenant
from store.tenants import get_tenant
from store.version_links import versions_of_resolutions
from store.visible import get_visible_path


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """An item as a page shows it: an interface, a reason, how many paths."""

    id: str
    body: BodyKind
    handover: str
    title: str
    sender: str
    receiver: str
    reason: str
    detail: str | None
    cause: str
    raised_on: date
    paths: str
    state: str
    why: Mapping[str, object]
    """The figures behind it (`process_models.reasons`); small counts are words outside the office."""
    paper: Mapping[str, str]
    case_number: str = ""
    """Only in the AG Fallebene, which speaks about one path."""
    path_id: str = ""


@dataclass(frozen=True, slots=True)
class BodySeen:
    """A body: its agenda, its meetings, its decisions."""

    kind: BodyKind
    title: str
    office: str
    members: tuple[str, ...]
    ad_hoc: bool
    today: date
    next: Meeting | None
    items: tuple[ItemSeen, ...]
    meetings: tuple[Meeting, ...]
    resolutions: tuple[Resolution, ...]


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One item with what was decided about it and what may be decided now."""

    item: ItemSeen
    body_title: str
    resolutions: tuple[Resolution, ...]
    decisions: tuple[Decision, ...]
    meetings: tuple[Meeting, ...]
    versions: Mapping[str, Sequence[ModelVersion]]
    """Versions of the process models that carry out each decision."""
    reasons: Mapping[str, str]
    """German words of the reasons of stalls."""
    figures: Effect | None = None
    """The interface in the four quarters before this one, to begin a paper with; None where there is a paper."""


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """One meeting: what lay on its table, what it decided, its minutes."""

    meeting: Meeting
    body_title: str
    members: tuple[str, ...]
    decided: tuple[tuple[Resolution, ItemSeen], ...]
    open_items: tuple[ItemSeen, ...]
    may_be_written: bool


async def read_bodies(tools: Services, caller: Caller) -> tuple[BodySeen, ...]:
    """The bodies whose agendas this caller may see."""
    scope = caller.scope(tools.now())
    return tuple([await read_body(tools, caller, kind) for kind in BODY_KINDS if scope.sits_in(kind)])


async def read_body(tools: Services, caller: Caller, kind: BodyKind) -> BodySeen:
    """A body of the caller's tenant; for who may not see it, it has nothing."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        today = await tenant_today(session, tenant, tools.now())
        sees = scope.sits_in(kind)
        items = await list_items(session, tenant.id, kind, "open") if sees else []
        meetings = await list_meetings(session, tenant.id, kind) if sees else []
        resolutions = await list_resolutions(session, tenant.id, kind) if sees else []
        following = await next_planned(session, tenant.id, kind, today) if sees else None
        shown = [await _item(session, scope, catalogue, item) for item in items]
    config = _config(catalogue, tenant, kind)
    return BodySeen(
        kind=kind,
        title=config.title if config else kind,
        office=config.office if config else "",
        members=config.members if config else (),
        ad_hoc=config.ad_hoc if config else False,
        today=today,
        next=following,
        items=tuple(shown),
        meetings=tuple(meetings),
        resolutions=tuple(resolutions),
    )


async def read_item(tools: Services, caller: Caller, item_id: str) -> ItemPage:
    """An item on an agenda that this caller may see. Errors: BodyItemNotFound."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        row = await get_item(session, item_id, scope)
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        item = await _item(session, scope, catalogue, row)
        resolutions = await resolutions_of_item(session, row.id)
        meetings = await list_meetings(session, tenant.id, row.body)
        versions = await versions_of_resolutions(session, [one.id for one in resolutions])
        today = await tenant_today(session, tenant, tools.now())
    config = _config(catalogue, tenant, item.body)
    return ItemPage(
        item=item,
        body_title=config.title if config else item.body,
        resolutions=tuple(resolutions),
        decisions=DECISIONS[item.body] if item.state == "open" else (),
        meetings=tuple(meetings),
        versions=versions,
        reasons={str(code): text for code, text in catalogue.ladder(today).reasons.items()},
        figures=await _figures(tools, caller, row, today),
    )


async def _figures(tools: Services, caller: Caller, item: BodyItem, today: date) -> Effect | None:
    """What a paper can begin with, as the review tells it."""
    if item.state != "open" or item.paper or caller.role not in PERMISSIONS["review.read"]:
        return None
    try:
        return await read_effect(tools, caller, Interface(item.handover, item.from_kind, item.to_kind), today)
    except InterfaceNotFound:  # an item about needs lies at no interface
        return None


async def read_meeting(tools: Services, caller: Caller, meeting_id: str) -> MeetingPage:
    """A meeting of a body that this caller may see. Errors: MeetingNotFound."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        meeting = await get_meeting(session, meeting_id, scope)
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        decided = await resolutions_of_meeting(session, meeting.id)
        items = await list_items(session, tenant.id, meeting.body, "open") if meeting.state == "planned" else []
        today = await tenant_today(session, tenant, tools.now())
        shown = [(resolution, await _item(session, scope, catalogue, item)) for resolution, item in decided]
        waiting = [await _item(session, scope, catalogue, item) for item in items]
    config = _config(catalogue, tenant, meeting.body)
    return MeetingPage(
        meeting=meeting,
        body_title=config.title if config else meeting.body,
        members=config.members if config else (),
        decided=tuple(shown),
        open_items=tuple(waiting),
        may_be_written=meeting.held_on <= today,
    )


async def _item(session: AsyncSession, scope: Scope, catalogue: Catalogue, item: BodyItem) -> ItemSeen:
    rule = catalogue.handover(item.handover, item.raised_on)
    reasons: Mapping[str, str] = {str(code): text for code, text in catalogue.ladder(item.raised_on).reasons.items()}
    path = await _path_of(session, scope, item) if item.body == "fall" else None
    kinds: Mapping[str, BodyKind] = {kind: kind for kind in BODY_KINDS}
    return ItemSeen(
        id=item.id,
        body=kinds[item.body],
        handover=item.handover,
        title=rule.title if rule else catalogue.label(item.handover),
        sender=catalogue.label(item.from_kind),
        receiver=catalogue.label(item.to_kind),
        reason=reasons.get(item.reason) or catalogue.label(item.reason),
        detail=item.detail,
        cause=item.cause,
        raised_on=item.raised_on,
        paths=told(item.path_count) if scope.role == "body" and item.body != "fall" else str(item.path_count),
        state=item.state,
        why=_why(scope, item),
        paper=item.paper or {},
        case_number=path.case_number if path else "",
        path_id=path.id if path else "",
    )


def _why(scope: Scope, item: BodyItem) -> Mapping[str, object]:
    why: dict[str, object] = dict(item.why or {})
    if "paths" in why:
        why["paths"] = item.path_count  # further paths join an item after it was raised
    if "since" in why:
        why["since"] = date.fromisoformat(str(why["since"]))
    if scope.role == "body" and item.body != "fall":
        why |= {name: told(int(str(why[name]))) for name in COUNTS & why.keys()}
    return why


async def _path_of(session: AsyncSession, scope: Scope, item: BodyItem) -> Path | None:
    paths: Sequence[str] = await paths_of_item(session, item.id)
    try:
        return await get_visible_path(session, scope, paths[0]) if paths else None
    except PathNotFound:
        return None


def _config(catalogue: Catalogue, tenant: Tenant, kind: str) -> Body | None:
    return next((one for one in catalogue.municipality(tenant.municipality).bodies if one.kind == kind), None)


async def read_meetings(tools: Services, caller: Caller, body: BodyKind) -> MeetingsView:
    """The meetings of a body of the caller's tenant."""
    async with tools.database.reading() as session:
        sees = caller.scope(tools.now()).sits_in(body)
        rows = await list_meetings(session, caller.tenant, body) if sees else []
    names = MeetingView.model_fields
    return MeetingsView(meetings=tuple(MeetingView(**{name: getattr(row, name) for name in names}) for row in rows))


async def read_resolutions(tools: Services, caller: Caller, body: BodyKind) -> ResolutionsView:
    """The decisions of a body of the caller's tenant."""
    async with tools.database.reading() as session:
        sees = caller.scope(tools.now()).sits_in(body)
        rows = await list_resolutions(session, caller.tenant, body) if sees else []
    names = ResolutionView.model_fields
    shown = tuple(ResolutionView(**{name: getattr(row, name) for name in names}) for row in rows)
    return ResolutionsView(resolutions=shown)
