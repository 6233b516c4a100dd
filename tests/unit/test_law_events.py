"""Law events: a rule that starts or ends on a day wakes the paths whose plan it changes, and lets the others sleep."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path as FilePath
from uuid import uuid4

import pytest

from activities.planning import PlanningActivities
from kim.simulate.rules_engine import opening_case
from kim.simulate.scenario_file import load_scenario
from process_models.catalogue import catalogue, load_files
from process_models.facts import Fact
from process_models.law_events import law_days
from process_models.look_again import SPREAD, day_at, morning, spread_out
from process_models.messages import LookAgain
from process_models.plan import Forecast, MemberPlan, Plan
from process_models.planning import make_plan
from store.catalogues import Catalogues
from store.database import Database, upgrade
from store.facts import add_facts
from store.paths import NewPath, create_path
from store.sealing import Keyring
from store.tenants import create_tenant
from tests.model_bundles import SETTLEMENT, changed
from tests.unit.recognised import RECOGNISED, at, case_of, fact, plan_on

SCENARIOS = sorted((FilePath(__file__).parents[2] / "scenarios").glob("*.yaml"))
REFORM = date(2024, 6, 27)
ONE_DAY = timedelta(days=1)
SKILLED = (
    fact("person.entered", date(2023, 1, 16)),
    fact("residence.title_issued", date(2023, 2, 1), state="R22", valid_until=date(2027, 1, 31)),
    fact("work.started", date(2023, 2, 1), hours_per_week=40, livelihood_secured=True),
    fact("language.passed", date(2024, 10, 14), level="C1"),
)
TOLERATED = (
    fact("person.entered", date(2020, 3, 2)),
    fact("residence.duldung_issued", date(2021, 1, 11), state="R06", valid_until=date(2031, 1, 10)),
)


def woken_by_law(facts: tuple[Fact, ...], since: date, until: date) -> list[date]:
    """The days on which the law alone wakes a path that looks whenever it said it would."""
    found: list[date] = []
    moment = at(since)
    while day_at(moment) < until:
        plan = make_plan(case_of(facts), moment, catalogue())
        found += [plan.law_event_on] if plan.law_event_on else []
        if plan.look_again_at is None:
            break
        moment = plan.look_again_at
    return found


def test_the_day_on_which_a_rule_starts_wakes_a_path_whose_dates_it_moves() -> None:
    plan = plan_on(RECOGNISED, REFORM - timedelta(days=3))
    assert (plan.law_event_on, plan.look_again_at) == (REFORM, morning(REFORM))
    assert [one.on for one in plan.forecasts if one.goal == "naturalisation"] == [date(2029, 5, 11)]
    assert [one.on for one in plan_on(RECOGNISED, REFORM).forecasts if one.goal == "naturalisation"] == [
        date(2026, 5, 11)
    ]


def test_the_day_after_the_last_day_of_a_rule_wakes_a_path_that_built_on_it() -> None:
    assert woken_by_law(SKILLED, date(2024, 10, 15), date(2026, 1, 1)) == [date(2025, 10, 30)]


def test_a_path_that_no_rule_of_the_day_concerns_sleeps_on() -> None:
    assert REFORM in law_days(catalogue())
    assert woken_by_law(TOLERATED, date(2023, 1, 2), date(2027, 1, 1)) == []


def test_eighteen_months_that_become_thirty_six_wake_those_who_wait_for_them() -> None:
    waiting = (
        fact("asylum.sought", date(2023, 6, 2)),
        fact("asylum.registered", date(2023, 6, 5)),
        fact("asylum.lodged", date(2023, 6, 13)),
        fact("place.assigned", date(2023, 8, 7), place="meerbusch"),
    )
    assert date(2024, 2, 27) in woken_by_law(waiting, date(2024, 1, 2), date(2024, 3, 1))
    assert date(2024, 2, 27) not in woken_by_law(RECOGNISED, date(2024, 1, 2), date(2024, 3, 1))


def test_a_law_that_is_made_today_for_a_later_day_wakes_on_that_day() -> None:
    four_years = "valid_from: 2031-01-01, years: 4"
    line = "{code: NA1, title: Einbürgerung nach fünf Jahren, statute: § 10 Abs. 1 StAG"
    new = load_files(
        changed(
            SETTLEMENT,
            (
                f'  - {line}, evidence: "V26, V:2024-06-27", valid_from: 2024-06-27, years: 5}}\n',
                f'  - {line}, evidence: "V26, V:2024-06-27", valid_from: 2024-06-27, valid_to: 2030-12-31, years: 5}}\n'
                f"  - {line}, evidence: P, {four_years}}}\n",
            ),
        )
    )
    newcomer = (
        fact("person.entered", date(2030, 1, 7)),
        fact("residence.title_issued", date(2030, 2, 4), state="R22", valid_until=date(2034, 2, 3)),
    )
    plan = make_plan(case_of(newcomer), at(date(2030, 12, 30)), new)
    assert plan.law_event_on == date(2031, 1, 1)


def test_a_fact_that_is_known_later_is_news_and_not_a_change_of_the_law() -> None:
    later = fact("language.passed", date(2024, 3, 4), recorded=date(2024, 2, 27), level="C1")
    plan = plan_on((*RECOGNISED, later), date(2024, 2, 26))
    assert plan.law_event_on != date(2024, 2, 27)


# ---------------------------------------------------------------- nothing is slept through


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_between_two_looks_a_plan_says_the_same_every_day(file: FilePath) -> None:
    """Whatever date, handover, gap, forecast or standing changes: the path has said before that it will look then."""
    scenario = load_scenario(file, catalogue())
    case = replace(opening_case(scenario, catalogue()), facts=scenario.facts)
    for day in sorted({check.on for check in scenario.checks}):
        known = replace(case, facts=tuple(one for one in case.facts if one.recorded <= day))
        plan = make_plan(known, at(day), catalogue())
        last = (day_at(plan.look_again_at) - ONE_DAY) if plan.look_again_at else date(2040, 1, 1)
        if not plan.may_end and last > day:
            assert told(make_plan(known, at(last), catalogue())) == told(plan), f"{day}: asleep until {last}"


def told(plan: Plan) -> dict[str, object]:
    """What people act on. Reminders make a deadline near, and a member grows older, on days of their own."""
    parts: dict[str, object] = {name: getattr(plan, name) for name in ("standing", "phase", "eligibility", "gaps")}
    parts["forecasts"] = _dates(plan)
    # The end of a suspended period moves on day by day, and nobody is reminded of it.
    parts["deadlines"] = {
        (one.key, one.anchor_on): one if one.state != "suspended" else "suspended" for one in plan.deadlines
    }
    parts["handovers"] = [one.model_copy(update={"working_days_open": 0}) for one in plan.handovers]
    parts["members"] = [
        one.model_copy(update={"age": 0, "warnings": (), "could_pay": (), "forecasts": _dates(one)})
        for one in plan.members
    ]
    parts["warnings"] = set(plan.warnings) - {"deadline_near", "rule_not_released"}
    return parts


def _dates(of: Plan | MemberPlan) -> tuple[Forecast, ...]:
    """What naturalisation asks for beside the years is read, and wakes nobody."""
    return tuple(one.model_copy(update={"conditions": ()}) for one in of.forecasts)


# ---------------------------------------------------------------- not all at once


def test_the_paths_that_a_law_concerns_wake_one_after_the_other() -> None:
    """All paths of a large Kreis: a handful a second at most, and every path always at the same moment."""
    ids = [uuid4().hex for _ in range(26_500)]
    moments = Counter(spread_out(morning(REFORM), one) for one in ids)
    assert max(moments.values()) <= 15
    assert max(moments) - min(moments) <= SPREAD
    assert all(day_at(moment) == REFORM for moment in moments)
    assert spread_out(morning(REFORM), ids[0]) == spread_out(morning(REFORM), ids[0])


KEYRING = Keyring({"k1": bytes(32)}, "k1")


@pytest.fixture
async def database(tmp_path: FilePath) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'kim.db'}"
    upgrade(url)
    records = Database(url, KEYRING)
    yield records
    await records.close()


@pytest.mark.parametrize("simulated", [False, True])
async def test_only_in_real_tenants_and_only_for_the_law_a_path_wakes_later_than_its_morning(
    database: Database, simulated: bool
) -> None:
    now = at(REFORM - timedelta(days=3))
    async with database.transaction() as session:
        await create_tenant(session, "t", "rhein-kreis-neuss", simulated=simulated, now=now)
        new = NewPath("t", "rhein-kreis-neuss", "meerbusch", born=date(1994, 3, 12), nationality="SY")
        path = await create_path(session, KEYRING, new, now)
        await add_facts(session, KEYRING, path, RECOGNISED, "test", now)
    activities = PlanningActivities(database, Catalogues(catalogue()))
    outlook = await activities.look_again(LookAgain(path_id=path.id, now=now))
    expected = morning(REFORM) if simulated else spread_out(morning(REFORM), path.id)
    assert outlook.look_again_at == expected
