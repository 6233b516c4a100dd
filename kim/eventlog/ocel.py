"""OCEL 2.0 as JSON, written while it is read: events first, the objects kept aside in a file until the end.

Source: OCEL (Object-Centric Event Log) Specification 2.0, JSON. The first value of an attribute is its base value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import IO, Any, Final, get_args

from kim.eventlog.pseudonyms import At, Exported
from process_models.events import Activity

_ALWAYS: Final = "1970-01-01T00:00:00Z"
_NUMBERS: Final = ("working_days", "days")
_EVENT: Final = ("code", "from_kind", "to_kind", "place", "reason", "detail", "level", *_NUMBERS)
_OBJECTS: Final[dict[str, tuple[str, ...]]] = {
    "path": ("place",),
    "handover": ("code", "from_kind", "to_kind", "reason", "detail", "level"),
    "agency": ("kind",),
    "body_item": ("code", "from_kind", "to_kind", "reason", "detail"),
}
_COPY: Final = 1 << 20


class OcelWriter:
    """Writes traces into one JSON object; `aside` keeps the objects. Memory grows with the number of agencies only."""

    def __init__(self, out: IO[str], aside: IO[str]) -> None:
        self.events = self.objects = 0
        self._out = out
        self._aside = aside
        self._agencies: dict[str, str] = {}

    def begin(self) -> None:
        """The types."""
        self._out.write(f'{{"objectTypes":{_json(_types(_OBJECTS))},')
        activities: dict[str, tuple[str, ...]] = dict.fromkeys(get_args(Activity), _EVENT)
        self._out.write(f'"eventTypes":{_json(_types(activities))},"events":[')

    def add(self, kind: str, name: str, trace: Iterable[At]) -> None:
        """The events of a path or an item, and the objects that they are about."""
        values: dict[str, list[dict[str, str]]] = {name: []}
        for time, handover, event in trace:
            _note(values[name], _OBJECTS[kind], time, event)
            if handover:
                _note(values.setdefault(handover, []), _OBJECTS["handover"], time, event)
            if event.agency:
                self._agencies[event.agency] = event.to_kind
            self._write_event(kind, name, At(time, handover, event))
        for known_as, attributes in values.items():
            own = known_as == name
            self._put_aside(kind if own else "handover", known_as, attributes, () if own else ((name, kind),))

    def end(self) -> None:
        """The objects."""
        for agency, kind in sorted(self._agencies.items()):
            values = [{"name": "kind", "time": _ALWAYS, "value": kind}]
            self._put_aside("agency", f"agency-{agency}", values, ())
        self._out.write('\n],"objects":[')
        self._aside.seek(0)
        while part := self._aside.read(_COPY):
            self._out.write(part)
        self._out.write("\n]}\n")

    def _write_event(self, kind: str, name: str, at: At) -> None:
        related = f'{{"objectId":"{name}","qualifier":"{kind}"}}'
        if at.handover:
            related += f',{{"objectId":"{at.handover}","qualifier":"handover"}}'
        if at.event.agency:
            related += f',{{"objectId":{_json(f"agency-{at.event.agency}")},"qualifier":"agency"}}'
        comma = "," if self.events else ""
        self.events += 1
        head = f'{comma}\n{{"id":"event-{self.events}","time":"{at.time}",'
        self._out.write(f'{head}{_told(at.event)},"relationships":[{related}]}}')

    def _put_aside(
        self, kind: str, name: str, values: list[dict[str, str]], related: Sequence[tuple[str, str]]
    ) -> None:
        relations = [{"objectId": other, "qualifier": qualifier} for other, qualifier in related]
        comma = "," if self.objects else ""
        self.objects += 1
        found = _json({"id": name, "type": kind, "attributes": values, "relationships": relations})
        self._aside.write(f"{comma}\n{found}")


def _types(kinds: Mapping[str, tuple[str, ...]]) -> list[dict[str, Any]]:
    return [
        {"name": kind, "attributes": [{"name": name, "type": _type(name)} for name in names]}
        for kind, names in kinds.items()
    ]


def _type(name: str) -> str:
    return "integer" if name in _NUMBERS else "string"


def _note(values: list[dict[str, str]], names: Sequence[str], time: str, event: Exported) -> None:
    """Notes the values that are new; the first one of an attribute holds from the beginning."""
    current = {value["name"]: value["value"] for value in values}
    for name in names:
        value = getattr(event, name)
        if value and current.get(name) != value:
            values.append({"name": name, "time": time if name in current else _ALWAYS, "value": value})


@lru_cache(maxsize=16_384)
def _told(event: Exported) -> str:
    """Type and attributes: the same ones come again and again."""
    found = ((name, getattr(event, name)) for name in _EVENT)
    attributes = [{"name": name, "value": value} for name, value in found if value not in ("", None)]
    return f'"type":{_json(event.activity)},"attributes":{_json(attributes)}'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
