"""The contract: chosen scenario files give the same answers on the pure rules and on the whole running product.

All other files run on the pure rules alone, in milliseconds: what only the law decides needs no more.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from temporalio.client import Client

from kim.simulate.engine import Report
from kim.simulate.rules_engine import RulesEngine
from kim.simulate.scenario_file import load_scenario
from kim.simulate.temporal_engine import TemporalEngine
from kim.world import whole_world

SCENARIOS = Path(__file__).parents[2] / "scenarios"
CHOSEN = (
    "path-a",  # all phases, a handover that stalls, a law that changes, the end by naturalisation
    "stall-benefit-gap",  # the ladder up to the AG Verfahrensebene by a pattern
    "stall-fiction-paper",  # the ladder up to the AG Verfahrensebene by its own length
    "revoked-consent",  # offers taken back and made again
    "refused-and-forwarded",  # refusal, passed on to another agency with clocks of its own, query
    "statute-handovers",  # handovers without consent
    "late-and-corrected-facts",  # everything is computed anew
    "ended-path-reopened",  # an ended path starts again
    "naturalisation-told-to-three",  # three receivers, offered, reminded and answered after case management has ended
    "consent-revoked-after-acceptance",  # others informed, and asked to erase after a revocation
    "muenster-m4-opens-impulse",  # an impulse on the agenda without any handover
    "decision-benefit-gap",  # from the first silence to the decision, the version in force and its effect
    "decision-fiction-paper",  # as above, decided on demand
    "decision-rule-change",  # as above, with nobody late
    "family-handover",  # a household: who goes along, who goes alone, who joins an open offer
)
"""Together they touch every branch of the workflows; `make scenarios` plays all files on both engines."""
FILES = [SCENARIOS / f"{name}.yaml" for name in CHOSEN]
SIDE_BY_SIDE = 3


def broken(reports: list[Report]) -> list[str]:
    """What did not hold, in words."""
    return [
        f"{report.scenario} ({report.engine}) {check.on} {check.key}: {check.expected} != {check.actual}"
        for report in reports
        for check in report.checks
        if not check.ok
    ]


async def test_the_chosen_scenarios_hold_on_both_engines_with_the_same_checks(
    tmp_path: Path, temporal_client: Client
) -> None:
    assert FILES
    async with whole_world(tmp_path, temporal_client) as world:
        scenarios = [load_scenario(file, world.catalogue) for file in FILES]
        temporal = TemporalEngine(await world.access(), world.catalogue)
        turn = asyncio.Semaphore(SIDE_BY_SIDE)

        async def play(index: int) -> Report:
            async with turn:
                return await temporal.play(scenarios[index])

        real = list(await asyncio.gather(*(play(index) for index in range(len(scenarios)))))
        rules = [await RulesEngine(world.catalogue).play(scenario) for scenario in scenarios]
        delivered = len(world.mailbox.mails)
    assert broken(real) == broken(rules) == []
    assert [[check.key for check in r.checks] for r in real] == [[check.key for check in r.checks] for r in rules]
    assert delivered == len({mail["Message-ID"] for mail in world.mailbox.mails}) > 0


async def test_a_fact_that_the_product_refuses_fails_its_scenario_and_the_others_are_played(
    tmp_path: Path, temporal_client: Client
) -> None:
    text = (SCENARIOS / "abroad-longer-permitted.yaml").read_text(encoding="utf-8")
    file = tmp_path / "refused.yaml"
    file.write_text(text.replace("deadline: F50", "deadline: F08"), encoding="utf-8")
    async with whole_world(tmp_path, temporal_client) as world:
        report = await TemporalEngine(await world.access(), world.catalogue).play(load_scenario(file, world.catalogue))
    refused = [check for check in report.checks if check.key == "facts"]
    assert [(check.on.isoformat(), check.ok) for check in refused] == [("2025-05-12", False)]
    assert "Frist" in str(refused[0].actual)
