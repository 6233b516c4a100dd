"""What people do for a body: papers, meetings on demand, decisions with their effect on paths, minutes, reviews.

The rules say what a body may decide; texts are about interfaces, never about persons.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from pydantic import BaseModel

from api.acts.writing import Writing
from api.clock import check_given_moment, tenant_today
from api.errors import MeetingNotPossible
from process_models.calendars import WorkingDay
from process_models.decisions import Decision, level_after, next_body, require_possible
from process_models.events import Activity
from process_models.look_again import day_at
from process_models.meetings import papers_due
from process_models.names import BODY, BodyKind, body_workflow_id
from process_models.work import Level
from store import audit
from store.events import keep_handover, note_item
from store.handovers import item_of, list_handovers
from store.meetings import (
    NewMeeting,
    NewResolution,
    get_item,
    get_meeting,
    paths_of_item,
    plan_meeting,
    resolve,
    write_minutes,
    write_paper,
    write_review,
)
from store.model_versions import find_version
from store.outbox import add_news
from store.paths import get_path, touch
from store.tables import BodyItem, Path, Resolution
from store.version_links import link

_EVENTS: Mapping[Decision, Activity] = {
    "adopt": "item_decided",
    "reject": "item_decided",
    "postpone": "item_postponed",
    "to_verfahren": "item_handed_on",
    "to_lenkung": "item_handed_on",
}


class BodyReceipt(BaseModel):
    """What an act for a body did, in ids and codes: kept under its Idempotency-Key and given again word for word."""

    body: str
    item: str = ""
    state: str = ""
    meeting: str = ""
    resolution: str = ""
    handed_to: str = ""
    """Id of the item of the next body, if it was handed on."""
    paths: int = 0
    """How many paths were told."""


BodyAct = Callable[[Writing], Awaitable[BodyReceipt]]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it was taken."""

    decision: Decision
    text: str = ""
    owner: str = ""
    meeting: str | None = None
    valid_from: date | None = None
    evaluate_on: date | None = None
    model_version: str = ""
    now: datetime | None = None


def decide_item(item_id: str, decided: Decided) -> BodyAct:
    """A body decides an item. Errors: BodyItemNotFound, MeetingNotFound, DecisionNotPossible, SimulationOnly."""

    async def act(writing: Writing) -> BodyReceipt:
        item = await get_item(writing.session, item_id, writing.call.scope)
        require_possible(_kind(item), item.state, decided.decision)
        today = await body_day(writing, decided.now)
        if decided.meeting is not None:
            await get_meeting(writing.session, decided.meeting, writing.call.scope)
        row, handed = await resolve(writing.session, item, _resolution(writing, decided, today))
        await _link_version(writing, row)
        paths = await _tell_paths(writing, item, decided.decision, today)
        calendar = writing.catalogue.municipality(writing.tenant.municipality).product_calendar
        days = WorkingDay(today, calendar).since(item.raised_on)
        note_item(writing.session, item, _EVENTS[decided.decision], today, days)
        await _wake(writing, _kind(item), next_body(decided.decision))
        await _audit(writing, f"item.{decided.decision}", item.key)
        return BodyReceipt(
            body=item.body,
            item=item.id,
            state=item.state,
            resolution=row.id,
            handed_to=handed.id if handed else "",
            paths=paths,
        )

    return act


def _resolution(writing: Writing, decided: Decided, today: date) -> NewResolution:
    return NewResolution(
        decision=decided.decision,
        decided_on=today,
        decided_by=writing.call.actor,
        meeting_id=decided.meeting,
        text=decided.text,
        owner=decided.owner,
        valid_from=decided.valid_from,
        evaluate_on=decided.evaluate_on,
        model_version=decided.model_version,
    )


async def _link_version(writing: Writing, row: Resolution) -> None:
    """A version that the decision names and the records know is linked to it."""
    version = await find_version(writing.session, writing.tenant.id, row.model_version) if row.model_version else None
    if version is not None:
        await link(writing.session, row, version, writing.call.actor, writing.wall)


async def _tell_paths(writing: Writing, item: BodyItem, decision: Decision, today: date) -> int:
    """The decision goes back into the paths that the item counts: they climb, and look again."""
    level = level_after(_kind(item), decision)
    paths = await paths_of_item(writing.session, item.id)
    for path_id in paths:
        path = await get_path(writing.session, path_id, writing.tenant.id)
        if level is not None:
            await _raise_handovers(writing, path, item.handover, level, today)
        await touch(writing.session, path)
    return len(paths)


