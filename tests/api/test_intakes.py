"""Starts with the check of the target group by JSON: nothing is kept before, everything with its evidence after."""

from __future__ import annotations

from typing import Any

import pytest

from store.consents import list_evidence
from store.tables import Fact, Path
from tests.api.office import Office

CONSENT = {
    "purposes": ["P1", "P4"],
    "form": "written",
    "language": "ar",
    "text_version": "2026-11-kreis",
    "on": "2022-02-14",
    "evidence": "KIM-2026-0007",
}
INTAKE: dict[str, Any] = {
    "place": "meerbusch",
    "person": {"born": "1990-03-12", "nationality": "SY", "name": "Ǧulšan Şerife Muñoz-Đặng"},
    "referral": {"by": "mbe", "on": "2022-02-11", "channel": "phone", "wants": True, "case_management": "none"},
    "stay": {"code": "R06", "since": "2021-02-01"},
}


async def test_the_check_tells_every_line_and_keeps_nothing(office: Office) -> None:
    before = await office.state()
    answer = await office.manager.post("/v1/intakes/check", INTAKE)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["eligibility"]["result"], found["eligibility"]["rule"], found["eligibility"]["priority"]) == (
        "eligible",
        "N3",
        True,
    )
    assert {line["code"]: line["why"] for line in found["lines"]}["N1"] == "age"
    assert await office.state() == before


async def test_a_path_begins_with_its_referral_and_the_evidence_of_its_consents(office: Office) -> None:
    answer = await office.manager.post("/v1/intakes", INTAKE | {"consent": CONSENT})
    assert answer.status_code == 201, answer.text
    assert answer.json()["now"]["standing"]["kim"] == "active"
    async with office.database.reading() as session:
        rows = await list_evidence(session, answer.json()["receipt"]["path_id"])
    assert {(row.purpose, row.language, row.text_version, row.evidence_ref, row.form) for row in rows} == {
        ("P1", "ar", "2026-11-kreis", "KIM-2026-0007", "written"),
        ("P4", "ar", "2026-11-kreis", "KIM-2026-0007", "written"),
    }


async def test_without_a_consent_the_path_waits_for_it(office: Office) -> None:
    answer = await office.manager.post("/v1/intakes", INTAKE)
    assert answer.json()["now"]["standing"]["kim"] == "waiting_consent"


@pytest.mark.parametrize("born", ["2008-03-12", "1950-01-01"])
async def test_whoever_the_rules_do_not_take_is_not_kept(office: Office, born: str) -> None:
    request = INTAKE | {"person": INTAKE["person"] | {"born": born}}
    answer = await office.manager.post("/v1/intakes", request)
    assert answer.status_code == 409, answer.text
    assert await office.count(Path) == await office.count(Fact) == 0


async def test_where_the_rules_leave_it_open_a_person_decides_with_a_reason(office: Office) -> None:
    older = INTAKE | {"person": INTAKE["person"] | {"born": "1950-01-01"}}
    decided = older | {"decision": {"result": "eligible", "reason": "Besonderer Bedarf, Fachaufsicht stimmt zu"}}
    assert (await office.manager.post("/v1/intakes", decided)).status_code == 201
    refused = older | {"decision": {"result": "not_eligible", "reason": "anderweitig begleitet"}}
    assert (await office.manager.post("/v1/intakes", refused)).status_code == 409


async def test_a_decision_does_not_replace_what_the_municipality_does_not_leave_open(office: Office) -> None:
    young = INTAKE | {"person": INTAKE["person"] | {"born": "2008-03-12"}}
    decided = young | {"decision": {"result": "eligible", "reason": "möchte gern"}}
    assert (await office.manager.post("/v1/intakes", decided)).status_code == 409


@pytest.mark.parametrize("wrong", [{"text_version": "2020-01"}, {"language": "xx"}])
async def test_a_consent_to_a_text_that_nobody_has_is_refused(office: Office, wrong: dict[str, str]) -> None:
    answer = await office.manager.post("/v1/intakes", INTAKE | {"consent": CONSENT | wrong})
    assert answer.status_code == 422
    assert await office.count(Path) == 0


async def test_a_name_is_kept_composed_however_it_was_typed(office: Office) -> None:
    request = INTAKE | {"person": INTAKE["person"] | {"name": "Mun\u0303oz"}}
    answer = await office.manager.post("/v1/intakes", request)
    assert answer.status_code == 201, answer.text


async def test_one_sheet_gives_a_consent_for_each_purpose_and_names_what_is_missing(office: Office) -> None:
    path_id = (await office.manager.post("/v1/intakes", INTAKE)).json()["receipt"]["path_id"]
    sheet = CONSENT | {"purposes": ["P1", "P2"], "begins": True}
    for missing in ({}, {"recipient": "jobcenter"}):
        answer = await office.manager.post(f"/v1/paths/{path_id}/consents/sheet", sheet | missing)
        assert answer.status_code == 422, answer.text
    whole = sheet | {"recipient": "jobcenter", "categories": ["residence", "benefits"], "until": "2023-02-14"}
    answer = await office.manager.post(f"/v1/paths/{path_id}/consents/sheet", whole)
    assert answer.status_code == 201, answer.text
    assert answer.json()["now"]["standing"]["kim"] == "active"
    async with office.database.reading() as session:
        rows = {row.purpose: row for row in await list_evidence(session, path_id)}
    assert rows["P1"].recipient is None
    assert (rows["P2"].recipient, rows["P2"].categories) == ("jobcenter", ["residence", "benefits"])


async def test_a_refusal_is_a_fact_that_gives_nothing_and_takes_nothing(office: Office) -> None:
    path_id = (await office.manager.post("/v1/intakes", INTAKE)).json()["receipt"]["path_id"]
    refusal = {"purposes": ["P1"], "on": "2022-02-14"}
    answer = await office.manager.post(f"/v1/paths/{path_id}/consents/refusal", refusal)
    assert answer.status_code == 201, answer.text
    assert answer.json()["now"]["standing"]["kim"] == "waiting_consent"
    assert answer.json()["now"]["handovers"] == {}


async def test_the_text_comes_in_the_language_asked_for_beside_the_german_one(office: Office) -> None:
    answer = await office.manager.get("/v1/consent-texts/2026-11-kreis/fa?purposes=P1&purposes=P2&recipient=Jobcenter")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["text"]["direction"], found["german"]["banner"]) == ("rtl", "")
    assert "nicht geprüft" in found["text"]["banner"]
    assert (await office.manager.get("/v1/consent-texts/2026-11-kreis/xx?purposes=P1")).status_code == 422


@pytest.mark.parametrize("role", ["coordinator", "auditor", "body"])
async def test_only_case_management_starts_paths(office: Office, role: str) -> None:
    assert (await office.desks[role].post("/v1/intakes/check", INTAKE)).status_code == 403
