"""Upkeep of the register of offers: each owner is asked in time whether an offer is still right. No person is in it.

Made by the body that looks at the procedure, since mails of no path are its own; the link comes when a mail leaves.
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from process_models.look_again import morning
from process_models.names import BodyKind
from process_models.offers import is_asked_about
from process_models.rules import Municipality
from store.links import hash_token
from store.need_tables import Offer
from store.notices import NewNotice, make_notice
from store.offers import ask_owner, last_asked, offers_without_end, terms_of, upkeep_of_notice
from store.tables import Notice

OFFER_UPKEEP: Final = "offer_upkeep"
"""Kind of the mail."""
ASKED_BY: Final[BodyKind] = "verfahren"
"""The body whose workflow sends it."""
_LINK_DAYS: Final = timedelta(days=60)
_TOKEN_BYTES: Final = 32


async def ask_owners(session: AsyncSession, tenant_id: str, municipality: Municipality, notice_day: date) -> None:
    """Makes one mail for each offer whose owner is to be asked today; a question that is fresh is not repeated."""
    asked = await last_asked(session, tenant_id)
    async for offer in offers_without_end(session, tenant_id, notice_day):
        if is_asked_about(terms_of(offer), asked.get(offer.id), notice_day, municipality.support):
            await _ask(session, offer, municipality, notice_day)


async def _ask(session: AsyncSession, offer: Offer, municipality: Municipality, day: date) -> None:
    kind = next((agency.kind for agency in municipality.agencies if agency.id == offer.agency), "")
    new = NewNotice(
        key=f"{offer.id}:{OFFER_UPKEEP}:{day.isoformat()}",
        tenant_id=offer.tenant_id,
        kind=OFFER_UPKEEP,
        subject=ASKED_BY,
        recipient=kind or offer.agency,
        made_on=day,
        agency=offer.agency,
        due_on=day + timedelta(days=municipality.support.ask_again_days),
    )
    notice = await make_notice(session, new, morning(day))
    if notice is not None:
        await ask_owner(session, offer.id, notice.id, day, day + _LINK_DAYS)


async def link_of(session: AsyncSession, notice: Notice) -> tuple[str, date] | None:
    """A fresh token for the page of the owner and its last day; an earlier one of the same question ends with it."""
    upkeep = await upkeep_of_notice(session, notice.id)
    if upkeep is None:
        return None
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    upkeep.token_hash = hash_token(token)
    session.add(upkeep)
    await session.flush()
    return token, upkeep.expires_on
