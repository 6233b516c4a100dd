"""Reading YAML so that every value knows its line: for rules, configurations and scenarios.

Only reading lives here: nothing of what a file means. `on` stays a string, a day becomes a `date`, nothing is executed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

Location = tuple[str | int, ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOOLEANS = {"true": True, "false": False}
_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_FLOAT = re.compile(r"-?\d+\.\d+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a file: where, what, and what would be allowed. Lines count from 1."""

    file: str
    line: int
    what: str
    allowed: tuple[str, ...] = ()
    way_out: str = ""
    """How to close a hole, in German. A finding without it is a mistake: something that is there is wrong."""

    @property
    def is_hole(self) -> bool:
        """Something is missing; what is there is in order."""
        return bool(self.way_out)

    def __str__(self) -> str:
        """`file:line: what; erlaubt: ...; so schließen: ...` in German, as people read it."""
        allowed = f"; erlaubt: {', '.join(self.allowed)}" if self.allowed else ""
        way_out = f"; so schließen: {self.way_out}" if self.way_out else ""
        return f"{self.file}:{self.line}: {self.what}{allowed}{way_out}"


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """The value of a file, the line of every node, and what was wrong while reading."""

    file: str
    value: Any
    lines: Mapping[Location, int]
    findings: tuple[Finding, ...] = ()

    def line_of(self, location: Location) -> int:
        """Line of this location or of its nearest ancestor that stands in the file."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)


def read_yaml(path: Path, name: str | None = None) -> YamlDocument:
    """Reads a file. `name` is how findings call it. A broken file is a document without value and with findings."""
    return parse_yaml(path.read_bytes(), name or path.name)


def parse_yaml(text: str | bytes, name: str) -> YamlDocument:
    """Parses one YAML document; see `read_yaml`."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        return YamlDocument(name, None, {}, (_syntax_finding(name, error),))
    except (yaml.YAMLError, UnicodeDecodeError):
        return YamlDocument(name, None, {}, (Finding(name, 1, "keine lesbare YAML-Datei in UTF-8"),))
    reader = _Reader(name)
    value = reader.read(node, ()) if node is not None else None
    return YamlDocument(name, value, reader.lines, tuple(reader.findings))


def _syntax_finding(name: str, error: yaml.MarkedYAMLError) -> Finding:
    mark = error.problem_mark or error.context_mark
    return Finding(name, mark.line + 1 if mark else 1, f"kein gültiges YAML ({error.problem or error.context})")


@dataclass(slots=True)
class _Reader:
    """Turns nodes into values and notes their lines."""

    name: str
    lines: dict[Location, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def read(self, node: yaml.Node, at: Location) -> Any:
        self.lines.setdefault(at, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self.seen:
            self._find(node, "Verweise (& und *) sind nicht erlaubt")
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*at, index)) for index, item in enumerate(node.value)]
        return self._mapping(node, at)

    def _mapping(self, node: yaml.Node, at: Location) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._find(key_node, "Schlüssel müssen einfache Wörter sein")
                continue
            key = str(key_node.value)
            if key in found:
                self._find(key_node, f"Schlüssel '{key}' steht doppelt")
                continue
            self.lines[(*at, key)] = key_node.start_mark.line + 1
            found[key] = self.read(value_node, (*at, key))
        return found

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text = str(node.value)
        if node.style:
            return text
        if node.tag == "tag:yaml.org,2002:null":
            return None
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        return self._day(node, text) if _DAY.fullmatch(text) else text

    def _day(self, node: yaml.ScalarNode, text: str) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._find(node, f"den Tag {text} gibt es nicht", "JJJJ-MM-TT")
            return None

    def _find(self, node: yaml.Node, what: str, *allowed: str) -> None:
        self.findings.append(Finding(self.name, node.start_mark.line + 1, what, allowed))
