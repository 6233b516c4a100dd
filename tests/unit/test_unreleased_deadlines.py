"""Rules that are not released: every reading is shown with its assumption and the banner; nothing follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from process_models.catalogue import Catalogue, catalogue
from process_models.deadline_rules import Anchor, Reading
from process_models.messages import Remind
from process_models.planning import make_plan
from process_models.rule_base import FactMatch
from process_models.unreleased_deadlines import readings_of
from tests.unit.recognised import IN_CARE, at, case_of, fact, plan_on, rest

SOUGHT = fact("asylum.sought", date(2026, 12, 1))
REGISTERED = fact("asylum.registered", date(2026, 12, 4))
BREACH = fact("privacy.breach_known", date(2023, 4, 6))


def test_every_gated_deadline_has_a_banner_and_its_readings_differ() -> None:
    gated = [rule for rule in catalogue().deadlines if rule.release.state == "gated"]
    assert {rule.code for rule in gated} == {"F04", "F05", "F06", "F57", "F58"}
    for rule in gated:
        assert rule.release.banner
        assumptions = [assumption for assumption, _ in readings_of(rule)]
        assert len(assumptions) == len(set(assumptions)) > 1


def test_every_reading_is_shown_with_its_day_its_assumption_and_its_steps() -> None:
    (shown,) = (one for one in plan_on((SOUGHT, REGISTERED), REGISTERED.on).unreleased if one.code == "F04")
    assert [(reading.on, reading.kind) for reading in shown.readings] == [
        (date(2026, 12, 25), "EXPIRY"),
        (date(2026, 12, 28), "FRIST"),
    ]
    assert all(reading.assumption and reading.steps for reading in shown.readings)
    assert "1182/71" in shown.banner


def test_it_is_no_deadline_and_nobody_is_reminded_of_it() -> None:
    plan = plan_on((*IN_CARE, BREACH), BREACH.on)
    assert not [planned for planned in plan.deadlines if planned.code == "F58"]
    assert "rule_not_released" in plan.warnings
    _, done = rest(case_of((*IN_CARE, BREACH)), at(date(2023, 4, 9), 9))
    assert not [action for action in done if isinstance(action, Remind) and action.subject == "F58"]


def test_it_is_gone_when_the_act_is_done() -> None:
    reported = fact("privacy.breach_reported", date(2023, 4, 7))
    plan = plan_on((*IN_CARE, BREACH, reported), reported.on)
    assert plan.unreleased == ()
    assert "rule_not_released" not in plan.warnings


def test_the_path_looks_again_after_each_of_its_days() -> None:
    shown = plan_on((SOUGHT, REGISTERED), date(2026, 12, 24))
    assert shown.look_again_at == at(date(2026, 12, 26), 8)


def test_a_reading_may_start_elsewhere_and_gives_no_day_without_that_start() -> None:
    elsewhere = Anchor(fact=FactMatch(fact="asylum.lodged"))
    law = with_readings(Reading(assumption="ab dem Gesuch"), Reading(assumption="ab dem Antrag", anchor=elsewhere))
    facts = (SOUGHT, REGISTERED)
    (shown,) = (one for one in make_plan(case_of(facts), at(REGISTERED.on), law).unreleased if one.code == "F04")
    assert [reading.assumption for reading in shown.readings] == ["ab dem Gesuch"]
    early = fact("asylum.lodged", date(2026, 12, 2))
    (shown,) = (
        one for one in make_plan(case_of((*facts, early)), at(REGISTERED.on), law).unreleased if one.code == "F04"
    )
    assert {reading.assumption: reading.on for reading in shown.readings} == {
        "ab dem Antrag": date(2026, 12, 23),
        "ab dem Gesuch": date(2026, 12, 28),
    }


def with_readings(*readings: Reading) -> Catalogue:
    """The law with other readings of F04."""
    gated = next(rule for rule in catalogue().deadlines if rule.code == "F04" and rule.readings)
    changed = gated.model_copy(update={"readings": readings})
    rules = tuple(changed if rule is gated else rule for rule in catalogue().deadlines)
    return replace(catalogue(), deadlines=rules)
