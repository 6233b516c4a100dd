"""The door behind the link in an agency's mail: a neutral page, a code to the registered mailbox, and in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy import select

from notifications.mailer import PermanentFailure, TemporaryFailure, UnknownOutcome
from store.agency_tables import AgencyCode, AgencyDeed, AgencyVisit
from store.audit import list_entries
from store.links import revoke_links
from store.tables import AuditEntry
from tests.api.clerk import Clerk, FakePostbox
from tests.api.office import RECOGNISED, FakeNews, Office

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Clerks = Callable[[str], Clerk]
NAME = "Ǧulšan Şerife Muñoz-Đặng"
PERSONAL = ("1994", "SY", "Syr", "R10", "Muñoz", "anerkannt", "H01", "Jobcenter an", "an Jobcenter", "Sozialamt")


async def offered(office: Office, facts: list[dict[str, Any]] | None = None, **other: Any) -> tuple[str, str]:
    """A path with an offered handover, and the token of the agency's link."""
    person = {"born": "1994-03-12", "nationality": "SY", "name": NAME}
    path_id = await office.start(facts, person=person, **other)
    token, _row = await office.offer(path_id)
    return path_id, token


def says(text: str, code: str) -> bool:
    """Whether the code stands in quotes, as a value or part of one; digits of moments and digests may be the same."""
    return re.search(rf"'(?:[^']*[^0-9a-f'])?{code}(?:[^0-9a-f'][^']*)?'", text) is not None


async def codes(office: Office) -> Sequence[AgencyCode]:
    async with office.database.reading() as session:
        return (await session.scalars(select(AgencyCode))).all()


async def test_the_link_alone_shows_the_agency_the_kind_of_task_and_the_day_and_nothing_about_the_person(
    office: Office, clerk: Clerks
) -> None:
    path_id, token = await offered(office)
    page = (await clerk(token).client.get(f"/l/{token}")).text
    case_number = (await office.manager.get(f"/v1/paths/{path_id}")).json()["case_number"]
    assert case_number in page
    assert "Jobcenter Rhein-Kreis Neuss" in page
    assert "Übergabe eines Vorgangs" in page
    assert re.search(r"bestätigen bis</dt>\s*<dd>\d\d\.02\.2022", page)
    for personal in (*PERSONAL, path_id):
        assert personal not in page.replace(case_number, ""), personal  # its random letters may spell anything


async def test_opening_the_link_a_thousand_ways_changes_nothing(
    office: Office, news: FakeNews, clerk: Clerks, postbox: FakePostbox
) -> None:
    _, token = await offered(office)
    somebody = clerk(token)
    await somebody.come_in()
    before, woken, mails = await office.state(), news.woken, len(postbox.mails)
    addresses = [somebody.door, somebody.code_form, f"{somebody.door}?step=wrong-recipient", somebody.task]
    addresses += [f"{somebody.task}/{one}" for one in ("query", "refuse", "not_responsible", "accept", "leave")]
    count = 0
    for address in addresses:
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
            for headers in ({}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"X-Moz": "prefetch"}):
                query = "&" if "?" in address else "?"
                await somebody.client.request(
                    method, f"{address}{query}answer=accept&code={postbox.code}", headers=headers
                )
                count += 1
    assert count >= 180
    assert await office.state() == before
    assert (news.woken, len(postbox.mails)) == (woken, mails)


async def test_the_page_has_no_script_and_protects_its_address(office: Office, clerk: Clerks) -> None:
    _, token = await offered(office)
    somebody = clerk(token)
    await somebody.ask()
    pages = [await somebody.client.get(address) for address in (somebody.door, somebody.code_form)]
    await somebody.enter(somebody.postbox.code)
    for page in (*pages, await somebody.page()):
        assert page.headers["Cache-Control"] == "no-store"
        policy = page.headers["Content-Security-Policy"]
        assert "script-src" not in policy
        assert policy.startswith("default-src 'none'")
        assert "<script" not in page.text
        assert token not in page.text
    assert {page.headers["Referrer-Policy"] for page in pages} == {"no-referrer"}
    assert token not in somebody.task


