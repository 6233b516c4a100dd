"""Reading the deadline calendar: one month as an agenda, and the feed of somebody who subscribed to it.

Case numbers, codes and days; no person is named, for nobody. Nothing is changed here.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from urllib.parse import urlsplit

from api.caller import Caller
from api.clock import tenant_today
from api.errors import NothingHere
from api.services import Services
from notifications.calendar_entry import DayEntry, feed_of
from process_models.names import CASE_MANAGER
from store.account_tables import Account
from store.calendar_feeds import feed_of_account, owner_of_feed
from store.calendar_tables import DeadlineDay
from store.deadline_days import WantedDays, list_days, list_laws
from store.scope import Scope
from store.tables import Path
from store.tenants import get_tenant

_FEED_BACK = timedelta(days=30)
_FEED_AHEAD = timedelta(days=550)
_FEED_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class WantedMonth:
    """Which month (`2026-12`; empty = this one), of which agency kind, law or place."""

    month: str = ""
    agency: str = ""
    law: str = ""
    place: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """One deadline of one path."""

    path_id: str
    case_number: str
    place: str
    key: str
    code: str
    title: str
    kind: str
    state: str
    statute: str
    agency: str
    """In words; empty where no agency acts."""


@dataclass(frozen=True, slots=True)
class CalendarSeen:
    """A month of the calendar. Of this month also what is overdue from before."""

    today: date
    first: date
    days: tuple[tuple[date, tuple[CalendarLine, ...]], ...]
    more: bool
    agencies: tuple[tuple[str, str], ...]
    laws: tuple[str, ...]
    places: tuple[str, ...]
    subscribed_at: datetime | None

    @property
    def before(self) -> str:
        """The month before, as an address names it."""
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        """The month after."""
        return f"{self.first + timedelta(days=31):%Y-%m}"


async def read_calendar(tools: Services, caller: Caller, wanted: WantedMonth) -> CalendarSeen:
    """A month of the own and deputised paths, or of all paths for who coordinates. Errors: NothingHere."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        today = await tenant_today(session, tenant, tools.now())
        first, last = _month(wanted.month, today)
        begins = None if first <= today <= last else first
        days = WantedDays(last, begins, wanted.agency, wanted.law, wanted.place, wanted.page)
        rows = await list_days(session, scope, days)
        laws = await list_laws(session, scope)
        feed = await feed_of_account(session, caller.account_id or "")
    config = catalogue.municipality(tenant.municipality)
    kinds = sorted({agency.kind for agency in config.agencies})
    lines = [(row.due_on, _line(path, row, catalogue.label(row.agency) if row.agency else "")) for path, row in rows]
    return CalendarSeen(
        today=today,
        first=first,
        days=tuple((day, tuple(line for _, line in found)) for day, found in groupby(lines, lambda one: one[0])),
        more=len(rows) == days.limit,
        agencies=tuple((kind, catalogue.label(kind)) for kind in kinds),
        laws=tuple(laws),
        places=config.places,
        subscribed_at=feed.created_at if feed else None,
    )


async def read_feed(tools: Services, token: str) -> bytes:
    """The feed of this token. Errors: NothingHere, the same for unknown, revoked and dead ones."""
    async with tools.database.reading() as session:
        account = await owner_of_feed(session, token, tools.now())
        if account is None or account.tenant_id is None:
            raise NothingHere("Bitte prüfen Sie die Adresse.")
        today = await tenant_today(session, await get_tenant(session, account.tenant_id), tools.now())
        window = WantedDays(today + _FEED_AHEAD, today - _FEED_BACK, limit=_FEED_LIMIT)
        rows = await list_days(session, _scope_of(account, tools.now()), window)
    domain = urlsplit(tools.options.public_url).hostname or "localhost"
    return feed_of(_entries(rows, tools.options.public_url), "KIM-Lotse", domain)


def _scope_of(account: Account, now: datetime) -> Scope:
    who = Caller(
        account.id,
        account.role,
        account.tenant_id,
        "",
        account.id,
        agency=account.agency,
        body=account.body,
        municipalities=tuple(account.municipalities),
    )
    return who.scope(now)


def _entries(rows: Iterable[tuple[Path, DeadlineDay]], public_url: str) -> Iterable[DayEntry]:
    """Case number, code, day and link: the calendar may be read by others, so it says no more."""
    for path, row in rows:
        title = f"{path.case_number}: {row.code}"
        link = f"{public_url.rstrip('/')}/paths/{path.id}"
        yield DayEntry(f"{path.id}:{row.key}:{CASE_MANAGER}:", row.due_on, title, link, row.changed_at, link)


def _line(path: Path, row: DeadlineDay, agency: str) -> CalendarLine:
    return CalendarLine(
        path_id=path.id,
        case_number=path.case_number,
        place=path.current_place,
        key=row.key,
        code=row.code,
        title=row.title,
        kind=row.kind,
        state=row.state,
        statute=row.statute,
        agency=agency,
    )


def _month(text: str, today: date) -> tuple[date, date]:
    try:
        first = date.fromisoformat(f"{text}-01") if text else today.replace(day=1)
    except ValueError:
        raise NothingHere("Diesen Monat gibt es nicht.") from None
    return first, first.replace(day=monthrange(first.year, first.month)[1])
