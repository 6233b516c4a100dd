"""The own calendar feed: made with an address that is shown once, and revoked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.caller import Caller
from api.errors import NotPermitted
from api.services import Services
from store import audit
from store.calendar_feeds import get_account, make_feed, revoke_feeds

Work = Callable[[AsyncSession], Awaitable[dict[str, Any]]]


def subscribe(tools: Services, caller: Caller, token: str) -> Work:
    """Makes the feed of the caller at this token; an earlier address ends. Errors: NotPermitted without an account."""

    async def work(session: AsyncSession) -> dict[str, Any]:
        account = await get_account(session, caller.account_id) if caller.account_id else None
        if account is None or account.tenant_id is None:
            raise NotPermitted("Einen Kalender zum Abonnieren gibt es nur für Personen mit Anmeldung.")
        feed = await make_feed(session, account, token, tools.now())
        await _audit(session, tools, caller, "calendar.subscribed")
        return {"id": feed.id}

    return work


def unsubscribe(tools: Services, caller: Caller) -> Work:
    """Ends the feed of the caller."""

    async def work(session: AsyncSession) -> dict[str, Any]:
        ended = await revoke_feeds(session, caller.account_id or "", tools.now())
        if ended:
            await _audit(session, tools, caller, "calendar.revoked")
        return {"ended": ended}

    return work


async def _audit(session: AsyncSession, tools: Services, caller: Caller, action: str) -> None:
    await audit.record(session, caller.actor, caller.role, action, caller.actor, None, caller.tenant, tools.now())
