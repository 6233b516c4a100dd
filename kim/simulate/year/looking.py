"""Paths and bodies led through time without a Temporal server: the same activities in the same order as in `workflows`.

For a year of thousands of paths, of which every workflow would need a clock of its own. That both ways leave the same
records is tested with the same lives on real workflows.
"""

from __future__ import annotations

import heapq
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.testing import ActivityEnvironment

from activities import registry
from notifications.mailer import Mailer
from process_models.catalogue import Catalogue
from process_models.messages import (
    CancelHandover,
    CarryOut,
    CloseTask,
    EndPath,
    Escalate,
    LookAgain,
    LookAtAgenda,
    Message,
    OfferHandover,
    OpenTask,
    PathOutlook,
    RaiseImpulse,
    Remind,
    SendNotices,
    TellAgency,
)
from process_models.names import BODY_KINDS, CLIENT_PATH, BodyKind, body_workflow_id
from store.catalogues import Catalogues
from store.database import Database
from store.outbox import settle_news, waiting_news
from store.paths import find_path
from store.tables import Outbox
from workflows.waiting import FIRST_RETRY

_NEWS: Final = 200


@dataclass(frozen=True, slots=True)
class Looked:
    """A path or a body that has looked at its plan; one of the two is named."""

    path_id: str = ""
    tenant: str = ""
    body: str = ""
    wrote: bool = True
    """Whether mails may have left."""


