"""One life of the simulated year on real workflows: the same acts, and all clocks of its tenant moved in lockstep.

For comparing a few lives with `looking`, which leads thousands; people act through the same offices.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from kim.simulate.stage import Stage, StagedPath
from kim.simulate.year.looking import Looked
from process_models.names import BODY_KINDS
from store.database import Database
from store.tables import Path

_PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.01
_A_MOMENT = timedelta(seconds=1)


@dataclass
class OnTemporal:
    """A simulated tenant with one path that runs on a Temporal server."""

    database: Database
    stage: Stage
    _wake_at: datetime | None = None
    """On the clock of the path, as the records say."""

    def next_wake(self) -> datetime | None:
        """When the path wants to look."""
        return self._wake_at

    async def reach(self, now: datetime) -> None:
        """Moves every clock to this moment."""
        path = await self._path()
        if path is not None:
            await self._staged(path).move_to(now)

    async def wake(self, now: datetime) -> AsyncIterator[Looked]:
        """Moves every clock over this moment and waits until the path has looked at it."""
        path = await self._path()
        assert path is not None
        staged = self._staged(path)
        await staged.move_to(now + _A_MOMENT)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while await self._is_late(now):  # noqa: ASYNC110 - another process has to move
                await asyncio.sleep(_POLL_SECONDS)
        async for looked in self.hear_news(now):
            yield looked

    async def hear_news(self, _now: datetime) -> AsyncIterator[Looked]:
        """Waits until the path, and every body that knows of it, has looked at everything in its file."""
        path = await self._path()
        assert path is not None
        await self._staged(path).rest()
        path = await self._path()
        assert path is not None
        self._wake_at = path.wake_at if path.state == "open" else None
        yield Looked(path_id=path.id)
        if self.stage.has_bodies:
            for body in BODY_KINDS:
                yield Looked(tenant=self.stage.tenant, body=body)

    async def _is_late(self, now: datetime) -> bool:
        path = await self._path()
        return path is not None and path.wake_at is not None and path.wake_at <= now

    async def _path(self) -> Path | None:
        async with self.database.reading() as session:
            return (await session.scalars(select(Path).where(col(Path.tenant_id) == self.stage.tenant))).one_or_none()

    def _staged(self, path: Path) -> StagedPath:
        about = {"path_id": path.id, "case_number": path.case_number, "facts_version": path.facts_version}
        return StagedPath(self.stage, about)
