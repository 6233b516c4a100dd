"""Reading posts, workload and proposals of who should get a path. Colleagues, case numbers, counts; nobody is named.

What a proposal is made from is computed by `process_models.posts`; a named person decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncSession

from api.caller import Caller
from api.services import Services
from process_models.look_again import day_at
from process_models.posts import (
    Counted,
    Holder,
    PathLoad,
    Post,
    Proposal,
    numbers_on,
    posts_of,
    propose,
    targets,
)
from process_models.rules import Municipality
from store.accounts import list_accounts
from store.assignments import assigned_to
from store.posts import (
    Unassigned,
    absent_on,
    conflicts_of,
    count_loads,
    count_unassigned,
    languages_of,
    list_changes,
    list_holders,
    list_refugee_counts,
    list_unassigned,
    posts_ever_held,
)
from store.tables import Path
from store.tenants import get_tenant
from store.visible import get_visible_path


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds a post from when to when."""

    id: str
    post: str
    account: str
    name: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class PostSeen:
    """A post with whoever holds it now, and whoever comes next."""

    post: Post
    now: Holding | None
    coming: tuple[Holding, ...]
    target: float
    """Part of all paths that should be with it, in percent."""


@dataclass(frozen=True, slots=True)
class RefugeesSeen:
    """The number of refugees of a place that counts today, and where it comes from."""

    place: str
    counted_on: date
    count: int
    source: str


@dataclass(frozen=True, slots=True)
class PostsSeen:
    """The posts of a municipality."""

    today: date
    municipality: Municipality
    posts: tuple[PostSeen, ...]
    refugees: tuple[RefugeesSeen, ...]
    without_number: tuple[str, ...]
    """Places whose number of refugees nobody has told; until then the weights of the configuration hold."""
    colleagues: tuple[tuple[str, str], ...]
    """Id and name of every case manager."""

    @property
    def post_options(self) -> tuple[tuple[str, str], ...]:
        """Posts to choose from."""
        return tuple((one.post.key, f"{one.post.title} ({one.post.key})") for one in self.posts)

    @property
    def place_options(self) -> tuple[tuple[str, str], ...]:
        """Places to choose from."""
        return tuple((place, self.municipality.place_name(place)) for place in self.municipality.places)


@dataclass(frozen=True, slots=True)
class WorkloadLine:
    """The paths of a case manager, of a vacant post, or of nobody; percents of all open paths."""

    posts: tuple[Post, ...]
    name: str
    """Empty: the post is vacant, or the paths are nobody's."""
    share: float
    """Of a full-time post."""
    load: PathLoad
    weighed: float
    for_each_full_post: float | None
    actual: float
    target: float
    absent_until: date | None = None


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """The paths of a place."""

    place: str
    load: PathLoad
    nobodys: int
    share: float
    """Full-time posts for it; a post for several places counts for each in equal parts."""
    for_each_full_post: float | None


@dataclass(frozen=True, slots=True)
class WorkloadSeen:
    """The workload of the case managers, by post and by place."""

    today: date
    lines: tuple[WorkloadLine, ...]
    places: tuple[PlaceLine, ...]
    unassigned: int
    weighted_by_refugees: bool
    municipality: Municipality


@dataclass(frozen=True, slots=True)
class ProposalSeen:
    """Who should get a path, in order, and who was left out."""

    path_id: str
    case_number: str
    place: str
    last_day: date | None
    """The last day on which somebody had it, of a path that is nobody's now."""
    language: str
    proposal: Proposal
    names: Mapping[str, str]
    changes_employer: bool
    """The path was with another employer before: consent and release from secrecy name that one."""


@dataclass(frozen=True, slots=True)
class UnassignedSeen:
    """Paths of nobody with their proposals."""

    today: date
    total: int
    paths: tuple[ProposalSeen, ...]
    later: str
    """Parameter `after` of the next page, empty on the last one."""
    municipality: Municipality
    colleagues: tuple[tuple[str, str], ...]
    """Id and name of everybody who holds a post today."""


