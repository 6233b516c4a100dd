"""A fact that the vocabulary does not have is refused, with the field and with what is allowed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from process_models.catalogue import catalogue
from process_models.errors import FactInvalid
from process_models.vocabulary import check_fact

LAW = catalogue()
BORN = date(1994, 3, 12)
DAY = date(2022, 2, 11)

GOOD: list[tuple[str, dict[str, Any]]] = [
    ("asylum.sought", {}),
    ("asylum.decided", {"outcome": "refugee"}),
    ("asylum.judgment", {"outcome": "rejected", "final": False}),
    ("place.assigned", {"place": "meerbusch"}),
    ("place.restricted", {"kind": "p12a_municipality", "until": date(2025, 2, 11)}),
    ("residence.title_issued", {"state": "R12", "valid_until": "2025-04-19"}),
    ("residence.title_issued", {"state": "R31"}),
    ("benefits.granted", {"regime": "B05", "from": date(2022, 3, 1), "until": None}),
    ("work.started", {"hours_per_week": 39, "livelihood_secured": True}),
    ("kim.referred", {"by": "sozialamt", "wants": True, "criteria": []}),
    ("kim.referred", {"by": "mbe", "wants": True, "criteria": ["M1", "M4"]}),
    ("consent.given", {"consent": "k1", "purpose": "P1", "form": "written"}),
    (
        "consent.given",
        {"consent": "k2", "purpose": "P2", "recipient": "jobcenter", "categories": ["benefits"], "form": "electronic"},
    ),
    ("impulse.raised", {"interface": ["sozialamt", "jobcenter"], "reason": "eAT verlangt"}),
    ("deadline.extended", {"deadline": "F35", "until": date(2022, 3, 1), "reason": "Urlaub"}),
    ("fact.retracted", {"fact": "a08"}),
    ("family.member_arrived", {"id": "wife", "relation": "spouse", "born": date(1996, 2, 1)}),
]

BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("asylum.decidet", {}, "fact", "asylum.decided"),
    ("asylum.decided", {}, "data.outcome", "outcome"),
    ("asylum.decided", {"outcome": "refuge"}, "data.outcome", "refugee"),
    ("asylum.decided", {"outcome": "refugee", "outcom": "x"}, "data.outcom", "outcome"),
    ("asylum.decided", {"outcome": 5}, "data.outcome", "refugee"),
    ("asylum.judgment", {"outcome": "refugee", "final": "yes"}, "data.final", "true"),
    ("residence.title_issued", {"state": "R99"}, "data.state", "R12"),
    ("residence.title_issued", {"state": "R12", "valid_until": "19.04.2025"}, "data.valid_until", "JJJJ-MM-TT"),
    ("residence.title_issued", {"state": "R12", "valid_until": "2025-02-30"}, "data.valid_until", "JJJJ-MM-TT"),
    ("benefits.granted", {"regime": "B99", "from": DAY}, "data.regime", "B05"),
    ("work.started", {"hours_per_week": "39", "livelihood_secured": True}, "data.hours_per_week", ""),
    ("work.started", {"hours_per_week": True, "livelihood_secured": True}, "data.hours_per_week", ""),
    ("work.started", {"hours_per_week": -1, "livelihood_secured": True}, "data.hours_per_week", ""),
    ("kim.referred", {"by": "sozialamt", "wants": True, "criteria": ["M9"]}, "data.criteria", "M4"),
    ("kim.referred", {"by": "sozialamt", "wants": True, "criteria": "M1"}, "data.criteria", "M1"),
    ("kim.referred", {"by": "nobody", "wants": True, "criteria": []}, "data.by", "sozialamt"),
    ("consent.given", {"consent": "k", "purpose": "P8", "form": "written"}, "data.purpose", "P2"),
    ("consent.given", {"consent": "k", "purpose": "P1", "form": "oral"}, "data.form", "written"),
    ("consent.given", {"consent": "", "purpose": "P1", "form": "written"}, "data.consent", ""),
    ("impulse.raised", {"interface": ["sozialamt"], "reason": "x"}, "data.interface", ""),
    ("impulse.raised", {"interface": ["sozialamt", "x"], "reason": "x"}, "data.interface", "jobcenter"),
    ("kim.closed", {"reason": "x" * 501}, "data.reason", ""),
    ("asylum.sought", {"x": 1}, "data.x", ""),
]


@pytest.mark.parametrize(("kind", "data"), GOOD, ids=[kind for kind, _ in GOOD])
def test_a_fact_of_the_vocabulary_passes(kind: str, data: dict[str, Any]) -> None:
    check_fact(LAW, kind, DAY, data, BORN)


@pytest.mark.parametrize(("kind", "data", "field", "allowed"), BAD)
def test_a_wrong_fact_is_refused_with_its_field_and_what_is_allowed(
    kind: str, data: dict[str, Any], field: str, allowed: str
) -> None:
    with pytest.raises(FactInvalid) as refused:
        check_fact(LAW, kind, DAY, data, BORN)
    assert refused.value.field == field
    assert not allowed or allowed in refused.value.allowed


def test_a_misspelt_kind_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(FactInvalid, match=r"gemeint ist vielleicht 'asylum\.decided'"):
        check_fact(LAW, "asylum.decidet", DAY, {}, BORN)


def test_no_fact_and_no_date_of_its_data_lies_before_birth() -> None:
    with pytest.raises(FactInvalid) as refused:
        check_fact(LAW, "asylum.sought", date(1994, 3, 11), {}, BORN)
    assert refused.value.field == "on"
    with pytest.raises(FactInvalid) as refused:
        check_fact(LAW, "benefits.granted", DAY, {"regime": "B05", "from": "1990-01-01"}, BORN)
    assert refused.value.field == "data.from"


def test_a_date_beyond_any_life_is_refused() -> None:
    with pytest.raises(FactInvalid) as refused:
        check_fact(LAW, "residence.title_issued", DAY, {"state": "R12", "valid_until": "9999-12-31"}, BORN)
    assert refused.value.field == "data.valid_until"


def test_a_fact_on_the_day_of_birth_passes() -> None:
    check_fact(LAW, "asylum.sought", BORN, {}, BORN)


def test_a_spouse_or_parent_may_be_older_than_the_client() -> None:
    data = {"id": "mother", "relation": "parent", "born": date(1955, 2, 11)}
    check_fact(LAW, "family.member_arrived", DAY, data, BORN)


def test_a_name_in_the_place_of_a_code_is_not_repeated() -> None:
    with pytest.raises(FactInvalid) as refused:
        check_fact(LAW, "asylum.decided", DAY, {"outcome": "Yusuf A. aus Meerbusch"}, BORN)
    assert "Yusuf" not in refused.value.detail


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("asylum.yusuf", {}),
        ("asylum.decided", {"outcome": "yusuf"}),
        ("asylum.decided", {"outcome": "refugee", "yusuf": "x"}),
        ("asylum.judgment", {"outcome": "refugee", "final": "yusuf"}),
        ("residence.title_issued", {"state": "R12", "valid_until": "yusuf"}),
        ("work.started", {"hours_per_week": "yusuf", "livelihood_secured": True}),
        ("kim.referred", {"by": "sozialamt", "wants": True, "criteria": ["yusuf"]}),
    ],
)
def test_no_message_repeats_what_was_sent(kind: str, data: dict[str, Any]) -> None:
    with pytest.raises(FactInvalid) as refused:
        check_fact(LAW, kind, DAY, data, BORN)
    assert "yusuf" not in refused.value.detail
    assert refused.value.field


def test_no_message_repeats_a_free_text() -> None:
    with pytest.raises(FactInvalid) as refused:
        check_fact(LAW, "kim.closed", DAY, {"reason": "geheim" * 100}, BORN)
    assert "geheim" not in refused.value.detail


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("place.moved", {"place": "zu Yusuf in die Beispielgasse 7"}, "data.place"),
        ("place.assigned", {"place": "x" * 41}, "data.place"),
        ("family.child_born", {"id": "Tochter von Yusuf"}, "data.id"),
        ("consent.revoked", {"consent": "die von Yusuf"}, "data.consent"),
        ("fact.retracted", {"fact": "-1"}, "data.fact"),
    ],
)
def test_a_key_is_a_word_and_never_free_text_because_it_is_kept_in_the_clear(
    kind: str, data: dict[str, Any], field: str
) -> None:
    with pytest.raises(FactInvalid) as refused:
        check_fact(LAW, kind, DAY, data, BORN)
    assert refused.value.field == field
    assert "Yusuf" not in refused.value.detail
