"""How fast the pages answer: every page that can be opened, by everybody who may, over the records of a whole Kreis.

In this process, through the application itself; the network is not measured. 10,000 paths, and for the board 100,000.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import text

from api.acts.entering import DEMO_ISSUER, DEMO_PEOPLE
from api.app import create_app
from api.main import settle
from api.services import ApiOptions
from benchmarks.desks import furnish, multiply
from benchmarks.figures import Figure, spread
from benchmarks.records import NOW, fill, patterns
from benchmarks.surroundings import surround
from process_models.catalogue import catalogue
from store.accounts import Appointment
from store.database import Database, upgrade
from store.sealing import KEY_BYTES, Keyring

PATHS: Final = 10_000
MANY: Final = 10
"""So many times more paths for the board and the other lists."""
PAGE_MS: Final = 150
MANY_MS: Final = 300
TENANT: Final = "rhein-kreis-neuss"
ROUNDS: Final = 15
LISTS: Final = ("/board", "/paths", "/board/paths", "/workload", "/desk", "/calendar", "/assignments", "/posts")
"""Also measured with `MANY` times more paths."""
_ORIGIN: Final = "http://127.0.0.1:8000"
_OWN_DATABASE: Final = "KIM_BENCH_DATABASE_URL"
"""An empty PostgreSQL database to measure on instead of a SQLite file."""
NOT_MEASURED: Final = {
    "/sign-in/start": "leads to the identity provider",
    "/sign-in/return": "asks the identity provider",
    "/search": "finds a path by its number along a unique index and leads on to its page",
    "/metrics": "no page",
    "/healthz": "no page",
    "/readyz": "no page",
    "/openapi.json": "no page; made once",
}
"""What is not measured, and why."""
SHAPES: Final = {
    "/calendar/{token}.ics": "/calendar/{feed}.ics",
    "/consent-sheets/{language}": "/consent-sheets/ar?text={text}&purposes=P1",
    "/consent-sheets/{language}/pdf": "/consent-sheets/ar/pdf?text={text}&purposes=P1",
    "/mails/{kind}": "/mails/offer",
    "/mails/{kind}/html": "/mails/offer/html",
    "/o/{token}": "/o/{offer_token}",
    "/paths/{path_id}/consents/sheet": "/paths/{path_id}/consents/sheet?purposes=P1&text={text}",
    "/paths/{path_id}/consents/sheet/pdf": "/paths/{path_id}/consents/sheet/pdf?purposes=P1&text={text}",
    "/procedures/{code}/{form}": "/procedures/{code}/svg",
    "/task/{visit_id}/{answer}": "/task/{visit_id}/query",
}
"""Where a name means something else than elsewhere, or a page needs to be told more."""
_TEXT: Final = "2026-11-kreis:*"
_MANAGER: Final = "demo-fallmanagement"


class _Quiet:
    """News that nobody carries."""

    def wake(self) -> None:
        """Nothing."""

    async def temporal_reachable(self) -> bool:
        """Nobody is there."""
        return True


@dataclass(frozen=True, slots=True)
class Answered:
    """One page as somebody opened it again and again."""

    address: str
    who: str
    milliseconds: tuple[float, ...]
    cpu: tuple[float, ...] = ()
    """The same openings in milliseconds of this process's CPU: others may use the machine at the same time."""

    @property
    def is_file(self) -> bool:
        """Whether it is a paper, a table or a calendar, and no page."""
        return self.address.partition("?")[0].endswith(("pdf", ".csv", ".ics", "/svg"))

    @property
    def p95(self) -> float:
        """95th percentile."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]


def page_figures(count: int = PATHS, many: int = MANY) -> list[Figure]:
    """Fills records with `count` paths, opens every page as everybody, then the lists with `many` times more."""
    with tempfile.TemporaryDirectory(prefix="kim-pages-") as name:
        url = os.environ.get(_OWN_DATABASE) or f"sqlite+aiosqlite:///{name}/kim.db"
        return asyncio.run(_measured(url, count, many))


async def _measured(url: str, count: int, many: int) -> list[Figure]:
    upgrade(url)
    database = Database(url, Keyring({"bench": os.urandom(KEY_BYTES)}, "bench"))
    try:
        names = await filled(database, count)
        figures = _told(await opened(database, names), f"{count} Wege", PAGE_MS)
        await multiply(database, many)
        await analysed(database)
        return figures + _told(await opened(database, names, LISTS), f"{count * many} Wege", MANY_MS)
    finally:
        await database.close()


async def filled(database: Database, count: int, files: Sequence[Path] | None = None, times: int = 1) -> dict[str, str]:
    """Records of one Kreis with so many paths, and a case manager who can sign in on a local stack.

    `times`: so often the paths will be multiplied, for as many case managers as that needs. Returns
    something real for every name in an address.
    """
    kinds = [kind for kind in await patterns(catalogue(), files) if kind.case.municipality == TENANT]
    await fill(database, kinds, count)
    person = DEMO_PEOPLE[_MANAGER]
    me = Appointment(DEMO_ISSUER, f"{_MANAGER}@{TENANT}", person.display_name, person.role, TENANT)
    await furnish(database, kinds, TENANT, me, times)
    names = await surround(database, catalogue(), TENANT)
    await analysed(database)
    return names | {"text": _TEXT}


async def analysed(database: Database) -> None:
    """PostgreSQL looks at its rows by itself in operation; SQLite does not, and has to do without."""
    async with database.transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            await session.execute(text("ANALYZE"))


async def opened(
    database: Database, names: Mapping[str, str], only: tuple[str, ...] = (), rounds: int = ROUNDS
) -> list[Answered]:
    """Every page, or only these, opened again and again by everybody who may open it; each by somebody."""
    options = ApiOptions(now=lambda: NOW, demo=True, public_url=_ORIGIN)
    app = create_app(database, catalogue(), _Quiet(), options)
    addresses = [address for address in page_addresses(app, names) if not only or address in only]
    await _opened_by_all(app, names, addresses, 1)
    settle()  # as the process of the API does once most pages have been opened
    found = await _opened_by_all(app, names, addresses, rounds)
    closed = set(addresses) - {page.address for page in found}
    assert not closed, f"nobody could open these: {closed}"
    return found


async def _opened_by_all(
    app: FastAPI, names: Mapping[str, str], addresses: Sequence[str], rounds: int
) -> list[Answered]:
    """By somebody who is not signed in, and by every demo person."""
    found: list[Answered] = []
    for person in ("", *DEMO_PEOPLE):
        async with AsyncClient(transport=ASGITransport(app), base_url=_ORIGIN) as client:
            if person:
                form = {"person": person, "tenant": TENANT, "next": "/desk"}
                answer = await client.post("/sign-in/demo", data=form, headers={"Origin": _ORIGIN})
                assert answer.status_code == 303, answer.text
            else:
                client.cookies.set("kim_task", names["visit_cookie"], path=f"/task/{names['visit_id']}")
            taken = [await _taken(client, address, person, rounds) for address in addresses]
        found += [one for one in taken if one.milliseconds]
    return found


async def _taken(client: AsyncClient, address: str, who: str, rounds: int) -> Answered:
    """Every opening; none if this visitor may not open the page."""
    seconds, cpu = [], []
    for _ in range(rounds):
        begun, used = time.perf_counter(), time.process_time()
        answer = await client.get(address, headers={"Accept": "text/html"})
        seconds.append(1000 * (time.perf_counter() - begun))
        cpu.append(1000 * (time.process_time() - used))
        if answer.status_code != 200:
            return Answered(address, who, ())
    return Answered(address, who, tuple(seconds), tuple(cpu))


def page_addresses(app: Any, names: Mapping[str, str]) -> Iterator[str]:
    """Where every page that a GET opens is found. Errors: KeyError for a page about something that `names` lacks."""
    for context in iter_route_contexts(app.routes):
        path = str(context.path)
        hidden = not getattr(context, "include_in_schema", False)
        if "GET" in (context.methods or ()) and hidden and path not in NOT_MEASURED:
            yield SHAPES.get(path, path).format_map(cast(dict[str, str], names))


def _told(found: list[Answered], what: str, target: float) -> list[Figure]:
    """All pages together, and the slowest ones by name; files that somebody downloads have no target."""
    pages = [one for one in found if not one.is_file]
    return [
        *spread(f"Seiten, {what}", [one / 1000 for page in pages for one in page.milliseconds]),
        *(_line(page, what, target) for page in _slowest(pages)),
        *(_line(file, what, None) for file in _slowest([one for one in found if one.is_file])),
    ]


def _slowest(found: Sequence[Answered]) -> list[Answered]:
    return sorted(found, key=lambda page: -page.p95)[:8]


def _line(page: Answered, what: str, target: float | None) -> Figure:
    return Figure(f"{page.address[:40]} ({page.who or 'ohne Anmeldung'}), {what}, p95", page.p95, "ms", target)
