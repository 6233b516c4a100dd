"""Keeping and forgetting filters of the worklist. They belong to one account and are about work, not about persons."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.acts.deputising import Work
from api.caller import Caller
from api.errors import NothingHere
from api.services import Services
from process_models.errors import FactInvalid
from process_models.phrases import Phrase
from store.work_filters import MOST, count_other_filters, end_filter, keep_filter
from store.worklist import WantedWork


class Kept(BaseModel):
    """A filter as the form sends it."""

    name: str = Field(max_length=40)
    tab: Literal["mine", "team", "others"] = "mine"
    place: str = Field(default="", max_length=80)
    due: Literal["", "overdue", "soon"] = ""
    case_number: str = Field(default="", max_length=20)

    @property
    def wanted(self) -> WantedWork:
        """The same for the worklist."""
        return WantedWork(self.tab, self.place, self.case_number, self.due)


def keep(tools: Services, caller: Caller, kept: Kept) -> Work:
    """Keeps the filter under its name. Errors: NothingHere for a token, FactInvalid if there are too many."""

    async def work(session: AsyncSession) -> dict[str, Any]:
        owner = _owner(caller)
        if await count_other_filters(session, owner, kept.name) >= MOST:
            told = Phrase("Mehr als %(most)s Filter gibt es nicht; bitte erst einen löschen.", most=MOST)
            raise FactInvalid(told, field="name")
        await keep_filter(session, owner, kept.name, kept.wanted, tools.now())
        return {}

    return work


def forget(caller: Caller, filter_id: str) -> Work:
    """Forgets a filter of one's own. Errors: NothingHere for one of somebody else, or of nobody."""

    async def work(session: AsyncSession) -> dict[str, Any]:
        if not await end_filter(session, _owner(caller), filter_id):
            raise NothingHere("Diesen Filter gibt es nicht oder nicht mehr.")
        return {}

    return work


def _owner(caller: Caller) -> str:
    if caller.account_id is None:
        raise NothingHere("Filter hat nur, wer sich angemeldet hat.")
    return caller.account_id
