"""An office with something of everything, for the tests that go through every page and every form; no test stands here.

The fixture `walk` of conftest gives one: `addresses(route)` says where a page is, in each of its shapes, and `address`
where it is first; `names` holds something real for every name in an address; `cookies[person]` makes a browser or a
visitor one of the demo people or the AUDITOR, and with NOBODY the clerk who opened the task by link and code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from api.acts.entering import DEMO_PEOPLE, enter, enter_demo
from api.services import Services
from process_models.work import TaskItem
from store.account_tables import Account
from store.accounts import Appointment, find_session
from store.assignments import assign, deputise
from store.meetings import NewMeeting, NewResolution, plan_meeting, resolve
from store.model_versions import draft_version
from store.offers import add_offer
from store.paths import get_path
from store.posts import hold_post
from store.supervisions import Opening, open_file
from store.tasks import open_task
from store.work_filters import keep_filter
from store.worklist import WantedWork
from tests.api.clerk import Clerk
from tests.api.conftest import MUNICIPALITY
from tests.api.office import PERSON, Office
from tests.api.test_agency_link import NAME
from tests.api.test_agency_task import NAMED, consented
from tests.api.test_bodies import raised
from tests.model_bundles import as_draft, before_the_reform
from tests.pages.every_page import PageRoute
from tests.pages.test_board import stalled
from tests.pages.test_deliveries import settled
from tests.pages.test_needs import COURSE, asked
from tests.pages.test_review import write_a_year

NOBODY: Final = ""
AUDITOR: Final = "auditor"
ANNA, BJARNE, OTTI = "demo-fallmanagement", "demo-fallmanagement-2", "demo-koordination"

SHAPES: Final[dict[str, tuple[str, ...]]] = {
    "/board/paths": ("/board/paths", "/board/paths?place=neuss"),
    "/bodies/{kind}": ("/bodies/verfahren", "/bodies/lenkung", "/bodies/fall"),
    "/consent-sheets/{language}": ("/consent-sheets/ar?text={text}&purposes=P1&purposes=P3",),
    "/items/{item_id}": ("/items/{item_id}", "/items/{decided_id}", "/items/{named_item_id}"),
    "/l/{token}": ("/l/{token}", "/l/{token}?step=code", "/l/{token}?step=wrong-recipient", "/l/" + "x" * 43),
    "/mails/{kind}": ("/mails/offer", "/mails/access_code"),
    "/o/{token}": ("/o/{offer_token}",),
    "/offers": ("/offers", "/offers?place=neuss"),
    "/paths": ("/paths", "/paths?tab=team", "/paths?tab=mine&due=overdue"),
    "/paths/{path_id}": ("/paths/{path_id}", "/paths/{free_id}"),
    "/paths/{path_id}/consents/new": (
        "/paths/{path_id}/consents/new",
        "/paths/{path_id}/consents/new?purposes=P2&recipient=jobcenter&categories=housing&text_language=uk",
    ),
    "/paths/{path_id}/consents/sheet": (
        "/paths/{path_id}/consents/sheet?purposes=P1&text={text}",
        "/paths/{path_id}/consents/sheet?purposes=P1&text={text}&text_language=fa",
    ),
    "/paths/{path_id}/consents/sheet/pdf": ("/paths/{path_id}/consents/sheet/pdf?purposes=P1&text={text}",),
    "/paths/{path_id}/facts/new": (
        "/paths/{path_id}/facts/new",
        "/paths/{path_id}/facts/new?kind=asylum.decided&corrects=a08",
        "/paths/{path_id}/facts/new?kind=benefits.granted",
    ),
    "/procedures/{code}": ("/procedures/H01", "/procedures/WEG", "/procedures/LADDER"),
    "/search": ("/search?case_number=KIM-0000",),
    "/sign-in": ("/sign-in?next=/board",),
    "/task/{visit_id}/{answer}": tuple(
        f"/task/{{visit_id}}/{one}" for one in ("query", "refuse", "not_responsible", "wrong_recipient")
    ),
}
"""Where a name means something else than elsewhere, or a page has several shapes."""


@dataclass(repr=False)
class Walk:
    """An office, and the addresses of what is in it."""

    office: Office
    services: Services
    names: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """Person -> cookies, each with name, value and path."""

    def addresses(self, route: PageRoute) -> tuple[str, ...]:
        """Where this page is, in each of its shapes; empty if the office has nothing for a name in it."""
        shapes = SHAPES.get(route.path, (route.path,))
        try:
            return tuple(one.format_map(self.names) for one in shapes)
        except KeyError:
            return ()

    def address(self, route: PageRoute) -> str:
        """Its first shape, or empty."""
        return next(iter(self.addresses(route)), "")


async def furnished(office: Office, services: Services, clerk: Callable[[str], Clerk], name: str = NAME) -> Walk:
    """The office, ten days after the handover H01 of the path `path_id` was offered to the Jobcenter.

    `name`: of the person whose path it is.
    """
    walk = Walk(office, services)
    await write_a_year(office.database, MUNICIPALITY)
    walk.names |= {"tenant": MUNICIPALITY, "code": "H01", "from_kind": "sozialamt", "to_kind": "jobcenter"}
    walk.names |= {"kind": "verfahren", "language": "de", "text": "2026-11-kreis:*", "ref": "k2", "answer": "query"}
    await _paths(walk, name)
    await _people(walk)
    await _work(walk)
    await _bodies(walk)
    await _versions(walk)
    await _needs(walk)
    await _task(walk, clerk)
    return walk


async def _paths(walk: Walk, name: str) -> None:
    """One path that is stuck at H01 with a consent for every body, and one that is nobody's."""
    office = walk.office
    talked_about = {"consent": "k3", "purpose": "P3", "form": "written"}
    facts = [*consented(*NAMED), {"id": "k3", "on": "2022-02-14", "fact": "consent.given", "data": talked_about}]
    spouse = {"id": "wife", "born": "1996-07-01", "relation": "spouse"}
    path_id = await stalled(office, facts=facts, person=PERSON | {"name": name}, household=[spouse])
    token, _row = await office.offer(path_id)
    walk.names |= {"path_id": path_id, "token": token, "free_id": await office.start()}
    lost = await settled(office, path_id, "permanent-failure", "bounced_5.1.1")
    await settled(office, path_id, "unclear", "reply_lost", "k2")
    walk.names |= {"notice_id": lost.id, "agency": "jobcenter-rkn"}


