"""The description of the interface (OpenAPI) as a page reads it: what may be called, what is sent, what is answered.

A view of what FastAPI says and nothing more; the words stand at the routes and shapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

Schema = dict[str, Any]
_SHAPES: Final = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """Something that is sent or answered."""

    name: str
    kind: str
    required: bool
    words: str


@dataclass(frozen=True, slots=True)
class OperationSeen:
    """One thing that may be called. `german` and `english` say what it does."""

    method: str
    path: str
    german: str
    english: str
    sent: tuple[FieldSeen, ...]
    answered: tuple[FieldSeen, ...]


def read_interface(description: Schema) -> dict[str, list[OperationSeen]]:
    """Every operation by its subject, in the order of the routes."""
    found: dict[str, list[OperationSeen]] = {}
    for path, methods in description["paths"].items():
        for method, one in methods.items():
            found.setdefault(one["tags"][0], []).append(_operation(description, method, path, one))
    return found


def _operation(description: Schema, method: str, path: str, one: Schema) -> OperationSeen:
    german, _, english = one["summary"].partition(" / ")
    asked = [_field(name["name"], name["schema"], name.get("required", False)) for name in one.get("parameters", ())]
    good = next(answer for status, answer in one["responses"].items() if status.startswith("2"))
    sent = (*asked, *_fields(description, one.get("requestBody", {})))
    return OperationSeen(method.upper(), path, german, english, sent, tuple(_fields(description, good)))


def _fields(description: Schema, message: Schema) -> Iterator[FieldSeen]:
    """The fields of what a message carries as JSON."""
    schema = message.get("content", {}).get("application/json", {}).get("schema", {})
    shape = description["components"]["schemas"].get(schema.get("$ref", "").removeprefix(_SHAPES), schema)
    for name, field in shape.get("properties", {}).items():
        yield _field(name, field, name in shape.get("required", ()))


def _field(name: str, schema: Schema, required: bool) -> FieldSeen:
    return FieldSeen(name, _kind(schema), required, schema.get("description", ""))


def _kind(schema: Schema) -> str:
    """`string (date)`, `list of Need`, `a | b`: as short as a programmer reads it."""
    if "enum" in schema or "const" in schema:
        return " | ".join(str(one) for one in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_SHAPES)
    if "items" in schema:
        return f"[{_kind(schema['items'])}]"
    return f"{schema.get('type', 'any')} ({schema['format']})" if "format" in schema else str(schema.get("type", "any"))