@dataclass
class WithoutTemporal:
    """Keeps the next moment of every path and body, and has them look when it comes or when there is news."""

    database: Database
    catalogue: Catalogue
    mailer: Mailer
    public_url: str
    tenants: frozenset[str]
    """Whose news is heard."""
    looks: int = 0
    _wakes: list[tuple[datetime, str]] = field(default_factory=list)
    _wake_at: dict[str, datetime] = field(default_factory=dict)
    """The wake-up that counts, by workflow id; older ones in the heap are passed over."""
    _bodies: dict[str, tuple[str, BodyKind]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        catalogues = Catalogues(self.catalogue)
        notifications = registry.NotificationActivities(self.database, self.mailer, catalogues, self.public_url)
        self._send = notifications.send_notices
        self._remind = registry.ReminderActivities(self.database, catalogues, notifications).remind
        self._plan = registry.PlanningActivities(self.database, catalogues).look_again
        self._agenda = registry.BodyActivities(self.database, catalogues).look_at_agenda
        self._end = registry.RecordActivities(self.database).end
        self._steps: tuple[tuple[Callable[..., Awaitable[Any]], tuple[type[Message], ...]], ...] = (
            (registry.ConsentActivities(self.database, catalogues).keep_tasks, (OpenTask, CloseTask)),
            (
                registry.HandoverActivities(self.database, catalogues).carry_out,
                (OfferHandover, CancelHandover, TellAgency),
            ),
        )
        self._climb = registry.EscalationActivities(self.database, catalogues, lambda: None).climb

    def next_wake(self) -> datetime | None:
        """The earliest moment at which a path or a body wants to look."""
        while self._wakes and self._wake_at.get(self._wakes[0][1]) != self._wakes[0][0]:
            heapq.heappop(self._wakes)
        return self._wakes[0][0] if self._wakes else None

    async def reach(self, now: datetime) -> None:
        """Nothing has a clock of its own here."""

    async def wake(self, now: datetime) -> AsyncIterator[Looked]:
        """Has everything look whose moment has come, and then whatever heard news from that."""
        while (moment := self.next_wake()) is not None and moment <= now:
            _, workflow_id = heapq.heappop(self._wakes)
            self._wake_at.pop(workflow_id, None)
            yield await self._look(workflow_id, moment)
        async for looked in self.hear_news(now):
            yield looked

    async def hear_news(self, now: datetime) -> AsyncIterator[Looked]:
        """Has everything look for which news waits, until no news is left."""
        while heard := await self._deliver_news(now):
            for workflow_id in heard:
                yield await self._look(workflow_id, now)

    async def _deliver_news(self, now: datetime) -> list[str]:
        """Who has something to hear; what waited is settled as the relay would."""
        heard: list[str] = []
        async with self.database.reading() as session:
            waiting = [news for news in await waiting_news(session, _NEWS) if news.tenant_id in self.tenants]
        if waiting:
            async with self.database.transaction() as session:
                for news in waiting:
                    listens = await self._listens(session, news)
                    await settle_news(session, news.id, "delivered" if listens else "closed", now)
                    heard += [news.workflow_id] if listens else []
        return heard

    async def _listens(self, session: AsyncSession, news: Outbox) -> bool:
        """An ended path stays ended."""
        if news.workflow == CLIENT_PATH:
            path = await find_path(session, news.path_id or "")
            return path is not None and path.state == "open"
        for kind in BODY_KINDS:
            if news.workflow_id == body_workflow_id(news.tenant_id, kind):
                self._bodies[news.workflow_id] = (news.tenant_id, kind)
        return news.workflow_id in self._bodies

    async def _look(self, workflow_id: str, now: datetime) -> Looked:
        self.looks += 1
        if workflow_id in self._bodies:
            tenant, body = self._bodies[workflow_id]
            await self._look_at_body(workflow_id, LookAtAgenda(tenant=tenant, body=body, now=now))
            return Looked(tenant=tenant, body=body)
        path_id = workflow_id.removeprefix("path-")
        return Looked(path_id=path_id, wrote=await self._look_at_path(workflow_id, path_id, now))

    async def _look_at_path(self, workflow_id: str, path_id: str, now: datetime) -> bool:
        """As `ClientPathWorkflow.run`: plan, hand over, remind, escalate, deliver, end or wait."""
        outlook: PathOutlook = await _run(self._plan, LookAgain(path_id=path_id, now=now))
        again = False
        for do, kinds in self._steps:
            again |= await self._carry_out(do, outlook, kinds, now)
        if reminders := _to_do(outlook, (Remind,), now):
            again |= (await _run(self._remind, reminders)).some_to_repeat
        again |= await self._carry_out(self._climb, outlook, (Escalate, RaiseImpulse), now)
        again |= await self._deliver(outlook.pending_notices, now)
        if outlook.closed:
            end = EndPath(path_id=path_id, facts_version=outlook.facts_version, now=now)
            if await _run(self._end, end):
                return True
        self._wait(workflow_id, outlook.look_again_at, now if again else None)
        return bool(outlook.actions or outlook.pending_notices)

    async def _carry_out(
        self, do: Callable[..., Awaitable[Any]], outlook: PathOutlook, kinds: tuple[type[Message], ...], now: datetime
    ) -> bool:
        actions = _to_do(outlook, kinds, now)
        return actions is not None and await self._deliver((await _run(do, actions)).notice_ids, now)

    async def _deliver(self, notice_ids: tuple[str, ...], now: datetime) -> bool:
        """Whether a mail failed for now."""
        if not notice_ids:
            return False
        return bool((await _run(self._send, SendNotices(notice_ids=notice_ids, now=now))).some_to_repeat)

    async def _look_at_body(self, workflow_id: str, look: LookAtAgenda) -> None:
        """As `BodyWorkflow.run`."""
        agenda = await _run(self._agenda, look)
        again = await self._deliver(agenda.made.notice_ids, look.now)
        self._wait(workflow_id, agenda.look_again_at, look.now if again else None)

    def _wait(self, workflow_id: str, until: datetime | None, failed_at: datetime | None) -> None:
        moments = [*filter(None, [until, failed_at + FIRST_RETRY if failed_at else None])]
        self._wake_at.pop(workflow_id, None)
        if moments:
            self._wake_at[workflow_id] = min(moments)
            heapq.heappush(self._wakes, (min(moments), workflow_id))


def _to_do(outlook: PathOutlook, kinds: tuple[type[Message], ...], now: datetime) -> CarryOut | None:
    actions = tuple(action for action in outlook.actions if isinstance(action, kinds))
    return CarryOut(path_id=outlook.path_id, now=now, actions=actions) if actions else None


async def _run(do: Callable[..., Awaitable[Any]], message: Message) -> Any:
    """An activity in an environment of its own: some give signs of life."""
    return await ActivityEnvironment().run(do, message)
