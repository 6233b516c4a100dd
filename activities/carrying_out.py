"""Carrying out an action of a plan in the records: open work as the rules change it, and the notices that follow.

What an action changes and which notices it makes say the rules (`applied`); sending stands in `notifications`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from process_models.applied import NoticeDraft, carry_out, notices_of, stands
from process_models.catalogue import Catalogue
from process_models.messages import Action, CancelHandover, Escalate, OfferHandover, TellAgency
from process_models.names import HEAD_OF_UNIT_SUFFIX
from process_models.work import HandoverItem, OpenWork
from store.database import Database
from store.events import keep_handover
from store.handovers import find_handover_of_trigger
from store.notices import NewNotice, find_unsent_notice, make_notice
from store.paths import load_case
from store.tables import Handover, Path
from store.tasks import close_task, open_task

AGENDA_ITEM = "agenda_item"
"""Made by the body for its item, once for all paths that it counts, and therefore not here."""


@dataclass(frozen=True, slots=True)
class Records:
    """The records and the rules that a transaction works with."""

    session: AsyncSession
    database: Database
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class Done:
    """An action that was carried out: the handover it concerned, if any, and the notices still to be sent."""

    handover: Handover | None
    notice_ids: tuple[str, ...]


async def carry_out_in_records(records: Records, path: Path, action: Action) -> Done:
    """Writes what the rules say that the action changes; repeating it changes nothing.

    Errors: ConsentMissing for an offer that consent and statute no longer cover.
    """
    case = await load_case(records.session, records.database.keyring, path.id)
    after, _ = carry_out(case, action, records.catalogue)
    await _save_handovers(records, path, case.work, after.work, action)
    await _save_tasks(records, path, case.work, after.work, action)
    row = await _handover_of(records, path, action)
    told = notices_of(path.id, action, records.catalogue) if stands(after.work, action) else ()
    drafts = [draft for draft in told if draft.kind != AGENDA_ITEM]
    made = [await make_unsent(records.session, _new(records, path, draft, action, row)) for draft in drafts]
    return Done(row, tuple(notice for notice in made if notice))


async def make_unsent(session: AsyncSession, new: NewNotice) -> str | None:
    """The id of the notice of this key if it has to be sent: made now, or made before and still waiting."""
    made_at = datetime.combine(new.made_on, time(), tzinfo=UTC)
    notice = await make_notice(session, new, made_at) or await find_unsent_notice(session, new.key)
    return notice.id if notice else None


async def _handover_of(records: Records, path: Path, action: Action) -> Handover | None:
    if not isinstance(action, OfferHandover | CancelHandover | Escalate | TellAgency):
        return None
    return await find_handover_of_trigger(records.session, path.id, action.handover, action.trigger_on)


def receiver_of(records: Records, path: Path, kind: str, action: Action) -> str:
    """Id of the agency of this kind that answers for the place of the path on the day of the action, or empty."""
    agency = records.catalogue.agency(path.municipality, kind, path.current_place, action.on)
    return agency.id if agency else ""


async def _save_handovers(records: Records, path: Path, before: OpenWork, after: OpenWork, action: Action) -> None:
    at = records.catalogue.working_day(path.municipality, action.on)
    for item in after.handovers:
        if item not in before.handovers:
            await keep_handover(records.session, path, item, _asked(records, path, item, action), at)


def _asked(records: Records, path: Path, item: HandoverItem, action: Action) -> str:
    """The agency is chosen with the offer; after a move the one that was asked is reminded and told of the end."""
    return receiver_of(records, path, item.to_kind, action) if isinstance(action, OfferHandover) else ""


async def _save_tasks(records: Records, path: Path, before: OpenWork, after: OpenWork, action: Action) -> None:
    for task in after.tasks:
        if task in before.tasks:
            continue
        if task.done_on is None:
            await open_task(records.session, path, task)
        else:
            await close_task(records.session, path.id, task.key, action.on)


def _new(records: Records, path: Path, draft: NoticeDraft, action: Action, row: Handover | None) -> NewNotice:
    kind = draft.recipient.removesuffix(HEAD_OF_UNIT_SUFFIX)
    asked = row.to_agency if row and row.to_kind == kind else ""
    return NewNotice(
        key=draft.key,
        tenant_id=path.tenant_id,
        kind=draft.kind,
        subject=draft.subject,
        recipient=draft.recipient,
        made_on=action.on,
        agency=asked or receiver_of(records, path, kind, action),
        due_on=draft.due_on,
        path_id=path.id,
        handover_id=row.id if row else None,
    )
