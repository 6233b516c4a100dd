"""Reads from the source in which order the workflows give commands to Temporal. Only reading and comparing lives here.

Run as a module it writes the fingerprint anew: `python -m tests.replay.fingerprints`.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECORDED = Path(__file__).with_name("fingerprints.json")
SOURCES = (
    "workflows/client_path.py",
    "workflows/body.py",
    "workflows/model_release.py",
    "workflows/model_preview.py",
    "workflows/daily_sweep.py",
    "workflows/waiting.py",
)
REFERENCES = "activities/references.py"
COMMANDS = frozenset(
    {
        "execute_activity",
        "start_activity",
        "execute_local_activity",
        "execute_child_workflow",
        "start_child_workflow",
        "wait_condition",
        "sleep",
        "upsert_search_attributes",
        "upsert_memo",
        "continue_as_new",
        "patched",
        "deprecate_patch",
        "gather",
    }
)


def fingerprint() -> dict[str, list[str]]:
    """Function -> the calls in it that lead to commands, in order."""
    return {name: calls for source in (*SOURCES, REFERENCES) for name, calls in _functions(source) if calls}


def _functions(source: str) -> Iterator[tuple[str, list[str]]]:
    tree = ast.parse((ROOT / source).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{source}:{node.name}", list(_commands(node))


def _commands(function: ast.AST) -> Iterator[str]:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = ast.unparse(call.func)
        last = name.rsplit(".", 1)[-1]
        if last in COMMANDS or name.startswith(("self.", "activity.")) or name in {"_call"}:
            yield name + _activity_name(call)


def _activity_name(call: ast.Call) -> str:
    first = call.args[0] if call.args else None
    return f"({first.value})" if isinstance(first, ast.Constant) else ""


if __name__ == "__main__":
    RECORDED.write_text(json.dumps(fingerprint(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
