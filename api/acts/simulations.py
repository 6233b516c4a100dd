"""Simulated tenants: a municipality with a clock of its own, for trying out and for tests.

The only acts that move a clock or take over counts; a real tenant refuses both.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from api.acts.paths import known_municipality
from api.caller import Caller
from api.errors import SimulationOnly
from api.schemas import CountAnswers, CreateSimulation, OtherStalls
from api.services import Services
from process_models.interface_review import Interface
from store import audit
from store.access import create_token
from store.body_items import NewStall, note_stall
from store.errors import HandoverNotFound, TenantNotFound
from store.events import OtherWaits, note_waits
from store.tables import Tenant, new_id
from store.tenants import create_tenant, find_tenant

TOKEN_LIFETIME = timedelta(days=7)


class Simulation(BaseModel):
    """A simulated tenant and the token of its case manager, shown this once."""

    tenant: str
    municipality: str
    clock_offset_seconds: int
    token: str
    coordinator_token: str


async def create_simulation(tools: Services, caller: Caller, request: CreateSimulation) -> Simulation:
    """A new tenant whose clock shows `starts_at` now. Errors: UnknownMunicipality."""
    now = tools.now()
    municipality = known_municipality(tools.catalogues.shipped, request.municipality)
    offset = round((request.starts_at - now).total_seconds())
    tenant_id = f"sim-{new_id()[:16]}"
    async with tools.database.transaction() as session:
        await create_tenant(session, tenant_id, municipality.id, simulated=True, clock_offset_seconds=offset, now=now)
        manager = await create_token(session, "case_manager", "simulation", tenant_id, now, TOKEN_LIFETIME)
        coordinator = await create_token(session, "coordinator", "simulation", tenant_id, now, TOKEN_LIFETIME)
        await _audit(session, caller, "simulation.created", tenant_id, now)
    return Simulation(
        tenant=tenant_id,
        municipality=municipality.id,
        clock_offset_seconds=offset,
        token=manager,
        coordinator_token=coordinator,
    )


async def take_over_stalls(tools: Services, caller: Caller, tenant_id: str, request: OtherStalls) -> None:
    """Counts of further paths that stall in the same way; repeating it changes nothing.

    Errors: TenantNotFound, SimulationOnly for a real tenant.
    """
    async with tools.database.transaction() as session:
        tenant = await find_tenant(session, tenant_id)
        if tenant is None:
            raise TenantNotFound("Es gibt keinen simulierten Mandanten dieser Kennung.", field="tenant")
        if not tenant.simulated:
            raise SimulationOnly("Zählungen übernimmt nur ein simulierter Mandant.", field="tenant")
        await _keep(session, tools, tenant, request)
        await _audit(session, caller, "simulation.stalls", tenant_id, tools.now())
    tools.news.wake()


async def take_over_answers(tools: Services, caller: Caller, tenant_id: str, request: CountAnswers) -> None:
    """Steps of handovers of further paths, as events without a path; repeating it changes nothing.

    Errors: TenantNotFound, SimulationOnly for a real tenant, HandoverNotFound.
    """
    async with tools.database.transaction() as session:
        tenant = await find_tenant(session, tenant_id)
        if tenant is None:
            raise TenantNotFound("Es gibt keinen simulierten Mandanten dieser Kennung.", field="tenant")
        if not tenant.simulated:
            raise SimulationOnly("Zählungen übernimmt nur ein simulierter Mandant.", field="tenant")
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        rule = catalogue.handover(request.handover, request.on)
        if rule is None:
            raise HandoverNotFound("Das Prozessmodell kennt keine Übergabe mit diesem Kennzeichen.", field="handover")
        interface = Interface(rule.code, rule.from_kind, rule.to_kind)
        offered_on = catalogue.municipality(tenant.municipality).product_calendar.back(request.on, request.working_days)
        waits = OtherWaits(interface, request.on, request.working_days, request.count, request.step, offered_on)
        await note_waits(session, tenant.id, waits)
        await _audit(session, caller, "simulation.answers", tenant_id, tools.now())


async def _keep(session: AsyncSession, tools: Services, tenant: Tenant, request: OtherStalls) -> None:
    catalogue = await tools.catalogues.of_tenant(session, tenant.id)
    rule = catalogue.handover(request.handover, request.since)
    if rule is None:
        raise HandoverNotFound("Das Prozessmodell kennt keine Übergabe mit diesem Kennzeichen.", field="handover")
    stall = NewStall(
        tenant_id=tenant.id,
        handover=rule.code,
        from_kind=rule.from_kind,
        to_kind=rule.to_kind,
        reason=request.reason,
        detail=request.detail,
        since=request.since,
        count=request.count,
    )
    await note_stall(session, stall)


async def _audit(session: AsyncSession, caller: Caller, action: str, tenant_id: str, now: datetime) -> None:
    await audit.record(
        session,
        actor=caller.actor,
        role=caller.role,
        action=action,
        subject=tenant_id,
        path_id=None,
        tenant_id=tenant_id,
        at=now,
    )
