"""Reading versions of the process models: what each changes, which decision is behind it, its preview, its effect.

Rules and counts, never persons; small counts are words for everybody but the office.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.acts.models import ModelVersionView, files_to_edit, find_for, own_tenant, see_version
from api.caller import Caller
from api.permissions import PERMISSIONS
from api.reads_review import read_effect
from api.services import Services
from process_models.catalogue import Catalogue
from process_models.catalogue_diff import RuleChange, changed_rules
from process_models.interface_review import Effect, Interface
from process_models.previewing import Move, PreviewFigures, figures_of
from process_models.small_cells import told
from store.model_tables import ModelVersion
from store.model_versions import version_in_force
from store.previews import find_preview
from store.tables import BodyItem, Resolution
from store.tenants import get_tenant, list_tenants
from store.version_links import resolutions_of_version
from store.version_tables import ModelPreview

_IN_FULL: Final = "coordinator"
"""The role that sees the paths themselves, and so their exact numbers."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A decision that the version carries out."""

    resolution: Resolution
    item: BodyItem
    title: str
    """Of the handover."""
    sender: str
    receiver: str

    @property
    def interface(self) -> Interface:
        """Where its effect shows."""
        return Interface(self.item.handover, self.item.from_kind, self.item.to_kind)


@dataclass(frozen=True, slots=True)
class PreviewSeen:
    """What the version would change in the open paths. Counts are words where they are small."""

    asked_at: datetime
    finished_at: datetime | None
    paths: str
    changed: str
    need_person: str
    kinds: tuple[tuple[str, str], ...]
    """What changes, in German, and in how many paths."""
    reasons: tuple[tuple[str, str], ...]
    """Why a person has to look, and at how many paths."""
    moves: tuple[tuple[Move, str], ...]
    """Dates that move, and in how many paths; outside the office only where those are not few."""


@dataclass(frozen=True, slots=True)
class EffectSeen:
    """An interface before and after the release of the version."""

    behind: Behind
    effect: Effect


@dataclass(frozen=True, slots=True)
class VersionSeen:
    """One version."""

    version: ModelVersionView
    against: str
    """Name of the version that it is compared with: the one before it."""
    rules: tuple[RuleChange, ...]
    behind: tuple[Behind, ...]
    preview: PreviewSeen | None
    effects: tuple[EffectSeen, ...]
    simulated: bool
    """The clock of the paths is not the one that a preview is asked for by: its moments say nothing."""


@dataclass(frozen=True, slots=True)
class FilesSeen:
    """The files that a draft may change, and the text of the chosen one."""

    names: tuple[str, ...]
    chosen: str
    text: str


async def read_tenants(tools: Services) -> tuple[tuple[str, str], ...]:
    """Id and name of every municipality that is not simulated."""
    async with tools.database.reading() as session:
        tenants = [tenant for tenant in await list_tenants(session) if not tenant.simulated]
    titles = {one.id: one.title for one in tools.catalogues.shipped.municipalities.values()}
    return tuple((tenant.id, titles.get(tenant.municipality, tenant.id)) for tenant in tenants)


async def read_version(tools: Services, caller: Caller, tenant_id: str, version: str) -> VersionSeen:
    """One version of a tenant. Errors: ModelVersionNotFound, TenantNotFound, ModelTampered, ModelInvalid."""
    async with tools.database.reading() as session:
        row = await find_for(session, caller, tenant_id, version)
        before, after = await _catalogues(session, tools, row)
        linked = await resolutions_of_version(session, row.id)
        preview = await find_preview(session, row.id)
        view = await see_version(session, row)
        tenant = await get_tenant(session, tenant_id)
    behind = tuple(_behind(resolution, item, after) for resolution, item in linked)
    return VersionSeen(
        version=view,
        against=before.version,
        rules=changed_rules(before, after),
        behind=behind,
        preview=_preview(preview, after, exact=caller.role == _IN_FULL) if preview else None,
        effects=await _effects(tools, caller, row, behind),
        simulated=tenant.simulated,
    )


async def read_files(tools: Services, caller: Caller, tenant_id: str, base: str, chosen: str) -> FilesSeen:
    """The files of the version in force, or of a draft. Errors: ModelVersionNotFound, TenantNotFound."""
    async with tools.database.reading() as session:
        await own_tenant(session, caller, tenant_id)
        files = await files_to_edit(session, tenant_id, base)
    text = files[chosen].decode() if chosen in files else ""
    return FilesSeen(tuple(sorted(files)), chosen if chosen in files else "", text)


async def _catalogues(session: AsyncSession, tools: Services, row: ModelVersion) -> tuple[Catalogue, Catalogue]:
    """The rules before the version and its own."""
    in_force = await version_in_force(session, row.tenant_id)
    before = row.supersedes if row.turn else (in_force.id if in_force else None)
    return await tools.catalogues.of_version(session, before), await tools.catalogues.of_version(session, row.id)


def _behind(resolution: Resolution, item: BodyItem, catalogue: Catalogue) -> Behind:
    rule = catalogue.handover(item.handover, item.raised_on)
    title = rule.title if rule else catalogue.label(item.handover)
    return Behind(resolution, item, title, catalogue.label(item.from_kind), catalogue.label(item.to_kind))


def _preview(row: ModelPreview, words: Catalogue, *, exact: bool) -> PreviewSeen:
    figures: PreviewFigures = figures_of(row.figures)
    count = str if exact else told
    kinds = ((words.label(f"change.{kind}"), count(paths)) for kind, (paths, _n) in sorted(figures.kinds.items()))
    reasons = ((words.label(f"person_reason.{code}"), count(n)) for code, n in sorted(figures.reasons.items()))
    return PreviewSeen(
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        paths=count(figures.paths),
        changed=count(figures.changed),
        need_person=count(figures.need_person),
        kinds=tuple(kinds),
        reasons=tuple(reasons),
        moves=tuple((move, str(move.paths)) for move in figures.moves if count(move.paths) == str(move.paths)),
    )


async def _effects(
    tools: Services, caller: Caller, row: ModelVersion, behind: tuple[Behind, ...]
) -> tuple[EffectSeen, ...]:
    """Before and after, for who may see the review; nothing before the release."""
    if row.in_force_on is None or caller.role not in PERMISSIONS["review.read"]:
        return ()
    on = row.in_force_on
    found = {one.interface: one for one in behind}
    return tuple([EffectSeen(found[at], await read_effect(tools, caller, at, on)) for at in sorted(found)])
