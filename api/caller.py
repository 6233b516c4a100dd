"""Who calls: bearer token -> role and tenant, and the check of the permission that a route names.

Every route outside the public list depends on `requires`; the table of permissions stands in `permissions`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.errors import LoginMissing, NotPermitted, UnsupportedMedia
from api.permissions import PERMISSIONS
from api.services import Tools
from process_models.look_again import day_at
from process_models.phrases import Phrase
from store.access import find_token
from store.scope import Scope

_LOGIN = HTTPBearer(auto_error=False, description="Zugangsschlüssel aus `kim token` / token made by `kim token`")
_MISSING = Phrase("Im Kopf der Anfrage steht kein gültiges „Authorization: Bearer …“.")
_WAY_OUT = Phrase("Einen Zugangsschlüssel mit „kim token“ anlegen lassen.")


@dataclass(frozen=True, slots=True)
class Caller:
    """A known caller. `tenant_id` is None for administrators only; they have no access to paths."""

    actor: str
    """Id of the token: what audit and idempotency know the caller by."""
    role: str
    tenant_id: str | None
    secret: str
    """The token itself, as the key of fingerprints; never stored, never logged."""
    account_id: str | None = None
    """Of somebody who signed in; a token of an office has no account."""
    name: str = ""
    agency: str = ""
    body: str = ""
    municipalities: tuple[str, ...] = ()

    @property
    def tenant(self) -> str:
        """The tenant of the caller. Errors: NotPermitted for a token that is bound to none."""
        if self.tenant_id is None:
            raise NotPermitted("Dieser Zugangsschlüssel gehört zu keinem Mandanten.", way_out=_WAY_OUT)
        return self.tenant_id

    def scope(self, now: datetime) -> Scope:
        """What this caller sees today. Every query takes it."""
        return Scope(
            self.tenant_id, self.role, day_at(now), self.account_id, self.agency, self.body, self.municipalities
        )

    def __repr__(self) -> str:
        return f"Caller({self.actor}, {self.role})"


async def identify(
    tools: Tools, login: Annotated[HTTPAuthorizationCredentials | None, Depends(_LOGIN)] = None
) -> Caller:
    """The caller of this request. Errors: LoginMissing, the same for absent, unknown, expired and revoked."""
    if login is None:
        raise LoginMissing(_MISSING, way_out=_WAY_OUT)
    now: datetime = tools.now()
    async with tools.database.reading() as session:
        token = await find_token(session, login.credentials, now)
        if token is None:
            raise LoginMissing(_MISSING, way_out=_WAY_OUT)
        return Caller(token.id, token.role, token.tenant_id, login.credentials)


def requires(permission: str) -> Callable[..., Awaitable[Caller]]:
    """A dependency that lets only callers pass whose role has the permission."""
    assert permission in PERMISSIONS

    async def permitted(request: Request, caller: Annotated[Caller, Depends(identify)]) -> Caller:
        check(caller, permission)
        await _json_only(request)
        return caller

    permitted.permission = permission  # type: ignore[attr-defined]
    return permitted


def check(caller: Caller, permission: str) -> None:
    """Errors: NotPermitted if the role of the caller does not have the permission."""
    roles = PERMISSIONS[permission]
    if caller.role not in roles:
        raise NotPermitted(
            Phrase("Die Rolle „%(role)s“ darf das nicht.", role=caller.role),
            allowed=sorted(roles),
            way_out="Eine zuständige Person fragen.",
        )


async def _json_only(request: Request) -> None:
    if request.method == "GET" or not await request.body():
        return
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise UnsupportedMedia("Der Inhalt muss JSON sein.", field="Content-Type", allowed=("application/json",))
