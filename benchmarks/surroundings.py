"""What lies around the paths of a Kreis: events of the past, needs and offers, posts, bodies, versions. Seeded.

Only for measurements: most rows are written in bulk, past the ways that the product writes them. One path has much of
everything: it is the one whose pages are opened.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any, Final, get_args

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.acts.entering import DEMO_ISSUER, DEMO_PEOPLE
from benchmarks.desks import TODAY
from benchmarks.lives import long_life
from benchmarks.records import NOW, SEED
from benchmarks.review import event_rows, ways_of
from process_models.catalogue import SHIPPED, Catalogue, content_hash, load_files
from process_models.catalogue_files import contents, model_files
from process_models.facts import Fact
from process_models.interface_review import Interface
from process_models.needs import LACKS
from process_models.posts import Counted, posts_of
from process_models.rules import Category
from store import audit, tables
from store.account_tables import Account
from store.accounts import Appointment, keep_account
from store.agency_visits import open_visit
from store.assignments import assign
from store.body_items import NewBodyItem, put_on_agenda
from store.calendar_feeds import make_feed
from store.consents import keep_evidence
from store.database import Database
from store.facts import load_facts, sealed_row
from store.links import find_link, hash_token, make_link
from store.meetings import NewMeeting, NewResolution, plan_meeting, resolve
from store.model_versions import NewModelVersion, draft_version
from store.need_tables import Need, Offer, OfferUpkeep, Referral
from store.needs import NewNeed, add_need, propose_offer
from store.offers import add_offer
from store.persons import open_key
from store.post_tables import PostHolder
from store.posts import keep_refugee_count
from store.previews import ask_preview
from store.supervisions import Opening, open_file

FACTS: Final = 200
"""Of the path whose pages are opened."""
OFFERS: Final = 300
_A_PATH: Final = 13.5
_NEEDS: Final = 0.5
"""Needs a path."""
_MEETINGS: Final = 12
_ITEMS: Final = 25
_UNSENT: Final = 40
_LOG: Final = 60
_CHUNK: Final = 5_000
_CONSENT: Final = "bench"
_BODIES: Final = ("fall", "verfahren", "lenkung")


@dataclass(frozen=True, slots=True)
class Ground:
    """What everything is drawn from."""

    database: Database
    catalogue: Catalogue
    tenant: str
    paths: Sequence[tables.Path]
    drawn: random.Random


async def surround(database: Database, catalogue: Catalogue, tenant: str) -> dict[str, str]:
    """Writes all of it for the paths of a tenant; returns something real for every name in an address."""
    async with database.reading() as session:
        mine = select(tables.Path).where(col(tables.Path.tenant_id) == tenant)
        paths = list(await session.scalars(mine.order_by(col(tables.Path.case_number))))
    ground = Ground(database, catalogue, tenant, paths, random.Random(SEED))
    await _events(ground)
    offers = await _register(ground)
    async with database.transaction() as session:
        await _posts(session, ground)
        names = await _bodies(session, ground) | await _version(session, ground) | await _mails(session, ground, offers)
        names |= await _shown(session, ground, offers)
    return names


async def _events(ground: Ground) -> None:
    """As many as simulated paths leave, and what happened to needs."""
    drawn, kinds = ground.drawn, [kind.code for kind in ground.catalogue.need_kinds]
    rows = [row | {"path_id": drawn.choice(ground.paths).id} for row in _drawn_events(ground)]
    for _ in range(round(len(ground.paths) * _NEEDS)):
        path, kind = drawn.choice(ground.paths), drawn.choice(kinds)
        reason = drawn.choice(LACKS)
        for activity in ("need_recorded", "need_unmet"):
            told = {"activity": activity, "code": kind, "place": path.current_place, "path_id": path.id}
            day = TODAY - timedelta(days=drawn.randrange(1_500))
            why = {"reason": reason if activity == "need_unmet" else "", "happened_on": day}
            rows.append(_BLANK | {"tenant_id": ground.tenant, "created_at": NOW} | told | why)
    drawn.shuffle(rows)
    for start in range(0, len(rows), _CHUNK):
        async with ground.database.transaction() as session:
            await session.execute(insert(tables.PathEvent), rows[start : start + _CHUNK])


_BLANK: Final[dict[str, Any]] = {
    **dict.fromkeys(("from_kind", "to_kind", "agency", "level", "detail"), ""),
    **dict.fromkeys(("working_days", "days"), None),
}


def _drawn_events(ground: Ground) -> list[dict[str, Any]]:
    return list(event_rows(len(ground.paths), ways_of(ground.catalogue)))


async def _register(ground: Ground) -> list[Offer]:
    """The offers of a Kreis, and needs that were referred to some of them. Nobody opens the details of these."""
    drawn, kinds = ground.drawn, [kind.code for kind in ground.catalogue.need_kinds]
    config = ground.catalogue.municipality(ground.tenant)
    needs, referrals = list[Need](), list[Referral]()
    async with ground.database.transaction() as session:
        offers = []
        for number in range(OFFERS):
            day = TODAY - timedelta(days=drawn.randrange(400))
            columns = {"kind": drawn.choice(kinds), "title": f"Angebot {number}", "capacity": drawn.randint(1, 30)}
            columns |= {"agency": drawn.choice(config.agencies).id, "places": drawn.sample(config.places, 2)}
            offers.append(await add_offer(session, ground.tenant, columns, day, NOW))
        for path in drawn.sample(ground.paths, round(len(ground.paths) * _NEEDS)):
            since, offer = TODAY - timedelta(days=drawn.randrange(300)), drawn.choice(offers)
            of: dict[str, Any] = {"tenant_id": ground.tenant, "path_id": path.id, "created_at": NOW}
            need = Need(
                **of, kind=offer.kind, sealed_detail=b"", urgency="soon", since=since, place=path.current_place,
                recorded_by="bench",
            )  # fmt: skip
            needs.append(need)
            referrals.append(Referral(**of, need_id=need.id, offer_id=offer.id, state="proposed", proposed_on=since))
        for table, rows in ((Need, needs), (Referral, referrals)):
            await session.execute(insert(table), [row.model_dump() for row in rows])
    return offers


async def _posts(session: AsyncSession, ground: Ground) -> None:
    """Every case manager holds a post; each place counted its refugees."""
    config = ground.catalogue.municipality(ground.tenant)
    posts = posts_of(config, (), TODAY)
    query = select(Account).where(col(Account.tenant_id) == ground.tenant, col(Account.role) == "case_manager")
    for number, account in enumerate(await session.scalars(query.order_by(col(Account.subject)))):
        key, since = posts[number % len(posts)].key, TODAY - timedelta(days=700)
        session.add(PostHolder(tenant_id=ground.tenant, post=key, account_id=account.id, since=since))
    for place in config.places:
        counted = Counted(place, TODAY - timedelta(days=50), ground.drawn.randint(200, 4_000))
        await keep_refugee_count(session, ground.tenant, counted, "bench")


async def _bodies(session: AsyncSession, ground: Ground) -> dict[str, str]:
    """Meetings of three years; open and decided items, of the AG Fallebene with paths."""
    names: dict[str, str] = {}
    interfaces = ways_of(ground.catalogue).interfaces
    for body in _BODIES:
        for number in range(_MEETINGS):
            held = TODAY + timedelta(days=60 - 90 * number)
            meeting = await plan_meeting(session, NewMeeting(ground.tenant, body, held, held - timedelta(days=14)))
            meeting.state = "held" if held < TODAY else "planned"
        for number in range(_ITEMS):
            path_id = ground.drawn.choice(ground.paths).id if body == "fall" else None
            new = _item(ground, body, interfaces[number % len(interfaces)], number, path_id)
            item = await put_on_agenda(session, new)
            if number % 2:
                await resolve(session, item, NewResolution("adopt", TODAY - timedelta(days=number), body, meeting.id))
            elif body == "verfahren":
                names |= {"item_id": item.id, "meeting_id": meeting.id}
    return names


def _item(ground: Ground, body: str, at: Interface, number: int, path_id: str | None) -> NewBodyItem:
    raised = TODAY - timedelta(days=10 * number + 1)
    key = f"{body}:{number}"
    where: dict[str, Any] = {"handover": at.code, "from_kind": at.from_kind, "to_kind": at.to_kind}
    return NewBodyItem(
        ground.tenant, key, body, **where, reason="AGENCY_LATE", detail=None, cause="pattern", raised_on=raised,
        path_count=5, path_id=path_id,
    )  # fmt: skip


async def _version(session: AsyncSession, ground: Ground) -> dict[str, str]:
    """A draft of other rules under another label, whose preview was asked for."""
    files = contents(model_files(SHIPPED))
    files["law/edition.yaml"] = b'label: "Entwurf"\n'
    version = load_files(files).version
    new = NewModelVersion(ground.tenant, version, content_hash(files), files, "Entwurf", "bench")
    row = await draft_version(session, new, NOW)
    await ask_preview(session, row, "bench", NOW)
    return {"tenant": ground.tenant, "version": row.version}


async def _mails(session: AsyncSession, ground: Ground, offers: Sequence[Offer]) -> dict[str, str]:
    """Mails that did not arrive, and one that asks the owner of an offer."""
    config = ground.catalogue.municipality(ground.tenant)
    blank: dict[str, Any] = {"tenant_id": ground.tenant, "kind": "offer", "subject": "H01"}
    blank |= {"recipient": "jobcenter", "made_on": TODAY}
    for number in range(_UNSENT):
        path, agency = ground.drawn.choice(ground.paths), ground.drawn.choice(config.agencies).id
        told: dict[str, Any] = {
            "key": f"bench:{number}",
            "path_id": path.id,
            "agency": agency,
            "status": "permanent-failure",
        }
        session.add(tables.Notice(**blank, **told))
    asked = tables.Notice(**blank, key="bench:asked", status="delivered")
    session.add(asked)
    await session.flush()
    token, until = secrets.token_urlsafe(32), TODAY + timedelta(days=30)
    upkeep: dict[str, Any] = {"offer_id": offers[0].id, "notice_id": asked.id, "asked_on": TODAY, "expires_on": until}
    session.add(OfferUpkeep(**upkeep, token_hash=hash_token(token)))
    return {"offer_id": offers[0].id, "offer_token": token}


async def _shown(session: AsyncSession, ground: Ground, offers: Sequence[Offer]) -> dict[str, str]:
    """One path with much of everything; it belongs to the first of the demo people, and who coordinates opened it."""
    offered = select(tables.Handover).join(tables.Path).where(col(tables.Handover.state) == "offered")
    first = offered.order_by(col(tables.Handover.code), col(tables.Path.case_number)).limit(1)
    handover = (await session.scalars(first)).one()
    path = await session.get_one(tables.Path, handover.path_id)
    manager, other = [await _account(session, ground, who) for who in ("demo-fallmanagement", "demo-koordination")]
    await assign(session, path, manager.id, TODAY)
    opening = Opening(other.id, "quality", "Stichprobe", TODAY, TODAY + timedelta(days=7))
    await open_file(session, ground.database.keyring, path, opening, NOW)
    await _long_file(session, ground, path, handover.to_kind)
    for drawn in (Referral, Need):  # the needs that chance gave it have no detail that could be opened
        await session.execute(delete(drawn).where(col(drawn.path_id) == path.id))
    for offer in offers[:8]:
        needed = NewNeed(offer.kind, "", "soon", TODAY, TODAY)
        need = await add_need(session, ground.database.keyring, path, needed, "", NOW)
        await propose_offer(session, need, offer, TODAY)
    token = await make_link(session, handover.id, handover.to_agency, TODAY + timedelta(days=14), NOW)
    visit, cookie = await open_visit(session, await find_link(session, token, TODAY), NOW)
    feed = secrets.token_urlsafe(32)
    await make_feed(session, manager, feed, NOW)
    at = {"code": handover.code, "from_kind": handover.from_kind, "to_kind": handover.to_kind, "kind": "verfahren"}
    opened = {"path_id": path.id, "token": token, "visit_id": visit.id, "visit_cookie": cookie, "feed": feed}
    return at | opened | {"ref": _CONSENT, "case_number": path.case_number}


async def _account(session: AsyncSession, ground: Ground, who: str) -> Account:
    """The account that this demo person has after signing in."""
    one = DEMO_PEOPLE[who]
    return await keep_account(
        session, Appointment(DEMO_ISSUER, f"{who}@{ground.tenant}", one.display_name, one.role, ground.tenant), NOW
    )


async def _long_file(session: AsyncSession, ground: Ground, path: tables.Path, receiver: str) -> None:
    """So many facts that there are `FACTS`, a consent for the receiver, the evidence of all consents, a long log."""
    key = await open_key(session, ground.database.keyring, path.person_id)
    there = await session.scalar(select(func.count()).where(col(tables.Fact.path_id) == path.id)) or 0
    given = TODAY - timedelta(days=30)
    told: dict[str, Any] = {"consent": _CONSENT, "purpose": "P2", "form": "written"}
    told |= {"recipient": receiver, "categories": list(get_args(Category))}
    more = islice(long_life(TODAY - timedelta(days=1_500), timedelta(days=40)), FACTS - there - 1)
    facts = (Fact(_CONSENT, "consent.given", given, given, told), *more)
    session.add_all([sealed_row(path.id, fact, key, "bench", NOW) for fact in facts])
    await session.flush()
    await keep_evidence(session, path.id, await load_facts(session, ground.database.keyring, path))
    for number in range(_LOG):
        at = NOW - timedelta(hours=number)
        await audit.record(session, "bench", "case_manager", "path.read", path.case_number, path.id, path.tenant_id, at)
