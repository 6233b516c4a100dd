"""Previews of a version of the process models on the open paths of a tenant, page by page. No path changes.

What is compared and counted decides `process_models.previewing`; the figures lie in the records.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.catalogue_diff import RuleChange, changed_rules, coming_days
from process_models.look_again import day_at, morning
from process_models.messages import PreviewPage, PreviewProgress
from process_models.previewing import PathPreview, PreviewFigures, figures_of, preview_path
from store.case_pages import load_cases
from store.catalogues import Catalogues
from store.database import Database
from store.model_versions import get_version
from store.paths import list_open_paths
from store.plans import get_plan
from store.previews import count_page, find_preview
from store.tables import Path, Tenant
from store.tenants import get_tenant
from store.version_tables import ModelPreview

_PAGE: Final = 50
"""Few enough to be compared while the heartbeat waits."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A page of paths as it was read, with the rules that each plans under and the days to compare."""

    case: Case
    name: str
    before: Catalogue
    moments: tuple[datetime, ...]


class PreviewActivities:
    """Counts what a version would change."""

    def __init__(self, database: Database, catalogues: Catalogues) -> None:
        self._database = database
        self._catalogues = catalogues

    @activity.defn(name="preview.count")
    async def count(self, message: PreviewPage) -> PreviewProgress:
        """Compares the next page of open paths; repeating it counts nobody twice.

        Errors: ModelTampered, ModelInvalid.
        """
        async with self._database.reading() as session:
            preview = await find_preview(session, message.version_id)
            if preview is None or preview.finished_at is not None:
                return _progress(preview)
            after = await self._catalogues.of_version(session, message.version_id)
            tenant = await get_tenant(session, (await get_version(session, message.version_id)).tenant_id)
            paths = await list_open_paths(session, tenant.id, after=preview.cursor, limit=_PAGE)
            seen = await self._read(session, tenant, paths, after, message.now)
        page = PreviewFigures()
        page.add(len(seen), await _compared(seen, after))
        async with self._database.transaction() as session:
            await count_page(session, preview, paths[-1].id if paths else "", page, message.now)
            return _progress(await find_preview(session, message.version_id))

    async def _read(
        self, session: AsyncSession, tenant: Tenant, paths: Sequence[Path], after: Catalogue, now: datetime
    ) -> list[_Seen]:
        cases = await load_cases(session, self._database.keyring, [path.id for path in paths])
        changes: dict[str, tuple[RuleChange, ...]] = {}
        found = []
        for path in paths:
            if path.id not in cases:
                continue  # the person was erased: there is nothing to compare
            before = await self._catalogues.of_path(session, path)
            row = await get_plan(session, path.id) if tenant.simulated else None
            today = row.planned_at if row else now
            if before.version not in changes:
                changes[before.version] = changed_rules(before, after)
            days = coming_days(changes[before.version], day_at(today))
            found.append(_Seen(cases[path.id], path.case_number, before, (today, *map(morning, days))))
        return found


async def _compared(seen: Sequence[_Seen], after: Catalogue) -> list[PathPreview]:
    found: list[PathPreview] = []
    for one in seen:
        activity.heartbeat()
        await asyncio.sleep(0)  # other activities and the heartbeat get their turn
        previews = (preview_path(one.name, one.case, moment, (one.before, after)) for moment in one.moments)
        found += [preview for preview in previews if preview is not None]
    return found


def _progress(preview: ModelPreview | None) -> PreviewProgress:
    """Finished, too, if nobody asks any more."""
    if preview is None:
        return PreviewProgress(finished=True)
    figures = figures_of(preview.figures)
    counts = {"paths": figures.paths, "changed": figures.changed, "need_person": figures.need_person}
    return PreviewProgress(finished=preview.finished_at is not None, **counts)
