"""The domain sheet as data: its codes, which rules model each, and what must be seen for a code to count as exercised.

Reading and looking up only. Whether a scenario exercises a code is observed by `kim model coverage`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from process_models.catalogue import Catalogue
from process_models.rules import Rule, Shape
from process_models.yaml_lines import read_yaml

FILE: Final = Path(__file__).parent / "sheet.yaml"
EVERY_CODE: Final = "*"
TARGET_GROUP: Final = "target_group"
"""Section of the lines of every municipality's target group."""
State = Literal["released", "gated", "draft", "withdrawn", "missing"]
_STATES: Final[Sequence[State]] = ("released", "gated", "draft", "withdrawn")
_BEYOND: Final = ("residence", "transition", "handover", "deadline", "target_group", "naturalisation", "permanent")
"""Kinds of which the models may have codes of their own, in the first section of the kind."""
_PART: Final = re.compile(r"(?<=\d)[a-z]$")


class SheetKind(Shape):
    """The codes of one kind; see `sheet.yaml`."""

    kind: str
    title: str
    sections: tuple[str, ...] = ()
    modelled_by: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    seen_by: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    codes: dict[str, str]


class Sheet(Shape):
    """The whole sheet."""

    kinds: tuple[SheetKind, ...]


@dataclass(frozen=True, slots=True)
class SheetCode:
    """A code with what stands for it. Rules and sights are named `section/code`."""

    kind: str
    code: str
    title: str
    state: State
    """`missing` = the models do not have it; else the state of what models it."""
    banner: str
    """Why it is gated."""
    seen_by: frozenset[str]
    """One of these has to be seen for the code to be exercised."""
    in_sheet: bool = True


@cache
def sheet() -> Sheet:
    """The sheet that is shipped. Errors: ValidationError if somebody broke it."""
    return Sheet.model_validate(read_yaml(FILE).value)


def sheet_codes(catalogue: Catalogue) -> tuple[SheetCode, ...]:
    """Every code of the sheet in its order, then the codes that only the models have."""
    rules = _rules(catalogue)
    found: list[SheetCode] = []
    for kind in sheet().kinds:
        found += [_code(kind, code, title, rules) for code, title in kind.codes.items()]
        found += _beyond(kind, rules)
    return tuple(found)


def base_code(code: str) -> str:
    """The code of the sheet that a rule belongs to: F26 for F26a, H12 for H12c."""
    return _PART.sub("", code)


def _rules(catalogue: Catalogue) -> dict[str, list[Rule]]:
    """Every rule by `section/code`; the lines of target groups also by the criteria that they name."""
    found: dict[str, list[Rule]] = {}
    for name in {section for kind in sheet().kinds for section in kind.sections} | {"ladders"}:
        for rule in getattr(catalogue, name, ()):
            found.setdefault(f"{name}/{rule.code}", []).append(rule)
    for municipality in catalogue.municipalities.values():
        for line in municipality.target_group:
            for code in {line.code, *line.criteria}:
                found.setdefault(f"{TARGET_GROUP}/{code}", []).append(line)
    return found


def _code(kind: SheetKind, code: str, title: str, rules: Mapping[str, list[Rule]]) -> SheetCode:
    named = kind.modelled_by.get(code, kind.modelled_by.get(EVERY_CODE, ()))
    own = [key for key in rules if _is_part_of(key, kind.sections, code)]
    models = [rule for key in (*own, *named) for rule in rules.get(key, ())]
    seen_by = kind.seen_by.get(code) or (own if own and not named else (*own, f"{kind.kind}/{code}"))
    state, banner = _state(models)
    return SheetCode(kind.kind, code, title, state, banner, frozenset(seen_by))


def _is_part_of(key: str, sections: Iterable[str], code: str) -> bool:
    section, _, own = key.partition("/")
    return section in sections and code in (own, base_code(own))


def _state(models: Sequence[Rule]) -> tuple[State, str]:
    for state in _STATES:
        found = [rule for rule in models if rule.release.state == state]
        if found:
            return state, "" if state == "released" else next((r.release.banner for r in found), "")
    return "missing", ""


def _beyond(kind: SheetKind, rules: Mapping[str, list[Rule]]) -> Iterator[SheetCode]:
    if kind.kind not in _BEYOND:
        return
    known = set(kind.codes)
    for key in sorted(rules):
        section, _, own = key.partition("/")
        if section == kind.sections[0] and not {own, base_code(own)} & known:
            state, banner = _state(rules[key])
            yield SheetCode(kind.kind, own, rules[key][0].title, state, banner, frozenset({key}), in_sheet=False)
