"""Who works with the API in tests: desks that send requests, and an office that prepares paths."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from httpx2 import AsyncClient, Response
from sqlalchemy import func, select

from process_models import handover as machine
from process_models.catalogue import Catalogue
from process_models.consent import check_handover
from process_models.facts import known_on
from process_models.planning import make_plan
from store.cases import load_case
from store.database import Database
from store.handovers import save_item
from store.links import make_link
from store.paths import get_path
from store.tables import Handover, Record

PERSON = {"born": "1994-03-12", "nationality": "SY"}
START: dict[str, Any] = {"municipality": "rhein-kreis-neuss", "place": "meerbusch", "person": PERSON}
RECOGNISED: list[dict[str, Any]] = [
    {"id": "a01", "on": "2021-05-10", "fact": "asylum.sought"},
    {"id": "a02", "on": "2021-05-11", "fact": "asylum.registered"},
    {"id": "a03", "on": "2021-05-20", "fact": "asylum.lodged"},
    {"id": "a04", "on": "2021-07-06", "fact": "place.assigned", "data": {"place": "meerbusch"}},
    {"id": "a08", "on": "2022-02-11", "fact": "asylum.decided", "data": {"outcome": "refugee"}},
    {
        "id": "k1",
        "on": "2022-02-14",
        "fact": "consent.given",
        "data": {"consent": "k1", "purpose": "P1", "form": "written"},
    },
    {
        "id": "k2",
        "on": "2022-02-14",
        "fact": "consent.given",
        "data": {
            "consent": "k2",
            "purpose": "P2",
            "recipient": "jobcenter",
            "categories": ["residence", "benefits", "housing"],
            "form": "written",
        },
    },
    {"id": "a09", "on": "2022-02-14", "fact": "kim.opened"},
]
"""A fictitious refugee in Meerbusch on the day of the first consent: H01 may be offered."""

_KEYS = itertools.count()


class TestClock:
    """A clock that stands until the test moves it."""

    __test__ = False

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)


class FakeNews:
    """News that go nowhere; counts how often it was woken."""

    def __init__(self) -> None:
        self.woken = 0
        self.reachable = True

    def wake(self) -> None:
        self.woken += 1

    async def temporal_reachable(self) -> bool:
        return self.reachable


@dataclass
class Desk:
    """Somebody with a token."""

    client: AsyncClient
    token: str

    async def get(self, path: str) -> Response:
        return await self.client.get(path, headers=self._login())

    async def post(self, path: str, body: Any = None, key: str | None = None) -> Response:
        headers = self._login() | {"Idempotency-Key": key or f"key-{next(_KEYS)}"}
        return await self.client.post(path, json=body if body is not None else {}, headers=headers)

    async def post_raw(self, path: str, content: str) -> Response:
        headers = self._login() | {"Idempotency-Key": f"key-{next(_KEYS)}", "Content-Type": "application/json"}
        return await self.client.post(path, content=content, headers=headers)

    def _login(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(repr=False)
class Office:
    """All desks, and the records behind them. Without repr: pytest would write out the whole law for every test."""

    client: AsyncClient
    database: Database
    catalogue: Catalogue
    clock: TestClock
    desks: dict[str, Desk]

    @property
    def manager(self) -> Desk:
        return self.desks["case_manager"]

    async def start(self, facts: list[dict[str, Any]] | None = None, **other: Any) -> str:
        """A started path; returns its id."""
        answer = await self.manager.post("/v1/paths", START | {"facts": RECOGNISED if facts is None else facts} | other)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["receipt"]["path_id"])

    async def offer(self, path_id: str, code: str = "H01", expires_on: date | None = None) -> tuple[str, Handover]:
        """Offers a handover as the workflow does; returns the token of the agency's link and the row."""
        today = self.clock().date()
        rule = self.catalogue.handover(code, today)
        assert rule is not None
        async with self.database.transaction() as session:
            path = await get_path(session, path_id, None)
            case = await load_case(session, self.database.keyring, path_id)
            consent = check_handover(self.catalogue, known_on(case.facts, today), rule, today)
            planned = make_plan(case, self.clock(), self.catalogue).handovers
            trigger_on = next((one.trigger_on for one in planned if one.code == code), today)
            item = machine.offer(rule, trigger_on, today, consent)
            agency = self.catalogue.agency(path.municipality, rule.to_kind, path.place, today)
            assert agency is not None
            row = await save_item(session, path, item, agency.id)
            until = expires_on or today + timedelta(days=30)
            return await make_link(session, row.id, agency.id, until, self.clock()), row

    async def count(self, table: type[Record]) -> int:
        """How many rows a table has."""
        async with self.database.reading() as session:
            return int(await session.scalar(select(func.count()).select_from(table)) or 0)

    async def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table: equal before and after means that nothing changed."""
        tables = Record.metadata.sorted_tables
        async with self.database.reading() as session:
            return {table.name: [tuple(row) for row in await session.execute(select(table))] for table in tables}
