"""Whose path it is: claimed once, given back, given to a colleague; a path of somebody else cannot even be found."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import cast

import pytest
from fastapi import FastAPI

from api.acts.assigning import claim_path, give_path, release_path
from api.acts.paths import start_path
from api.acts.tasks import complete_task
from api.acts.writing import Act, Call, Outcome, write
from api.errors import AssignedToAnother
from api.schemas import CompleteTask, StartPath
from api.services import Services
from process_models.errors import FactInvalid, PathNotFound
from process_models.look_again import day_at
from store.accounts import Appointment, keep_account
from store.assignments import assigned_to
from store.audit import list_entries
from store.scope import Scope
from tests.api.conftest import MUNICIPALITY
from tests.api.office import START, Office


class Staff:
    """Accounts that write as the pages do, and what they wrote."""

    def __init__(self, office: Office, tools: Services) -> None:
        self._office, self._tools = office, tools
        self._count = 0

    async def hire(self, name: str, role: str = "case_manager") -> Scope:
        async with self._office.database.transaction() as session:
            who = Appointment("test", name, name, role, MUNICIPALITY)
            account = await keep_account(session, who, self._office.clock())
        return Scope(MUNICIPALITY, role, day_at(self._office.clock()), account.id)

    async def do(self, scope: Scope, act: Act, key: str = "") -> Outcome:
        self._count += 1
        actor = str(scope.account_id)
        call = Call(actor, scope.role, MUNICIPALITY, key or f"k{self._count}", "same", scope)
        return await write(self._tools, call, act)

    async def owner(self, path_id: str) -> str | None:
        async with self._office.database.reading() as session:
            found = await assigned_to(session, path_id, day_at(self._office.clock()))
        return found.subject if found else None


@pytest.fixture
def staff(office: Office, app: FastAPI) -> Staff:
    return Staff(office, cast(Services, app.state.services))


async def test_a_path_started_by_somebody_who_signed_in_is_theirs(staff: Staff) -> None:
    anna = await staff.hire("anna")
    done = await staff.do(anna, start_path(StartPath.model_validate(START)))
    assert await staff.owner(done.receipt.path_id) == "anna"


async def test_what_is_nobodys_is_claimed_once_and_then_unseen_by_others(office: Office, staff: Staff) -> None:
    path_id = await office.start()
    anna, bjarne = await staff.hire("anna"), await staff.hire("bjarne")
    await staff.do(anna, claim_path(path_id))
    await staff.do(anna, claim_path(path_id))  # again: nothing changes
    assert await staff.owner(path_id) == "anna"
    with pytest.raises(PathNotFound):
        await staff.do(bjarne, claim_path(path_id))
    with pytest.raises(PathNotFound):
        await staff.do(bjarne, complete_task(path_id, "ask:H01", CompleteTask()))


async def test_two_who_claim_at_the_same_moment_do_not_both_get_it(office: Office, staff: Staff) -> None:
    path_id = await office.start()
    scopes = [await staff.hire(name) for name in ("anna", "bjarne", "cem")]
    done = await asyncio.gather(*(staff.do(one, claim_path(path_id)) for one in scopes), return_exceptions=True)
    assert sum(isinstance(one, Outcome) for one in done) == 1
    assert {type(one) for one in done} <= {Outcome, PathNotFound, AssignedToAnother}


async def test_only_the_owner_gives_a_path_back(office: Office, staff: Staff) -> None:
    path_id = await office.start()
    anna = await staff.hire("anna")
    await staff.do(anna, claim_path(path_id))
    coordinator = await staff.hire("otti", "coordinator")
    with pytest.raises(AssignedToAnother):
        await staff.do(coordinator, release_path(path_id))
    await staff.do(anna, release_path(path_id))
    assert await staff.owner(path_id) is None


async def test_a_coordinator_gives_a_path_to_a_case_manager_and_to_nobody_else(office: Office, staff: Staff) -> None:
    path_id = await office.start()
    anna, coordinator = await staff.hire("anna"), await staff.hire("otti", "coordinator")
    await staff.do(coordinator, give_path(path_id, str(anna.account_id)))
    assert await staff.owner(path_id) == "anna"
    for nobody in (str(coordinator.account_id), "unknown"):
        with pytest.raises(FactInvalid):
            await staff.do(coordinator, give_path(path_id, nobody))
    async with office.database.reading() as session:
        actions = [entry.action for entry in await list_entries(session, path_id)]
    assert "path.given" in actions


async def test_a_token_of_an_office_owns_nothing(office: Office, staff: Staff) -> None:
    path_id = await office.start()
    token = replace(await staff.hire("anna"), account_id=None)
    with pytest.raises(AssignedToAnother):
        await staff.do(token, claim_path(path_id))
