"""The worklist of the people who accompany paths, filters that they keep, the way to a path by its case number."""

from __future__ import annotations

from typing import Annotated, cast, get_args
from urllib.parse import urlencode

from fastapi import Depends, Query
from fastapi.responses import Response

from api.acts.work_filters import Kept, forget, keep
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_work import find_case, read_work
from process_models.errors import KimError
from store.worklist import Due, Tab, WantedWork

router = page_router()
Reader = Annotated[Visit, Depends(opens("path.read"))]
Short = Annotated[str, Query(max_length=80)]
Page = Annotated[int, Query(ge=0, le=10_000)]


@router.get("/paths")
async def show(
    visit: Reader, tab: Tab | None = None, place: Short = "", case_number: Short = "", due: Due = "", page: Page = 0
) -> Response:
    """The list: for case managers their own paths first, for all others those of the team."""
    tab = tab or ("mine" if visit.may("path.change") else "team")
    return await _list(visit, WantedWork(tab, place, case_number, due, page))


@router.post("/paths/filters")
async def keep_filter(visit: Reader) -> Response:
    """Keeps what the list is filtered by under a name."""
    try:
        kept = visit.form.read(Kept)
        await visit.once(keep(visit.tools, visit.caller, kept))
    except KimError as refusal:
        return await _list(visit, _typed(visit), visit.refused(refusal))
    return visit.to(_address(kept), visit.say("Der Filter „%(name)s“ ist gespeichert.", name=kept.name))


@router.post("/paths/filters/{filter_id}/end")
async def end_filter(visit: Reader, filter_id: str) -> Response:
    """Forgets a filter."""
    await visit.once(forget(visit.caller, filter_id))
    return visit.to("/paths", visit.say("Der Filter ist gelöscht."))


@router.get("/search")
async def search(visit: Reader, case_number: Short = "") -> Response:
    """To the path with this case number; unknown ones and those of others look the same."""
    path_id = await find_case(visit.tools, visit.caller, case_number)
    if path_id:
        return visit.to(f"/paths/{path_id}")
    return visit.page("paths/not_found.html", 404, typed=case_number)


async def _list(visit: Visit, wanted: WantedWork, status: int = 200) -> Response:
    seen = await read_work(visit.tools, visit.caller, wanted)
    return visit.page("paths/list.html", status, seen=seen, wanted=wanted)


def _typed(visit: Visit) -> WantedWork:
    """The list that the form was on; what is wrong in hidden fields does not count."""
    tab, due = visit.form.value("tab"), visit.form.value("due")
    return WantedWork(
        cast(Tab, tab) if tab in get_args(Tab) else "mine",
        visit.form.value("place"),
        visit.form.value("case_number"),
        cast(Due, due) if due in get_args(Due) else "",
    )


def _address(kept: Kept) -> str:
    values = kept.model_dump(exclude={"name"})
    return f"/paths?{urlencode({name: value for name, value in values.items() if value})}"