async def test_the_code_goes_to_the_registered_mailbox_and_says_nothing_about_the_person(
    office: Office, clerk: Clerks, postbox: FakePostbox
) -> None:
    path_id, token = await offered(office)
    asked = await clerk(token).ask()
    assert (asked.status_code, asked.headers["location"]) == (303, f"/l/{token}?step=code")
    [mail] = postbox.mails
    assert mail.to == "eingang@jobcenter-rkn.example.org"
    case_number = (await office.manager.get(f"/v1/paths/{path_id}")).json()["case_number"]
    assert mail.subject == f"KIM-Lotse: Ihr Code zum Vorgang {case_number}"
    for text in (mail.text, mail.html):
        assert postbox.code in text
        assert "/l/" not in text
        for personal in (*PERSONAL, path_id):
            assert personal not in text.replace(case_number, ""), personal


async def test_a_code_is_kept_as_a_keyed_digest_only(office: Office, clerk: Clerks, postbox: FakePostbox) -> None:
    _, token = await offered(office)
    await clerk(token).ask()
    assert not says(repr(await office.state()), postbox.code)
    [row] = await codes(office)
    assert len(row.digest) == 64


async def test_a_second_click_asks_for_nothing_new_and_codes_are_limited(
    office: Office, clerk: Clerks, postbox: FakePostbox
) -> None:
    _, token = await offered(office)
    somebody = clerk(token)
    first, second = await asyncio.gather(somebody.ask(), somebody.ask())
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(postbox.mails) == 1
    for _ in range(4):
        office.clock.forward(seconds=61)
        assert (await somebody.ask()).status_code == 303
    assert len(postbox.mails) == 5
    office.clock.forward(seconds=61)
    limited = await somebody.ask()
    assert limited.status_code == 429
    assert "viele Codes" in limited.text
    assert len(postbox.mails) == 5
    assert (await somebody.enter(postbox.code)).status_code == 303
    office.clock.forward(hours=1)
    assert (await somebody.ask()).status_code == 303


async def test_at_most_ten_codes_a_day_leave_for_one_link(office: Office, clerk: Clerks, postbox: FakePostbox) -> None:
    _, token = await offered(office)
    somebody = clerk(token)
    for _ in range(23):
        await somebody.ask()
        office.clock.forward(minutes=20)
    assert len(postbox.mails) == 10


# ---------------------------------------------------------------- the code


async def test_the_code_opens_the_page_once_and_the_address_holds_no_token(office: Office, clerk: Clerks) -> None:
    path_id, token = await offered(office)
    somebody = clerk(token)
    await somebody.ask()
    code = somebody.postbox.code
    entered = await somebody.enter(f" {code[:3]} {code[3:]} ")
    assert entered.status_code == 303
    cookie = entered.headers["set-cookie"]
    assert f"Path={somebody.task}" in cookie
    for attribute in ("HttpOnly", "SameSite=strict", "Max-Age=3600"):
        assert attribute in cookie
    assert (await somebody.page()).status_code == 200
    again = await clerk(token).enter(code)
    assert again.status_code == 422
    async with office.database.reading() as session:
        entries = await list_entries(session, path_id)
    assert [one.action for one in entries if one.role == "agency"] == ["agency.opened", "agency.code"]


async def test_whatever_is_wrong_with_a_code_gets_one_answer(office: Office, clerk: Clerks) -> None:
    """No code, a wrong one, one of another task, a used one, an old one, one tried too often: nobody can tell which."""
    _, token = await offered(office)
    _, other = await offered(office)
    somebody, stranger = clerk(token), clerk(other)
    await stranger.ask()
    theirs = stranger.postbox.code
    answers = {"none": await somebody.enter("000000")}
    await somebody.ask()
    first = somebody.postbox.code
    answers["another task"] = await somebody.enter(theirs if theirs != first else "999999")
    office.clock.forward(seconds=61)
    await somebody.ask()
    newest = somebody.postbox.code
    answers["replaced"] = await somebody.enter(first if first != newest else "999999")
    assert (await somebody.enter(newest)).status_code == 303
    answers["used"] = await clerk(token).enter(newest)
    office.clock.forward(seconds=61)
    await somebody.ask()
    late = somebody.postbox.code
    office.clock.forward(minutes=30, seconds=1)
    answers["expired"] = await somebody.enter(late)
    await somebody.ask()
    right = somebody.postbox.code
    for _ in range(5):
        answers["wrong"] = await somebody.enter(f"{(int(right) + 1) % 10**6:06d}")
    answers["tried too often"] = await somebody.enter(right)
    shown = {re.sub(r'value="[^"]*"', "", one.text) for one in answers.values()}
    assert {one.status_code for one in answers.values()} == {422}
    assert len(shown) == 1
    assert "gilt nicht oder nicht mehr" in shown.pop()
    assert not any("set-cookie" in one.headers for one in answers.values())


