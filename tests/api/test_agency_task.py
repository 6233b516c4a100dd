"""The page of exactly one task, behind its code: what is shown, and what each answer does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from process_models.release import declared
from store.agency_tables import AgencyDeed
from store.audit import list_entries
from tests.api.clerk import Clerk
from tests.api.office import RECOGNISED, FakeNews, Office
from tests.api.test_agency_link import NAME, offered

Clerks = Callable[[str], Clerk]
NAMED = ("identity", "residence", "benefits", "housing")
BORN = "12.03.1994"


def consented(*categories: str, recipient: str = "jobcenter") -> list[dict[str, Any]]:
    """The facts of the recognised person, with a consent of these categories to this recipient."""
    given = {"categories": list(categories), "recipient": recipient}
    return [one | {"data": one["data"] | given} if one["id"] == "k2" else one for one in RECOGNISED]


async def inside(office: Office, clerk: Clerks, facts: list[dict[str, Any]] | None = None) -> tuple[str, Clerk]:
    """A path, and a clerk in front of the page of its H01."""
    path_id, token = await offered(office, consented(*NAMED) if facts is None else facts)
    somebody = clerk(token)
    await somebody.come_in()
    return path_id, somebody


async def state(office: Office, path_id: str) -> str:
    view = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    return str(view["handovers"][0]["state"])


async def tasks(office: Office, path_id: str) -> list[str]:
    return [one["kind"] for one in (await office.manager.get(f"/v1/paths/{path_id}")).json()["tasks"]]


async def deeds(office: Office) -> list[tuple[str, str, list[str], str]]:
    """What agencies did, the openings left out."""
    async with office.database.reading() as session:
        rows = await session.scalars(select(AgencyDeed).where(AgencyDeed.deed != "open"))  # type: ignore[arg-type]
        return [(row.deed, row.reason, row.documents, row.to_kind) for row in rows]


# ---------------------------------------------------------------- what is shown


async def test_the_page_shows_documents_data_with_their_basis_and_how_the_day_was_computed(
    office: Office, clerk: Clerks
) -> None:
    _, somebody = await inside(office, clerk)
    page = (await somebody.page()).text
    for shown in (NAME, BORN, "Übergabe H01: Sozialamt an Jobcenter", "BAMF-Bescheid", "Mietvertrag"):
        assert shown in page
    assert "Einwilligung vom 14.02.2022" in page
    assert "Angeboten am 14.02.2022" in page
    assert "Wie dieser Tag berechnet ist" in page
    assert "Datenschutz" in page
    assert "mailto:" in page
    for hidden in ("SY", "Syr", "Staatsangehörigkeit"):  # not declared for this handover
        assert hidden not in page


async def test_what_the_consent_does_not_name_is_not_shown_and_the_page_says_so(office: Office, clerk: Clerks) -> None:
    _, somebody = await inside(office, clerk, consented("residence", "benefits", "housing"))
    page = (await somebody.page()).text
    assert NAME not in page
    assert BORN not in page
    assert "Nicht freigegeben" in page
    assert "Name, Geburtstag" in page
    assert "11.02.2022" in page  # the decision belongs to the residence


async def test_the_page_shows_exactly_what_the_rules_release(office: Office, clerk: Clerks) -> None:
    rule = office.catalogue.handover("H01", office.clock().date())
    assert rule is not None
    for named in (NAMED, NAMED[1:]):
        _, somebody = await inside(office, clerk, consented(*named))
        page = (await somebody.page()).text
        for field in declared(rule, office.catalogue, office.clock().date()):
            assert (f"<span>{field.title}</span>" in page) == (field.category in named), field.code


async def test_a_handover_by_statute_shows_the_statute(office: Office, clerk: Clerks) -> None:
    path_id = await office.start(person={"born": "1994-03-12", "nationality": "SY", "name": NAME})
    token, _ = await office.offer(path_id, "H02")
    page = await clerk(token).come_in()
    assert NAME in page
    assert "Zuweisung durch das Land (§ 50 AsylG; § 11 Abs. 3 AsylbLG)" in page
    assert "Einwilligung vom" not in page


async def test_the_page_is_english_for_whoever_wants_it(office: Office, clerk: Clerks) -> None:
    _, somebody = await inside(office, clerk)
    page = (await somebody.client.get(f"{somebody.task}?language=en")).text
    for said in ("Data about the person", "Date of birth", "Consent of 14.02.2022", "Ask back", NAME):
        assert said in page
    door = (await somebody.client.get(f"{somebody.door}?language=en")).text
    assert "Request a code" in door


async def test_markup_in_a_name_is_text(office: Office, clerk: Clerks) -> None:
    name = '<b>Ayşe</b> & "Ñandú" O\'Đặng'
    path_id = await office.start(consented(*NAMED), person={"born": "1994-03-12", "nationality": "SY", "name": name})
    token, _ = await office.offer(path_id)
    page = await clerk(token).come_in()
    assert "<b>" not in page
    assert "&lt;b&gt;Ayşe&lt;/b&gt; &amp; &#34;Ñandú&#34; O&#39;Đặng" in page


# ---------------------------------------------------------------- answers


async def test_an_agency_confirms_accepts_and_completes(office: Office, clerk: Clerks, news: FakeNews) -> None:
    path_id, somebody = await inside(office, clerk)
    for answer, reached in (("receive", "received"), ("accept", "accepted"), ("complete", "completed")):
        woken = news.woken
        done = await somebody.answer(answer)
        assert (done.status_code, done.headers["location"]) == (303, somebody.task)
        assert await state(office, path_id) == reached
        assert news.woken == woken + 1
    assert "Die Aufgabe ist erledigt." in (await somebody.page()).text
    assert NAME not in (await somebody.page()).text
    assert (await somebody.client.get(somebody.door)).status_code == 410
    async with office.database.reading() as session:
        entries = await list_entries(session, path_id)
    said = [one.action for one in reversed(entries) if one.role == "agency"]
    wanted = ["agency.code", "agency.opened", "handover.receive", "handover.accept", "handover.complete"]
    assert said == wanted


async def test_a_query_names_the_missing_documents_by_their_codes(office: Office, clerk: Clerks) -> None:
    path_id, somebody = await inside(office, clerk)
    question = await somebody.client.get(f"{somebody.task}/query")
    assert "Welche Unterlagen fehlen?" in question.text
    done = await somebody.answer("query", documents=["D1", "D4"])
    assert done.status_code == 303
    assert "Rückfrage ist angekommen" in (await somebody.page()).text
    assert await deeds(office) == [("query", "DOC_MISSING", ["D1", "D4"], "")]
    view = (await office.manager.get(f"/v1/paths/{path_id}")).json()
    assert (view["handovers"][0]["state"], view["handovers"][0]["reason"]) == ("received", "DOC_MISSING")
    assert await tasks(office, path_id) == ["query"]


async def test_a_query_about_something_else_gives_its_reason(office: Office, clerk: Clerks) -> None:
    _, somebody = await inside(office, clerk)
    assert (await somebody.answer("query", reason="CLIENT_OPEN")).status_code == 303
    assert await deeds(office) == [("query", "CLIENT_OPEN", [], "")]


async def test_a_refusal_ends_the_page_and_needs_a_reason(office: Office, clerk: Clerks) -> None:
    path_id, somebody = await inside(office, clerk)
    before = await office.state()
    without = await somebody.answer("refuse", reason="")
    assert without.status_code == 422
    assert "Bitte einen Grund auswählen." in without.text
    assert await office.state() == before
    assert (await somebody.answer("refuse", reason="CAPACITY")).status_code == 303
    assert await state(office, path_id) == "refused"
    assert "abgelehnt" in (await somebody.page()).text


@pytest.mark.parametrize(
    ("answer", "fields", "field"),
    [
        ("refuse", {"reason": "AGENCY_LATE"}, "reason"),
        ("refuse", {"reason": "<b>weil</b>"}, "reason"),
        ("query", {"documents": [], "reason": ""}, "documents"),
        ("query", {"documents": ["D1", "D99"]}, "documents"),
        ("query", {"documents": ["<script>"]}, "documents"),
        ("not_responsible", {"to": ""}, "to"),
        ("not_responsible", {"to": "jobcenter"}, "to"),
        ("not_responsible", {"to": "<script>"}, "to"),
    ],
)
async def test_what_is_wrong_is_told_next_to_its_field_and_changes_nothing(
    office: Office, clerk: Clerks, answer: str, fields: dict[str, Any], field: str
) -> None:
    _, somebody = await inside(office, clerk)
    form = await somebody.form_for(answer)
    before = await office.state()
    refused = await somebody.send(answer, {**form, **fields})
    assert refused.status_code == 422
    assert f'id="e-{field}"' in refused.text
    assert f'href="#f-{field}"' in refused.text
    for word in ("<script", "<b>weil"):
        assert word not in refused.text
    assert await office.state() == before


async def test_a_wrong_form_keeps_what_was_chosen(office: Office, clerk: Clerks) -> None:
    _, somebody = await inside(office, clerk)
    refused = await somebody.answer("query", documents=["D2", "D99"], reason="CAPACITY")
    assert 'value="D2" checked' in refused.text
    assert 'value="CAPACITY" selected' in refused.text


async def test_not_responsible_passes_on_to_an_agency_that_the_consent_covers(office: Office, clerk: Clerks) -> None:
    path_id, somebody = await inside(office, clerk)
    more = {"id": "k9", "purpose": "P2", "recipient": "sozialamt", "categories": list(NAMED), "form": "written"}
    await office.manager.post(f"/v1/paths/{path_id}/consents", more)
    assert (await somebody.answer("not_responsible", to="sozialamt")).status_code == 303
    view = (await office.manager.get(f"/v1/paths/{path_id}")).json()["handovers"][0]
    assert (view["state"], view["to_kind"], view["first_opened_on"]) == ("offered", "sozialamt", None)
    assert await deeds(office) == [("forward", "", [], "sozialamt")]
    assert "weitergeleitet" in (await somebody.page()).text
    assert (await somebody.client.get(somebody.door)).status_code == 410


@pytest.mark.parametrize("to", ["sozialamt", "unknown"])
async def test_not_responsible_without_a_basis_for_the_other_agency_goes_to_the_office(
    office: Office, clerk: Clerks, to: str
) -> None:
    path_id, somebody = await inside(office, clerk)
    assert (await somebody.answer("not_responsible", to=to)).status_code == 303
    view = (await office.manager.get(f"/v1/paths/{path_id}")).json()["handovers"][0]
    assert (view["state"], view["reason"], view["to_kind"]) == ("refused", "NOT_RESPONSIBLE", "jobcenter")
    assert await deeds(office) == [("not_responsible", "NOT_RESPONSIBLE", [], "" if to == "unknown" else to)]
    assert "klärt, wer es ist" in (await somebody.page()).text


async def test_a_wrong_recipient_inside_ends_the_page_and_gives_the_office_a_task(
    office: Office, clerk: Clerks
) -> None:
    path_id, somebody = await inside(office, clerk)
    assert (await somebody.answer("wrong_recipient")).status_code == 303
    assert await tasks(office, path_id) == ["wrong_recipient"]
    assert await state(office, path_id) == "offered"
    assert "richtige Postfach" in (await somebody.page()).text


# ---------------------------------------------------------------- once


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        ("receive", {}),
        ("accept", {}),
        ("query", {"documents": ["D1"]}),
        ("refuse", {"reason": "CAPACITY"}),
        ("not_responsible", {"to": "unknown"}),
        ("wrong_recipient", {}),
    ],
)
async def test_a_form_sent_twice_acts_once_and_is_thanked_for_twice(
    office: Office, clerk: Clerks, answer: str, fields: dict[str, Any]
) -> None:
    _, somebody = await inside(office, clerk)
    form = {**await somebody.form_for(answer), **fields}
    first, second = await asyncio.gather(somebody.send(answer, form), somebody.send(answer, form))
    before = await office.state()
    third = await somebody.send(answer, form)
    for one in (first, second, third):
        assert (one.status_code, one.headers["location"]) == (303, somebody.task)
    assert await office.state() == before
    assert len(await deeds(office)) == 1


async def test_another_answer_to_a_closed_page_is_refused(office: Office, clerk: Clerks) -> None:
    _, somebody = await inside(office, clerk)
    accept = await somebody.form_for("accept")
    await somebody.answer("refuse", reason="CAPACITY")
    before = await office.state()
    assert (await somebody.send("accept", accept)).status_code == 410
    assert await office.state() == before


async def test_an_answer_to_an_outdated_page_changes_nothing_and_shows_the_present_one(
    office: Office, clerk: Clerks
) -> None:
    path_id, somebody = await inside(office, clerk)
    form = {**await somebody.form_for("refuse"), "reason": "CAPACITY"}
    await office.manager.post(f"/v1/paths/{path_id}/handovers/H01/answer", {"answer": "accept"})
    before = await office.state()
    late = await somebody.send("refuse", form)
    assert late.status_code == 409
    assert "Erledigt" in late.text
    assert "Stand hat sich inzwischen geändert" in late.text
    assert await office.state() == before


async def test_a_question_after_the_receipt_from_an_old_tab_is_not_lost_in_thanks(
    office: Office, clerk: Clerks
) -> None:
    _, somebody = await inside(office, clerk)
    old = {**await somebody.form_for("query"), "documents": ["D1"]}
    await somebody.answer("receive")
    assert (await somebody.send("query", old)).status_code == 409
    assert [deed for deed, *_ in await deeds(office)] == ["receive"]


async def test_an_agency_can_neither_take_back_nor_give_itself_time(office: Office, clerk: Clerks) -> None:
    _, somebody = await inside(office, clerk)
    form = await somebody.form_for("accept")
    before = await office.state()
    for answer in ("cancel", "forward", "reason", "extend", "complete", "<script>"):
        refused = await somebody.send(answer, form)
        assert refused.status_code in (404, 409), answer
        assert "<script" not in refused.text
    assert await office.state() == before


async def test_a_form_without_its_bond_or_key_is_refused(office: Office, clerk: Clerks) -> None:
    _, somebody = await inside(office, clerk)
    form = await somebody.form_for("accept")
    before = await office.state()
    for spoiled in ({"bound": ""}, {"bound": "x" * 64}, {"once": ""}, {"once": "x" * 100}):
        assert (await somebody.send("accept", form | spoiled)).status_code == 403
    assert await office.state() == before


async def test_who_leaves_has_to_ask_for_a_new_code(office: Office, clerk: Clerks) -> None:
    _, somebody = await inside(office, clerk)
    form = await somebody.form_for("leave")
    left = await somebody.send("leave", form)
    assert left.status_code == 200
    assert "Max-Age=0" in left.headers["set-cookie"]
    assert (await somebody.page()).status_code == 410
    assert (await somebody.client.get(somebody.door)).status_code == 200


async def test_completion_by_the_office_closes_the_open_page(office: Office, clerk: Clerks) -> None:
    path_id, somebody = await inside(office, clerk)
    for answer in ("accept", "complete"):
        await office.manager.post(f"/v1/paths/{path_id}/handovers/H01/answer", {"answer": answer})
    assert (await somebody.page()).status_code == 410
