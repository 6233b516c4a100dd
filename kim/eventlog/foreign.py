"""Reading event logs of others: XES and CSV, line by line. Every refusal names the line and what is allowed.

What a log tells stands in `first_look`.
"""

from __future__ import annotations

import csv
import xml.sax
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any, Final, NamedTuple
from xml.sax.handler import feature_external_ges, feature_external_pes, property_lexical_handler
from zoneinfo import ZoneInfo

from process_models.errors import KimError

_BERLIN: Final = ZoneInfo("Europe/Berlin")
_GERMAN: Final = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")
_TIMES: Final = ("2026-03-01", "2026-03-01T08:30:00+01:00", "01.03.2026", "01.03.2026 08:30")
_USUAL: Final = {
    "case": ("case", "case_id", "case:concept:name", "vorgang", "aktenzeichen"),
    "activity": ("activity", "concept:name", "aktivität", "schritt"),
    "timestamp": ("timestamp", "time:timestamp", "zeitpunkt", "datum"),
}
_SEPARATORS: Final = ";,\t"
_ENDINGS: Final = (".xes", ".csv")
_CHUNK: Final = 1 << 16


class LogInvalid(KimError):
    """The log cannot be read; the text names the line, `allowed` what would do."""

    status = 422
    title = "Das Protokoll ist nicht lesbar"


