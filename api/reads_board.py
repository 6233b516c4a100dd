"""Reading for the coordinating unit: the board of stuck paths, the list behind a number.

Case numbers, interfaces and counts; no person is named. Nothing is changed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from api.caller import Caller
from api.clock import tenant_today
from api.services import Services
from process_models.calendars import ProductCalendar
from process_models.catalogue import Catalogue
from process_models.escalation import LEVELS
from process_models.interface_review import quantile
from process_models.rules import Municipality
from process_models.work import Level
from store.board import StuckCell, StuckLine, WantedStalls, count_stuck, list_stuck
from store.tenants import get_tenant


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One interface with one agency: how many paths stall there and for how long (working days)."""

    handover: str
    title: str
    sender: str
    receiver: str
    agency: str
    """Id; empty where no agency was asked yet."""
    count: int
    median: int
    worst: int
    reasons: tuple[tuple[str, int], ...]
    level: Level


@dataclass(frozen=True, slots=True)
class StuckPath:
    """One stalled path in one line."""

    path_id: str
    case_number: str
    place: str
    handover: str
    title: str
    agency: str
    """In words."""
    asked: str
    """Id of the agency that was asked; empty for none."""
    kind: str
    """Of agency."""
    since: date
    days: int
    reason: str
    level: str
    answer_until: date | None
    waits_for_answer: bool
    temporal_url: str | None


@dataclass(frozen=True, slots=True)
class BoardSeen:
    """The board."""

    today: date
    total: int
    lines: tuple[BoardLine, ...]


@dataclass(frozen=True, slots=True)
class Receivers:
    """The agencies of the municipality that a handover may be passed on to, by kind."""

    kinds: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    """Kind, its words, and of each agency the id and the title; in the order of the words."""

    def beside(self, path: StuckPath) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
        """Words and agencies without the one that was asked: those of its own kind come first."""
        for _kind, words, agencies in sorted(self.kinds, key=lambda one: one[0] != path.kind):
            if others := tuple(one for one in agencies if one[0] != path.asked):
                yield words, others


@dataclass(frozen=True, slots=True)
class ListSeen:
    """The list behind a number of the board."""

    today: date
    title: str
    paths: tuple[StuckPath, ...]
    later: str
    """Parameter `after` of the next page, empty on the last one."""
    reasons: Mapping[str, str]
    receivers: Receivers


async def read_board(tools: Services, caller: Caller) -> BoardSeen:
    """The board of all paths that the caller may see."""
    async with tools.database.reading() as session:
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        today = await tenant_today(session, tenant, tools.now())
        cells = await count_stuck(session, caller.scope(tools.now()))
    config = catalogue.municipality(tenant.municipality)
    grouped: dict[tuple[str, str], list[StuckCell]] = {}
    for cell in cells:
        grouped.setdefault((cell.handover, cell.agency), []).append(cell)
    lines = (_line(found, today, catalogue, config) for found in grouped.values())
    ordered = sorted(lines, key=lambda line: (-line.worst, -line.count, line.handover))
    return BoardSeen(today, sum(cell.count for cell in cells), tuple(ordered))


def _line(cells: list[StuckCell], today: date, catalogue: Catalogue, config: Municipality) -> BoardLine:
    first = cells[0]
    days: Counter[int] = Counter()
    reasons: Counter[str] = Counter()
    for cell in cells:
        days[_working_days(config.product_calendar, cell.since, today)] += cell.count
        reasons[cell.reason] += cell.count
    words = _reasons(catalogue, today)
    rule = catalogue.handover(first.handover, today)
    levels: dict[str, Level] = {level: level for level in LEVELS}
    return BoardLine(
        handover=first.handover,
        title=rule.title if rule else first.handover,
        sender=catalogue.label(first.from_kind),
        receiver=_agency_title(config, first.agency) or catalogue.label(first.to_kind),
        agency=first.agency,
        count=sum(days.values()),
        median=quantile(days, 0.5),
        worst=max(days),
        reasons=tuple((words.get(code, code), count) for code, count in reasons.most_common()),
        level=max((levels[cell.level] for cell in cells), key=LEVELS.index),
    )


@lru_cache(maxsize=4096)
def _working_days(calendar: ProductCalendar, since: date, today: date) -> int:
    return calendar.between(since, today)


def _agency_title(config: Municipality, agency: str) -> str:
    return next((one.title for one in config.agencies if one.id == agency), "")


def _reasons(catalogue: Catalogue, day: date) -> dict[str, str]:
    return {str(code): text for code, text in catalogue.ladder(day).reasons.items()}


async def read_stuck(tools: Services, caller: Caller, wanted: WantedStalls) -> ListSeen:
    """The stalled paths behind a number of the board."""
    async with tools.database.reading() as session:
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        today = await tenant_today(session, tenant, tools.now())
        rows = await list_stuck(session, caller.scope(tools.now()), wanted)
    config = catalogue.municipality(tenant.municipality)
    shown = tuple(_stuck(tools, row, today, catalogue, config) for row in rows)
    last = shown[-1] if len(shown) == wanted.limit else None
    rule = catalogue.handover(wanted.handover, today) if wanted.handover else None
    return ListSeen(
        today=today,
        title=f"{wanted.handover} {rule.title}" if rule else "",
        paths=shown,
        later=f"{last.since.isoformat()},{last.case_number}" if last else "",
        reasons=_reasons(catalogue, today),
        receivers=_receivers(catalogue, config),
    )


def _receivers(catalogue: Catalogue, config: Municipality) -> Receivers:
    found: dict[str, list[tuple[str, str]]] = {}
    for agency in sorted(config.agencies, key=lambda one: one.title):
        found.setdefault(agency.kind, []).append((agency.id, agency.title))
    kinds = ((kind, catalogue.label(kind), tuple(agencies)) for kind, agencies in found.items())
    return Receivers(tuple(sorted(kinds, key=lambda one: one[1])))


def _stuck(tools: Services, row: StuckLine, today: date, catalogue: Catalogue, config: Municipality) -> StuckPath:
    rule = catalogue.handover(row.note.handover, today)
    handover = row.handover
    return StuckPath(
        path_id=row.path.id,
        case_number=row.path.case_number,
        place=row.path.current_place,
        handover=row.note.handover,
        title=rule.title if rule else row.note.handover,
        agency=(_agency_title(config, handover.to_agency) if handover else "") or catalogue.label(row.note.to_kind),
        asked=handover.to_agency if handover else "",
        kind=handover.to_kind if handover else row.note.to_kind,
        since=row.note.since,
        days=_working_days(config.product_calendar, row.note.since, today),
        reason=_reasons(catalogue, today).get(row.note.reason, row.note.reason),
        level=handover.level if handover else "none",
        answer_until=handover.answer_until if handover else None,
        waits_for_answer=handover is not None,
        temporal_url=tools.temporal_url(row.path.id),
    )
