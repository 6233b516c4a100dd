"""The mail that asks the owner of an offer: anonymous, to the mailbox of its agency, with a link to the offer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from activities.upkeep import OFFER_UPKEEP, ask_owners
from process_models.catalogue import catalogue
from store.errors import LinkInvalid
from store.notices import pending_body_notices
from store.offers import add_offer, find_upkeep
from store.tables import Notice
from tests.notifications.office import DAY, TENANT, Office, text_of

LATER = DAY + timedelta(days=170)


async def asked(office: Office, agency: str = "kurstraeger-rkn") -> Notice:
    """An offer whose owner is asked today."""
    async with office.database.transaction() as session:
        columns = {"kind": "language", "title": "Deutsch am Abend", "agency": agency}
        await add_offer(session, TENANT, columns, DAY, office.now)
        await ask_owners(session, TENANT, catalogue().municipality("rhein-kreis-neuss"), LATER)
        await ask_owners(session, TENANT, catalogue().municipality("rhein-kreis-neuss"), LATER)  # nobody is asked twice
    office.now += timedelta(days=171)
    async with office.database.reading() as session:
        [notice] = await pending_body_notices(session, TENANT, office.now)
    return notice


async def test_the_owner_gets_one_mail_whose_link_opens_the_offer(office: Office) -> None:
    notice = await asked(office)
    assert await office.send(notice) == "delivered"
    [mail] = office.mails
    assert office.script.recipients == ["kurse@vhs-rkn.example.org"]
    assert mail["Subject"] == "KIM-Lotse: Stimmt Ihr Angebot noch?"
    text = text_of(mail)
    assert "KIM-" not in text.replace("KIM-Lotse", ""), "no case number: no path is spoken of"
    [token] = re.findall(r"/o/([A-Za-z0-9_-]{43})\b", text)
    async with office.database.reading() as session:
        _, offer = await find_upkeep(session, token, LATER)
        assert offer.title == "Deutsch am Abend"
        with pytest.raises(LinkInvalid):
            await find_upkeep(session, token, LATER + timedelta(days=61))


async def test_an_owner_without_a_mailbox_is_seen_by_who_coordinates(office: Office) -> None:
    notice = await asked(office, "gone")
    assert await office.send(notice) == "permanent-failure"
    row = await office.row(notice)
    assert (row.kind, row.error_class) == (OFFER_UPKEEP, "no_mailbox")
