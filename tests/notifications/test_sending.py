"""A notice leaves once, with consent or statute at that moment, and its row says what became of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio import activity
from temporalio.testing import ActivityEnvironment

from activities import notifications as sending
from activities.notifications import NotificationActivities
from notifications.message import message_id
from notifications.rendering import KINDS
from process_models.messages import SendNotice
from store.body_items import NewBodyItem, put_on_agenda
from store.database import Database
from store.errors import DatabaseAway, LinkInvalid
from store.links import find_link
from store.notices import claim_notice, get_notice
from store.paths import erase_path_person
from store.tables import TaskLink
from tests.notifications.office import ABH, DAY, H01, H02, NOW, P1, P2, P3, TENANT, Office, consent, revocation, text_of
from tests.notifications.scripted_smtp import HANG_UP, SILENCE


async def offered(office: Office) -> Office:
    """H01 offered to the Jobcenter with both consents."""
    await office.record(P1, P2)
    await office.hand_over(H01, "jobcenter-rkn")
    return office


def test_the_activity_has_the_name_that_workflows_call() -> None:
    defined = activity._Definition.must_from_callable(NotificationActivities.send_notices)
    assert defined.name == "notice.send"


# ---------------------------------------------------------------- what leaves


async def test_an_offer_with_consent_reaches_the_mailbox_of_the_agency_once(office: Office) -> None:
    notice = await (await offered(office)).notice("offer", "jobcenter")
    assert await office.send(notice) == "delivered"
    row = await office.row(notice)
    assert (row.status, row.attempts, row.error_class) == ("delivered", 1, "")
    assert row.message_id == message_id(row.id, "x.test")
    [mail] = office.mails
    assert office.script.recipients == ["eingang@jobcenter-rkn.example.org"]
    assert mail["Message-ID"] == row.message_id
    assert mail["Subject"] == f"KIM-Lotse: Neue Aufgabe zum Vorgang {office.path.case_number}"
    assert "Jobcenter Rhein-Kreis Neuss" in text_of(mail)
    assert "17.02.2022" in text_of(mail, "html")


async def test_a_mail_names_the_day_by_which_the_ladder_expects_an_answer_and_brings_it_as_a_calendar_entry(
    office: Office,
) -> None:
    await office.send(await (await offered(office)).notice("offer", "jobcenter", due_on=None))
    [mail] = office.mails
    assert "Eingang bestätigen bis: 15.02.2022" in text_of(mail)  # one working day: the livelihood ends soon
    [part] = mail.iter_attachments()
    [event] = Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert event["DTSTART"].dt == date(2022, 2, 15)
    assert office.path.case_number in str(event["SUMMARY"])
    assert office.path.id not in str(event)


async def test_nobody_can_guess_the_identity_of_a_mail_from_what_it_is_about(office: Office) -> None:
    await offered(office)
    notices = [await office.notice("offer", "jobcenter"), await office.notice("escalation_e1", "jobcenter")]
    for notice in notices:
        await office.send(notice)
    known = {message_id(text, "x.test") for notice in notices for text in (notice.key, notice.path_id or "", "H01")}
    assert not known & {str(mail["Message-ID"]) for mail in office.mails}


async def test_the_link_in_the_mail_opens_the_handover_and_only_its_hash_is_kept(office: Office) -> None:
    await office.send(await (await offered(office)).notice("offer", "jobcenter"))
    token = token_in(office, 0)
    async with office.database.reading() as session:
        link = await find_link(session, token, DAY)
        kept = (await session.scalars(select(TaskLink))).all()
    assert (link.handover_id, link.agency) == (office.handovers["H01"].id, "jobcenter-rkn")
    assert token not in str([row.model_dump() for row in kept])


async def test_the_link_of_a_reminder_replaces_the_earlier_one(office: Office) -> None:
    await offered(office)
    for kind in ("offer", "escalation_e1"):
        assert await office.send(await office.notice(kind, "jobcenter")) == "delivered"
    async with office.database.reading() as session:
        with pytest.raises(LinkInvalid):
            await find_link(session, token_in(office, 0), DAY)
        await find_link(session, token_in(office, 1), DAY)


async def test_the_earlier_link_works_on_while_the_mail_with_the_new_one_could_not_leave(office: Office) -> None:
    await offered(office)
    assert await office.send(await office.notice("offer", "jobcenter")) == "delivered"
    office.script.text = ["550 mailbox unavailable"]
    assert await office.send(await office.notice("escalation_e1", "jobcenter")) == "permanent-failure"
    async with office.database.reading() as session:
        await find_link(session, token_in(office, 0), DAY)
        assert len([link for link in await session.scalars(select(TaskLink)) if link.revoked_at is None]) == 1


async def test_the_head_of_unit_and_the_sending_agency_get_no_link(office: Office) -> None:
    await offered(office)
    for kind, recipient in (("escalation_e2", "jobcenter_head"), ("reminder_gap", "sozialamt")):
        assert await office.send(await office.notice(kind, recipient)) == "delivered"
    assert office.script.recipients == ["teamleitung@jobcenter-rkn.example.org", "asylblg@meerbusch.example.org"]
    assert not any("http" in text_of(mail) for mail in office.mails)


async def test_the_case_manager_gets_a_link_that_asks_for_a_login(office: Office) -> None:
    await offered(office)
    assert await office.send(await office.notice("reminder_deadline", "case_manager", handover=None)) == "delivered"
    assert "(mit Anmeldung):\nhttps://kim.example.org/\n" in text_of(office.mails[0]).replace("\r\n", "\n")


def without_random(text: str, office: Office) -> str:
    """The text without case number and links: their random letters may spell anything."""
    return re.sub(r"https?://[^\s\"<]+", "", text.replace(office.path.case_number, ""))


async def test_no_mail_carries_anything_of_the_person(office: Office) -> None:
    await offered(office)
    await office.record(P3)
    await office.record(ABH)
    for kind in KINDS:
        recipient = {"escalation_e3": "ag_fallebene", "agenda_item": "ag_fallebene"}.get(kind, "jobcenter")
        recipient = "case_manager" if kind in ("consent_needed", "delivery_failed") else recipient
        recipient = "abh" if kind == "information" else recipient
        assert await office.send(await office.notice(kind, recipient)) == "delivered", kind
    assert len(office.mails) == len(KINDS)
    for mail in office.mails:
        said = without_random(str(mail["Subject"]) + text_of(mail) + text_of(mail, "html"), office)
        for word in (
            "Zarathustra",
            "Beispielsdottir",
            "1994",
            "12.03.",
            "SY",
            "syr",
            "Meerbusch",
            "refugee",
            "H01",
            "AsylbLG",
        ):
            assert word not in said, word


# ---------------------------------------------------------------- consent and statute at this moment


@pytest.mark.parametrize("kind", ["offer", "escalation_e1", "escalation_e2", "reminder_gap"])
async def test_a_consent_withdrawn_before_sending_cancels_the_notice_and_no_server_hears_of_it(
    office: Office, kind: str
) -> None:
    notice = await (await offered(office)).notice(kind, "jobcenter")
    await office.record(revocation("k2"))
    assert await office.send(notice) == "cancelled"
    assert (await office.row(notice)).error_class == "not_covered"
    assert (office.script.recipients, office.script.texts) == ([], [])
    assert await office.send(notice) == "cancelled"


async def test_a_withdrawal_that_counts_from_tomorrow_stops_nothing_today(office: Office) -> None:
    notice = await (await offered(office)).notice("offer", "jobcenter")
    tomorrow = DAY + timedelta(days=1)
    await office.record(revocation("k2", tomorrow))
    assert await office.send(notice) == "delivered"
    office.now = NOW + timedelta(days=1)
    assert await office.send(await office.notice("escalation_e1", "jobcenter")) == "cancelled"


@pytest.mark.parametrize(
    "given",
    [
        (),
        (P1,),
        (consent("k2", "P2", "jobcenter", ("residence", "benefits")),),
        (consent("k2", "P2", "abh", ("residence", "benefits", "housing")),),
        (consent("k2", "P3"),),
    ],
    ids=["nothing", "only P1", "a category missing", "another recipient", "another purpose"],
)
async def test_anything_less_than_the_whole_consent_is_not_enough(office: Office, given: tuple[object, ...]) -> None:
    await office.record(*given)  # type: ignore[arg-type]
    await office.hand_over(H01, "jobcenter-rkn")
    assert await office.send(await office.notice("offer", "jobcenter")) == "cancelled"
    assert office.script.recipients == []


async def test_what_a_statute_allows_leaves_without_any_consent(office: Office) -> None:
    await office.hand_over(H02, "sozialamt-meerbusch")
    assert await office.send(await office.notice("offer", "sozialamt", "H02")) == "delivered"
    assert office.script.recipients == ["asylblg@meerbusch.example.org"]


async def test_an_agency_that_has_no_part_in_the_handover_is_not_told(office: Office) -> None:
    notice = await (await offered(office)).notice("reminder_gap", "abh")
    assert await office.send(notice) == "cancelled"


@pytest.mark.parametrize("state", ["cancelled", "refused", "completed"])
async def test_a_handover_that_is_no_longer_open_makes_no_more_mails(office: Office, state: str) -> None:
    notice = await (await offered(office)).notice("escalation_e1", "jobcenter")
    await office.hand_over(replace(H01, state=state), "jobcenter-rkn")  # type: ignore[arg-type]
    assert await office.send(notice) == "cancelled"


async def test_a_reminder_without_a_handover_rests_on_an_open_one(office: Office) -> None:
    await offered(office)
    assert await office.send(await office.notice("reminder_deadline", "jobcenter", handover=None)) == "delivered"
    assert await office.send(await office.notice("reminder_deadline", "abh", handover=None)) == "cancelled"
    assert "http" not in text_of(office.mails[0])


@pytest.mark.parametrize("kind", ["consent_needed", "reminder_deadline", "reminder_gap", "delivery_failed"])
async def test_the_own_office_is_told_without_any_consent_and_learns_nothing_of_the_person(
    office: Office, kind: str
) -> None:
    assert await office.send(await office.notice(kind, "case_manager", handover=None)) == "delivered"
    [mail] = office.mails
    for word in ("Zarathustra", "Beispielsdottir", "SY", "Meerbusch", "refugee"):
        assert word not in str(mail["Subject"]) + text_of(mail) + text_of(mail, "html")


async def test_a_revoked_case_management_still_lets_the_office_hear_that_consent_is_missing(office: Office) -> None:
    await office.record(P1, revocation("k1"))
    assert await office.send(await office.notice("consent_needed", "case_manager", handover=None)) == "delivered"


async def test_the_client_is_not_written_to(office: Office) -> None:
    await offered(office)
    assert await office.send(await office.notice("reminder_deadline", "client", handover=None)) == "cancelled"


async def test_the_ag_fallebene_hears_of_a_case_only_with_consent_to_its_discussion(office: Office) -> None:
    await offered(office)
    assert await office.send(await office.notice("escalation_e3", "ag_fallebene")) == "cancelled"
    await office.record(P3)
    assert await office.send(await office.notice("agenda_item", "ag_fallebene")) == "delivered"
    assert office.script.recipients == ["ag-fall@ki-rhein-kreis-neuss.example.org"]


@pytest.mark.parametrize("recipient", ["ag_verfahrensebene", "lenkungsgruppe"])
async def test_the_bodies_of_the_procedure_never_get_a_mail_about_a_path(office: Office, recipient: str) -> None:
    await offered(office)
    await office.record(P3)
    assert await office.send(await office.notice("agenda_item", recipient)) == "cancelled"


async def test_an_agenda_mail_of_the_procedure_needs_no_consent_and_names_no_path(office: Office) -> None:
    new = NewBodyItem(
        TENANT, "verfahren:H01", "verfahren", "H01", "sozialamt", "jobcenter", "DOC_MISSING", None, "ladder", DAY
    )
    async with office.database.transaction() as session:
        item = await put_on_agenda(session, new)
    notice = await office.notice(
        "agenda_item", "ag_verfahrensebene", None, key="i1", path_id=None, body_item_id=item.id
    )
    assert await office.send(notice) == "delivered"
    said = str(office.mails[0]) + text_of(office.mails[0]) + text_of(office.mails[0], "html")
    for trace in (office.path.id, office.path.case_number, "KIM-" + office.path.case_number[4:], "Aktenzeichen"):
        assert trace not in said


async def test_any_other_mail_without_a_path_is_refused(office: Office) -> None:
    notice = await office.notice("offer", "jobcenter", None, key="i2", path_id=None)
    assert await office.send(notice) == "cancelled"


async def test_a_withdrawal_reaches_who_was_told_of_the_offer_even_without_consent(office: Office) -> None:
    await office.send(await (await offered(office)).notice("offer", "jobcenter"))
    await office.record(revocation("k1"), revocation("k2"))
    await office.hand_over(replace(H01, state="cancelled", cancelled_on=DAY), "jobcenter-rkn")
    assert await office.send(await office.notice("withdrawal", "jobcenter")) == "delivered"
    assert "zurückgenommen" in text_of(office.mails[1])
    assert "http" not in text_of(office.mails[1])


async def test_nobody_hears_of_the_withdrawal_of_an_offer_that_never_left(office: Office) -> None:
    offer = await (await offered(office)).notice("offer", "jobcenter")
    await office.record(revocation("k2"))
    assert await office.send(offer) == "cancelled"
    assert await office.send(await office.notice("withdrawal", "jobcenter")) == "cancelled"
    assert office.script.recipients == []


async def test_nothing_leaves_about_an_erased_person(office: Office) -> None:
    notice = await (await offered(office)).notice("offer", "jobcenter")
    async with office.database.transaction() as session:
        await erase_path_person(session, office.path, NOW)
    assert await office.send(notice) == "cancelled"


# ---------------------------------------------------------------- what a mail server does


async def test_a_server_that_asks_to_come_back_gets_the_same_mail_again_later(office: Office) -> None:
    notice = await (await offered(office)).notice("offer", "jobcenter")
    office.script.text = ["451 greylisted", "451 greylisted"]
    for pause in (1, 2):
        assert await office.send(notice) == "temporary-failure"
        row = await office.row(notice)
        assert (row.error_class, row.next_try_at) == ("smtp_451", office.now + timedelta(minutes=pause))
        office.now += timedelta(minutes=pause)
    assert await office.send(notice) == "delivered"
    row = await office.row(notice)
    assert (row.attempts, row.next_try_at, len(office.mails)) == (3, None, 1)


async def test_after_72_hours_without_a_mail_server_somebody_has_to_see_it(office: Office) -> None:
    notice = await (await offered(office)).notice("offer", "jobcenter")
    office.script.rcpt = "450 not now"
    office.now = NOW + timedelta(hours=71)
    assert await office.send(notice) == "temporary-failure"
    office.now = NOW + timedelta(hours=72)
    assert await office.send(notice) == "permanent-failure"
    assert (await office.row(notice)).error_class == "given_up_smtp_450"


async def test_a_refused_mailbox_is_given_up_at_once(office: Office) -> None:
    notice = await (await offered(office)).notice("offer", "jobcenter")
    office.script.rcpt = "550 no such mailbox"
    assert await office.send(notice) == "permanent-failure"
    assert (await office.row(notice)).error_class == "smtp_550"
    assert await office.send(notice) == "permanent-failure"
    assert len(office.script.recipients) == 1


@pytest.mark.parametrize("agency", ["", "unbekannt", "abh-rkn"])
async def test_an_agency_without_a_mailbox_of_its_kind_is_not_deliverable(office: Office, agency: str) -> None:
    notice = await (await offered(office)).notice("offer", "jobcenter", agency=agency)
    assert await office.send(notice) == "permanent-failure"
    assert (await office.row(notice)).error_class == "no_mailbox"
    assert office.script.recipients == []


async def test_a_lost_answer_after_the_text_is_unclear_and_is_never_sent_again(office: Office) -> None:
    notice = await (await offered(office)).notice("offer", "jobcenter")
    office.script.text = [HANG_UP]
    assert await office.send(notice) == "unclear"
    assert await office.send(notice) == "unclear"
    assert (await office.row(notice)).error_class == "reply_lost"
    assert len(office.script.texts) == 1


async def test_a_notice_left_in_sending_by_a_crash_becomes_unclear_without_a_mail(office: Office) -> None:
    notice = await (await offered(office)).notice("offer", "jobcenter")
    async with office.database.transaction() as session:
        assert await claim_notice(session, notice.id, NOW)
    assert await office.send(notice) == "unclear"
    assert office.script.recipients == []


async def test_a_worker_that_shuts_down_finishes_the_mail_that_is_under_way(office: Office) -> None:
    notice = await (await offered(office)).notice("offer", "jobcenter")
    office.script.rcpt = SILENCE
    environment = ActivityEnvironment()
    message = SendNotice(notice_id=notice.id, now=NOW)
    under_way = asyncio.ensure_future(environment.run(office.activities(timeout=0.3).send_notice, message))
    await office.script.asked.wait()
    environment.cancel()
    assert (await under_way).status == "temporary-failure"
    assert (await office.row(notice)).status == "temporary-failure"


# ---------------------------------------------------------------- records that are away


class FlakyDatabase(Database):
    """Records that are away for the first transactions after the claim."""

    def __init__(self, inner: Database, failures: int) -> None:
        self.keyring = inner.keyring
        self._inner, self._calls, self._failures = inner, 0, failures

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        self._calls += 1
        if 1 < self._calls <= 1 + self._failures:
            raise DatabaseAway("weg")
        async with self._inner.transaction() as session:
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        async with self._inner.reading() as session:
            yield session


@pytest.mark.parametrize(("failures", "settled"), [(3, "delivered"), (4, "sending")])
async def test_a_known_outcome_is_written_as_soon_as_the_records_are_back(
    office: Office, failures: int, settled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SETTLE_PAUSES", (0.0, 0.0, 0.0))
    notice = await (await offered(office)).notice("offer", "jobcenter")
    flaky = office.activities(FlakyDatabase(office.database, failures))
    message = SendNotice(notice_id=notice.id, now=NOW)
    if settled == "delivered":
        assert (await ActivityEnvironment().run(flaky.send_notice, message)).status == "delivered"
    else:
        with pytest.raises(DatabaseAway):
            await ActivityEnvironment().run(flaky.send_notice, message)
    assert (await office.row(notice)).status == settled
    assert len(office.mails) == 1


async def test_all_notices_of_a_day_of_the_path_use_its_own_clock(office: Office) -> None:
    """A path of 2022 that is played today writes mails of 2022."""
    notice = await (await offered(office)).notice("offer", "jobcenter")
    await office.send(notice)
    assert "Mon, 14 Feb 2022" in office.mails[0]["Date"]
    async with office.database.reading() as session:
        [link] = (await session.scalars(select(TaskLink).where(col(TaskLink.agency) == "jobcenter-rkn"))).all()
        assert (await get_notice(session, notice.id)).settled_at == NOW
    assert link.expires_on == date(2022, 5, 15)


def token_in(office: Office, number: int) -> str:
    """The token of the link in a mail."""
    [line] = [line for line in text_of(office.mails[number]).splitlines() if "/l/" in line]
    return line.rpartition("/")[2]