@pytest.mark.parametrize(("seconds", "status"), [(29 * 60 + 59, 303), (30 * 60, 422), (30 * 60 + 1, 422)])
async def test_a_code_holds_for_thirty_minutes_to_the_second(
    office: Office, clerk: Clerks, seconds: int, status: int
) -> None:
    _, token = await offered(office)
    somebody = clerk(token)
    await somebody.ask()
    office.clock.forward(seconds=seconds)
    assert (await somebody.enter(somebody.postbox.code)).status_code == status


async def test_a_fifth_try_still_opens_and_a_sixth_does_not(office: Office, clerk: Clerks) -> None:
    for wrong, status in ((4, 303), (5, 422)):
        _, token = await offered(office)
        somebody = clerk(token)
        await somebody.ask()
        right = somebody.postbox.code
        for _ in range(wrong):
            await somebody.enter(f"{(int(right) + 1) % 10**6:06d}")
        assert (await somebody.enter(right)).status_code == status


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "<b>123456", "１２３４５６", "1" * 50])
async def test_what_is_no_code_is_told_next_to_the_field_and_counts_as_no_try(
    office: Office, clerk: Clerks, typed: str
) -> None:
    _, token = await offered(office)
    somebody = clerk(token)
    await somebody.ask()
    for _ in range(6):
        answer = await somebody.enter(typed)
        assert answer.status_code == 422
        assert "Der Code hat sechs Ziffern." in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert "<b>" not in answer.text
    assert (await somebody.enter(somebody.postbox.code)).status_code == 303


async def test_six_digits_sent_at_once_by_many_are_five_tries(office: Office, clerk: Clerks) -> None:
    _, token = await offered(office)
    await clerk(token).ask()
    right = clerk(token).postbox.code
    wrong = [f"{(int(right) + n) % 10**6:06d}" for n in range(1, 9)]
    answers = await asyncio.gather(*(clerk(token).enter(one) for one in wrong))
    assert {one.status_code for one in answers} == {422}
    assert (await clerk(token).enter(right)).status_code == 422
    assert [row.tries for row in await codes(office)] == [5]


# ---------------------------------------------------------------- the mail server


async def test_a_mail_server_that_is_away_is_told_on_the_page_and_may_be_tried_again_at_once(
    office: Office, clerk: Clerks, postbox: FakePostbox
) -> None:
    _, token = await offered(office)
    somebody = clerk(token)
    postbox.fails = [TemporaryFailure("connection_lost"), PermanentFailure("smtp_550")]
    for error_class in ("connection_lost", "smtp_550"):
        answer = await somebody.ask()
        assert answer.status_code == 503
        assert "Retry-After" in answer.headers
        assert "konnte gerade nicht verschickt werden" in answer.text
        assert error_class not in answer.text
    assert (await somebody.ask()).status_code == 303
    assert sorted((row.state, row.error_class) for row in await codes(office)) == [
        ("failed", "connection_lost"), ("failed", "smtp_550"), ("sent", ""),
    ]  # fmt: skip


async def test_a_code_whose_mail_may_have_arrived_holds_and_the_page_says_so(
    office: Office, clerk: Clerks, postbox: FakePostbox
) -> None:
    _, token = await offered(office)
    somebody = clerk(token)
    postbox.fails = [UnknownOutcome("reply_timeout")]
    assert (await somebody.ask()).status_code == 303
    page = await somebody.client.get(somebody.code_form)
    assert "hat noch nicht geantwortet" in page.text


async def test_a_mail_server_that_is_away_for_long_is_not_asked_without_end(
    office: Office, clerk: Clerks, postbox: FakePostbox
) -> None:
    _, token = await offered(office)
    postbox.fails = [TemporaryFailure("timeout") for _ in range(50)]
    statuses = [(await clerk(token).ask()).status_code for _ in range(25)]
    assert statuses == [503] * 20 + [429] * 5


# ---------------------------------------------------------------- links that hold no more


