"""Whose consent counts at which age, and in which form special categories of data may go."""

from __future__ import annotations

from datetime import date, timedelta

from process_models.catalogue import catalogue
from process_models.consent import ConsentQuestion, check_consent, check_handover
from process_models.facts import Fact

LAW = catalogue()
DAY = date(2022, 2, 14)
BORN = date(2006, 3, 10)
DAY_16, DAY_18 = date(2022, 3, 10), date(2024, 3, 10)


def voice(given_by: str | None, on: date, id_: str = "p") -> Fact:
    data = {"consent": id_, "purpose": "P1", "form": "written"} | ({"given_by": given_by} if given_by else {})
    return Fact(f"{id_}-{on}", "consent.given", on, on, data)


def heard(facts: list[Fact], day: date) -> bool:
    return check_consent(LAW, facts, ConsentQuestion("P1", None, None, day, born=BORN)).allowed


def test_for_a_child_the_guardian_consents_and_the_childs_own_word_is_not_enough() -> None:
    day = DAY_16 - timedelta(days=1)
    assert heard([voice("guardian", day)], day)
    assert heard([voice("both", day)], day)
    assert not heard([voice("person", day)], day)


def test_from_sixteen_on_both_are_asked_together_or_one_after_the_other() -> None:
    assert not heard([voice("guardian", DAY_16)], DAY_16)
    assert not heard([voice("person", DAY_16)], DAY_16)
    assert heard([voice("both", DAY_16)], DAY_16)
    assert heard([voice("guardian", DAY_16, "g"), voice("person", DAY_16, "p")], DAY_16)


def test_with_eighteen_the_guardians_word_ends_and_the_own_word_goes_on() -> None:
    before = DAY_18 - timedelta(days=1)
    assert heard([voice("guardian", DAY_16, "g"), voice("person", DAY_16, "p")], before)
    assert heard([voice("person", DAY_16, "p")], DAY_18)
    assert not heard([voice("guardian", DAY_16, "g")], DAY_18)


def test_a_consent_without_a_name_counts_for_those_who_were_asked_on_its_day() -> None:
    child = DAY_16 - timedelta(days=400)
    assert heard([voice(None, child)], DAY_16 - timedelta(days=1))
    assert not heard([voice(None, child)], DAY_16)
    assert heard([voice(None, DAY_16)], DAY_18)


def test_the_answer_names_whose_consent_is_missing() -> None:
    answer = check_consent(LAW, [voice("guardian", DAY_16)], ConsentQuestion("P1", None, None, DAY_16, born=BORN))
    assert answer.reason == "Die eigene Einwilligung der Person fehlt."


def test_health_data_need_a_written_or_electronic_consent_that_names_them() -> None:
    def health(form: str, *categories: str) -> bool:
        data = {"consent": "h", "purpose": "P2", "recipient": "jobcenter", "categories": [*categories], "form": form}
        given = Fact("h", "consent.given", DAY, DAY, data)
        return check_consent(LAW, [given], ConsentQuestion("P2", "jobcenter", categories[-1], DAY)).allowed

    assert health("written", "health")
    assert health("electronic", "health")
    assert not health("", "health")
    assert health("", "work")  # whatever was noted before forms were asked


def test_a_handover_for_a_young_person_needs_both_voices() -> None:
    found = LAW.handover("H01", DAY)
    assert found is not None
    rule = found.model_copy(update={"categories": ("benefits",)})

    def given(by: str, id_: str) -> Fact:
        data = {
            "consent": id_,
            "purpose": "P2",
            "recipient": "jobcenter",
            "categories": ["benefits"],
            "form": "written",
        }
        return Fact(id_, "consent.given", DAY_16, DAY_16, data | {"given_by": by})

    one, other = given("guardian", "g"), given("person", "p")
    assert check_handover(LAW, [one], rule, DAY_16, BORN).missing == ("benefits",)
    assert check_handover(LAW, [one, other], rule, DAY_16, BORN).consent_ids == ("g", "p")
