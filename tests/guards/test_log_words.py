"""Every action that the log of a path can hold has its words; the calls that write it are read from the code.

A new action fails here until `api/templates/paths/_log.html` says it in words.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, get_args

from api.acts.needs import EndNeed
from api.acts.stalls import Table
from api.acts.supervising import SupervisionReason
from api.pages.templates import template
from api.schemas import Answer
from process_models.catalogue import catalogue
from process_models.needs import ReferralState

ROOT: Final = Path(__file__).parents[2]
WRITERS: Final = ("writing.audit", "note", "audit.record", "note_reading", "_note_opening")
"""What writes an entry with a path; the local `_audit` of an area writes those without one."""
ABOUT_NO_PATH: Final = ("mailbox.corrected", "sign_in", "token.created")


def _values() -> Mapping[str, tuple[str, ...]]:
    """What can stand behind the beginning of an action that is put together."""
    return {
        "handover.": get_args(Answer),
        "handover.put_before_": get_args(Table),
        "need.": get_args(EndNeed.model_fields["state"].annotation),
        "referral.": tuple(state for state in get_args(ReferralState) if state != "proposed"),
        "escalated.": tuple(level for one in catalogue().ladders for level in one.steps),
    }


def _actions() -> Iterator[str]:
    for folder in ("api", "activities"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(WRITERS):
                    yield from _written(call)


def _written(call: ast.Call) -> Iterator[str]:
    for given in (*call.args, *(one.value for one in call.keywords)):
        parts = given.value.elts if isinstance(given, ast.Starred) and isinstance(given.value, ast.Tuple) else [given]
        for part in parts:
            text = part.values[0] if isinstance(part, ast.JoinedStr) else part
            if isinstance(text, ast.Constant) and re.match(r"[a-z_]+\.", str(text.value)):
                yield from _ended(str(text.value), whole=text is part)


def _ended(begin: str, *, whole: bool) -> Iterator[str]:
    yield from (begin,) if whole else (begin + value for value in _values().get(begin, ("…",)))


def _words(name: str) -> dict[str, Any]:
    module: Any = template("de", "paths/_log.html").make_module({"visit": None})
    return dict(getattr(module, name))


def test_every_action_in_the_log_of_a_path_has_words() -> None:
    written = set(_actions())
    assert {"path.started", "file.opened", "handover.accept", "escalated.E1", "need.met", "path.read"} <= written
    missing = written - _words("actions").keys() - set(ABOUT_NO_PATH)
    assert missing == set()


def test_every_reason_to_open_a_file_has_words() -> None:
    assert _words("openings").keys() == set(get_args(SupervisionReason))
