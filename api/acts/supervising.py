"""Fachaufsicht: a file is opened only with a reason, for some days, and the case manager sees who and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.acts.writing import Act, Receipt, Writing
from api.errors import NotPermitted
from api.schemas import Request
from process_models.look_again import day_at
from store import audit
from store.supervisions import Opening, open_file

SupervisionReason = Literal["complaint", "quality", "stall", "change_of_manager", "law"]
LONGEST = 14
"""Days that a file stays open at most; whoever needs longer says why again."""


class OpenFile(Request):
    """Why a file is opened, and for how many days, today counted."""

    reason: SupervisionReason
    why: Annotated[str, StringConstraints(min_length=10, max_length=1000)]
    """Sealed with the file; the case manager reads it."""
    days: Annotated[int, Field(ge=1, le=LONGEST)] = 1


def supervise(path_id: str, wanted: OpenFile) -> Act:
    """The act that opens a file for the caller. Errors: PathNotFound, NotPermitted for a token of an office."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        account_id = writing.call.scope.account_id
        if account_id is None:
            raise NotPermitted("Die Fachaufsicht übt eine Person aus.", way_out="Bitte melden Sie sich an.")
        today = day_at(writing.wall)
        until = today + timedelta(days=wanted.days - 1)
        opening = Opening(account_id, wanted.reason, wanted.why, today, until)
        await open_file(writing.session, writing.tools.database.keyring, path, opening, writing.wall)
        call = writing.call
        await audit.record(
            writing.session,
            *(call.actor, call.role, "file.opened", wanted.reason, path.id, path.tenant_id, writing.wall),
            reason="supervision",
        )
        return await writing.receipt(path, changed=False)

    return act
