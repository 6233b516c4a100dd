"""The start of a path: what is said becomes facts, and the whole table of the target group answers line by line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from process_models.case import Case
from process_models.catalogue import catalogue
from process_models.facts import Fact, Person
from process_models.intake import OTHER_STAY, Stay, StayUnknown, Verdict, stay_choices, stay_facts, verdict_on

RULES = catalogue()
TODAY = date(2026, 11, 28)


def referral(on: date, **said: object) -> Fact:
    return Fact("r", "kim.referred", on, on, {"by": "mbe", "wants": True, "criteria": [], **said})


def asked(municipality: str, born: date, stay: Stay, day: date, *more: Fact) -> Verdict:
    place = RULES.municipality(municipality).places[0]
    facts = (*stay_facts(stay, stay_choices(RULES, day), day), *more)
    return verdict_on(Case("", municipality, place, Person(born, "SY"), facts), stay, day, RULES)


@pytest.mark.parametrize(
    ("day", "born", "stay", "line"),
    [
        (date(2021, 7, 13), date(1994, 3, 12), "asylum.lodged", "N1"),
        (date(2022, 2, 11), date(1994, 3, 12), OTHER_STAY, "N2"),
        (date(2022, 6, 1), date(1992, 1, 1), "R06", "N3"),
        (date(2022, 12, 31), date(2002, 6, 1), "R06", "N1"),
        (date(2023, 1, 1), date(2002, 6, 1), "R06", "N4"),
        (date(2023, 5, 1), date(1987, 1, 1), OTHER_STAY, "N5"),
        (date(2021, 3, 1), date(2005, 1, 1), OTHER_STAY, "N6"),
    ],
)
def test_the_dated_stages_of_the_kreis_decide_before_anything_is_recorded(
    day: date, born: date, stay: str, line: str
) -> None:
    verdict = asked("rhein-kreis-neuss", born, Stay(stay, day - timedelta(days=20)), day, referral(day))
    assert verdict.deciding is not None
    assert verdict.deciding.code == verdict.eligibility.rule == line


def test_every_line_says_why_it_does_not_decide() -> None:
    verdict = asked("rhein-kreis-neuss", date(2001, 3, 2), Stay("R06", date(2024, 1, 1)), TODAY, referral(TODAY))
    told = {line.rule.code: line.why for line in verdict.lines}
    assert told == {"N1": "over", "N2": "over", "N3": "over", "N4": "decides", "N7": "draft", "N5": "age", "N6": "age"}
    assert (verdict.age, verdict.status, verdict.residence) == (25, "GD", "Duldung")


def test_an_advice_service_is_named_for_the_young_where_the_first_stage_asks_to_agree_with_it() -> None:
    day = date(2022, 2, 11)
    verdict = asked("rhein-kreis-neuss", date(1997, 3, 2), Stay(OTHER_STAY), day, referral(day))
    assert verdict.eligibility.coordinate_with == ("jmd",)


def test_who_comes_alone_is_not_referred_and_is_sent_to_an_advice_service_first() -> None:
    alone = asked("muenster", date(1990, 1, 1), Stay(), TODAY, referral(TODAY, by="client", criteria=["M1"]))
    assert (alone.eligibility.result, alone.eligibility.refer_to) == ("not_eligible", "mbe")
    sent = asked("muenster", date(1990, 1, 1), Stay(), TODAY, referral(TODAY, criteria=["M4"]))
    assert (sent.eligibility.result, sent.eligibility.rule) == ("eligible", "M4")
    assert [impulse.code for impulse in sent.eligibility.impulses] == ["M4"]


def test_without_a_criterion_a_person_decides_and_who_does_not_want_is_not_taken() -> None:
    without = asked("muenster", date(1990, 1, 1), Stay(), TODAY, referral(TODAY))
    assert without.eligibility.result == "manual"
    assert without.may_be_replaced
    declined = asked("muenster", date(1990, 1, 1), Stay(), TODAY, referral(TODAY, wants=False))
    assert (declined.eligibility.result, declined.may_be_replaced) == ("not_eligible", False)


def test_the_years_of_stay_count_from_the_arrival() -> None:
    def line(arrived: date) -> str:
        stay = Stay(OTHER_STAY, arrived_on=arrived)
        return asked("hochsauerlandkreis", date(1980, 1, 1), stay, TODAY, referral(TODAY)).eligibility.rule

    assert line(date(2023, 11, 28)) == "L1"
    assert line(date(2023, 11, 27)) == "L2"


def test_what_cannot_begin_without_a_history_is_refused_with_its_field() -> None:
    choices = stay_choices(RULES, TODAY)
    assert "R12" not in {choice.code for choice in choices}
    for stay, field in ((Stay("R12", TODAY), "stay"), (Stay("R06"), "stay_since")):
        with pytest.raises(StayUnknown) as refused:
            stay_facts(stay, choices, TODAY)
        assert refused.value.field == field
    with pytest.raises(StayUnknown):  # temporary protection did not exist on that day
        asked("muenster", date(1990, 1, 1), Stay("R25", date(2022, 1, 1)), TODAY)
