"""XES: one trace a path or item of a body, written while it is read.

Source: IEEE Std 1849 (XES), extensions concept, time and organizational. What only this project knows is named `kim:`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import IO, Final
from xml.sax.saxutils import quoteattr

from kim.eventlog.pseudonyms import At, Exported

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace"><string key="concept:name" value="path"/></global>
<global scope="event"><string key="concept:name" value="event"/>
<date key="time:timestamp" value="1970-01-01T00:00:00Z"/></global>
<classifier name="activity" keys="concept:name"/>
"""
_KEYS: Final = {"activity": "concept:name", "agency": "org:group"}


class XesWriter:
    """Writes traces into one XES file. Memory does not grow."""

    def __init__(self, out: IO[str]) -> None:
        self.events = self.objects = 0
        self._out = out

    def begin(self) -> None:
        """The head: version, extensions, what every event has."""
        self._out.write(_HEAD)

    def add(self, kind: str, name: str, trace: Iterable[At]) -> None:
        """A path or an item with its events."""
        self.objects += 1
        self._out.write(f'<trace><string key="concept:name" value="{name}"/><string key="kim:kind" value="{kind}"/>\n')
        for time, handover, event in trace:
            self.events += 1
            about = f'<string key="kim:handover" value="{handover}"/>' if handover else ""
            self._out.write(f'<event><date key="time:timestamp" value="{time}"/>{about}{_told(event)}</event>\n')
        self._out.write("</trace>\n")

    def end(self) -> None:
        """Closes the log."""
        self._out.write("</log>\n")


@lru_cache(maxsize=16_384)
def _told(event: Exported) -> str:
    """The attributes: the same ones come again and again."""
    found = ((name, getattr(event, name)) for name in Exported._fields)
    return "".join(_attribute(name, value) for name, value in found if value not in ("", None))


def _attribute(name: str, value: str | int) -> str:
    element = "int" if isinstance(value, int) else "string"
    return f"<{element} key={quoteattr(_KEYS.get(name, f'kim:{name}'))} value={quoteattr(str(value))}/>"
