"""One transaction a command: facts or answers, audit and outbox together, and the answer kept under its key.

The frame of every act; what an act does stands in the module named after its noun.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from api.caller import Caller
from api.clock import check_given_moment, path_now
from api.errors import IdempotencyKeyMissing
from api.services import Services
from process_models.catalogue import Catalogue
from process_models.look_again import day_at
from store import audit
from store.idempotency import Answer, find_answer, keep_answer
from store.paths import touch
from store.scope import Scope
from store.tables import Path, Tenant
from store.tenants import get_tenant
from store.visible import get_visible_path

_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class Receipt(BaseModel):
    """What a write did, in ids and codes: kept under its Idempotency-Key and given again word for word."""

    path_id: str
    case_number: str
    facts_version: int
    refs: tuple[str, ...] = ()
    handover: str | None = None
    state: str | None = None
    task: str | None = None
    notices_in_flight: int | None = None
    """After a revocation: mails that were already on their way and cannot be recalled."""


@dataclass(frozen=True, slots=True)
class Call:
    """A command as it came in: who, under which key, and a fingerprint of what was asked."""

    actor: str
    role: str
    tenant_id: str
    key: str
    fingerprint: str
    scope: Scope
    """What the caller sees: nobody can change a path that they may not see."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent: its one-time key, and a fingerprint of what it says. Twice the same acts once."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a command."""

    receipt: Receipt
    replayed: bool
    """True if the command had been carried out before under the same key."""


@dataclass(slots=True)
class Writing:
    """What an act works with inside its transaction."""

    session: AsyncSession
    tools: Services
    call: Call
    tenant: Tenant
    wall: datetime
    catalogue: Catalogue
    """The rules of the path that the act is about; before there is one, those in force for new paths."""

    async def path(self, path_id: str) -> Path:
        """The path, if it belongs to the caller. Errors: PathNotFound, the same for absent and foreign."""
        path = await get_visible_path(self.session, self.call.scope, path_id)
        self.catalogue = await self.tools.catalogues.of_path(self.session, path)
        return path

    async def moment(self, path: Path, given: datetime | None) -> datetime:
        """The moment on the path's clock. Errors: SimulationOnly."""
        check_given_moment(self.tenant, given)
        return given or await path_now(self.session, self.tenant, path.id, self.wall)

    async def today(self, path: Path, given: datetime | None) -> date:
        """The day on the path's clock. Errors: SimulationOnly."""
        return day_at(await self.moment(path, given))

    async def audit(self, action: str, subject: str, path: Path) -> None:
        """Who did what, in codes and ids."""
        await audit.record(
            self.session,
            actor=self.call.actor,
            role=self.call.role,
            action=action,
            subject=subject,
            path_id=path.id,
            tenant_id=path.tenant_id,
            at=self.wall,
        )

    async def receipt(self, path: Path, *, changed: bool = True, **what: object) -> Receipt:
        """Closes the act: what changed gives the path a new version, and news of it waits in the outbox."""
        version = await touch(self.session, path) if changed else path.facts_version
        return Receipt.model_validate(
            {"path_id": path.id, "case_number": path.case_number, "facts_version": version, **what}
        )


Act = Callable[[Writing], Awaitable[Receipt]]
Given = TypeVar("Given", bound=BaseModel)


def idempotency_key(
    chosen: Annotated[
        str | None,
        Header(alias="Idempotency-Key", description="Vom Aufrufer gewählt, je Vorgang einmal / chosen by the caller"),
    ] = None,
) -> str:
    """The key of a write. Errors: IdempotencyKeyMissing if it is absent or no plain text of 1 to 200 characters."""
    if chosen is None or not _KEY.fullmatch(chosen):
        raise IdempotencyKeyMissing(
            "Jede schreibende Anfrage braucht einen Idempotency-Key.",
            field="Idempotency-Key",
            allowed=("1 bis 200 druckbare ASCII-Zeichen ohne Leerzeichen",),
            way_out="Je Vorgang einen neuen Schlüssel wählen und bei Wiederholung denselben senden.",
        )
    return chosen


Key = Annotated[str, Depends(idempotency_key)]


def call_of(request: Request, caller: Caller, key: str, body: BaseModel, now: datetime) -> Call:
    """The command of a logged-in caller."""
    text = f"{request.method} {request.url.path} {body.model_dump_json()}"
    # Keyed with the caller's own secret: a stolen table of fingerprints does not tell birthdays.
    fingerprint = hmac.new(caller.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return Call(caller.actor, caller.role, caller.tenant, key, fingerprint, caller.scope(now))


async def write(tools: Services, call: Call, act: Act) -> Outcome:
    """Carries a command for a path out once: see `write_once`."""
    receipt, replayed = await write_once(tools, call, act, Receipt)
    return Outcome(receipt, replayed)


async def write_once(
    tools: Services, call: Call, act: Callable[[Writing], Awaitable[Given]], kind: type[Given]
) -> tuple[Given, bool]:
    """Carries a command out once; True beside the receipt if it had been carried out before under the same key.

    The same key gives the same receipt; with another body it is refused.
    Errors: IdempotencyConflict, DatabaseAway, and whatever the act refuses; then nothing was changed.
    """
    async with tools.database.transaction() as session:
        kept = await find_answer(session, call.actor, call.key, call.fingerprint)
        if kept is not None:
            return kind.model_validate(kept.body), True
        wall = tools.now()
        tenant = await get_tenant(session, call.tenant_id)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        receipt = await act(Writing(session, tools, call, tenant, wall, catalogue))
        answer = Answer(200, receipt.model_dump(mode="json"))
        await keep_answer(session, call.actor, call.key, call.fingerprint, answer)
    tools.news.wake()
    return receipt, False


async def sent_before(session: AsyncSession, actor: str, sent: Sent | None) -> Answer | None:
    """What this form was answered the first time; None for a new one, and for what comes without a key.

    For forms behind a link: nobody is signed in, and `actor` names the link. Errors: IdempotencyConflict.
    """
    return await find_answer(session, actor, sent.key, sent.fingerprint) if sent else None


async def keep_sent(session: AsyncSession, actor: str, sent: Sent | None, body: dict[str, str]) -> None:
    """Keeps what a form behind a link was answered: ids and codes."""
    if sent:
        await keep_answer(session, actor, sent.key, sent.fingerprint, Answer(200, dict(body)))
