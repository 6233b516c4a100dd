"""The whole product on PostgreSQL, as in production: a path with withdrawn consent from its first fact to its end."""

from __future__ import annotations

from pathlib import Path

from temporalio.client import Client

from kim.simulate.scenario_file import load_scenario
from kim.simulate.temporal_engine import TemporalEngine
from kim.world import whole_world
from tests.postgres import PostgresServer
from tests.scenarios.test_both_engines import broken

SCENARIO = Path(__file__).parents[2] / "scenarios" / "revoked-consent.yaml"


async def test_a_scenario_holds_with_the_records_in_postgresql(
    tmp_path: Path, temporal_client: Client, postgres: PostgresServer
) -> None:
    url = postgres.url(postgres.create())
    async with whole_world(tmp_path, temporal_client, url=url) as world:
        scenario = load_scenario(SCENARIO, world.catalogue)
        report = await TemporalEngine(await world.access(), world.catalogue).play(scenario)
    assert report.checks
    assert broken([report]) == []