async def test_unknown_revoked_and_expired_links_look_the_same_at_every_step(
    office: Office, clerk: Clerks, client: AsyncClient
) -> None:
    path_id = await office.start()
    expired, row = await office.offer(path_id, expires_on=date(2022, 2, 14))
    assert (await client.get(f"/l/{expired}")).status_code == 200
    office.clock.forward(days=1)
    revoked, row = await office.offer(path_id)
    async with office.database.transaction() as session:
        await revoke_links(session, row.id, office.clock())
    answers = [await client.get(f"/l/{token}") for token in (expired, "x" * 43, revoked, "%00%F0")]
    for step in ("", "?step=code", "?step=wrong-recipient"):
        answers.append(await client.get(f"/l/{revoked}{step}"))
        answers.append(await client.post(f"/l/{revoked}{step}", data={"code": "123456"}))
    answers += [await client.get("/task/unknown"), await client.post("/task/unknown/accept", data={"once": "x" * 20})]
    assert {one.status_code for one in answers} == {410}
    bodies = {re.sub(r'href="\?[^"]*language=', 'href="?language=', one.text) for one in answers}
    assert len(bodies) == 1
    assert len({one.headers["content-security-policy"] for one in answers}) == 1


async def test_a_new_link_ends_the_old_one_its_code_and_its_open_page(office: Office, clerk: Clerks) -> None:
    path_id, token = await offered(office)
    inside, waiting = clerk(token), clerk(token)
    await inside.come_in()
    office.clock.forward(seconds=61)
    await waiting.ask()
    code = waiting.postbox.code
    newer, _ = await office.offer(path_id)
    assert (await inside.page()).status_code == 410
    assert (await waiting.enter(code)).status_code == 410
    assert (await clerk(newer).enter(code)).status_code == 422
    await clerk(newer).come_in()


async def test_a_consent_withdrawn_in_between_ends_link_code_and_page_at_once(office: Office, clerk: Clerks) -> None:
    path_id, token = await offered(office)
    inside, waiting = clerk(token), clerk(token)
    page = await inside.come_in()
    assert NAME not in page  # this consent does not name who it is
    form = await inside.form_for("accept")
    office.clock.forward(seconds=61)
    await waiting.ask()
    await office.manager.post(f"/v1/paths/{path_id}/consents/k2/revocation")
    before = await office.state()
    gone = [
        await inside.page(),
        await inside.send("accept", form),
        await waiting.enter(waiting.postbox.code),
        await clerk(token).ask(),
    ]
    assert {one.status_code for one in gone} == {410}
    assert await office.state() == before


async def test_a_consent_that_ends_by_its_day_closes_the_page_without_anybody_doing_anything(
    office: Office, clerk: Clerks
) -> None:
    until = {"until": "2022-02-14"}
    facts = [one | {"data": one["data"] | until} if one["id"] == "k2" else one for one in RECOGNISED]
    office.clock.forward(hours=13, minutes=45)  # 23:45 in Germany
    _, token = await offered(office, facts)
    somebody = clerk(token)
    await somebody.come_in()
    office.clock.forward(minutes=16)
    assert (await somebody.page()).status_code == 410
    assert (await somebody.client.get(somebody.door)).status_code == 410


async def test_a_consent_withdrawn_after_the_acceptance_closes_the_page_too(office: Office, clerk: Clerks) -> None:
    path_id, token = await offered(office)
    somebody = clerk(token)
    await somebody.come_in()
    assert (await somebody.answer("accept")).status_code == 303
    assert (await somebody.page()).status_code == 200
    await office.manager.post(f"/v1/paths/{path_id}/consents/k2/revocation")
    assert (await somebody.page()).status_code == 410


@pytest.mark.parametrize(("seconds", "status"), [(3599, 200), (3600, 410), (3601, 410)])
async def test_a_visit_ends_after_sixty_minutes_to_the_second(
    office: Office, clerk: Clerks, seconds: int, status: int
) -> None:
    _, token = await offered(office)
    somebody = clerk(token)
    await somebody.come_in()
    office.clock.forward(seconds=seconds)
    assert (await somebody.page()).status_code == status


async def test_a_visit_belongs_to_its_task_and_its_browser(office: Office, clerk: Clerks) -> None:
    _, token = await offered(office)
    _, other = await offered(office)
    one, two = clerk(token), clerk(other)
    await one.come_in()
    await two.come_in()
    two.client.cookies = one.client.cookies
    assert (await two.page()).status_code == 410
    nobody = clerk(token)
    nobody.task = one.task
    assert (await nobody.page()).status_code == 410