@dataclass(frozen=True)
class _Staff:
    """Everything about the case managers of a tenant on a day."""

    today: date
    config: Municipality
    posts: tuple[Post, ...]
    holdings: tuple[Holding, ...]
    names: dict[str, str]
    loads: dict[tuple[str | None, str], PathLoad]
    absent: dict[str, date]
    refugees: tuple[RefugeesSeen, ...]

    @cached_property
    def parts(self) -> dict[str, float]:
        return targets(self.posts, {one.place: one.count for one in self.refugees}, self.config.places)

    @cached_property
    def held_by(self) -> dict[str, list[Post]]:
        """Account -> posts that it holds today."""
        by_key = {post.key: post for post in self.posts}
        found: dict[str, list[Post]] = {}
        for one in self.holdings:
            if _holds(one, self.today) and one.post in by_key:
                found.setdefault(one.account, []).append(by_key[one.post])
        return found

    @cached_property
    def load_of(self) -> dict[str | None, PathLoad]:
        """Account (None = nobody) -> its paths in all places."""
        found: dict[str | None, PathLoad] = {}
        for (account, _), load in self.loads.items():
            found[account] = found.get(account, PathLoad()) + load
        return found

    @cached_property
    def holders(self) -> tuple[Holder, ...]:
        """Who could get a path in which nobody has a conflict of interest."""
        return tuple(
            Holder(
                account,
                tuple(posts),
                self.load_of.get(account, PathLoad()).weighed(self.config.path_weights),
                self.absent.get(account),
            )
            for account, posts in sorted(self.held_by.items())
        )

    def holders_but(self, conflicts: Mapping[str, str]) -> tuple[Holder, ...]:
        """As `holders`, with the conflicts of interest that there are: account -> reason."""
        if not conflicts:
            return self.holders
        return tuple(replace(one, conflict=conflicts.get(one.account, "")) for one in self.holders)


async def read_posts(tools: Services, caller: Caller) -> PostsSeen:
    """The posts of the caller's municipality, who holds them, what they are weighted by."""
    async with tools.database.reading() as session:
        staff = await _staff(tools, session, caller)
    parts = staff.parts
    told = {one.place for one in staff.refugees}
    return PostsSeen(
        staff.today,
        staff.config,
        tuple(_post(post, staff, parts[post.key]) for post in staff.posts),
        staff.refugees,
        tuple(place for place in staff.config.places if place not in told),
        tuple(staff.names.items()),
    )


async def read_workload(tools: Services, caller: Caller) -> WorkloadSeen:
    """How the open paths that the caller sees are spread over posts and places, against what should be."""
    async with tools.database.reading() as session:
        staff = await _staff(tools, session, caller)
    told = {one.place for one in staff.refugees}
    served = {place for place in staff.config.places if any(post.serves(place) for post in staff.posts)}
    return WorkloadSeen(
        staff.today,
        tuple(_workload(staff)),
        tuple(_places(staff)),
        staff.load_of.get(None, PathLoad()).open,
        weighted_by_refugees=bool(served) and served <= told,
        municipality=staff.config,
    )


async def read_unassigned(tools: Services, caller: Caller, after: str = "") -> UnassignedSeen:
    """Paths of nobody, each with the proposal of who should get it."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        staff = await _staff(tools, session, caller)
        found = await list_unassigned(session, scope, after=after, limit=_PAGE)
        total = await count_unassigned(session, scope)
        conflicts = await conflicts_of(session, [one.path.id for one in found])
        held = await posts_ever_held(session, [one.last_account for one in found])
    paths = tuple(_proposal(one, staff, conflicts, held.get(one.last_account, set())) for one in found)
    later = found[-1].path.case_number if len(found) == _PAGE else ""
    holding = tuple((account, staff.names.get(account, "")) for account in sorted(staff.held_by))
    return UnassignedSeen(staff.today, total, paths, later, staff.config, holding)


async def read_proposal(tools: Services, caller: Caller, path_id: str) -> ProposalSeen:
    """Who should get this path now. Errors: PathNotFound."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        path = await get_visible_path(session, scope, path_id)
        staff = await _staff(tools, session, caller)
        conflicts = await conflicts_of(session, [path.id])
        language = (await languages_of(session, [path.id])).get(path.id, "")
        owner = await assigned_to(session, path.id, scope.today)
        held = await posts_ever_held(session, [owner.id] if owner else [])
    return _proposal(Unassigned(path, None, "", language), staff, conflicts, held.get(owner.id if owner else "", set()))


async def read_case_number(tools: Services, caller: Caller, path_id: str) -> str:
    """The pseudonym of a path that the caller sees. Errors: PathNotFound."""
    async with tools.database.reading() as session:
        return (await get_visible_path(session, caller.scope(tools.now()), path_id)).case_number


_PAGE = 15


