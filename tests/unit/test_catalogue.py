"""The shipped law: dated, cited, released or gated, and complete enough for a first path."""

from __future__ import annotations

import re
import time
from datetime import date
from pathlib import Path

import pytest

import process_models
from process_models.catalogue import SHIPPED, Catalogue, catalogue, load_catalogue
from process_models.errors import UnknownMunicipality
from process_models.rules import Release, Rule

LAW = catalogue()
TODAY = date(2026, 11, 23)
NEUSS = "rhein-kreis-neuss"


def all_rules(law: Catalogue) -> list[Rule]:
    lists = [getattr(law, name) for name in Catalogue.__dataclass_fields__]
    found = [rule for each in lists if isinstance(each, tuple) for rule in each]
    return (
        found + list(law.fact_kinds.values()) + [r for town in law.municipalities.values() for r in town.target_group]
    )


def test_loading_and_checking_takes_less_than_a_second() -> None:
    began = time.process_time()
    load_catalogue()
    assert time.process_time() - began < 1


def test_every_rule_is_cited_and_tagged() -> None:
    assert all(rule.statute and rule.evidence and rule.title for rule in all_rules(LAW))


def test_every_released_rule_names_who_released_it_and_when() -> None:
    released = LAW.released(all_rules(LAW))
    assert len(released) > 200
    assert all(rule.release.by and rule.release.on for rule in released)


def test_every_gated_rule_says_why() -> None:
    assert all(rule.release.banner for rule in all_rules(LAW) if rule.release.state in ("gated", "draft"))


def test_no_rule_that_is_not_released_acts() -> None:
    gated = LAW.handovers[0].model_copy(update={"release": Release(state="gated", banner="noch nicht")})
    assert LAW.in_force((gated, LAW.handovers[1]), TODAY) == (LAW.handovers[1],)
    assert LAW.deadline("F04", TODAY) is None
    assert LAW.deadline("F04", date(2021, 5, 11)) is not None


def test_all_residence_states_regimes_and_purposes_of_the_domain_sheet_are_there() -> None:
    states = {state.code for state in LAW.residence_states}
    assert states == {f"R{n:02}" for n in range(38)} - {"R29", "R30"}
    assert {regime.code for regime in LAW.benefit_regimes} == {f"B{n:02}" for n in range(1, 14)}
    assert {purpose.code for purpose in LAW.consent_purposes} == {f"P{n}" for n in range(1, 8)}


@pytest.mark.parametrize("code", ["H01", "H02", "H03", "H04", "H09", "H11", "H16"])
def test_the_handovers_of_the_first_paths_are_released(code: str) -> None:
    assert LAW.handover(code, TODAY) is not None


@pytest.mark.parametrize(
    "code",
    [
        "F01",
        "F02",
        "F10",
        "F12",
        "F17",
        "F19",
        "F25",
        "F26a",
        "F26b",
        "F28",
        "F29",
        "F30",
        "F31",
        "F32",
        "F33",
        "F38a",
        "F38b",
        "F46",
        "F47a",
        "F47b",
        "F48",
    ],
)
def test_the_deadlines_of_the_first_paths_are_released(code: str) -> None:
    assert LAW.deadline(code, TODAY) is not None


