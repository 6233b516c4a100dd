"""What a person does about mails that did not arrive: send one again, or all of an agency whose mailbox was mended.

A person decides, who knows whether a second mail does harm; nothing here sends by itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pydantic import BaseModel

from api.acts.writing import Writing
from process_models.names import BODY, BODY_KINDS, body_workflow_id
from store import audit
from store.errors import NoticeNotFound
from store.notices import lost_notices, send_again
from store.outbox import add_news
from store.paths import touch
from store.tables import Notice


class Resent(BaseModel):
    """A mail that waits to be sent again."""

    notice: str


class Corrected(BaseModel):
    """How many mails wait to be sent again."""

    count: int


def resend(notice_id: str) -> Callable[[Writing], Awaitable[Resent]]:
    """Lets a mail that did not arrive wait to be sent again. Errors: NoticeNotFound, PathNotFound."""

    async def act(writing: Writing) -> Resent:
        notice = await send_again(writing.session, notice_id, writing.call.scope)
        if notice is None:
            raise NoticeNotFound("Diese Mitteilung ist nicht mehr offen.", field="notice")
        await _tell(writing, notice)
        return Resent(notice=notice.id)

    return act


def mailbox_corrected(agency: str) -> Callable[[Writing], Awaitable[Corrected]]:
    """The mailbox of the agency was mended: everything that was lost on the way to it is sent again.

    What may have arrived is left alone. Errors: NoticeNotFound if nothing of this agency is lost.
    """

    async def act(writing: Writing) -> Corrected:
        scope, count = writing.call.scope, 0
        for lost in await lost_notices(writing.session, scope, agency):
            notice = await send_again(writing.session, lost.id, scope)
            if notice is not None:
                await _tell(writing, notice)
                count += 1
        if not count:
            raise NoticeNotFound("Für diese Stelle ist keine Mitteilung offen.", field="agency")
        call = writing.call
        await audit.record(
            writing.session, call.actor, call.role, "mailbox.corrected", agency, None, call.tenant_id, writing.wall
        )
        return Corrected(count=count)

    return act


async def _tell(writing: Writing, notice: Notice) -> None:
    if notice.path_id is not None:
        path = await writing.path(notice.path_id)
        await writing.audit("notice.resent", notice.kind, path)
        await touch(writing.session, path)
        return
    for body in BODY_KINDS:
        workflow_id = body_workflow_id(writing.tenant.id, body)
        await add_news(writing.session, writing.tenant.id, BODY, workflow_id, None)
