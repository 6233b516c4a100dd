"""Posts of case managers: who holds one and until when, what changes about it, refugees counted, conflicts of interest.

Who gets which path is decided by a named person, in `assigning`; here stands what the proposal is made from.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, model_validator

from api.acts.writing import Act, Receipt, Writing
from api.errors import NoSuchPost, PostTaken
from api.problems import WrongAt
from api.schemas import Request, Slug
from process_models.errors import FactInvalid
from process_models.look_again import day_at
from process_models.posts import Change, Counted, posts_of
from store import audit
from store.accounts import list_accounts
from store.posts import (
    end_holding,
    find_holding,
    held_meanwhile,
    hold_post,
    keep_change,
    keep_refugee_count,
    note_conflict,
)

ConflictReason = Literal["private", "earlier_decision", "wish_of_client"]
Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
_ROLE = "case_manager"


class PostReceipt(BaseModel):
    """What was written about posts, by its id or name; `paths`: how many paths follow the end of a post."""

    id: str
    paths: int = 0


PostAct = Callable[[Writing], Awaitable[PostReceipt]]


class HoldPost(Request):
    """Who holds a post, both days counted; without a last day it has no end."""

    post: Slug
    account: Slug
    since: date
    until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> HoldPost:
        if self.until is not None and self.until < self.since:
            raise WrongAt("Der letzte Tag liegt vor dem ersten.", "until")
        return self


class EndPost(Request):
    """The last day on which somebody holds a post."""

    last_day: date


class ChangePost(Request):
    """What is different about a post from a day on, also from one to come. What is left out stays as it was."""

    post: Slug
    valid_from: date
    share: Annotated[float, Field(ge=0, le=1)] | None = None
    places: tuple[Slug, ...] = ()
    workplace: Slug | None = None

    @model_validator(mode="after")
    def _something(self) -> ChangePost:
        if self.share is None and not self.places and self.workplace is None:
            raise WrongAt("Bitte sagen Sie, was sich ändert: Umfang, Orte oder Einsatzort.", "share")
        return self


class CountRefugees(Request):
    """How many refugees a place counted on a day, and who says so."""

    place: Slug
    counted_on: date
    count: Annotated[int, Field(ge=0, le=1_000_000)]
    source: Annotated[Line, StringConstraints(min_length=3)]


class NoteConflict(Request):
    """Why a path shall not be given to somebody."""

    account: Slug
    reason: ConflictReason


def take_post(wanted: HoldPost) -> PostAct:
    """The act that gives a post to a case manager. Errors: NoSuchPost, PostTaken, FactInvalid."""

    async def act(writing: Writing) -> PostReceipt:
        _known_post(writing, wanted.post)
        await _known_manager(writing, wanted.account)
        days = (wanted.since, wanted.until)
        if await held_meanwhile(writing.session, writing.tenant.id, wanted.post, days):
            raise PostTaken("In dieser Zeit hat schon jemand diese Stelle.", field="since")
        row = await hold_post(
            writing.session, writing.tenant.id, wanted.post, wanted.account, days, day_at(writing.wall)
        )
        await _audit(writing, "post.taken", row.id)
        return PostReceipt(id=row.id)

    return act


def leave_post(holding_id: str, wanted: EndPost) -> PostAct:
    """The act that ends a holding with a day, also with one to come; what is over stays over.

    Errors: NoSuchPost, FactInvalid.
    """

    async def act(writing: Writing) -> PostReceipt:
        today = day_at(writing.wall)
        row = await find_holding(writing.session, writing.tenant.id, holding_id)
        if row is None or (row.until is not None and row.until < today):
            raise NoSuchPost("Diese Besetzung gibt es nicht oder nicht mehr.")
        if wanted.last_day < row.since:
            raise FactInvalid("Der letzte Tag liegt vor dem ersten.", field="last_day")
        paths = await end_holding(writing.session, row, wanted.last_day, today)
        await _audit(writing, "post.left", row.id)
        return PostReceipt(id=row.id, paths=paths)

    return act


def change_post(wanted: ChangePost) -> PostAct:
    """The act that notes what is different about a post. Errors: NoSuchPost, FactInvalid."""

    async def act(writing: Writing) -> PostReceipt:
        _known_post(writing, wanted.post)
        named = [*wanted.places, *([wanted.workplace] if wanted.workplace else [])]
        for place in named:
            _known_place(writing, place, "workplace" if place == wanted.workplace else "places")
        places = wanted.places or None
        change = Change(wanted.post, wanted.valid_from, wanted.share, places, wanted.workplace)
        await keep_change(writing.session, writing.tenant.id, change, writing.wall)
        await _audit(writing, "post.changed", wanted.post)
        return PostReceipt(id=wanted.post)

    return act


def count_refugees(wanted: CountRefugees) -> PostAct:
    """The act that notes how many refugees a place counted. Errors: FactInvalid."""

    async def act(writing: Writing) -> PostReceipt:
        _known_place(writing, wanted.place, "place")
        if wanted.counted_on > day_at(writing.wall):
            raise FactInvalid("Gezählt wird bis heute, nicht im Voraus.", field="counted_on")
        counted = Counted(wanted.place, wanted.counted_on, wanted.count)
        await keep_refugee_count(writing.session, writing.tenant.id, counted, wanted.source)
        await _audit(writing, "refugees.counted", f"{wanted.place}:{wanted.counted_on}")
        return PostReceipt(id=wanted.place)

    return act


def refuse_path(path_id: str, wanted: NoteConflict) -> Act:
    """The act that notes a conflict of interest: case managers for themselves, coordinators for everybody.

    Errors: PathNotFound, FactInvalid.
    """

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        await _known_manager(writing, wanted.account)
        if writing.call.role == _ROLE and wanted.account != writing.call.scope.account_id:
            raise FactInvalid("Eintragen können Sie nur, was Sie selbst betrifft.", field="account")
        await note_conflict(writing.session, path, wanted.account, wanted.reason, day_at(writing.wall))
        await writing.audit("path.conflict", wanted.account, path)
        return await writing.receipt(path, changed=False)

    return act


def _known_post(writing: Writing, key: str) -> None:
    config = writing.catalogue.municipality(writing.tenant.municipality)
    known = tuple(post.key for post in posts_of(config, (), day_at(writing.wall)))
    if key not in known:
        raise NoSuchPost("Diese Stelle steht nicht in der Konfiguration.", field="post", allowed=known)


def _known_place(writing: Writing, place: str, field: str) -> None:
    places = writing.catalogue.municipality(writing.tenant.municipality).places
    if place not in places:
        raise FactInvalid("Diesen Ort kennt die Konfiguration der Kommune nicht.", field=field, allowed=places)


async def _known_manager(writing: Writing, account: str) -> None:
    people = await list_accounts(writing.session, writing.tenant.id, _ROLE)
    if account not in {person.id for person in people}:
        raise FactInvalid("Diese Person gibt es im Fallmanagement nicht.", field="account")


async def _audit(writing: Writing, action: str, subject: str) -> None:
    call = writing.call
    await audit.record(writing.session, call.actor, call.role, action, subject, None, writing.tenant.id, writing.wall)