@pytest.mark.parametrize(
    ("key", "day", "value"),
    [
        ("asylblg.analog_months", date(2019, 8, 20), 15),
        ("asylblg.analog_months", date(2019, 8, 21), 18),
        ("asylblg.analog_months", date(2024, 2, 26), 18),
        ("asylblg.analog_months", date(2024, 2, 27), 36),
        ("asylg61.facility_months", date(2026, 6, 11), 6),
        ("asylg61.facility_months", date(2026, 6, 12), 3),
        ("stag.years", date(2024, 6, 26), 8),
        ("stag.years", date(2024, 6, 27), 5),
        ("post_fiction_days", date(2024, 12, 31), 3),
        ("post_fiction_days", date(2025, 1, 1), 4),
        ("sgb2.name", date(2022, 12, 31), "Arbeitslosengeld II"),
        ("sgb2.name", date(2026, 6, 30), "Bürgergeld"),
        ("sgb2.name", date(2026, 7, 1), "Grundsicherungsgeld"),
        ("family_subsidiary", date(2026, 1, 1), "suspended"),
        ("admission44_4", date(2026, 2, 8), "open"),
        ("admission44_4", date(2026, 2, 9), "stopped"),
        ("asylg61.facility_months", date(2024, 2, 26), 9),
        ("asylg61.facility_months", date(2024, 2, 27), 6),
        ("title.subsidiary_years", date(2024, 2, 26), [1, 2]),
        ("title.subsidiary_years", date(2024, 2, 27), [3]),
        ("p25a", date(2022, 12, 30), {"years": 4, "age_below": 21, "duldung_months": 0}),
        ("p25a", date(2022, 12, 31), {"years": 3, "age_below": 27, "duldung_months": 12}),
        ("p104c", date(2022, 12, 30), "closed"),
        ("p104c", date(2022, 12, 31), "open"),
        ("stag.shorter_years", date(2024, 6, 26), [7, 6]),
        ("stag.shorter_years", date(2025, 10, 29), [3]),
        ("stag.shorter_years", date(2025, 10, 30), []),
        ("family_subsidiary", date(2025, 7, 23), "quota"),
        ("p24.benefits_new_arrivals", date(2022, 5, 31), "asylblg"),
        ("p24.benefits_new_arrivals", date(2022, 6, 1), "sgb2_sgb12"),
        ("p24.valid_until", date(2022, 6, 1), date(2024, 3, 4)),
        ("p24.valid_until", date(2024, 1, 1), date(2025, 3, 4)),
        ("p24.valid_until", date(2025, 1, 1), date(2026, 3, 4)),
        ("instruction_missing.asylum", date(2026, 6, 11), "P1Y"),
        ("instruction_missing.asylum", date(2026, 6, 12), "P3M"),
        ("p104c", date(2025, 12, 31), "open"),
        ("p104c", date(2026, 1, 1), "closed"),
        ("p24.valid_until", TODAY, date(2027, 3, 4)),
    ],
)
def test_a_constant_has_the_value_of_its_day(key: str, day: date, value: object) -> None:
    assert LAW.constant(key, day) == value


@pytest.mark.parametrize(("key", "day"), [("admission44_4", TODAY), ("family_subsidiary", date(2027, 7, 24))])
def test_what_is_uncertain_has_no_value_but_candidates_and_a_banner(key: str, day: date) -> None:
    assert LAW.find_constant(key, day) is None
    (gated,) = (rule for rule in LAW.constants if rule.code == key and rule.holds_on(day))
    assert gated.release.state == "gated"
    assert gated.release.banner
    assert len({candidate["value"] for candidate in gated.candidates}) == 2


def test_a_constant_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError, match="no constant"):
        LAW.constant("asylblg.analog_month", TODAY)


def test_a_disputed_point_has_several_candidates_with_their_assumption() -> None:
    candidates = LAW.constant_rule("stag.temporary_protection", TODAY).candidates
    assert len(candidates) == 3
    assert all(candidate["assumption"] for candidate in candidates)


def test_a_benefit_is_called_by_its_name_of_the_day() -> None:
    names = [LAW.benefit("B05", day) for day in (date(2022, 1, 1), date(2024, 1, 1), TODAY)]
    assert [found.title for found in names if found] == ["Arbeitslosengeld II", "Bürgergeld", "Grundsicherungsgeld"]


def test_the_three_year_route_to_naturalisation_held_only_until_october_2025() -> None:
    def years(day: date) -> set[int]:
        return {route.years for route in LAW.in_force(LAW.naturalisation_routes, day) if not route.spouse_of_german}

    assert years(date(2024, 6, 26)) == {8, 7}
    assert years(date(2025, 10, 29)) == {5, 3}
    assert years(date(2025, 10, 30)) == {5}


def test_temporary_protection_is_not_naturalisable_and_its_stay_is_disputed() -> None:
    state = LAW.residence("R25", TODAY)
    assert state is not None
    assert (state.naturalisable, state.lawful) == (False, "disputed")


def test_titles_of_the_negative_list_are_not_naturalisable() -> None:
    barred = {state.code for state in LAW.residence_states if state.is_title and not state.naturalisable}
    assert barred == {"R14", "R15", "R18", "R21", "R23", "R25"}


