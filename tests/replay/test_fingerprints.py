"""Guard: whoever changes the order of commands learns how to do it without breaking running paths."""

from __future__ import annotations

import json

from tests.replay.fingerprints import RECORDED, fingerprint

LESSON = """
The order in which a workflow gives commands to Temporal has changed. Paths run for years and are replayed from their
history: a command more, fewer or in another order stops every one of them.
1. Guard the new code with `if workflow.patched("<year-month>-<what>"):` and keep the old branch.
2. `python -m pytest tests/replay` must replay every recorded history.
3. Record the new fingerprint: `python -m tests.replay.fingerprints`, and a new history: `make histories`.
4. After the deploy send `refresh` to the running paths, so that they go on in a new run.
Free without a guard: summaries, timeouts, retry policies, arguments, current details, queries.
"""


def test_the_commands_of_every_workflow_are_as_recorded() -> None:
    assert fingerprint() == json.loads(RECORDED.read_text(encoding="utf-8")), LESSON


def test_a_further_command_would_be_noticed() -> None:
    changed = fingerprint()
    changed["workflows/client_path.py:run"].insert(0, "workflow.sleep")
    assert changed != json.loads(RECORDED.read_text(encoding="utf-8"))
