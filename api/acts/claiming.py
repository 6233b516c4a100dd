"""Claiming a path of nobody, and giving one back. From then on it is, or is not, on one's own list."""

from __future__ import annotations

from api.acts.writing import Act, Receipt, Writing
from api.errors import NotPermitted
from process_models.look_again import day_at
from store.assignments import assign, assigned_to, release


def claim_path(path_id: str) -> Act:
    """Takes over a path of nobody. Errors: PathNotFound, NotPermitted if it has become somebody's meanwhile."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        account, today = writing.call.scope.account_id, day_at(writing.wall)
        owner = await assigned_to(writing.session, path.id, today)
        if account is None or (owner is not None and owner.id != account):
            raise NotPermitted("Dieser Weg gehört schon jemandem.", way_out="Die Vertretung eintragen lassen.")
        if owner is None:
            await assign(writing.session, path, account, today)
            await writing.audit("path.claimed", path.case_number, path)
        return await writing.receipt(path, changed=False)

    return act


def release_path(path_id: str) -> Act:
    """Gives the own path back. Errors: PathNotFound, NotPermitted for a path of somebody else."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        today = day_at(writing.wall)
        owner = await assigned_to(writing.session, path.id, today)
        if owner is None or owner.id != writing.call.scope.account_id:
            raise NotPermitted("Zurückgeben können Sie nur Ihre eigenen Wege.")
        await release(writing.session, path.id, today)
        await writing.audit("path.released", path.case_number, path)
        return await writing.receipt(path, changed=False)

    return act
