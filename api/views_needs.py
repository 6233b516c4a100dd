"""What the JSON API answers about posts, proposals, needs and offers. Shapes only; requests stand with their acts."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from api.reads_needs import NeedFiguresSeen, NeedSeen, NeedsSeen, OfferSeen, RegisterSeen
from api.reads_posts import PostSeen, PostsSeen, ProposalSeen, WorkloadSeen
from process_models.posts import Proposed


class OfferView(BaseModel):
    """An offer. `standing`: current, stale, not_yet or over; `obstacles`: why it does not fit the person."""

    id: str
    kind: str
    title: str
    agency: str
    places: tuple[str, ...]
    languages: tuple[str, ...]
    target_group: str
    capacity: int | None
    free: int | None
    access: str
    cost: str
    contact: str
    link: str
    valid_from: date | None
    valid_until: date | None
    confirmed_on: date
    standing: str
    obstacles: tuple[str, ...] = ()


class RegisterView(BaseModel):
    """The register of offers."""

    offers: tuple[OfferView, ...]


class ReferralView(BaseModel):
    """A referral and what may become of it."""

    id: str
    offer: str
    state: str
    reason: str
    on: date
    answers: tuple[str, ...]


class NeedView(BaseModel):
    """A need of a path."""

    id: str
    kind: str
    detail: str
    urgency: str
    since: date
    until: date | None
    state: str
    reason: str
    ended_on: date | None
    steps_done: tuple[str, ...]
    referrals: tuple[ReferralView, ...]
    offers: tuple[OfferView, ...]


class NeedsView(BaseModel):
    """The needs of a path. `told` false: this caller may not know the person, and so no needs."""

    path_id: str
    case_number: str
    told: bool
    needs: tuple[NeedView, ...]


class NeedFigure(BaseModel):
    """So many needs unmet for a reason, or in a place; null = fewer than five, or it would tell such a number."""

    kind: str
    reason: str = ""
    place: str = ""
    count: int | None


class NeedFiguresView(BaseModel):
    """Needs of a year in numbers."""

    year: int
    recorded: dict[str, int | None]
    met: dict[str, int | None]
    unmet: dict[str, int | None]
    unmet_total: int | None
    by_reason: tuple[NeedFigure, ...]
    by_place: tuple[NeedFigure, ...]


class PostView(BaseModel):
    """A post. `target`: percent of all paths that should be with it."""

    key: str
    employer: str
    title: str
    public: bool
    share: float
    places: tuple[str, ...]
    workplace: str
    next_workplace: str
    next_workplace_from: date | None
    funded_by: str
    target: float
    holder: str
    """Name; empty = vacant."""
    holding: str
    """Id of the holding that counts today."""
    since: date | None
    until: date | None


class PostsView(BaseModel):
    """The posts of a municipality."""

    posts: tuple[PostView, ...]


class WorkloadLineView(BaseModel):
    """Paths of a case manager or a vacant post; percents of all open paths."""

    posts: tuple[str, ...]
    name: str
    share: float
    paths: int
    overdue: int
    stuck: int
    weighed: float
    for_each_full_post: float | None
    actual: float
    target: float


class WorkloadPlaceView(BaseModel):
    """Paths of a place."""

    place: str
    paths: int
    nobodys: int
    overdue: int
    stuck: int
    full_posts: float


class WorkloadView(BaseModel):
    """The workload of the case managers."""

    unassigned: int
    weighted_by_refugees: bool
    lines: tuple[WorkloadLineView, ...]
    places: tuple[WorkloadPlaceView, ...]


class CandidateView(BaseModel):
    """Somebody who could get the path; `why` in codes: place, load, language, all_absent."""

    account: str
    name: str
    posts: tuple[str, ...]
    load: float
    target: float
    why: tuple[str, ...]
    absent_until: date | None


class LeftOutView(BaseModel):
    """A post that is not proposed, and why: vacant, absent, conflict or other_place."""

    post: str
    why: str


class ProposalView(BaseModel):
    """Who should get the path, the best first. A named person decides."""

    path_id: str
    case_number: str
    place: str
    candidates: tuple[CandidateView, ...]
    left_out: tuple[LeftOutView, ...]
    changes_employer: bool


def register_view(seen: RegisterSeen) -> RegisterView:
    """The register."""
    return RegisterView(offers=tuple(offer_view(one) for one in seen.offers))


def offer_view(one: OfferSeen) -> OfferView:
    """One offer."""
    columns = {name: getattr(one.row, name) for name in OfferView.model_fields if hasattr(one.row, name)}
    return OfferView.model_validate(columns | {"standing": one.standing, "obstacles": one.obstacles})


def needs_view(seen: NeedsSeen) -> NeedsView:
    """The needs of a path."""
    needs = tuple(_need(one) for one in seen.needs)
    return NeedsView(path_id=seen.path.id, case_number=seen.path.case_number, told=seen.told, needs=needs)


def _need(one: NeedSeen) -> NeedView:
    columns = {name: getattr(one.row, name) for name in NeedView.model_fields if hasattr(one.row, name)}
    referrals = tuple(
        ReferralView(
            id=ref.id, offer=ref.offer.row.id, state=ref.state, reason=ref.reason, on=ref.on, answers=ref.answers
        )
        for ref in one.referrals
    )
    offers = tuple(offer_view(offer) for offer in one.offers)
    return NeedView.model_validate(columns | {"detail": one.detail, "referrals": referrals, "offers": offers})


def need_figures_view(seen: NeedFiguresSeen) -> NeedFiguresView:
    """The figures of needs."""
    found = seen.figures
    by_reason = sorted(found.by_reason.items())
    by_place = sorted(found.by_place.items())
    return NeedFiguresView(
        year=seen.year,
        recorded=found.recorded,
        met=found.met,
        unmet=found.unmet,
        unmet_total=found.total,
        by_reason=tuple(NeedFigure(kind=kind, reason=why, count=count) for (kind, why), count in by_reason),
        by_place=tuple(NeedFigure(kind=kind, place=place, count=count) for (kind, place), count in by_place),
    )


def posts_view(seen: PostsSeen) -> PostsView:
    """The posts."""
    return PostsView(posts=tuple(_post(one) for one in seen.posts))


def _post(one: PostSeen) -> PostView:
    post, now = one.post, one.now
    names = ("key", "employer", "title", "public", "share", "places", "workplace", "funded_by")
    return PostView(
        **{name: getattr(post, name) for name in names},
        next_workplace=post.next_workplace[0] if post.next_workplace else "",
        next_workplace_from=post.next_workplace[1] if post.next_workplace else None,
        target=one.target,
        holder=now.name if now else "",
        holding=now.id if now else "",
        since=now.since if now else None,
        until=now.until if now else None,
    )


def workload_view(seen: WorkloadSeen) -> WorkloadView:
    """The workload."""
    names = ("name", "share", "weighed", "for_each_full_post", "actual", "target")
    return WorkloadView(
        unassigned=seen.unassigned,
        weighted_by_refugees=seen.weighted_by_refugees,
        lines=tuple(
            WorkloadLineView(
                posts=tuple(post.key for post in line.posts),
                paths=line.load.open,
                overdue=line.load.overdue,
                stuck=line.load.stuck,
                **{name: getattr(line, name) for name in names},
            )
            for line in seen.lines
        ),
        places=tuple(
            WorkloadPlaceView(
                place=line.place,
                paths=line.load.open,
                nobodys=line.nobodys,
                overdue=line.load.overdue,
                stuck=line.load.stuck,
                full_posts=line.share,
            )
            for line in seen.places
        ),
    )


def proposal_view(seen: ProposalSeen) -> ProposalView:
    """A proposal."""
    return ProposalView(
        path_id=seen.path_id,
        case_number=seen.case_number,
        place=seen.place,
        candidates=tuple(_candidate(one, seen) for one in seen.proposal.ranked),
        left_out=tuple(LeftOutView(post=one.post.key, why=one.why) for one in seen.proposal.left_out),
        changes_employer=seen.changes_employer,
    )


def _candidate(one: Proposed, seen: ProposalSeen) -> CandidateView:
    return CandidateView(
        account=one.account,
        name=seen.names.get(one.account, ""),
        posts=tuple(post.key for post in one.posts),
        load=one.load,
        target=round(one.target, 4),
        why=one.why,
        absent_until=one.absent_until,
    )