async def test_two_tasks_in_one_browser_do_not_meet(office: Office, clerk: Clerks) -> None:
    path_id, token = await offered(office)
    _, other = await offered(office)
    one, two = clerk(token), clerk(other)
    two.client = one.client
    await one.come_in()
    await two.come_in()
    crossed = await one.client.post(f"{two.task}/accept", data=await one.form_for("accept"))
    assert crossed.status_code == 403
    assert (await one.answer("accept")).status_code == 303
    assert (await office.manager.get(f"/v1/paths/{path_id}")).json()["handovers"][0]["state"] == "accepted"


async def test_the_first_opening_is_kept_and_shown_to_the_case_manager(office: Office, clerk: Clerks) -> None:
    path_id, token = await offered(office)
    shown = (await office.manager.get(f"/v1/paths/{path_id}")).json()["handovers"][0]
    assert shown["first_opened_on"] is None
    await clerk(token).ask()
    assert (await office.manager.get(f"/v1/paths/{path_id}")).json()["handovers"][0]["first_opened_on"] is None
    await clerk(token).enter(clerk(token).postbox.code)
    office.clock.forward(days=2)
    await clerk(token).come_in()
    shown = (await office.manager.get(f"/v1/paths/{path_id}")).json()["handovers"][0]
    assert shown["first_opened_on"] == "2022-02-14"
    assert await office.count(AgencyDeed) == 2


async def test_old_codes_and_visits_do_not_pile_up(office: Office, clerk: Clerks) -> None:
    _, token = await offered(office)
    for _ in range(6):
        await clerk(token).come_in()
        office.clock.forward(days=3)
    assert await office.count(AgencyCode) <= 2
    assert await office.count(AgencyVisit) <= 2


# ---------------------------------------------------------------- the wrong people


async def test_whoever_got_the_mail_by_mistake_says_so_without_a_code_and_the_link_ends(
    office: Office, clerk: Clerks, news: FakeNews
) -> None:
    path_id, token = await offered(office)
    inside, stranger = clerk(token), clerk(token)
    await inside.come_in()
    page = await stranger.client.get(f"{stranger.door}?step=wrong-recipient")
    assert "Jobcenter Rhein-Kreis Neuss" in page.text
    woken = news.woken
    told = await stranger.client.post(f"{stranger.door}?step=wrong-recipient", data={"csrf": ""})
    assert told.status_code == 200
    assert "löschen" in told.text
    assert news.woken == woken + 1
    for gone in (await inside.page(), await stranger.client.get(stranger.door)):
        assert gone.status_code == 410
    view = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    assert view["handovers"][0]["state"] == "offered"
    assert [one["kind"] for one in view["tasks"]] == ["wrong_recipient"]


# ---------------------------------------------------------------- hostile forms


async def test_a_form_of_a_foreign_site_or_another_format_is_refused(office: Office, client: AsyncClient) -> None:
    _, token = await offered(office)
    before = await office.state()
    foreign = (
        FORM | {"Origin": "https://boese.test"},
        FORM | {"Sec-Fetch-Site": "cross-site"},
        FORM | {"Sec-Fetch-Site": "same-site"},
    )
    for step in ("", "?step=code", "?step=wrong-recipient"):
        for headers in foreign:
            answer = await client.post(f"/l/{token}{step}", content="code=123456", headers=headers)
            assert answer.status_code == 403
        for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x"):
            answer = await client.post(f"/l/{token}{step}", content="code=123456", headers={"Content-Type": kind})
            assert answer.status_code == 415
    assert await office.state() == before
    own = FORM | {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert (await client.post(f"/l/{token}", content="", headers=own)).status_code == 303


async def test_hostile_forms_are_refused_without_harm(office: Office, client: AsyncClient) -> None:
    _, token = await offered(office)
    before = await office.state()
    for form in ("&".join(f"a{n}=1" for n in range(400)), "%ff%fe=%00", "code", "=" * 1000, "code=99999999999999"):
        answer = await client.post(f"/l/{token}?step=code", content=form, headers=FORM)
        assert 400 <= answer.status_code < 500
    too_large = await client.post(f"/l/{token}?step=code", content="code=" + "x" * 70_000, headers=FORM)
    assert too_large.status_code == 413
    assert await office.state() == before


async def test_no_log_of_the_office_tells_the_link_or_the_code(office: Office, clerk: Clerks) -> None:
    _, token = await offered(office)
    somebody = clerk(token)
    await somebody.come_in()
    async with office.database.reading() as session:
        rows = [repr(row) for row in await session.scalars(select(AuditEntry))]
    assert rows
    assert not any(token in row or says(row, somebody.postbox.code) for row in rows)
