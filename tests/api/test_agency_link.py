"""The page behind the link in an agency's mail."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from httpx2 import Response

from store.links import revoke_links
from tests.api.office import RECOGNISED, FakeNews, Office

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def _open(office: Office, facts: list[dict[str, Any]] | None = None) -> tuple[str, str, str]:
    """A path with an offered handover: its id, the address of the link, and the version on the page."""
    path_id = await office.start(facts)
    token, _row = await office.offer(path_id)
    page = await office.client.get(f"/l/{token}")
    assert page.status_code == 200
    return path_id, f"/l/{token}", _version(page)


def _version(page: Response) -> str:
    found = re.search(r'name="version" value="(\d+)"', page.text)
    assert found
    return found.group(1)


async def test_the_page_says_what_is_asked_by_when_and_nothing_about_the_person(office: Office) -> None:
    path_id, address, _ = await _open(office)
    page = (await office.client.get(address)).text
    case_number = (await office.manager.get(f"/v1/paths/{path_id}")).json()["case_number"]
    assert case_number in page
    assert "H01" in page
    assert "Eingang bestätigen" in page
    assert re.search(r"bis</dt>\s*<dd>\d\d\.02\.2022", page)
    for personal in ("1994", "SY", "Syr", "refugee", "R10", path_id):
        assert personal not in page.replace(case_number, "")  # its random letters may spell anything


async def test_opening_the_link_a_thousand_ways_changes_nothing(office: Office, news: FakeNews) -> None:
    _, address, _ = await _open(office)
    before, woken = await office.state(), news.woken
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
        for headers in ({}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}):
            await office.client.request(method, address + "?answer=accept&version=1", headers=headers)
    assert await office.state() == before
    assert news.woken == woken


async def test_the_page_has_no_script_and_protects_its_address(office: Office) -> None:
    _, address, _ = await _open(office)
    page = await office.client.get(address)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    policy = page.headers["Content-Security-Policy"]
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none'")
    assert "<script" not in page.text
    assert "http" not in page.text.replace("http-equiv", "")
    assert address not in page.text


async def test_an_agency_confirms_accepts_and_completes(office: Office, news: FakeNews) -> None:
    path_id, address, version = await _open(office)
    for answer, state in (("receive", "received"), ("accept", "accepted"), ("complete", "completed")):
        done = await office.client.post(address, data={"answer": answer, "version": version})
        assert done.status_code == 200, done.text
        view = (await office.manager.get(f"/v1/paths/{path_id}")).json()
        assert view["handovers"][0]["state"] == state
        if state != "completed":
            version = _version(await office.client.get(address))
    assert (await office.client.get(address)).status_code == 410
    assert news.woken == 4


async def test_an_answer_sent_twice_counts_once_and_is_thanked_for_twice(office: Office) -> None:
    _, address, version = await _open(office)
    form = {"answer": "accept", "version": version}
    assert (await office.client.post(address, data=form)).status_code == 200
    before = await office.state()
    again = await office.client.post(address, data=form)
    assert again.status_code == 200
    assert "Danke" in again.text
    assert await office.state() == before


async def test_an_answer_to_an_outdated_page_changes_nothing_and_shows_the_present_one(office: Office) -> None:
    path_id, address, version = await _open(office)
    await office.manager.post(f"/v1/paths/{path_id}/handovers/H01/answer", {"answer": "accept"})
    before = await office.state()
    late = await office.client.post(address, data={"answer": "refuse", "reason": "CAPACITY", "version": version})
    assert late.status_code == 409
    assert "Erledigt" in late.text
    assert await office.state() == before


async def test_unknown_revoked_and_expired_links_look_the_same(office: Office) -> None:
    path_id = await office.start()
    expired, row = await office.offer(path_id, expires_on=date(2022, 2, 14))
    assert (await office.client.get(f"/l/{expired}")).status_code == 200
    office.clock.forward(days=1)
    late = await office.client.get(f"/l/{expired}")
    unknown = await office.client.get("/l/" + "x" * 43)
    revoked, row = await office.offer(path_id)
    async with office.database.transaction() as session:
        await revoke_links(session, row.id, office.clock())
    taken = await office.client.get(f"/l/{revoked}")
    strange = await office.client.get("/l/%00%F0")
    posted = await office.client.post(f"/l/{revoked}", data={"answer": "accept", "version": "1"})
    answers = (late, unknown, taken, strange, posted)
    assert {one.status_code for one in answers} == {410}
    assert len({one.content for one in answers}) == 1
    assert len({tuple(one.headers.items()) for one in answers}) == 1


async def test_a_refusal_through_the_link_needs_a_reason(office: Office) -> None:
    _, address, version = await _open(office)
    assert (await office.client.post(address, data={"answer": "refuse", "version": version})).status_code == 422
    wrong = {"answer": "refuse", "reason": "<b>weil</b>", "version": version}
    answer = await office.client.post(address, data=wrong)
    assert answer.status_code in (409, 422)
    assert "weil" not in answer.text
    right = await office.client.post(address, data=wrong | {"reason": "CAPACITY"})
    assert right.status_code == 200


async def test_an_agency_can_neither_cancel_nor_forward(office: Office) -> None:
    _, address, version = await _open(office)
    for answer in ("cancel", "forward", "reason", "", "<script>"):
        refused = await office.client.post(address, data={"answer": answer, "version": version})
        assert refused.status_code == 409
        assert "<script" not in refused.text


async def test_a_form_of_a_foreign_site_or_another_format_is_refused(office: Office) -> None:
    _, address, version = await _open(office)
    form = f"answer=accept&version={version}"
    before = await office.state()
    foreign = (
        FORM | {"Origin": "https://boese.test"},
        FORM | {"Sec-Fetch-Site": "cross-site"},
        FORM | {"Sec-Fetch-Site": "same-site"},
    )
    for headers in foreign:
        assert (await office.client.post(address, content=form, headers=headers)).status_code == 403
    for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x", ""):
        answer = await office.client.post(address, content=form, headers={"Content-Type": kind})
        assert answer.status_code == 415
    assert await office.state() == before
    own = FORM | {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert (await office.client.post(address, content=form, headers=own)).status_code == 200


async def test_hostile_forms_are_refused_without_harm(office: Office) -> None:
    _, address, _ = await _open(office)
    before = await office.state()
    for form in ("&".join(f"a{n}=1" for n in range(50)), "%ff%fe=%00", "answer", "=" * 1000, "version=99999999999999"):
        answer = await office.client.post(address, content=form, headers=FORM)
        assert 400 <= answer.status_code < 500
    too_large = await office.client.post(address, content="a=" + "x" * 70_000, headers=FORM)
    assert too_large.status_code == 413
    assert await office.state() == before


async def test_acceptance_through_the_link_needs_consent_too(office: Office) -> None:
    today = {"until": "2022-02-14"}
    facts = [fact | {"data": fact["data"] | today} if fact["id"] == "k2" else fact for fact in RECOGNISED]
    _path_id, address, version = await _open(office, facts)
    office.clock.forward(days=1)
    answer = await office.client.post(address, data={"answer": "accept", "version": version})
    assert answer.status_code == 409
