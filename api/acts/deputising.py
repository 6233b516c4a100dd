"""Deputising between case managers: read, begin, end. From then on the deputy sees the colleague's paths, and the
audit says so at every opening.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from api.caller import Caller
from api.errors import NoSuchDeputising
from api.problems import WrongAt
from api.services import Services
from process_models.errors import FactInvalid
from process_models.look_again import day_at
from store import audit
from store.account_tables import Account, Assignment
from store.accounts import list_accounts
from store.assignments import deputise, end_deputy, find_deputy, list_deputies

Work = Callable[[AsyncSession], Awaitable[dict[str, Any]]]
_ROLE = "case_manager"


class Deputising(BaseModel):
    """Who stands in for whom, both days counted."""

    absent: str
    deputy: str
    since: date
    until: date

    @model_validator(mode="after")
    def _in_order(self) -> Deputising:
        if self.until < self.since:
            raise WrongAt("Der letzte Tag liegt vor dem ersten.", "until")
        if self.absent == self.deputy:
            raise WrongAt("Niemand vertritt sich selbst.", "deputy")
        return self


@dataclass(frozen=True, slots=True)
class DeputySeen:
    """A line of the list."""

    id: str
    absent: str
    deputy: str
    since: date
    until: date | None
    may_end: bool


@dataclass(frozen=True, slots=True)
class DeputiesSeen:
    """What the page shows."""

    today: date
    lines: tuple[DeputySeen, ...]
    colleagues: tuple[tuple[str, str], ...]
    """Id and name of every case manager of the tenant."""


async def read_deputies(tools: Services, caller: Caller) -> DeputiesSeen:
    """Deputising of the caller's tenant that runs or is still to come."""
    today = day_at(tools.now())
    async with tools.database.reading() as session:
        people = await list_accounts(session, caller.tenant, _ROLE)
        rows = await list_deputies(session, caller.tenant, today)
    names = {person.id: person.display_name for person in people}
    lines = tuple(_line(row, names, caller) for row in rows)
    return DeputiesSeen(today, lines, tuple(names.items()))


def stand_in(tools: Services, caller: Caller, wanted: Deputising) -> Work:
    """Notes a deputising. Case managers for themselves, coordinators for everybody. Errors: FactInvalid."""

    async def work(session: AsyncSession) -> dict[str, Any]:
        people = {one.id: one for one in await list_accounts(session, caller.tenant, _ROLE)}
        _check(people, caller, wanted)
        days = (wanted.since, wanted.until)
        row = await deputise(session, caller.tenant, wanted.deputy, wanted.absent, days)
        await _audit(session, tools, caller, "deputy.begin", row)
        return {"id": row.id}

    return work


def end_deputising(tools: Services, caller: Caller, assignment_id: str) -> Work:
    """Ends a deputising with yesterday, or takes one back that has not begun. Errors: NoSuchDeputising."""

    async def work(session: AsyncSession) -> dict[str, Any]:
        row = await find_deputy(session, caller.tenant, assignment_id)
        if row is None or not _concerns(caller, row):
            raise NoSuchDeputising("Diese Vertretung gibt es nicht oder nicht mehr.")
        await _audit(session, tools, caller, "deputy.end", row)
        await end_deputy(session, row, day_at(tools.now()))
        return {"id": assignment_id}

    return work


def _check(people: dict[str, Account], caller: Caller, wanted: Deputising) -> None:
    for name in ("absent", "deputy"):
        if getattr(wanted, name) not in people:
            raise FactInvalid("Diese Person gibt es im Fallmanagement nicht.", field=name)
    if caller.role == _ROLE and wanted.absent != caller.account_id:
        raise FactInvalid("Eintragen können Sie nur Ihre eigene Abwesenheit.", field="absent")


def _concerns(caller: Caller, row: Assignment) -> bool:
    return caller.role != _ROLE or caller.account_id in (row.account_id, row.deputy_for)


def _line(row: Assignment, names: dict[str, str], caller: Caller) -> DeputySeen:
    absent, deputy = names.get(row.deputy_for or "", "–"), names.get(row.account_id, "–")
    return DeputySeen(row.id, absent, deputy, row.since, row.until, _concerns(caller, row))


async def _audit(session: AsyncSession, tools: Services, caller: Caller, action: str, row: Assignment) -> None:
    await audit.record(session, caller.actor, caller.role, action, row.id, None, row.tenant_id, tools.now())
