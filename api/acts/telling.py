"""Mails that an act makes or calls off at once, in its own transaction; they leave when the path looks next.

Which mails an act makes say the rules (`applied`), with the same keys as everywhere: nobody is told twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from api.acts.writing import Writing
from process_models.applied import NoticeDraft
from process_models.look_again import day_at
from store.links import revoke_links
from store.notices import NewNotice, cancel_notices, make_notice
from store.tables import Handover


async def tell(writing: Writing, row: Handover, drafts: Iterable[NoticeDraft], moment: datetime) -> None:
    """Makes the notices of a handover for the agency that it lies with."""
    for draft in drafts:
        new = NewNotice(
            key=draft.key,
            tenant_id=row.tenant_id,
            path_id=row.path_id,
            handover_id=row.id,
            kind=draft.kind,
            subject=draft.subject,
            recipient=draft.recipient,
            agency=row.to_agency,
            due_on=draft.due_on,
            made_on=day_at(moment),
        )
        await make_notice(writing.session, new, moment)


async def call_off(writing: Writing, row: Handover) -> int:
    """Ends the links of a handover and its mails that wait; returns how many are on their way and beyond recall."""
    await revoke_links(writing.session, row.id, writing.wall)
    return await cancel_notices(writing.session, row.path_id, writing.wall, handover_id=row.id)
