"""Carrying out what is only told: information, requests to erase, and the log of transfers by statute."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from temporalio.testing import ActivityEnvironment

from activities.handovers import HandoverActivities
from process_models.catalogue import catalogue
from process_models.messages import Action, CarryOut, OfferHandover, TellAgency
from store.catalogues import Catalogues
from store.notices import get_notice
from store.tables import AuditEntry, TaskLink
from tests.notifications.office import ABH, DAY, H01, H02, NOW, P1, P2, Office, consent, revocation, text_of

TRIGGER = H01.trigger_on


async def carry_out(office: Office, *actions: Action) -> list[str]:
    """Has the actions carried out and their mails sent; tells what became of each mail."""
    activities = HandoverActivities(office.database, Catalogues(catalogue()))
    message = CarryOut(path_id=office.path.id, now=NOW, actions=actions)
    made = await ActivityEnvironment().run(activities.carry_out, message)
    async with office.database.reading() as session:
        notices = [await get_notice(session, notice_id) for notice_id in made.notice_ids]
    return [await office.send(notice) for notice in notices]


def tell(kind: str, recipient: str, since: date | None = None) -> TellAgency:
    told = {"handover": "H01", "trigger_on": TRIGGER, "number": 1, "kind": kind, "recipient": recipient, "on": DAY}
    return TellAgency.model_validate({**told, "since": since})


OFFER = OfferHandover(handover="H01", trigger_on=TRIGGER, on=DAY)


async def test_whoever_is_informed_gets_one_mail_without_a_link(office: Office) -> None:
    await office.record(P1, P2, ABH)
    assert await carry_out(office, OFFER, tell("information", "abh")) == ["delivered", "delivered"]
    assert await carry_out(office, tell("information", "abh")) == []
    assert office.script.recipients == ["eingang@jobcenter-rkn.example.org", "titel@abh.rhein-kreis-neuss.example.org"]
    assert "http" not in text_of(office.mails[1])
    async with office.database.reading() as session:
        assert {link.agency for link in await session.scalars(select(TaskLink))} == {"jobcenter-rkn"}


async def test_information_whose_consent_went_before_the_mail_left_is_not_sent(office: Office) -> None:
    await office.record(P1, P2, ABH)
    await office.record(revocation("k5"))
    assert await carry_out(office, OFFER, tell("information", "abh")) == ["delivered", "cancelled"]


async def test_a_consent_to_fewer_data_does_not_inform(office: Office) -> None:
    await office.record(P1, P2, consent("k5", "P2", "abh", ("residence",)))
    assert await carry_out(office, OFFER, tell("information", "abh")) == ["delivered", "cancelled"]


async def test_the_request_to_erase_needs_no_consent_and_opens_nothing(office: Office) -> None:
    await office.record(P1, P2)
    await carry_out(office, OFFER)
    await office.record(revocation("k2"))
    assert await carry_out(office, tell("erasure", "jobcenter", since=DAY)) == ["delivered"]
    assert "löschen" in text_of(office.mails[1])
    assert "http" not in text_of(office.mails[1])


async def test_a_transfer_by_statute_is_logged_as_such(office: Office) -> None:
    offer = OfferHandover(handover="H02", trigger_on=H02.trigger_on, on=DAY)
    assert await carry_out(office, offer) == ["delivered"]
    await office.record(P1, P2)
    assert await carry_out(office, OFFER) == ["delivered"]
    async with office.database.reading() as session:
        entries = [(entry.action, entry.subject) for entry in await session.scalars(select(AuditEntry))]
    assert ("handover.by_statute", "H02") in entries
    assert ("handover.by_statute", "H01") not in entries
    assert ("handover.offered", "H01") in entries
