"""A simulated year for all tests here: a short one, or (`make year`) one that was played before in full.

`KIM_YEAR` names the directory of a year that `python -m kim.simulate.year` has played.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.caller import Caller
from api.services import ApiOptions, Services
from kim.simulate.year.lives import Plan
from kim.simulate.year.processes import KEYRING, groups, play_in_processes
from kim.simulate.year.world import NobodyToWake
from process_models.catalogue import load_catalogue
from store.catalogues import Catalogues
from store.database import Database, upgrade
from tests.year.counted_anew import PlayedYear

SHORT = Plan(paths=36, first=date(2026, 1, 1), last=date(2026, 12, 31))
AFTER = datetime(2027, 1, 4, 9, tzinfo=UTC)
"""When the year is looked back on."""


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> PlayedYear:
    """The year, with records on today's migration."""
    given = os.environ.get("KIM_YEAR")
    directory = Path(given) if given else tmp_path_factory.mktemp("year")
    if not given:
        play_in_processes(SHORT, directory, groups(1))
    found = PlayedYear(directory)
    upgrade(found.url)
    return found


class Readers:
    """The records with the tools of the API, on any day."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._catalogues = Catalogues(load_catalogue())

    def tools(self, now: datetime = AFTER) -> Services:
        """The tools on a day."""
        return Services(self._database, self._catalogues, NobodyToWake(), ApiOptions(now=lambda: now))

    @staticmethod
    def coordinator(tenant: str) -> Caller:
        """Who may see every path of the tenant under its case number."""
        return Caller("reader", "coordinator", tenant, "secret")


@pytest.fixture
async def readers(played: PlayedYear) -> AsyncIterator[Readers]:
    """Who reads the year through the product."""
    database = Database(played.url, KEYRING)
    yield Readers(database)
    await database.close()
