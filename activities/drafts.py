"""From the action of a plan to notices in the records: one row a key, addressed to the agency of the place.

Which notices an action makes say the rules (`applied.notices_of`); sending stands in `notifications`.
"""

from __future__ import annotations

from datetime import UTC, datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from process_models.applied import NoticeDraft, notices_of
from process_models.catalogue import Catalogue
from process_models.messages import Action
from process_models.names import HEAD_OF_UNIT_SUFFIX
from store.notices import NewNotice, find_unsent_notice, make_notice
from store.tables import Handover, Path

AGENDA_ITEM = "agenda_item"
"""Made by the body for its item, once for all paths that it counts, and therefore not here."""


async def make_notices(
    session: AsyncSession, catalogue: Catalogue, path: Path, action: Action, handover: Handover | None = None
) -> list[str]:
    """Makes the notices of an action; returns the ids of those that still have to be sent."""
    drafts = [draft for draft in notices_of(path.id, action, catalogue) if draft.kind != AGENDA_ITEM]
    return [
        notice
        for draft in drafts
        if (notice := await make_unsent(session, _new(catalogue, path, draft, action, handover)))
    ]


async def make_unsent(session: AsyncSession, new: NewNotice) -> str | None:
    """The id of the notice of this key if it has to be sent: made now, or made before and still waiting."""
    made_at = datetime.combine(new.made_on, time(), tzinfo=UTC)
    notice = await make_notice(session, new, made_at) or await find_unsent_notice(session, new.key)
    return notice.id if notice else None


def _new(catalogue: Catalogue, path: Path, draft: NoticeDraft, action: Action, handover: Handover | None) -> NewNotice:
    return NewNotice(
        key=draft.key,
        tenant_id=path.tenant_id,
        kind=draft.kind,
        subject=draft.subject,
        recipient=draft.recipient,
        made_on=action.on,
        agency=_agency_of(catalogue, path, draft, action),
        due_on=draft.due_on,
        path_id=path.id,
        handover_id=handover.id if handover else None,
    )


def _agency_of(catalogue: Catalogue, path: Path, draft: NoticeDraft, action: Action) -> str:
    kind = draft.recipient.removesuffix(HEAD_OF_UNIT_SUFFIX)
    agency = catalogue.agency(path.municipality, kind, path.place, action.on)
    return agency.id if agency else ""