def test_the_ladder_has_the_times_of_the_domain_sheet() -> None:
    ladder = LAW.ladder(TODAY)
    assert {level: (step.normal, step.critical) for level, step in ladder.steps.items()} == {
        "E1": (10, 3),
        "E2": (15, 5),
        "E3": (20, 10),
    }
    assert (ladder.pattern_count, ladder.pattern_days, ladder.single_path_days) == (3, 60, 40)
    assert ladder.steps["E3"].purpose == "P3"


@pytest.mark.parametrize(
    ("kind", "place", "agency"),
    [
        ("abh", "meerbusch", "abh-rkn"),
        ("abh", "neuss", "abh-neuss"),
        ("sozialamt", "meerbusch", "sozialamt-meerbusch"),
        ("jobcenter", "kaarst", "jobcenter-rkn"),
        ("bezirksregierung", "neuss", "bra"),
    ],
)
def test_jurisdiction_is_decided_by_the_place_and_the_town_goes_before_the_kreis(
    kind: str, place: str, agency: str
) -> None:
    found = LAW.agency(NEUSS, kind, place, TODAY)
    assert found is not None
    assert found.id == agency


def test_no_agency_is_found_for_a_kind_that_nobody_answers_for() -> None:
    assert LAW.agency(NEUSS, "client", "neuss", TODAY) is None


def test_an_unknown_municipality_or_place_is_refused_with_what_is_configured() -> None:
    with pytest.raises(UnknownMunicipality) as refused:
        LAW.municipality("neuss")
    assert refused.value.allowed == ("hochsauerlandkreis", "muenster", "rhein-kreis-neuss")
    with pytest.raises(UnknownMunicipality, match="gemeint ist vielleicht 'meerbusch'"):
        LAW.place(NEUSS, "merbusch")
    assert LAW.place(NEUSS, "meerbusch") == "meerbusch"


def test_the_three_municipalities_differ_in_configuration_only() -> None:
    towns = LAW.municipalities
    assert {town.type for town in towns.values()} == {"kreis", "kreisfreie_stadt"}
    assert len(towns[NEUSS].places) == 8
    assert towns["muenster"].access_mode == "referral"
    assert {body.kind for body in towns[NEUSS].bodies} == {"fall", "verfahren", "lenkung"}


def test_all_mailboxes_are_examples() -> None:
    for town in LAW.municipalities.values():
        mails = [agency.mail for agency in town.agencies] + [agency.head_mail for agency in town.agencies]
        mails += [town.coordinating_mail, town.case_manager_mail, *(body.mail for body in town.bodies)]
        assert all(mail.endswith((".example.org", ".test")) for mail in mails if mail)


def test_labels_speak_german_and_an_unknown_code_stays_itself() -> None:
    assert LAW.label("asylum.in_court") == "im Klageverfahren"
    assert LAW.label("jobcenter") == "Jobcenter"
    assert LAW.accusative("jobcenter") == "das Jobcenter"
    assert LAW.label("nothing") == "nothing"


def test_the_version_names_the_edition_and_the_content() -> None:
    assert re.fullmatch(r"2026\.11-[0-9a-f]{8}", LAW.version)


def test_no_paragraph_number_stands_in_the_code_of_the_rules() -> None:
    code = Path(process_models.__file__).parent.glob("*.py")
    assert [path.name for path in code if "§" in path.read_text(encoding="utf-8")] == []


def test_a_directory_with_some_files_is_read_over_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "law").mkdir()
    shipped = (SHIPPED / "law" / "benefits.yaml").read_text(encoding="utf-8")
    changed = shipped.replace("title: Grundsicherungsgeld", "title: Ein anderer Name", 1)
    assert changed != shipped
    (tmp_path / "law" / "benefits.yaml").write_text(changed, encoding="utf-8")
    overlaid = load_catalogue(tmp_path, over=SHIPPED)
    assert "Ein anderer Name" in [regime.title for regime in overlaid.benefit_regimes]
    assert len(overlaid.deadlines) == len(LAW.deadlines)
    assert overlaid.version != LAW.version
    assert load_catalogue(tmp_path / "empty", over=SHIPPED).version == LAW.version
