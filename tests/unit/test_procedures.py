"""Procedures from the catalogue: every handover, the ladder, the meetings, the whole path; connected and complete."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from process_models.catalogue import Catalogue, catalogue
from process_models.errors import UnknownMunicipality
from process_models.procedure.every import procedures
from process_models.procedure.shape import Procedure, Step
from process_models.rules import HandoverRule, Release

LAW = catalogue()
TODAY = date(2026, 11, 23)
NEUSS, MUENSTER = "rhein-kreis-neuss", "muenster"
EVERYWHERE = (None, *LAW.municipalities)


ALL = {
    f"{town or 'everywhere'}-{day.year}": procedures(LAW, town, day)
    for town in EVERYWHERE
    for day in (date(2021, 6, 1), TODAY)
}
on_all = pytest.mark.parametrize("found", ALL.values(), ids=ALL)


def of(code: str, town: str | None = NEUSS, law: Catalogue = LAW) -> Procedure:
    return next(found for found in procedures(law, town, TODAY) if found.code == code)


def with_handover(**changes: object) -> Catalogue:
    """The law with H01 changed."""
    rules = tuple(rule.model_copy(update=changes) if rule.code == "H01" else rule for rule in LAW.handovers)
    return replace(LAW, handovers=rules)


def reached_from(procedure: Procedure, first: str) -> set[str]:
    """Steps on the way from a step: along flows, into groups, over what is attached."""
    found, ahead = set[str](), [first]
    while ahead:
        here = ahead.pop()
        if here not in found:
            found.add(here)
            ahead += [flow.target for flow in procedure.following(here)]
            ahead += [step.id for step in (*procedure.attached(here), *procedure.inside(here))]
    return found


def outer(procedure: Procedure, kind: str) -> list[Step]:
    return [step for step in procedure.steps if step.kind == kind and not step.within]


@on_all
def test_a_procedure_has_one_start_and_at_least_one_end(found: tuple[Procedure, ...]) -> None:
    for procedure in found:
        assert len(outer(procedure, "start")) == 1, procedure.code
        assert outer(procedure, "end"), procedure.code


@on_all
def test_every_flow_leads_from_a_step_to_a_step_and_none_is_there_twice(found: tuple[Procedure, ...]) -> None:
    for procedure in found:
        ids = [step.id for step in procedure.steps]
        assert len(set(ids)) == len(ids), procedure.code
        assert {end for flow in procedure.flows for end in (flow.source, flow.target)} <= set(ids), procedure.code
        assert len({(flow.source, flow.target) for flow in procedure.flows}) == len(procedure.flows), procedure.code


@on_all
def test_every_step_is_reached_and_only_ends_lead_nowhere(found: tuple[Procedure, ...]) -> None:
    for procedure in found:
        start = outer(procedure, "start")[0]
        assert reached_from(procedure, start.id) == {step.id for step in procedure.steps}, procedure.code
        for step in procedure.steps:
            leads_on = bool(list(procedure.following(step.id)))
            assert leads_on == (step.kind != "end"), (procedure.code, step.id)


@on_all
def test_nothing_leads_into_a_start_and_every_decision_has_named_ways(found: tuple[Procedure, ...]) -> None:
    for procedure in found:
        starts = {step.id for step in procedure.steps if step.kind == "start"}
        assert not starts & {flow.target for flow in procedure.flows}, procedure.code
        for decision in outer(procedure, "decision"):
            ways = [flow.title for flow in procedure.following(decision.id)]
            assert len(ways) > 1, (procedure.code, decision.id)
            assert all(ways), (procedure.code, decision.id)
            assert len(set(ways)) == len(ways) or procedure.kind == "path", (procedure.code, decision.id)


@on_all
def test_every_step_has_a_responsible_lane_and_every_word_is_filled(found: tuple[Procedure, ...]) -> None:
    for procedure in found:
        assert {step.lane for step in procedure.steps} == {lane.id for lane in procedure.lanes}, procedure.code
        texts = [text for step in procedure.steps for text in (step.title, step.until, *step.details)]
        texts += [lane.title for lane in procedure.lanes] + [procedure.title, *procedure.summary, *procedure.stalls]
        assert not [text for text in texts if "procedure." in text or "{" in text or "None" in text], procedure.code
        assert all(step.title for step in procedure.steps), procedure.code


@on_all
def test_every_statement_of_law_is_cited(found: tuple[Procedure, ...]) -> None:
    for procedure in found:
        assert procedure.sources, procedure.code
        assert all(source.statute and source.code for source in procedure.sources), procedure.code


def test_there_is_a_procedure_for_every_handover_that_is_shown_the_ladder_the_path_and_each_body() -> None:
    shown = {rule.code for rule in LAW.handovers if rule.holds_on(TODAY) and rule.release.state != "draft"}
    bodies = {f"SITZUNG-{body.kind.upper()}" for body in LAW.municipality(NEUSS).bodies}
    assert {found.code for found in procedures(LAW, NEUSS, TODAY)} == {"WEG", "LADDER", *shown, *bodies}


@pytest.mark.parametrize("code", [rule.code for rule in LAW.handovers if rule.code != "LADDER"])
def test_every_step_of_the_ladder_appears_in_every_handover(code: str) -> None:
    found = {step.id for step in of(code).steps}
    assert {"offer", "receive", "answer", "e1", "e2", "e3", "e4", "e5", "e6", "take_over", "clarify", "query"} <= found


def test_clocks_of_the_ladder_are_those_of_the_rule() -> None:
    ladder = LAW.ladder(TODAY)
    days = {step.id: step.working_days for step in of("H01").steps if step.kind == "timer"}
    expected = {f"{level.lower()}_after": step.normal for level, step in ladder.steps.items()}
    assert days == expected | {"overdue_after": ladder.receipt_normal, "e4_after": ladder.single_path_days}
    assert str(ladder.receipt_critical) in of("H01").step("receive").until


def test_a_consent_is_asked_of_the_client_and_a_statute_of_nobody() -> None:
    assert of("H01").step("consent").lane == "client"
    by_statute = of("H02")
    assert "consent" not in {step.id for step in by_statute.steps}
    assert "G01" in [source.code for source in by_statute.step("check").sources]


def test_the_sender_is_named_as_responsible_until_the_receiver_accepts() -> None:
    found = of("H11")
    assert "Ausländerbehörde" in found.step("answering").details[0]
    assert "Einbürgerungsbehörde" in found.step("take_over").details[0]


def test_the_deadline_that_bounds_a_handover_is_told_with_statute_and_both_readings() -> None:
    (bound,) = of("H01").bounds
    assert (bound.code, bound.source.statute) == ("F31", "§ 1 Abs. 3 AsylbLG")
    assert "Streitig" in bound.note
    assert "Flüchtlingsschutz" in bound.note


def test_a_municipality_names_its_agencies_and_bodies() -> None:
    assert "Jobcenter Rhein-Kreis Neuss" in {lane.title for lane in of("H01").lanes}
    sozialamt = of("H01").lane("sozialamt")
    assert sozialamt.title == "Sozialamt"
    assert len(sozialamt.agencies) == 8
    assert "Netzwerk der drei Bausteine" in {lane.title for lane in of("H01", MUENSTER).lanes}


def test_without_a_lenkungsgruppe_the_ladder_ends_before_it() -> None:
    found = of("LADDER", MUENSTER)
    assert "e5" not in {step.id for step in found.steps}
    assert {"e4", "decided"} <= {step.id for step in found.steps}
    assert "SITZUNG-LENKUNG" not in {one.code for one in procedures(LAW, MUENSTER, TODAY)}


def test_a_gated_handover_is_shown_with_its_banner_and_a_draft_not_at_all() -> None:
    gated = with_handover(release=Release(state="gated", banner="Freigabe steht aus"))
    assert of("H01", law=gated).banner == "Freigabe steht aus"
    assert not of("H01").banner
    law = with_handover(release=Release(state="draft", banner="in Arbeit"))
    assert "H01" not in {found.code for found in procedures(law, NEUSS, TODAY)}


def test_a_handover_without_documents_trigger_or_basis_is_still_a_whole_procedure() -> None:
    law = with_handover(documents=(), transition=(), by=(), at_deadline="", basis="none", categories=(), needed_by="")
    found = of("H01", law=law)
    assert "documents" not in {step.id for step in found.steps}
    assert reached_from(found, "start") == {step.id for step in found.steps}
    assert not found.bounds


def test_the_case_management_may_be_sender_and_the_client_too() -> None:
    assert [lane.id for lane in of("H13").lanes][:3] == ["client", "case_manager", "anerkennungsstelle"]
    assert [lane.id for lane in of("H16").lanes][:3] == ["client", "case_manager", "abh"]


def test_who_receives_instead_and_what_must_hold_is_told() -> None:
    told = " ".join(of("H01", None).step("offer").details)
    assert "Statt dessen an Sozialamt, wenn: Altersgrenze erreicht (Altersgrenze nach Geburtsjahr)" in told
    assert "Ein Mensch entscheidet, wenn: Erwerbsfähigkeit festgestellt (ungeklärt)" in told
    assert "jünger als 15 Jahre" in told
    due = " ".join(of("H08").step("start").details)
    assert "B05 Grundsicherungsgeld" in due
    assert "Kind von 0 bis 24 Jahren" in due
    assert "ausgesetzt" in " ".join(of("H17").step("start").details)


def test_a_body_hands_on_only_to_bodies_that_are_there() -> None:
    ends = {flow.title for flow in of("SITZUNG-FALL").flows if flow.source == "outcome"}
    assert ends == {"angenommen", "abgelehnt", "vertagt", "an die AG Verfahrensebene", "an die Lenkungsgruppe"}
    ends = {flow.title for flow in of("SITZUNG-VERFAHREN", MUENSTER).flows if flow.source == "outcome"}
    assert ends == {"angenommen", "abgelehnt", "vertagt"}


def test_an_agency_that_hands_over_to_its_own_kind_has_two_lanes() -> None:
    titles = [lane.title for lane in of("H03", None).lanes]
    assert {"Sozialamt (gibt ab)", "Sozialamt (übernimmt)"} <= set(titles)


def test_every_residence_state_and_transition_that_acts_is_on_the_path() -> None:
    found = of("WEG", None)
    said = " ".join(detail for step in found.steps for detail in step.details)
    said += " ".join(flow.title for flow in found.flows)
    rules = (*LAW.in_force(LAW.residence_states, TODAY), *LAW.in_force(LAW.transitions, TODAY))
    assert not [rule.code for rule in rules if rule.code not in said]


def test_the_path_of_2021_knows_no_law_of_2024() -> None:
    (then,) = (found for found in procedures(LAW, None, date(2021, 6, 1)) if found.code == "WEG")
    codes = {source.code for source in then.sources}
    assert "T09b" not in codes
    assert "R19" not in codes
    assert "T09b" in {source.code for source in of("WEG", None).sources}


def test_the_same_day_gives_the_same_procedures() -> None:
    assert procedures(LAW, NEUSS, TODAY) == procedures(LAW, NEUSS, TODAY)


def test_an_unknown_municipality_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(UnknownMunicipality) as refusal:
        procedures(LAW, "neuss", TODAY)
    assert NEUSS in refusal.value.allowed


def test_a_rule_of_another_shape_needs_no_code() -> None:
    """A further handover is data alone: it has its procedure as soon as it stands in the catalogue."""
    rule = next(rule for rule in LAW.handovers if rule.code == "H01")
    more = HandoverRule(**{**rule.model_dump(), "code": "H99", "title": "Neu", "from_kind": "bamf", "to_kind": "jmd"})
    law = replace(LAW, handovers=(*LAW.handovers, more))
    assert {"bamf", "jmd"} <= {lane.id for lane in of("H99", law=law).lanes}