class ForeignEvent(NamedTuple):
    """An event of somebody else's log. Without agencies the names are empty."""

    case: str
    activity: str
    at: datetime
    agency: str = ""
    sender: str = ""

    @property
    def on(self) -> date:
        """The day in Germany."""
        return self.at.astimezone(_BERLIN).date()


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of columns (CSV) or attributes of events (XES). Empty = the usual names, and no agencies."""

    case: str = ""
    activity: str = ""
    timestamp: str = ""
    agency: str = ""
    sender: str = ""


def read_log(file: Path, columns: Columns, encoding: str = "utf-8-sig") -> Iterator[ForeignEvent]:
    """The events of an XES or CSV file, by its ending. Errors: LogInvalid."""
    if file.suffix.lower() not in _ENDINGS:
        raise LogInvalid(f"{file.name} hat keine bekannte Endung.", allowed=_ENDINGS)
    if not file.is_file():
        raise LogInvalid(f"{file} gibt es nicht.")
    if file.suffix.lower() == ".xes":
        yield from _read_xes(file, columns)
        return
    try:
        yield from _read_csv(file, columns, encoding)
    except LookupError:
        raise LogInvalid(f"Die Kodierung {encoding} gibt es nicht.", allowed=("utf-8", "cp1252")) from None


def _read_csv(file: Path, columns: Columns, encoding: str) -> Iterator[ForeignEvent]:
    number = 1
    with file.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as lines:
        try:
            head = lines.readline()
            separator = max(_SEPARATORS, key=head.count)
            named = next(csv.reader([head], delimiter=separator, strict=True), [])
            wanted = _find_columns(columns, named)
            rows = csv.reader(lines, delimiter=separator, strict=True)
            for row in rows:
                number = rows.line_num + 1
                if row:
                    yield _of_row(row, wanted, named, number)
        except UnicodeDecodeError:
            raise LogInvalid(
                f"Ab Zeile {number} ist die Datei nicht {encoding} (--encoding).", allowed=("utf-8", "cp1252")
            ) from None
        except csv.Error as error:
            raise LogInvalid(f"Nach Zeile {number}: {error}.", allowed=("CSV mit Semikolon, Komma oder Tab",)) from None


def _find_columns(columns: Columns, named: Sequence[str]) -> Columns:
    lowered = {name.strip().lower(): name for name in named}
    found = {}
    for field in Columns.__dataclass_fields__:
        asked = getattr(columns, field)
        usual = (lowered[name] for name in _USUAL.get(field, ()) if name in lowered)
        found[field] = asked or next(usual, "")
        if (asked and asked not in named) or (field in _USUAL and not found[field]):
            what = f"Die Spalte '{asked}' fehlt" if asked else f"Keine Spalte heißt wie üblich ({_USUAL[field][0]})"
            raise LogInvalid(f"Zeile 1: {what} (--{field}-column).", field=field, allowed=tuple(named))
    return Columns(**found)


def _of_row(row: Sequence[str], wanted: Columns, named: Sequence[str], number: int) -> ForeignEvent:
    if len(row) != len(named):
        raise LogInvalid(f"Zeile {number} hat {len(row)} Spalten.", allowed=(f"{len(named)} Spalten",))
    cells = dict(zip(named, row, strict=True))
    return _event(cells, wanted, number)


def _event(values: dict[str, str], wanted: Columns, number: int) -> ForeignEvent:
    case, activity = values.get(wanted.case, "").strip(), values.get(wanted.activity, "").strip()
    if not case or not activity:
        missing = wanted.activity if case else wanted.case
        raise LogInvalid(f"Zeile {number}: '{missing}' ist leer.", allowed=("ein Wert in jeder Zeile",))
    at = _moment(values.get(wanted.timestamp, "").strip(), number)
    return ForeignEvent(case, activity, at, values.get(wanted.agency, ""), values.get(wanted.sender, ""))


def _moment(text: str, number: int) -> datetime:
    """Without a time zone it is German time."""
    for read in _READINGS:
        try:
            found = read(text)
        except ValueError:
            continue
        return (found if found.tzinfo else found.replace(tzinfo=_BERLIN)).astimezone(UTC)
    raise LogInvalid(f"Zeile {number}: '{text}' ist kein Zeitpunkt.", allowed=_TIMES)


def _german(form: str) -> Callable[[str], datetime]:
    return lambda text: datetime.strptime(text, form).replace(tzinfo=_BERLIN)


_READINGS: Final[tuple[Callable[[str], datetime], ...]] = (datetime.fromisoformat, *map(_german, _GERMAN))


def _read_xes(file: Path, columns: Columns) -> Iterator[ForeignEvent]:
    parser: Any = xml.sax.make_parser()  # noqa: S317 - no entities are read: a document type is refused below
    handler = _XesHandler(columns, parser)
    parser.setFeature(feature_external_ges, False)
    parser.setFeature(feature_external_pes, False)
    parser.setProperty(property_lexical_handler, handler)
    parser.setContentHandler(handler)
    with file.open("rb") as source:
        try:
            yield from _parsed(source, parser, handler)
        except xml.sax.SAXParseException as error:
            said = f"Zeile {error.getLineNumber()}: {error.getMessage()}."
            raise LogInvalid(said, allowed=("XES (IEEE 1849)",)) from None


def _parsed(source: IO[bytes], parser: Any, handler: _XesHandler) -> Iterator[ForeignEvent]:
    while part := source.read(_CHUNK):
        parser.feed(part)
        yield from handler.found
        handler.found.clear()
    parser.close()
    if not handler.is_xes:
        raise LogInvalid("Zeile 1: Das ist kein Protokoll.", allowed=("XES (IEEE 1849) mit dem Element log",))


class _XesHandler(xml.sax.ContentHandler):
    """Collects the events of the part that has been read. Attributes inside attributes are passed over."""

    def __init__(self, columns: Columns, locator: Any) -> None:
        super().__init__()
        self.found: list[ForeignEvent] = []
        self.is_xes = False
        self._wanted = Columns(
            case="case",
            activity=columns.activity or "concept:name",
            timestamp=columns.timestamp or "time:timestamp",
            agency=columns.agency or "org:group",
            sender=columns.sender,
        )
        self._case_key = columns.case or "concept:name"
        self._case = ""
        self._open: list[str] = []
        self._values: dict[str, str] = {}
        self._locator = locator

    def startDTD(self, *_: object) -> None:  # noqa: N802 - name of the SAX interface
        raise LogInvalid(f"Zeile {self._line}: Eine DOCTYPE-Angabe wird nicht gelesen.", allowed=("XES ohne DOCTYPE",))

    def endDTD(self) -> None:  # noqa: N802 - name of the SAX interface
        """Never reached."""

    def comment(self, content: str) -> None:
        """Passed over."""

    def startCDATA(self) -> None:  # noqa: N802 - name of the SAX interface
        """Passed over."""

    def endCDATA(self) -> None:  # noqa: N802 - name of the SAX interface
        """Passed over."""

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - name of the SAX interface
        parent = self._open[-1] if self._open else ""
        self.is_xes = self.is_xes or (name == "log" and not parent)
        if name == "trace":
            self._case = ""
        elif name == "event":
            self._values = {}
        elif parent == "event" and "key" in attrs:
            self._values[attrs["key"]] = attrs.get("value", "")
        elif parent == "trace" and attrs.get("key") == self._case_key:
            self._case = attrs.get("value", "")
        self._open.append(name)

    def endElement(self, name: str) -> None:  # noqa: N802 - name of the SAX interface
        self._open.pop()
        if name == "event":
            self.found.append(_event({**self._values, "case": self._case}, self._wanted, self._line))

    @property
    def _line(self) -> int:
        return int(self._locator.getLineNumber())
