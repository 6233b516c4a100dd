"""A member of a household gets a path of their own: the two paths point at each other by reference.

Only the reference; the own path is started like any other, and its file is its own.
"""

from __future__ import annotations

from api.acts.writing import Act, Receipt, Writing
from api.schemas import LinkOwnPath
from process_models.errors import FactInvalid
from process_models.facts import known_on
from process_models.household import household_of
from store.cases import load_case
from store.household import link_own_path
from store.tables import Path


def link_member(path_id: str, ref: str, request: LinkOwnPath) -> Act:
    """The act that notes the own path of a member. Errors: FactInvalid, PathNotFound (also for the other path)."""

    async def act(writing: Writing) -> Receipt:
        own = await writing.path(request.path_id)
        path = await writing.path(path_id)
        if own.id == path.id:
            raise FactInvalid("Ein Weg ist nicht der eigene Weg eines seiner Mitglieder.", field="path_id")
        await _require_member(writing, path, ref, request)
        changed = await link_own_path(writing.session, path, ref, own, writing.wall)
        await writing.audit("member.linked", own.case_number, path)
        return await writing.receipt(path, changed=changed, refs=(ref,))

    return act


async def _require_member(writing: Writing, path: Path, ref: str, request: LinkOwnPath) -> None:
    today = await writing.today(path, request.now)
    case = await load_case(writing.session, writing.tools.database.keyring, path.id)
    known = sorted(known_on(case.facts, today), key=lambda fact: (fact.on, fact.id))
    if ref not in {one.ref for one in household_of(case.household, known, case.person.nationality, today)}:
        raise FactInvalid("Diese Person gehört nicht zum Haushalt.", field="ref")
