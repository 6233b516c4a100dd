"""Every recorded history replays on the code of today: a change that would stop running paths stops here."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

import workflows
from process_models.names import CLIENT_PATH

HISTORIES = Path(__file__).with_name("histories")
FILES = sorted(HISTORIES.glob("*/*.json"))


def _history(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
async def test_a_recorded_history_replays(file: Path) -> None:
    replayer = Replayer(workflows=list(workflows.ALL), data_converter=pydantic_data_converter)
    await replayer.replay_workflow(_history(file))


def test_every_workflow_has_a_recorded_history() -> None:
    names = {workflow._Definition.must_from_class(each).name for each in workflows.ALL}
    assert names == {file.parent.name for file in FILES}


@workflow.defn(name=CLIENT_PATH, sandboxed=False)
class Forgetful:
    """A path that asks for no plan."""

    @workflow.run
    async def run(self, _start: object) -> None:
        await workflow.wait_condition(lambda: False)


async def test_a_workflow_that_forgets_a_command_is_caught() -> None:
    replayer = Replayer(workflows=[Forgetful], data_converter=pydantic_data_converter)
    file = next(file for file in FILES if file.parent.name == CLIENT_PATH)
    with pytest.raises(workflow.NondeterminismError):
        await replayer.replay_workflow(_history(file))
