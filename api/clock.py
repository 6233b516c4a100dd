"""The clock of a path: Berlin days, the wall clock in real tenants, the path's own clock in simulated ones.

The only place of the API that knows the difference.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import SimulationOnly
from process_models.look_again import BERLIN, day_at
from process_models.phrases import Phrase
from store.plans import get_plan, latest_moment
from store.tables import Tenant

_REAL = Phrase("In einem echten Mandanten gilt die Uhr des Systems.")


def start_of(day: date) -> datetime:
    """The first moment of a day in Germany."""
    return datetime.combine(day, time(), tzinfo=BERLIN)


def tenant_now(tenant: Tenant, wall: datetime) -> datetime:
    """What the clock of the tenant shows; the offset of a real tenant is zero."""
    return wall + timedelta(seconds=tenant.clock_offset_seconds)


async def tenant_today(session: AsyncSession, tenant: Tenant, wall: datetime) -> date:
    """Today on the clock of a tenant; in a simulation the day that its paths have reached, or the one it began on."""
    moment = await latest_moment(session, tenant.id) if tenant.simulated else None
    return day_at(moment or tenant_now(tenant, wall))


async def path_now(session: AsyncSession, tenant: Tenant, path_id: str, wall: datetime) -> datetime:
    """The moment that reads of a path are for: now, or in a simulation the moment of the path's last plan."""
    if not tenant.simulated:
        return wall
    plan = await get_plan(session, path_id)
    return plan.planned_at if plan else tenant_now(tenant, wall)


def check_given_moment(tenant: Tenant, given: datetime | None) -> None:
    """Errors: SimulationOnly if a real tenant is told what time it is."""
    if given is not None and not tenant.simulated:
        raise SimulationOnly("„now“ gibt es nur in simulierten Mandanten.", field="now", way_out=_REAL)


def recorded_on(tenant: Tenant, given: date | None, today: date, on: date, field: str = "recorded") -> date:
    """The day from which a fact of the day `on` is known: today, unless a simulation says otherwise.

    Errors: SimulationOnly if a real tenant dates it itself.
    """
    if given is None:
        return max(today, on) if tenant.simulated else today
    if not tenant.simulated:
        raise SimulationOnly("„recorded“ gibt es nur in simulierten Mandanten.", field=field, way_out=_REAL)
    return given
