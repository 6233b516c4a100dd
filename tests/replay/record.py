"""Records histories of today's workflows for the replay tests: `make histories`. Fictitious paths only.

Histories are kept for ever: a path that began under an old release must replay on every later one.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from kim.local.server import prepare_namespace, start_server
from kim.simulate.scenario_file import load_scenario
from kim.simulate.temporal_engine import play_on
from kim.world import World, whole_world
from process_exit import run_and_exit
from process_models.names import (
    BODY,
    CLIENT_PATH,
    DAILY_SWEEP,
    MODEL_PREVIEW,
    MODEL_RELEASE,
    NAMESPACE,
    SIGNAL_PAUSE,
    SIGNAL_RESUME,
    TASK_QUEUE,
    body_workflow_id,
    preview_workflow_id,
    release_workflow_id,
)
from store.catalogues import Catalogues
from store.model_versions import draft_version
from store.paths import NewPath, create_path
from store.previews import ask_preview
from store.releases import Decision, release, withdraw
from store.tenants import create_tenant
from tests.model_bundles import SETTLEMENT, as_draft, changed
from workflows import ModelReleaseWorkflow

HISTORIES = Path(__file__).with_name("histories")
SCENARIOS = Path(__file__).parents[2] / "scenarios"
PATHS = ("path-a", "stall-benefit-gap", "revoked-consent")
RELEASE = "0.1"


async def main() -> int:
    """Plays the chosen scenarios on a server of its own and writes down every run."""
    with tempfile.TemporaryDirectory() as name:
        server = start_server(Path(name) / "temporal", in_memory=True)
        try:
            await prepare_namespace(server.address, NAMESPACE, retention_days=1)
            client = await Client.connect(
                server.address, namespace=NAMESPACE, identity="kim", data_converter=pydantic_data_converter
            )
            async with whole_world(Path(name), client) as world:
                for scenario in PATHS:
                    await record_scenario(world, scenario)
                await record_release(world)
                await record_preview(world)
                await client.execute_workflow(DAILY_SWEEP, id=DAILY_SWEEP, task_queue=TASK_QUEUE)
                await record_runs(client, DAILY_SWEEP, DAILY_SWEEP, "quiet-day")
        finally:
            server.stop()
    return 0


async def record_scenario(world: World, name: str) -> None:
    """Plays one scenario and writes down the runs of its path and of the bodies that it reached."""
    scenario = load_scenario(SCENARIOS / f"{name}.yaml", world.catalogue)
    played = await play_on(scenario, await world.access(), world.catalogue)
    await record_runs(world.client, played.path.handle.id, CLIENT_PATH, name)
    for body in await played.stage.bodies():
        kind = body.id.rpartition("-")[2]
        await record_runs(world.client, body_workflow_id(played.stage.tenant, kind), BODY, f"{name}-{kind}")


async def record_release(world: World) -> None:
    """Releases a version to a few paths, pauses, withdraws it in the middle, and writes down the run."""
    tenant, now = "muenster", datetime.now(UTC)
    decision = Decision("Fachstelle", "record", "operator", now)
    async with world.database.transaction() as session:
        await create_tenant(session, tenant, tenant, now=now)
        for _ in range(3):
            new = NewPath(tenant, tenant, tenant, born=date(1990, 1, 1), nationality="XX")
            await create_path(session, world.database.keyring, new, now)
        version = await draft_version(session, as_draft(tenant, changed(SETTLEMENT, label="record")), now)
        await release(session, Catalogues(world.catalogue), version.id, 6, decision)
    await world.news.deliver_waiting()
    workflow_id = release_workflow_id(tenant, version.version)
    handle = world.client.get_workflow_handle_for(ModelReleaseWorkflow.run, workflow_id)
    while (status := await handle.query(ModelReleaseWorkflow.status)).progress.to_move != 1:
        await handle.signal(SIGNAL_PAUSE if status.progress.to_move == 2 and not status.paused else SIGNAL_RESUME)
        await asyncio.sleep(1)
    async with world.database.transaction() as session:
        await withdraw(session, version.id, "nur aufgezeichnet", decision)
    await handle.result()
    await record_runs(world.client, workflow_id, MODEL_RELEASE, "withdrawn")


async def record_preview(world: World) -> None:
    """Asks for a preview of a version on the paths of the release, and writes down the run."""
    tenant, now = "muenster", datetime.now(UTC)
    async with world.database.transaction() as session:
        version = await draft_version(session, as_draft(tenant, changed(SETTLEMENT, label="preview")), now)
        await ask_preview(session, version, "record", now)
    await world.news.deliver_waiting()
    workflow_id = preview_workflow_id(tenant, version.version)
    await world.client.get_workflow_handle(workflow_id).result()
    await record_runs(world.client, workflow_id, MODEL_PREVIEW, "few-paths")


async def record_runs(client: Client, workflow_id: str, workflow: str, name: str) -> None:
    """Writes every run of a workflow into a file of its own."""
    folder = HISTORIES / workflow
    folder.mkdir(parents=True, exist_ok=True)
    runs = [run async for run in client.list_workflows(f"WorkflowId = '{workflow_id}'")]
    for number, run in enumerate(sorted(runs, key=lambda run: run.history_length), start=1):
        history = await client.get_workflow_handle(workflow_id, run_id=run.run_id).fetch_history()
        file = folder / f"{RELEASE}-{name}-{number}.json"
        compact = json.dumps(json.loads(history.to_json()), separators=(",", ":"))
        await asyncio.to_thread(file.write_text, compact + "\n", encoding="utf-8")


if __name__ == "__main__":
    run_and_exit(main)
