"""The catalogue of each path: the shipped one, or the one of the released version that the path plans under.

The one place where a kept version becomes rules; loaded once, checked each time it is loaded.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from process_models.catalogue import Catalogue, content_hash, load_files
from process_models.phrases import Phrase
from store.errors import ModelTampered
from store.model_versions import SHIPPED, files_of, get_version, version_in_force
from store.tables import Path

KEPT: Final = 6
"""How many loaded versions a process keeps beside the shipped one; two are in use while a release is under way."""


class Catalogues:
    """Gives every path, and every tenant, its rules."""

    def __init__(self, shipped: Catalogue) -> None:
        self.shipped = shipped
        self._loaded: OrderedDict[str, Catalogue] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def of_path(self, session: AsyncSession, path: Path) -> Catalogue:
        """The rules that a path plans under. Errors: as `of_version`."""
        return await self.of_version(session, path.model_version_id)

    async def of_tenant(self, session: AsyncSession, tenant_id: str) -> Catalogue:
        """The rules in force for new paths and for the bodies of a tenant. Errors: as `of_version`."""
        in_force = await version_in_force(session, tenant_id)
        return await self.of_version(session, in_force.id if in_force else SHIPPED)

    async def of_version(self, session: AsyncSession, version_id: str | None) -> Catalogue:
        """The rules of a version; None = the shipped ones.

        Errors: ModelVersionNotFound, ModelTampered if the files are not those that were drafted, ModelInvalid if this
        release of the product does not read them any more.
        """
        if version_id is None:
            return self.shipped
        async with self._one_at_a_time:
            if version_id not in self._loaded:
                self._loaded[version_id] = await _load(session, version_id)
            self._loaded.move_to_end(version_id)
            while len(self._loaded) > KEPT:
                self._loaded.popitem(last=False)
            return self._loaded[version_id]


async def _load(session: AsyncSession, version_id: str) -> Catalogue:
    version, files = await get_version(session, version_id), await files_of(session, version_id)
    if content_hash(files) != version.content_hash:
        raise ModelTampered(
            Phrase("Die Dateien der Fassung %(version)s sind nicht die, die geprüft wurden.", version=version.version),
            field="version",
            way_out="Die Fassung zurücknehmen; die Datensicherung und das Protokoll der Datenbank ansehen.",
        )
    return await asyncio.to_thread(load_files, files)
