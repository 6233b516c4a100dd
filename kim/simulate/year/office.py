"""What the people of a municipality do in the simulated year, through the same acts as pages and JSON API.

Nothing is decided here, and nothing is written past the acts; who does what when stands in `playing`.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeVar, cast

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from api.acts.bodies import BodyAct, BodyReceipt, Decided, decide_item, keep_minutes, review_resolution
from api.acts.deliveries import Resent, resend
from api.acts.deputising import Deputising, stand_in
from api.acts.entering import DEMO_ISSUER, DEMO_PEOPLE
from api.acts.facts import record_facts
from api.acts.handovers import Given, answer_handover
from api.acts.paths import start_path
from api.acts.writing import Act, Call, Receipt, Writing, write, write_once
from api.caller import Caller
from api.schemas import AddFacts, StartPath
from api.services import Services
from kim.simulate.year.agencies import Answer
from kim.simulate.year.lives import FactLine, Life
from process_models.names import BodyKind
from process_models.work import StallReason
from store.accounts import Appointment, keep_account
from store.tenants import create_tenant, find_tenant

_COLLEAGUES: Final = (
    *("Henrike Phantasie", "Ibrahim Nirgendwo", "Jolanda Ausgedacht", "Kofi Unbekannt", "Lale Erfunden"),
    "Mikko Vorgestellt",
)
"""Case managers besides those whom one can be with one click."""
Written = TypeVar("Written", bound=BaseModel)
_BY_CLICK: Final = ("demo-fallmanagement", "demo-fallmanagement-2")


@dataclass
class Office:
    """The case managers and the coordinator of one tenant."""

    tools: Services
    tenant: str
    municipality: str
    managers: Sequence[Caller]
    """Everybody, also those who do not work yet or no longer."""
    coordinator: Caller
    told_time: bool = False
    """A simulated tenant is told with every act what time it is."""
    _keys: itertools.count[int] = field(default_factory=itertools.count)

    async def start(self, manager: Caller, life: Life, facts: Sequence[FactLine], now: datetime) -> Receipt:
        """A case manager begins a path, which is theirs from then on. Errors: as the act."""
        request = StartPath.model_validate(
            {
                "municipality": life.municipality,
                "place": life.place,
                "person": life.person,
                "household": life.household,
                "facts": facts,
                "now": self._told(now),
            }
        )
        return await self.write(manager, start_path(request), now)

    async def record(self, path_id: str, facts: Sequence[FactLine], now: datetime) -> Receipt:
        """Facts become known. Errors: as the act."""
        request = AddFacts.model_validate({"facts": facts, "now": self._told(now)})
        return await self.write(self.coordinator, record_facts(path_id, request), now)

    async def answer(self, path_id: str, code: str, answer: Answer, now: datetime) -> Receipt:
        """The answer of an agency, as the office notes it. Errors: as the act."""
        reason = cast(StallReason, answer.reason) if answer.reason else None
        given = Given(answer.word, reason, answer.detail or None, now=self._told(now))
        return await self.write(self.coordinator, answer_handover(path_id, code, given), now)

    async def decide(self, item_id: str, decided: Decided, now: datetime) -> BodyReceipt:
        """A body decides an item. Errors: as the act."""
        return await self._sit(decide_item(item_id, decided), now)

    async def minute(self, meeting_id: str, now: datetime) -> BodyReceipt:
        """The minutes of a meeting that was held."""
        text = "Die Punkte der Tagesordnung wurden beraten; die Beschlüsse stehen bei den Punkten."
        return await self._sit(keep_minutes(meeting_id, text, "Alle Stellen", self._told(now)), now)

    async def review(self, resolution_id: str, body: BodyKind, now: datetime) -> BodyReceipt:
        """What came of a decision, on the day of its evaluation."""
        text = "Die Antworten kommen seit dem Beschluss in wenigen Tagen."
        return await self._sit(review_resolution(resolution_id, body, text, self._told(now)), now)

    async def send_again(self, notice_id: str, now: datetime) -> Resent:
        """A mail that did not arrive waits to be sent again. Errors: as the act."""
        return await self.note(self.coordinator, resend(notice_id), Resent, now)

    async def stand_in(self, absent: Caller, deputy: Caller, since: date, until: date) -> None:
        """Somebody says who stands in for them. Errors: as the act."""
        wanted = Deputising(absent=absent.actor, deputy=deputy.actor, since=since, until=until)
        async with self.tools.database.transaction() as session:
            await stand_in(self.tools, absent, wanted)(session)

    async def write(self, who: Caller, act: Act, now: datetime) -> Receipt:
        """Somebody acts on a path. Errors: as the act."""
        return (await write(self.tools, self._call(who, now), act)).receipt

    async def note(
        self, who: Caller, act: Callable[[Writing], Awaitable[Written]], kind: type[Written], now: datetime
    ) -> Written:
        """Somebody does what is no act on a path. Errors: as the act."""
        return (await write_once(self.tools, self._call(who, now), act, kind))[0]

    async def _sit(self, act: BodyAct, now: datetime) -> BodyReceipt:
        return await self.note(self.coordinator, act, BodyReceipt, now)

    def _call(self, who: Caller, now: datetime) -> Call:
        key = f"year-{self.tenant}-{next(self._keys)}"
        return Call(who.actor, who.role, self.tenant, key, key, who.scope(now))

    def _told(self, now: datetime) -> datetime | None:
        return now if self.told_time else None


async def open_office(tools: Services, municipality: str, now: datetime, tenant: str = "") -> Office:
    """The people of a real tenant, whose clock is the one of `tools`, or of a simulated `tenant`, who are told."""
    known_as = tenant or municipality
    async with tools.database.transaction() as session:
        if await find_tenant(session, known_as) is None:
            await create_tenant(session, known_as, municipality, simulated=bool(tenant), now=now)
        managers = [await _caller(session, one, now) for one in _appointments(known_as)]
        coordinator = await _caller(session, _by_click("demo-koordination", known_as), now)
    return Office(tools, known_as, municipality, managers, coordinator, told_time=bool(tenant))


def _appointments(tenant: str) -> list[Appointment]:
    colleagues = [
        Appointment(DEMO_ISSUER, f"year-{number}@{tenant}", name, "case_manager", tenant)
        for number, name in enumerate(_COLLEAGUES)
    ]
    return [*(_by_click(subject, tenant) for subject in _BY_CLICK), *colleagues]


def _by_click(subject: str, tenant: str) -> Appointment:
    """Somebody whom one can be with one click on a local stack."""
    person = DEMO_PEOPLE[subject]
    return Appointment(DEMO_ISSUER, f"{subject}@{tenant}", person.display_name, person.role, tenant)


async def _caller(session: AsyncSession, who: Appointment, now: datetime) -> Caller:
    account = await keep_account(session, who, now)
    return Caller(account.id, account.role, account.tenant_id, account.id, account.id, account.display_name)