async def _raise_handovers(writing: Writing, path: Path, code: str, level: Level, today: date) -> None:
    at = writing.catalogue.working_day(path.municipality, today)
    for row in await list_handovers(writing.session, path.id):
        stuck = item_of(row)
        if row.code == code and stuck.awaits_answer:
            await keep_handover(writing.session, path, replace(stuck, level=level), row.to_agency, at)


def write_item_paper(item_id: str, paper: Mapping[str, str]) -> BodyAct:
    """Writes the decision paper of an item. Errors: BodyItemNotFound."""

    async def act(writing: Writing) -> BodyReceipt:
        item = await write_paper(writing.session, await get_item(writing.session, item_id, writing.call.scope), paper)
        await _audit(writing, "item.paper", item.key)
        return BodyReceipt(body=item.body, item=item.id, state=item.state)

    return act


def call_meeting(body: BodyKind, held_on: date, reason: str, now: datetime | None = None) -> BodyAct:
    """A meeting on demand. Errors: MeetingNotPossible for a body without such meetings or a day that has passed."""

    async def act(writing: Writing) -> BodyReceipt:
        municipality = writing.catalogue.municipality(writing.tenant.municipality)
        config = next((one for one in municipality.bodies if one.kind == body), None)
        if config is None or not config.ad_hoc or not writing.call.scope.sits_in(body):
            raise MeetingNotPossible("Dieses Gremium tagt nicht bei Bedarf.", field="body")
        today = await body_day(writing, now)
        if held_on <= today or not municipality.product_calendar.is_working_day(held_on):
            raise MeetingNotPossible("Die Sitzung muss an einem künftigen Arbeitstag liegen.", field="held_on")
        due = max(today, papers_due(config, held_on, municipality.product_calendar))
        meeting = await plan_meeting(
            writing.session, NewMeeting(writing.tenant.id, body, held_on, due, "ad_hoc", reason)
        )
        await _wake(writing, body)
        await _audit(writing, "meeting.called", f"{body}:{held_on.isoformat()}")
        return BodyReceipt(body=body, meeting=meeting.id, state=meeting.state)

    return act


def keep_minutes(meeting_id: str, minutes: str, present: str, now: datetime | None = None) -> BodyAct:
    """The minutes of a meeting. Errors: MeetingNotFound, MeetingNotPossible before its day."""

    async def act(writing: Writing) -> BodyReceipt:
        meeting = await get_meeting(writing.session, meeting_id, writing.call.scope)
        today = await body_day(writing, now)
        if meeting.held_on > today:
            raise MeetingNotPossible("Diese Sitzung war noch nicht.", field="meeting")
        await write_minutes(writing.session, meeting, minutes, present, today)
        await _audit(writing, "meeting.minutes", f"{meeting.body}:{meeting.held_on.isoformat()}")
        return BodyReceipt(body=meeting.body, meeting=meeting.id, state=meeting.state)

    return act


def review_resolution(resolution_id: str, body: BodyKind, review: str, now: datetime | None = None) -> BodyAct:
    """What came of a decision. Errors: MeetingNotPossible if there is no such decision."""

    async def act(writing: Writing) -> BodyReceipt:
        today = await body_day(writing, now)
        if not writing.call.scope.sits_in(body):
            raise MeetingNotPossible("Diesen Beschluss gibt es nicht.", field="resolution")
        if not await write_review(writing.session, resolution_id, writing.tenant.id, review, today):
            raise MeetingNotPossible("Diesen Beschluss gibt es nicht.", field="resolution")
        await _wake(writing, body)
        await _audit(writing, "resolution.reviewed", resolution_id)
        return BodyReceipt(body=body, resolution=resolution_id, state="reviewed")

    return act


async def body_day(writing: Writing, given: datetime | None) -> date:
    """Today on the clock of the tenant: in a simulation the moment given, else that of its latest plan."""
    check_given_moment(writing.tenant, given)
    if given is not None:
        return day_at(given)
    return await tenant_today(writing.session, writing.tenant, writing.wall)


async def _wake(writing: Writing, *bodies: BodyKind | None) -> None:
    for body in bodies:
        if body is not None:
            tenant = writing.tenant.id
            await add_news(writing.session, tenant, BODY, body_workflow_id(tenant, body), None)


async def _audit(writing: Writing, action: str, subject: str) -> None:
    await audit.record(
        writing.session,
        actor=writing.call.actor,
        role=writing.call.role,
        action=action,
        subject=subject,
        path_id=None,
        tenant_id=writing.tenant.id,
        at=writing.wall,
    )


def _kind(item: BodyItem) -> BodyKind:
    kinds: dict[str, BodyKind] = {"fall": "fall", "verfahren": "verfahren", "lenkung": "lenkung"}
    return kinds[item.body]
