"""Releasing and withdrawing a version as one act: checked once more, written down, and news for its workflow.

The states stand in `model_versions`; how paths follow, in the workflow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from process_models.look_again import day_at
from process_models.names import MODEL_RELEASE, release_workflow_id
from store import audit
from store.catalogues import Catalogues
from store.model_tables import ModelVersion
from store.model_versions import get_version, release_version, withdraw_version
from store.outbox import add_news
from store.tenants import get_tenant


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides, in what role, and when it was written down."""

    by: str
    actor: str
    role: str
    at: datetime
    on: date | None = None
    """The day on the clock of the tenant; None: the day of `at`."""


async def release(
    session: AsyncSession, catalogues: Catalogues, version_id: str, rate_per_minute: int, decision: Decision
) -> ModelVersion:
    """Puts a version into force and has its workflow lead the paths there.

    It is loaded first: what does not load never reaches a path. Errors: ModelVersionNotFound, ModelVersionNotPossible,
    ModelTampered, ModelInvalid, UnknownMunicipality.
    """
    version = await get_version(session, version_id)
    catalogue = await catalogues.of_version(session, version.id)
    catalogue.municipality((await get_tenant(session, version.tenant_id)).municipality)
    on = decision.on or day_at(decision.at)
    released = await release_version(session, version.id, decision.by, rate_per_minute, decision.at, on)
    await _tell(session, released, "model.released", decision)
    return released


async def withdraw(session: AsyncSession, version_id: str, reason: str, decision: Decision) -> ModelVersion:
    """Takes the version in force back and has its workflow lead the paths to the one before.

    Errors: ModelVersionNotFound, ModelVersionNotPossible.
    """
    withdrawn = await withdraw_version(session, version_id, decision.by, reason, decision.at)
    await _tell(session, withdrawn, "model.withdrawn", decision)
    return withdrawn


async def _tell(session: AsyncSession, version: ModelVersion, action: str, decision: Decision) -> None:
    subject = f"{version.version}:{version.content_hash}"
    tenant = version.tenant_id
    await audit.record(session, decision.actor, decision.role, action, subject, None, tenant, decision.at)
    await add_news(session, tenant, MODEL_RELEASE, release_workflow_id(tenant, version.version), None)
