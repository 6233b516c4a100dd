"""Previews of a version on running paths: asked for, counted page by page, each path once.

Rows only; what a path would notice is compared by whoever reads it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from process_models.names import MODEL_PREVIEW, preview_workflow_id
from process_models.previewing import PreviewFigures, figures_of
from store.model_tables import ModelVersion
from store.outbox import add_news
from store.version_tables import ModelPreview
from store.writing import lock_name


async def ask_preview(session: AsyncSession, version: ModelVersion, by: str, now: datetime) -> ModelPreview:
    """Asks for a preview, or, if the last one is finished, for a fresh one; its workflow counts it."""
    await lock_name(session, _lock_of(version.id))
    row = await find_preview(session, version.id)
    if row is None:
        row = ModelPreview(version_id=version.id, asked_by=by, asked_at=now)
    if row.finished_at is not None:
        row.asked_by, row.asked_at, row.cursor, row.figures, row.finished_at = by, now, "", {}, None
    session.add(row)
    await session.flush()
    workflow_id = preview_workflow_id(version.tenant_id, version.version)
    await add_news(session, version.tenant_id, MODEL_PREVIEW, workflow_id, None)
    return row


async def find_preview(session: AsyncSession, version_id: str) -> ModelPreview | None:
    """The latest preview of a version, or None."""
    return await session.get(ModelPreview, version_id, populate_existing=True)


async def count_page(session: AsyncSession, seen: ModelPreview, last: str, page: PreviewFigures, now: datetime) -> bool:
    """Adds a page that ends with the path `last` (empty: none was left, the preview is finished).

    False, and nothing changed, if the preview was asked for anew or the page was counted since `seen` was read.
    """
    await lock_name(session, _lock_of(seen.version_id))
    row = await find_preview(session, seen.version_id)
    if row is None or (row.asked_at, row.cursor) != (seen.asked_at, seen.cursor) or row.finished_at is not None:
        return False
    if last:
        row.cursor = last
        row.figures = figures_of(row.figures).plus(page).as_json()
    else:
        row.finished_at = now
    session.add(row)
    await session.flush()
    return True


def _lock_of(version_id: str) -> str:
    return f"model-preview:{version_id}"
