"""The rules engine plays a scenario day by day and tells when a check does not hold.

Single plays with changed acts and checks; the files as they are: `test_scenario_library`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from kim.simulate.engine import Report
from kim.simulate.rules_engine import RulesEngine
from kim.simulate.scenario_file import Scenario, load_scenario
from kim.simulate.scenario_shape import ActLine, CheckLine
from kim.simulate.timeline import Timeline
from process_models.catalogue import catalogue

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def scenario(name: str) -> Scenario:
    return load_scenario(SCENARIOS / f"{name}.yaml", catalogue())


async def play(played: Scenario) -> Report:
    return await RulesEngine(catalogue()).play(played)


async def test_a_wrong_expectation_is_told_with_day_expected_and_found() -> None:
    played = scenario("revoked-consent")
    wrong = CheckLine.model_validate({"on": date(2022, 3, 9), "standing": {"residence": "R12"}})
    report = await play(replace(played, checks=(wrong,)))
    assert [
        (c.on, c.key, c.expected, c.actual) for c in report.checks if not c.ok and c.key == "standing.residence"
    ] == [(date(2022, 3, 9), "standing.residence", "R12", "R10")]


async def test_an_impossible_act_fails_the_file_and_changes_nothing() -> None:
    played = scenario("path-a")
    act = ActLine(on=date(2022, 2, 12), act="handover.accept", handover="H01")
    report = await play(replace(played, acts=(act, *played.acts)))
    assert [check.key for check in report.checks if not check.ok] == ["acts.handover.accept.H01"]


async def test_an_act_that_should_have_been_refused_fails_the_file() -> None:
    played = scenario("path-a")
    act = played.acts[0].model_copy(update={"refused": True})
    report = await play(replace(played, acts=(act,)))
    assert ("acts.handover.accept.H01", "refused", "done") in [(c.key, c.expected, c.actual) for c in report.checks]


def test_a_timeline_gives_facts_on_the_day_they_become_known() -> None:
    timeline = Timeline(scenario("late-and-corrected-facts"))
    assert [fact.id for fact in timeline.day(date(2022, 2, 22)).facts] == ["l09", "l10"]
    assert timeline.day(date(2022, 2, 11)).facts == ()
    assert list(timeline.days) == sorted(timeline.days)


async def test_a_body_hands_a_pattern_on_and_decides_it() -> None:
    played = scenario("stall-benefit-gap")
    decisions = (
        ActLine(on=date(2022, 3, 16), act="body.decide", body="verfahren", decision="to_lenkung"),
        ActLine(on=date(2022, 3, 17), act="body.decide", body="lenkung", decision="adopt"),
        ActLine(on=date(2022, 3, 17), act="body.decide", body="lenkung", decision="adopt", refused=True),
    )
    checks = (
        CheckLine.model_validate(
            {"on": date(2022, 3, 16), "agenda": {"verfahren": 0, "lenkung": 1}, "escalation": {"H01": "E5"}}
        ),
        CheckLine.model_validate({"on": date(2022, 3, 17), "agenda": {"lenkung": 0}, "escalation": {"H01": "E6"}}),
    )
    report = await play(replace(played, acts=(*played.acts[:1], *decisions), checks=checks))
    assert [check for check in report.checks if not check.ok] == []