async def _people(walk: Walk) -> None:
    """Everybody signs in."""
    auditor = Appointment("demo", AUDITOR, "Ida Nachgeschaut", "auditor", MUNICIPALITY)
    sessions = {AUDITOR: await enter(walk.services, auditor)}
    for person in DEMO_PEOPLE:
        sessions[person] = await enter_demo(walk.services, person, MUNICIPALITY)
    for person, token in sessions.items():
        walk.cookies[person] = [{"name": "kim_session", "value": token, "path": "/"}]


async def account(walk: Walk, person: str) -> Account:
    """The account of somebody who has signed in."""
    async with walk.office.database.reading() as session:
        found = await find_session(session, walk.cookies[person][0]["value"], walk.office.clock())
    assert found is not None
    return found[1]


async def _work(walk: Walk) -> None:
    """Whose the path is, a task, who stands in, a kept filter, a post, a file that is open to who coordinates."""
    office, today = walk.office, walk.office.clock().date()
    anna, bjarne, otti = [(await account(walk, one)).id for one in (ANNA, BJARNE, OTTI)]
    async with office.database.transaction() as session:
        path = await get_path(session, walk.names["path_id"], None)
        await assign(session, path, anna, today)
        await open_task(session, path, TaskItem("ask:H01", "ask", "H01", today))
        away = await deputise(
            session, MUNICIPALITY, bjarne, anna, (today + timedelta(days=7), today + timedelta(days=9))
        )
        await keep_filter(session, anna, "Meerbusch, überfällig", WantedWork(place="meerbusch"), office.clock())
        post = f"{MUNICIPALITY}-meerbusch-1"
        held = await hold_post(session, MUNICIPALITY, post, anna, (today, None), today)
        opening = Opening(otti, "quality", "Stichprobe im ersten Quartal", today, today)
        await open_file(session, office.database.keyring, path, opening, office.clock())
    walk.names |= {"assignment_id": away.id, "holding_id": held.id}


async def _bodies(walk: Walk) -> None:
    """An open item, one with a name before the AG Fallebene, one that was decided, and a meeting."""
    office, today = walk.office, walk.office.clock().date()
    item = await raised(office)
    named = await raised(office, walk.names["path_id"], "fall")
    decided = await raised(office, body="lenkung")
    async with office.database.transaction() as session:
        words = NewResolution("adopt", today, "Lenkungsgruppe", text="Bescheid und Gestattung genügen.")
        resolution, _next = await resolve(session, decided, words)
        meeting = await plan_meeting(session, NewMeeting(MUNICIPALITY, "verfahren", today, today))
    walk.names |= {"item_id": item.id, "named_item_id": named.id, "decided_id": decided.id}
    walk.names |= {"resolution_id": resolution.id, "meeting_id": meeting.id}


async def _versions(walk: Walk) -> None:
    """A draft of another version of the rules, made from the decision."""
    new = as_draft(MUNICIPALITY, before_the_reform(), "Alt")
    async with walk.office.database.transaction() as session:
        row = await draft_version(session, new, walk.office.clock())
    walk.names |= {"version": row.version}


async def _needs(walk: Walk) -> None:
    """An offer whose owner was asked, a need that was referred to it, and another offer for that need."""
    office, now = walk.office, walk.office.clock()
    async with office.database.transaction() as session:
        offer = await add_offer(session, MUNICIPALITY, COURSE, (now - timedelta(days=170)).date(), now)
        await add_offer(session, MUNICIPALITY, COURSE | {"title": "Deutsch am Abend"}, now.date(), now)
    here = f"/v1/paths/{walk.names['path_id']}/needs"
    need_id = await _written(office, here, {"kind": "language", "detail": "B1 bis zum Sommer"})
    referral_id = await _written(office, f"{here}/{need_id}/referrals", {"offer": offer.id, "referred": True})
    walk.names |= {"offer_id": offer.id, "need_id": need_id, "referral_id": referral_id}
    walk.names |= {"offer_token": await asked(office)}


async def _written(office: Office, address: str, body: dict[str, Any]) -> str:
    answer = await office.manager.post(address, body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["receipt"]["refs"][0])


async def _task(walk: Walk, clerk: Callable[[str], Clerk]) -> None:
    """A clerk of the Jobcenter goes from the link to the task."""
    somebody = clerk(walk.names["token"])
    await somebody.come_in()
    [cookie] = somebody.client.cookies.jar
    walk.names |= {"visit_id": somebody.task.rpartition("/")[2]}
    walk.cookies[NOBODY] = [{"name": cookie.name, "value": cookie.value or "", "path": cookie.path}]
