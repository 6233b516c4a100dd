"""Tenants: a municipality, or one simulated run of it with its own clock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from store.errors import TenantExists, TenantNotFound
from store.tables import Tenant
from store.writing import insert_unless_there


async def create_tenant(
    session: AsyncSession,
    tenant_id: str,
    municipality: str,
    *,
    simulated: bool = False,
    clock_offset_seconds: int = 0,
    now: datetime,
) -> Tenant:
    """Creates a tenant; the same one again changes nothing.

    `clock_offset_seconds` is added to the clock of its paths; zero in production.
    Errors: TenantExists if the id belongs to another municipality or clock.
    """
    wanted = Tenant(
        id=tenant_id,
        municipality=municipality,
        simulated=simulated,
        clock_offset_seconds=clock_offset_seconds,
        created_at=now,
    )
    await insert_unless_there(session, wanted, "id")
    found = await get_tenant(session, tenant_id)
    if (found.municipality, found.simulated, found.clock_offset_seconds) != (
        municipality,
        simulated,
        clock_offset_seconds,
    ):
        raise TenantExists("Diesen Mandanten gibt es schon, mit anderer Kommune oder anderer Uhr.", field="tenant")
    return found


async def get_tenant(session: AsyncSession, tenant_id: str) -> Tenant:
    """The tenant. Errors: TenantNotFound."""
    found = await find_tenant(session, tenant_id)
    if found is None:
        raise TenantNotFound("Diesen Mandanten gibt es nicht.", field="tenant")
    return found


async def list_tenants(session: AsyncSession) -> list[Tenant]:
    """All tenants, the newest first."""
    return list(await session.scalars(select(Tenant).order_by(col(Tenant.created_at).desc(), col(Tenant.id))))


async def find_tenant(session: AsyncSession, tenant_id: str) -> Tenant | None:
    """The tenant, or None."""
    return await session.get(Tenant, tenant_id)
