"""The deadline calendar: a month as an agenda, by agency, law and place; the feed that people subscribe to."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Final

from fastapi import Depends, Query, Request
from fastapi.responses import Response

from api.acts.calendar_feed import subscribe, unsubscribe
from api.pages.navigation import N_
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_calendar import WantedMonth, read_calendar, read_feed
from api.reads_path import read_deadline
from api.services import Tools
from process_models.plan import PlannedDeadline

router = page_router()
Reader = Annotated[Visit, Depends(opens("calendar.read"))]
Short = Annotated[str, Query(max_length=80)]
Line = Annotated[str, Query(pattern=r"^([0-9a-f]{32}/[\w.:-]{1,80})?$")]
"""A line of the calendar: the path and the key of the deadline."""
Month = Annotated[str, Query(pattern=r"^(\d{4}-\d{2})?$")]

KINDS: Final = {
    "FRIST": N_("Frist"),
    "EXPIRY": N_("Ablauf"),
    "WAIT": N_("frühestens"),
    "TERMIN": N_("Termin"),
}
MONTHS: Final = (
    N_("Januar"),
    N_("Februar"),
    N_("März"),
    N_("April"),
    N_("Mai"),
    N_("Juni"),
    N_("Juli"),
    N_("August"),
    N_("September"),
    N_("Oktober"),
    N_("November"),
    N_("Dezember"),
)
WEEKDAYS: Final = (
    N_("Montag"),
    N_("Dienstag"),
    N_("Mittwoch"),
    N_("Donnerstag"),
    N_("Freitag"),
    N_("Samstag"),
    N_("Sonntag"),
)


@router.get("/calendar")
async def show(
    visit: Reader,
    month: Month = "",
    agency: Short = "",
    law: Short = "",
    place: Short = "",
    page: Annotated[int, Query(ge=0, le=1000)] = 0,
    computed: Line = "",
) -> Response:
    """A month of the calendar; of one line also how its day was computed."""
    path_id, _, key = computed.partition("/")
    deadline = await read_deadline(visit.tools, visit.caller, path_id, key) if computed else None
    return await _page(visit, WantedMonth(month, agency, law, place, page), computed=computed, deadline=deadline)


@router.post("/calendar/feed")
async def make(visit: Reader) -> Response:
    """Makes the feed and shows its address once; sent twice, the same form shows the same address."""
    token = visit.secret("calendar")
    await visit.once(subscribe(visit.tools, visit.caller, token))
    return await _page(visit, WantedMonth(), address=f"{visit.tools.options.public_url}/calendar/{token}.ics")


@router.post("/calendar/feed/revoke")
async def revoke(visit: Reader) -> Response:
    """Ends the feed."""
    await visit.once(unsubscribe(visit.tools, visit.caller))
    return visit.to("/calendar", visit.say("Das Abonnement ist beendet."))


@router.get("/calendar/{token}.ics")
async def feed(request: Request, tools: Tools, token: str) -> Response:
    """The feed as a calendar program reads it. The token is the key; it shows what its owner may see, and no name."""
    content = await read_feed(tools, token)
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="text/calendar", headers=headers)


async def _page(
    visit: Visit,
    wanted: WantedMonth,
    *,
    address: str = "",
    computed: str = "",
    deadline: PlannedDeadline | None = None,
) -> Response:
    seen = await read_calendar(visit.tools, visit.caller, wanted)
    return visit.page(
        "calendar/month.html",
        seen=seen,
        wanted=wanted,
        address=address,
        computed=computed,
        deadline=deadline,
        laws=[(law, law) for law in seen.laws],
        places=[(place, visit.place(place)) for place in seen.places],
        kinds=KINDS,
        months=MONTHS,
        weekdays=WEEKDAYS,
    )
