"""Everybody who comes to a form, and where they begin: the office of the walk with what only forms need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from httpx2 import AsyncClient

from process_models.work import TaskItem
from store.calendar_feeds import make_feed
from store.catalogues import Catalogues
from store.meetings import NewMeeting, plan_meeting
from store.model_versions import draft_version
from store.offers import add_offer
from store.paths import get_path
from store.releases import Decision, release
from store.tasks import open_task
from tests.api.clerk import Clerk
from tests.api.conftest import MUNICIPALITY
from tests.api.test_agency_task import NAMED, consented
from tests.model_bundles import SETTLEMENT, as_draft, changed
from tests.pages.test_needs import COURSE
from tests.pages.visitors import Visitor
from tests.pages.walk import ANNA, NOBODY, OTTI, Walk, account

Visitors = Callable[[], Visitor]
Clerks = Callable[[str], Clerk]
GERO: Final = "demo-verwaltung"


async def comers(walk: Walk, visitor: Visitors, clerk: Clerks) -> list[tuple[AsyncClient, tuple[str, ...]]]:
    """Those who work there, somebody at the door, the owner of an offer, a clerk with a code and one before a task."""
    await _stock(walk)
    path, free, names = walk.names["path_id"], walk.names["free_id"], walk.names
    starts = ("/desk", f"/paths/{path}", f"/paths/{path}/facts/new?kind=benefits.granted", f"/paths/{free}")
    found = []
    for person in (ANNA, OTTI, GERO, NOBODY):
        client = visitor().client
        for cookie in walk.cookies[person]:
            client.cookies.set(cookie["name"], cookie["value"], path=cookie["path"])
        found.append((client, (f"/task/{names['visit_id']}",) if person == NOBODY else starts))
    found.append((visitor().client, ("/sign-in", f"/o/{names['offer_token']}")))
    before = clerk((await walk.office.offer(await walk.office.start(consented(*NAMED))))[0])
    await before.ask()
    return [*found, (before.client, (before.door,))]


async def _stock(walk: Walk) -> None:
    """A version in force, a meeting that was, an offer without a referral, a task, a calendar that is subscribed to."""
    office, now = walk.office, walk.office.clock()
    anna = await account(walk, ANNA)
    passed_on = {"purpose": "P2", "recipient": "agentur", "categories": [*NAMED], "form": "written"}
    path = f"/v1/paths/{walk.names['path_id']}"
    assert (await office.manager.post(f"{path}/consents", passed_on)).status_code == 201
    async with office.database.transaction() as session:
        row = await draft_version(session, as_draft(MUNICIPALITY, changed(SETTLEMENT, label="Neu")), now)
        await release(
            session, Catalogues(office.catalogue), row.id, 60, Decision("Gero Platzhalter", "x", "admin", now)
        )
        day = now.date() - timedelta(days=1)
        await plan_meeting(session, NewMeeting(MUNICIPALITY, "verfahren", day, day))
        await add_offer(session, MUNICIPALITY, COURSE, now.date(), now)
        path = await get_path(session, walk.names["path_id"], None)
        await open_task(session, path, TaskItem("query:H01", "query", "H01", now.date()))
        await make_feed(session, anna, "f" * 43, now)