async def _staff(tools: Services, session: AsyncSession, caller: Caller) -> _Staff:
    scope = caller.scope(tools.now())
    today = day_at(tools.now())
    tenant = await get_tenant(session, caller.tenant)
    config = (await tools.catalogues.of_tenant(session, tenant.id)).municipality(tenant.municipality)
    people = await list_accounts(session, tenant.id, "case_manager")
    held = await list_holders(session, tenant.id, today)
    return _Staff(
        today=today,
        config=config,
        posts=posts_of(config, await list_changes(session, tenant.id), today),
        holdings=tuple(
            Holding(row.id, row.post, row.account_id, account.display_name, row.since, row.until)
            for row, account in held
        ),
        names={person.id: person.display_name for person in people},
        loads=await count_loads(session, scope),
        absent=await absent_on(session, tenant.id, today),
        refugees=await _refugees(session, tenant.id, config, today),
    )


async def _refugees(
    session: AsyncSession, tenant_id: str, config: Municipality, today: date
) -> tuple[RefugeesSeen, ...]:
    """Of each place the latest number, whether the configuration tells it or the office noted it."""
    configured = [RefugeesSeen(one.place, one.counted_on, one.count, one.source) for one in config.refugee_numbers]
    noted = [
        RefugeesSeen(row.place, row.counted_on, row.count, row.source)
        for row in await list_refugee_counts(session, tenant_id)
    ]
    by_day = {(one.place, one.counted_on): one for one in (*configured, *noted)}
    latest = numbers_on((Counted(one.place, one.counted_on, one.count) for one in by_day.values()), today)
    return tuple(by_day[place, found.counted_on] for place, found in sorted(latest.items()))


def _holds(one: Holding, day: date) -> bool:
    return one.since <= day and (one.until is None or one.until >= day)


def _post(post: Post, staff: _Staff, part: float) -> PostSeen:
    held = [one for one in staff.holdings if one.post == post.key]
    now = next((one for one in held if _holds(one, staff.today)), None)
    return PostSeen(post, now, tuple(one for one in held if one.since > staff.today), round(part * 100, 1))


def _workload(staff: _Staff) -> Iterable[WorkloadLine]:
    total = sum((load for load in staff.loads.values()), PathLoad()).open
    held, parts = staff.held_by, staff.parts
    taken = {post.key for posts in held.values() for post in posts}
    for account, posts in sorted(held.items(), key=lambda one: one[1][0].key):
        yield _line(staff, account, posts, total, parts)
    for post in staff.posts:
        if post.key not in taken and post.share > 0:
            yield _line(staff, "", [post], total, parts)
    without_post = {who for who, _ in staff.loads if who and who not in held}
    for account in sorted(without_post, key=lambda one: staff.names.get(one, one)):
        yield _line(staff, account, [], total, parts)


def _line(staff: _Staff, account: str, posts: Sequence[Post], total: int, parts: Mapping[str, float]) -> WorkloadLine:
    load = staff.load_of.get(account, PathLoad())
    share = sum(post.share for post in posts)
    return WorkloadLine(
        posts=tuple(posts),
        name=staff.names.get(account, ""),
        share=share,
        load=load,
        weighed=load.weighed(staff.config.path_weights),
        for_each_full_post=round(load.open / share, 1) if share else None,
        actual=round(100 * load.open / total, 1) if total else 0.0,
        target=round(100 * sum(parts.get(post.key, 0) for post in posts), 1),
        absent_until=staff.absent.get(account),
    )


def _places(staff: _Staff) -> Iterable[PlaceLine]:
    for place in sorted({*staff.config.places, *(place for _, place in staff.loads)}):
        load = sum((one for (_, where), one in staff.loads.items() if where == place), PathLoad())
        serving = [post for post in staff.posts if post.serves(place)]
        share = sum(post.share / _count_of_places(post, staff.config) for post in serving)
        each = round(load.open / share, 1) if share else None
        yield PlaceLine(place, load, staff.loads.get((None, place), PathLoad()).open, round(share, 2), each)


def _count_of_places(post: Post, config: Municipality) -> int:
    return sum(post.serves(place) for place in config.places) or 1


def _proposal(
    one: Unassigned, staff: _Staff, conflicts: Mapping[tuple[str, str], str], held_before: Collection[str]
) -> ProposalSeen:
    path: Path = one.path
    of_path = {account: reason for (path_id, account), reason in conflicts.items() if path_id == path.id}
    found = propose(path.current_place, one.language, staff.posts, staff.holders_but(of_path), staff.parts)
    before = {post.employer for post in staff.posts if post.key in held_before}
    then = {post.employer for post in found.first.posts} if found.first else set()
    return ProposalSeen(
        path_id=path.id,
        case_number=path.case_number,
        place=path.current_place,
        last_day=one.last_day,
        language=one.language,
        proposal=found,
        names=staff.names,
        changes_employer=bool(before and then and not before & then),
    )
