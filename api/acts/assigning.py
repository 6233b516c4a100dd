"""Whose path it is: claiming what is nobody's, giving back, giving to a colleague. The rules read none of it.

Deputising for a while stands in `deputising`.
"""

from __future__ import annotations

from datetime import date

from api.acts.writing import Act, Receipt, Writing
from api.errors import AssignedToAnother
from process_models.errors import FactInvalid
from process_models.look_again import day_at
from store.accounts import list_accounts
from store.assignments import assign, assigned_to, last_day_of, release
from store.posts import conflicts_of
from store.tables import Path


def claim_path(path_id: str) -> Act:
    """The act that takes a path which is nobody's. Errors: PathNotFound, AssignedToAnother."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        today = day_at(writing.wall)
        mine, owner = _account(writing), await assigned_to(writing.session, path.id, today)
        if owner is not None and owner.id != mine:
            raise AssignedToAnother("Dieser Weg gehört schon jemandem.", way_out="Die Vertretung eintragen lassen.")
        if owner is None:
            await _may_get(writing, path, mine, today)
            await assign(writing.session, path, mine, today)
            await writing.audit("path.claimed", path.case_number, path)
        return await writing.receipt(path, changed=False)

    return act


def release_path(path_id: str) -> Act:
    """The act that gives the own path back, for whoever claims it. Errors: PathNotFound, AssignedToAnother."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        today = day_at(writing.wall)
        owner = await assigned_to(writing.session, path.id, today)
        if owner is None or owner.id != _account(writing):
            raise AssignedToAnother("Zurückgeben können Sie nur Ihre eigenen Wege.")
        await release(writing.session, path.id, today)
        await writing.audit("path.released", path.case_number, path)
        return await writing.receipt(path, changed=False)

    return act


def give_path(path_id: str, account_id: str) -> Act:
    """The act of a coordinator that gives a path to a case manager. Errors: PathNotFound, FactInvalid."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        people = await list_accounts(writing.session, writing.tenant.id, "case_manager")
        if account_id not in {person.id for person in people}:
            raise FactInvalid("Diese Person gibt es im Fallmanagement nicht.", field="account")
        today = day_at(writing.wall)
        await _may_get(writing, path, account_id, today)
        await assign(writing.session, path, account_id, today)
        await writing.audit("path.given", account_id, path)
        return await writing.receipt(path, changed=False)

    return act


async def _may_get(writing: Writing, path: Path, account_id: str, today: date) -> None:
    """Nobody gets a path who is in a conflict of interest, or whose post has ended."""
    if (path.id, account_id) in await conflicts_of(writing.session, [path.id]):
        raise FactInvalid(
            "Diese Person soll den Weg nicht bekommen: ein Interessenkonflikt ist eingetragen.",
            field="account",
            way_out="Jemand anderem zuteilen.",
        )
    last_day = await last_day_of(writing.session, account_id)
    if last_day is not None and last_day < today:
        raise FactInvalid("Diese Person hat keine Stelle mehr.", field="account", way_out="Jemand anderem zuteilen.")


def _account(writing: Writing) -> str:
    account_id = writing.call.scope.account_id
    if account_id is None:
        raise AssignedToAnother("Ein Zugangsschlüssel hat keine eigenen Wege.", way_out="Bitte melden Sie sich an.")
    return account_id
