"""`python -m kim.simulate.year.show`: the pages over a year that was played, on a chosen day, without Temporal.

For looking, and for pictures: one-click roles, on loopback only. What is entered is kept, and no workflow hears of it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.services import ApiOptions
from kim.local import ports
from kim.simulate.stage import at
from kim.simulate.year.processes import KEYRING
from kim.simulate.year.world import NobodyToWake
from process_models.catalogue import load_catalogue
from store.database import Database, upgrade

_NOON = 12


def main(arguments: Sequence[str] | None = None) -> None:
    """Serves until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Zeigt die Seiten über einem gespielten Jahr.")
    parser.add_argument("directory", type=Path, nargs="?", default=Path(".local/year"))
    parser.add_argument("--on", type=date.fromisoformat, default=date(2027, 1, 4), help="Tag, den die Seiten zeigen")
    parser.add_argument("--port", type=int, default=0, help="sonst 8000 oder ein freier")
    given = parser.parse_args(arguments)
    port = given.port or ports.preferred_port(8000)
    url = f"http://{ports.LOOPBACK}:{port}"
    sys.stdout.write(f"{url}/sign-in  ({given.on:%d.%m.%Y}); Ende mit Strg-C.\n")
    upgrade(records_url(given.directory))
    asyncio.run(_serve(given.directory, given.on, url, port))


def records_url(directory: Path) -> str:
    """Where the records of a played year lie."""
    return f"sqlite+aiosqlite:///{directory.resolve() / 'kim.db'}"


def pages(database: Database, on: date, public_url: str) -> FastAPI:
    """The application as it is on a day; from noon on its clock goes."""
    options = ApiOptions(now=_clock(on), public_url=public_url, demo=True)
    return create_app(database, load_catalogue(), NobodyToWake(), options)


def _clock(on: date) -> Callable[[], datetime]:
    begun = time.monotonic()
    return lambda: at(on, _NOON) + timedelta(seconds=time.monotonic() - begun)


async def _serve(directory: Path, on: date, url: str, port: int) -> None:
    database = Database(records_url(directory), KEYRING)
    try:
        config = uvicorn.Config(pages(database, on, url), host=ports.LOOPBACK, port=port, access_log=False)
        await uvicorn.Server(config).serve()
    finally:
        await database.close()


if __name__ == "__main__":
    main()
