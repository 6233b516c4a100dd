"""Three organisations as configurations: who answers where, who decides, who takes part, what is open."""

from __future__ import annotations

from datetime import date

import pytest

from process_models.catalogue import catalogue
from process_models.rules import Municipality

LAW = catalogue()
TODAY = date(2026, 11, 23)
NEUSS, MUENSTER, HSK = (LAW.municipality(name) for name in ("rhein-kreis-neuss", "muenster", "hochsauerlandkreis"))
ALL = (NEUSS, MUENSTER, HSK)


def agency(config: Municipality, kind: str, place: str) -> str:
    found = LAW.agency(config.id, kind, place, TODAY)
    assert found is not None, (config.id, kind, place)
    return found.id


@pytest.mark.parametrize("config", ALL, ids=lambda config: config.id)
def test_every_kind_of_agency_answers_in_every_place(config: Municipality) -> None:
    kinds = [kind.code for kind in LAW.agency_kinds if kind.local]
    assert all(agency(config, kind, place) for kind in kinds for place in config.places)


@pytest.mark.parametrize("config", ALL, ids=lambda config: config.id)
def test_mailboxes_are_examples_and_bodies_name_functions(config: Municipality) -> None:
    mails = [mail for each in config.agencies for mail in (each.mail, each.head_mail)]
    assert all(mail.endswith(".example.org") for mail in mails)
    assert all(body.chair and body.office and body.members for body in config.bodies)


def test_the_city_of_neuss_has_its_own_authorities_inside_the_kreis() -> None:
    assert (agency(NEUSS, "abh", "neuss"), agency(NEUSS, "abh", "kaarst")) == ("abh-neuss", "abh-rkn")
    assert (agency(NEUSS, "ebh", "neuss"), agency(NEUSS, "ebh", "kaarst")) == ("ebh-neuss", "ebh-rkn")
    assert agency(NEUSS, "sozialamt", "kaarst") == "sozialamt-kaarst"


@pytest.mark.parametrize(
    ("config", "place", "answers", "waits"),
    [(NEUSS, "dormagen", "abh-rkn", "abh-dormagen"), (HSK, "arnsberg", "abh-hsk", "abh-arnsberg")],
    ids=["dormagen", "arnsberg"],
)
def test_until_somebody_confirms_an_authority_the_kreis_answers(
    config: Municipality, place: str, answers: str, waits: str
) -> None:
    assert agency(config, "abh", place) == answers
    (gated,) = (line for line in config.jurisdiction if line.agency == waits)
    assert gated.gated
    assert gated.evidence in ("R", "U")


def test_the_jobcenter_is_a_joint_body_in_neuss_and_municipal_elsewhere() -> None:
    operators = {config.id: next(a.operator for a in config.agencies if a.kind == "jobcenter") for config in ALL}
    assert operators == {
        "rhein-kreis-neuss": "gemeinsame_einrichtung",
        "muenster": "zugelassener_kommunaler_traeger",
        "hochsauerlandkreis": "zugelassener_kommunaler_traeger",
    }


def test_posts_of_case_managers_are_those_of_the_sources() -> None:
    assert sum(post.posts for post in NEUSS.case_posts) == 6
    assert {post.employer: (post.posts, post.public) for post in MUENSTER.case_posts} == {
        "sozialamt-muenster": (4, True),
        "drk": (1, False),
        "caritas": (1, False),
        "ggua": (1, False),
    }
    assert all(post.gated for post in HSK.case_posts)


def test_eight_of_twelve_take_part_in_the_hochsauerlandkreis_and_which_is_open() -> None:
    assert [line.takes_part for line in HSK.participation] == ["open"] * 12
    assert {line.place for line in HSK.participation} == set(HSK.places)
    assert all(HSK.takes_part(place, TODAY) for place in HSK.places)
    assert any("Acht der zwölf" in point.banner for point in HSK.open_points)


def test_the_steering_group_of_neuss_has_eight_groups_of_members() -> None:
    (group,) = (body for body in NEUSS.bodies if body.kind == "lenkung")
    assert (len(group.members), group.meetings_per_year, group.ad_hoc) == (8, 2, True)
    assert group.chair == "Kreisdirektorin oder Kreisdirektor"
    assert [body.kind for body in MUENSTER.bodies] == ["fall", "verfahren"]


def test_access_and_consent_follow_the_employers() -> None:
    assert [config.access_mode for config in ALL] == ["active", "referral", "active"]
    employers = [text.employers for text in MUENSTER.consent_texts]
    assert employers == [("sozialamt-muenster",), ("drk", "ggua"), ("caritas",)]


@pytest.mark.parametrize("config", ALL, ids=lambda config: config.id)
def test_what_no_source_settles_is_said(config: Municipality) -> None:
    assert config.open_points
    assert config.law_rule_set == "2026.11"


def test_a_place_is_written_as_its_people_write_it_whichever_municipality_has_it() -> None:
    assert [LAW.place_name(place) for place in ("juechen", "muenster", "meerbusch")] == [
        "Jüchen",
        "Münster",
        "Meerbusch",
    ]
    assert LAW.place_name("nowhere") == "nowhere"
