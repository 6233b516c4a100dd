"""Digests: one mail a reader and working morning, nothing lost, nothing critical late, consent asked again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, select
from temporalio.testing import ActivityEnvironment

from activities.notifications import NotificationActivities
from kim.mail.bounce import take
from notifications.digests import DIGESTED, digest_time, waits_until
from notifications.mailer import Mailer, SmtpSettings
from notifications.rendering import KINDS, RenderedMail
from process_models.calendars import ProductCalendar
from process_models.catalogue import catalogue
from process_models.look_again import BERLIN
from process_models.messages import Deliveries, Delivery, SendNotice
from process_models.rules import Agency
from store.catalogues import Catalogues
from store.facts import add_facts
from store.handovers import save_item
from store.links import find_link
from store.notices import (
    NewNotice,
    cancel_notices,
    get_notice,
    list_failed_notices,
    make_notice,
    next_body_try,
    pending_body_notices,
    pending_notices,
    send_again,
)
from store.paths import create_path
from store.scope import Scope
from store.tables import Handover, Notice, Outbox, Path, Tenant
from tests.notifications.office import (
    ARRIVED,
    DAY,
    H01,
    KEYRING,
    P1,
    P2,
    PERSON,
    PUBLIC_URL,
    TENANT,
    Office,
    consent,
    revocation,
    text_of,
)
from tests.notifications.reports import report
from tests.notifications.scripted_smtp import SILENCE

MORNING = datetime(2022, 2, 15, 7, 0, tzinfo=UTC)
"""Tuesday, 08:00 in Germany, the working day after the day of the office."""
LATE = date(2022, 3, 31)


def with_digest(office: Office, **changes: object) -> None:
    """The Jobcenter gets a digest."""
    shipped = catalogue()
    municipality = shipped.municipality(TENANT)
    agencies = tuple(
        one.model_copy(update={"digest": True, **changes}) if one.id == "jobcenter-rkn" else one
        for one in municipality.agencies
    )
    changed = municipality.model_copy(update={"agencies": agencies, "digests": ("case_manager",)})
    office.rules = replace(shipped, municipalities={**shipped.municipalities, TENANT: changed})


async def another(office: Office, number: int) -> tuple[Path, Notice]:
    """A further path of the same kind, with its offer that waits to be sent."""
    async with office.database.transaction() as session:
        path = await create_path(session, KEYRING, PERSON, office.now)
        given = (P1, consent("k2", "P2", "jobcenter", ("residence", "benefits", "housing")))
        await add_facts(session, KEYRING, path, (*ARRIVED, *given), "test", office.now)
        row: Handover = await save_item(session, path, H01, "jobcenter-rkn")
        new = NewNotice(
            key=f"{path.id}:H01:offer:jobcenter:{number}",
            tenant_id=TENANT,
            kind="offer",
            subject="H01",
            recipient="jobcenter",
            made_on=DAY,
            agency="jobcenter-rkn",
            due_on=LATE,
            path_id=path.id,
            handover_id=row.id,
        )
        notice = await make_notice(session, new, office.now)
    assert notice is not None
    return path, notice


async def waiting(office: Office, count: int) -> list[tuple[Path, Notice]]:
    """So many paths whose offers have been put off until the morning."""
    with_digest(office)
    found = [await another(office, number) for number in range(count)]
    for _, notice in found:
        assert await office.send(notice) == "created"
    assert office.script.recipients == []
    return found


async def statuses(office: Office, found: list[tuple[Path, Notice]]) -> list[str]:
    return [(await office.row(notice)).status for _, notice in found]


async def digests(office: Office) -> list[Notice]:
    async with office.database.reading() as session:
        return list(await session.scalars(select(Notice).where(col(Notice.kind) == "digest")))


# ---------------------------------------------------------------- when (pure)


@given(
    now=st.integers(0, 6 * 365 * 24 * 60).map(lambda minutes: MORNING + timedelta(minutes=minutes)),
    hour=st.integers(0, 23),
)
@settings(max_examples=400, deadline=None)
def test_a_digest_leaves_at_its_time_on_a_working_day_and_never_before(now: datetime, hour: int) -> None:
    calendar = ProductCalendar("NW", ("rosenmontag", "12-24"))
    until = waits_until("offer", None, time(hour), now, calendar)
    assert until is not None
    local = until.astimezone(BERLIN)
    assert until > now
    assert calendar.is_working_day(local.date())
    assert local.hour == hour or (hour == 2 and local.hour == 3)  # the hour that does not exist in spring
    between = (now.astimezone(BERLIN).date() + timedelta(days=n) for n in range(1, 20))
    assert not any(calendar.is_working_day(day) for day in between if day < local.date())


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        (datetime(2022, 2, 14, 8, 0, tzinfo=UTC), datetime(2022, 2, 15, 7, 0, tzinfo=UTC)),
        (datetime(2022, 2, 14, 6, 59, tzinfo=UTC), datetime(2022, 2, 14, 7, 0, tzinfo=UTC)),
        (datetime(2022, 2, 18, 8, 0, tzinfo=UTC), datetime(2022, 2, 21, 7, 0, tzinfo=UTC)),
        (datetime(2022, 4, 14, 8, 0, tzinfo=UTC), datetime(2022, 4, 19, 6, 0, tzinfo=UTC)),
    ],
    ids=["tomorrow", "today", "over the weekend", "over Easter, in summer time"],
)
def test_weekends_and_holidays_of_the_place_have_no_digest(now: datetime, morning: datetime) -> None:
    assert waits_until("offer", None, time(8), now, ProductCalendar("NW")) == morning


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(DIGESTED)))
def test_what_is_critical_never_waits(kind: str) -> None:
    assert waits_until(kind, None, time(8), MORNING, ProductCalendar("NW")) is None


@pytest.mark.parametrize(("due_on", "waits"), [(date(2022, 2, 16), False), (date(2022, 2, 17), True), (None, True)])
def test_a_date_on_the_day_of_the_digest_or_before_is_critical(due_on: date | None, waits: bool) -> None:
    assert (waits_until("offer", due_on, time(8), MORNING, ProductCalendar("NW")) is not None) == waits


@pytest.mark.parametrize(("digest", "at"), [(False, None), (True, time(8)), ("07:30", time(7, 30))])
def test_an_agency_says_whether_and_when(digest: bool | str, at: time | None) -> None:
    agency = Agency.model_validate({"id": "a", "kind": "jobcenter", "title": "A", "digest": digest})
    assert agency.digest_at == at


def test_a_time_that_is_none_is_refused_and_nobody_has_a_digest_unasked() -> None:
    with pytest.raises(ValueError, match="digest"):
        Agency.model_validate({"id": "a", "kind": "jobcenter", "title": "A", "digest": "25:00"})
    for municipality in catalogue().municipalities.values():
        for agency in municipality.agencies:
            assert digest_time(municipality, agency.kind, agency.id) is None
        assert digest_time(municipality, "case_manager", "") is None


def test_a_path_looks_again_after_a_mail_was_put_off() -> None:
    assert Deliveries(deliveries=(Delivery(notice_id="n", status="created"),)).some_to_repeat
    assert not Deliveries(deliveries=(Delivery(notice_id="n", status="delivered"),)).some_to_repeat


# ---------------------------------------------------------------- together


async def test_all_mails_of_a_reader_leave_in_one_mail_with_a_link_each(office: Office) -> None:
    found = await waiting(office, 3)
    for path, notice in found:
        async with office.database.reading() as session:
            assert await pending_notices(session, path.id, office.now) == []
        assert (await office.row(notice)).next_try_at == MORNING
    office.now = MORNING
    assert [await office.send(notice) for _, notice in found] == ["delivered"] * 3
    [mail] = office.mails
    assert mail["Subject"] == "KIM-Lotse: 3 Mitteilungen vom 15.02.2022"
    said = text_of(mail).replace("\r\n", "\n")
    links = [line.strip() for line in said.splitlines() if f"{PUBLIC_URL}/l/" in line]
    assert len(set(links)) == 3
    for (path, notice), link in zip(sorted(found, key=lambda one: one[0].id), links, strict=True):
        assert path.case_number in said
        async with office.database.reading() as session:
            opened = await find_link(session, link.rpartition("/")[2], MORNING.date())
        assert opened.handover_id == notice.handover_id
    for word in ("Zarathustra", "1994", "SY", "Meerbusch", "refugee"):
        assert word not in said + text_of(mail, "html")
    [digest] = await digests(office)
    assert (digest.status, digest.path_id) == ("delivered", None)
    assert {(await office.row(notice)).message_id for _, notice in found} == {digest.message_id}


async def test_the_english_digest_of_one_mail_counts_in_its_own_way(office: Office) -> None:
    with_digest(office, language="en", digest="08:00")
    path, notice = await another(office, 0)
    await office.send(notice)
    await another(office, 1)  # open, but its mail has not been put off: it only counts
    office.now = MORNING
    assert await office.send(notice) == "delivered"
    [mail] = office.mails
    assert mail["Subject"] == "KIM-Lotse: 1 message of 15 February 2022"
    assert "* handover offered: " + path.case_number in text_of(mail)
    assert "1 task of an earlier e-mail waits" in " ".join(text_of(mail).split())


async def test_the_case_management_gets_a_digest_if_it_wants_one(office: Office) -> None:
    with_digest(office)
    first = await office.notice("reminder_deadline", "case_manager", None, due_on=LATE)
    other = await office.notice("consent_needed", "case_manager", None, key="c", due_on=None)
    gap = await office.notice("reminder_gap", "case_manager", None, key="g", due_on=LATE)
    assert [await office.send(one) for one in (first, other, gap)] == ["created", "created", "delivered"]
    office.now = MORNING
    assert [await office.send(one) for one in (first, other)] == ["delivered", "delivered"]
    assert len(office.mails) == 2
    assert "Einwilligung fehlt: " + office.path.case_number in text_of(office.mails[1])
    assert f"{PUBLIC_URL}/l/" not in text_of(office.mails[1])


async def test_a_second_reminder_and_a_withdrawal_do_not_wait(office: Office) -> None:
    with_digest(office)
    await office.record(P1, P2)
    await office.hand_over(H01, "jobcenter-rkn")
    assert await office.send(await office.notice("escalation_e2", "jobcenter")) == "delivered"


async def test_an_agency_without_a_digest_and_a_simulated_tenant_get_single_mails(office: Office) -> None:
    with_digest(office)
    _, notice = await another(office, 0)
    async with office.database.transaction() as session:
        tenant = await session.get(Tenant, TENANT)
        assert tenant
        tenant.simulated = True
    assert await office.send(notice) == "delivered"
    assert len(office.mails) == 1


# ---------------------------------------------------------------- consent at this moment


async def test_a_consent_withdrawn_meanwhile_takes_its_line_out(office: Office) -> None:
    (gone, gone_notice), (kept, kept_notice) = await waiting(office, 2)
    async with office.database.transaction() as session:
        await add_facts(session, KEYRING, gone, (revocation("k2"),), "test", office.now)
    office.now = MORNING
    assert await office.send(gone_notice) == "cancelled"
    assert await office.send(kept_notice) == "delivered"
    [mail] = office.mails
    assert kept.case_number in text_of(mail)
    assert gone.case_number not in text_of(mail) + text_of(mail, "html") + str(mail["Subject"])


async def test_nothing_leaves_if_no_line_is_left(office: Office) -> None:
    [(path, notice)] = await waiting(office, 1)
    async with office.database.transaction() as session:
        await add_facts(session, KEYRING, path, (revocation("k2"),), "test", office.now)
    office.now = MORNING
    assert await office.send(notice) == "cancelled"
    assert office.script.recipients == []
    assert [one.status for one in await digests(office)] == ["cancelled"]


async def test_a_withdrawal_counts_its_line_of_a_digest_under_way_as_in_flight(office: Office) -> None:
    found = await waiting(office, 2)
    office.now = MORNING
    office.script.rcpt = SILENCE
    under_way = asyncio.create_task(office.send(found[0][1]))
    await office.script.asked.wait()
    for path, _ in found:
        async with office.database.transaction() as session:
            assert await cancel_notices(session, path.id, office.now) == 1
    await under_way


# ---------------------------------------------------------------- failures


async def test_when_a_digest_fails_for_now_every_mail_goes_alone_and_none_is_lost(office: Office) -> None:
    found = await waiting(office, 3)
    office.now = MORNING
    office.script.text = ["451 greylisted"]
    await office.send(found[0][1])
    assert await statuses(office, found) == ["temporary-failure"] * 3
    async with office.database.reading() as session:
        told = {news.path_id for news in await session.scalars(select(Outbox))}
        assert {path.id for path, _ in found} <= told
        assert await pending_body_notices(session, TENANT, MORNING + timedelta(days=3)) == []
        assert await next_body_try(session, TENANT, office.now) is None
    office.now = MORNING + timedelta(minutes=5)
    assert [await office.send(notice) for _, notice in found] == ["delivered"] * 3
    assert len(office.mails) == 3


async def test_a_refused_mailbox_makes_every_line_undeliverable_and_shows_each_once(office: Office) -> None:
    found = await waiting(office, 2)
    office.now = MORNING
    office.script.rcpt = "550 no such mailbox"
    assert [await office.send(notice) for _, notice in found] == ["permanent-failure"] * 2
    assert len(office.script.recipients) == 1
    async with office.database.reading() as session:
        failed = await list_failed_notices(session, Scope(TENANT, "coordinator", DAY))
    assert {one.id for one in failed} == {notice.id for _, notice in found}


async def test_a_digest_that_comes_back_makes_every_line_undeliverable(office: Office) -> None:
    found = await waiting(office, 2)
    office.now = MORNING
    await office.send(found[0][1])
    assert await statuses(office, found) == ["delivered"] * 2
    assert await take(office.database, report((await office.row(found[0][1])).message_id)) == "permanent"
    assert await statuses(office, found) == ["permanent-failure"] * 2


async def test_what_a_person_sends_again_does_not_wait_for_another_morning(office: Office) -> None:
    found = await waiting(office, 2)
    office.now = MORNING
    office.script.text = ["550 full"]
    await office.send(found[0][1])
    async with office.database.transaction() as session:
        assert await send_again(session, found[0][1].id, Scope(TENANT, "coordinator", DAY))
    assert await office.send(found[0][1]) == "delivered"
    [mail] = office.mails
    assert "Neue Aufgabe" in mail["Subject"]


class DyingMailer(Mailer):
    """The process dies at the mail server: before it took the mail, or after. By count."""

    def __init__(self, settings: SmtpSettings, *, taken: bool) -> None:
        super().__init__(settings)
        self.deaths = 1
        self._taken = taken

    async def send(self, mail: RenderedMail) -> None:
        if self.deaths == 0:
            return await super().send(mail)
        self.deaths -= 1
        if self._taken:
            await super().send(mail)
        raise RuntimeError("killed")


@pytest.mark.parametrize("taken", [True, False], ids=["after the mail", "before the mail"])
@pytest.mark.parametrize("count", [1, 2, 7])
async def test_a_worker_that_dies_sends_no_digest_twice_and_loses_none(office: Office, count: int, taken: bool) -> None:
    found = await waiting(office, count)
    office.now = MORNING
    settings_ = SmtpSettings("127.0.0.1", office.script.port, sender="KIM-Lotse <kim@x.test>", timeout=2.0)
    mailer = DyingMailer(settings_, taken=taken)
    worker = NotificationActivities(office.database, mailer, Catalogues(office.rules), PUBLIC_URL)
    run = ActivityEnvironment().run
    first = SendNotice(notice_id=found[0][1].id, now=office.now)
    with pytest.raises(RuntimeError, match="killed"):
        await run(worker.send_notice, first)
    assert await statuses(office, found) == ["sending"] * count
    for _, notice in found[1:]:  # every other path that wakes meanwhile leaves it to the one that sent it
        assert (await run(worker.send_notice, SendNotice(notice_id=notice.id, now=office.now))).status == "sending"
    assert (await run(worker.send_notice, first)).status == "unclear"
    for _, notice in found:
        assert (await run(worker.send_notice, SendNotice(notice_id=notice.id, now=office.now))).status == "unclear"
    assert await statuses(office, found) == ["unclear"] * count
    assert len(office.mails) == int(taken)
    async with office.database.reading() as session:
        assert {one.id for one in await list_failed_notices(session, Scope(TENANT, "coordinator", DAY))} == {
            notice.id for _, notice in found
        }


async def test_paths_that_wake_at_the_same_moment_send_one_digest_on_both_databases(busy_office: Office) -> None:
    found = await waiting(busy_office, 6)
    busy_office.now = MORNING
    sent = await asyncio.gather(*(busy_office.send(notice) for _, notice in found))
    assert set(sent) <= {"delivered", "sending"}
    assert await statuses(busy_office, found) == ["delivered"] * 6
    assert len(busy_office.mails) == 1
    assert [one.status for one in await digests(busy_office)] == ["delivered"]


async def test_what_comes_too_late_for_the_digest_of_the_day_waits_for_the_next(office: Office) -> None:
    found = await waiting(office, 1)
    office.now = MORNING
    await office.send(found[0][1])
    _, late = await another(office, 9)
    assert await office.send(late) == "created"
    async with office.database.reading() as session:
        row = await get_notice(session, late.id)
    assert row.next_try_at == MORNING + timedelta(days=1)
    assert len(office.mails) == 1
