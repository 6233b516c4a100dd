"""`kim token`: makes a bearer token of a role and shows it once; the records keep only its hash.

The only way to a first token: whoever may run this command may read the database anyway.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from api.permissions import ROLES
from process_models.catalogue import load_catalogue
from process_models.errors import KimError
from settings import Settings, load_settings
from store import audit
from store.access import create_token
from store.database import Database
from store.tenants import create_tenant, find_tenant

LONGEST_DAYS = 365
_WITHOUT_TENANT = ("admin",)


class TokenRefused(KimError):
    """The options of the command do not fit together."""

    status = 422
    title = "So kann kein Zugangsschlüssel angelegt werden"


def command(
    role: Annotated[str, typer.Option(help="case_manager, coordinator, body, admin oder auditor")],
    label: Annotated[str, typer.Option(help="Wofür der Schlüssel ist, ohne Namen von Personen")],
    tenant: Annotated[str, typer.Option(help="Mandant, etwa rhein-kreis-neuss; nicht bei admin")] = "",
    days: Annotated[int, typer.Option(min=1, max=LONGEST_DAYS, help="Wie viele Tage er gilt")] = 90,
) -> None:
    """Legt einen Zugangsschlüssel an und zeigt ihn ein einziges Mal."""
    try:
        check(role, tenant)
        token = asyncio.run(make(load_settings(), role, label, tenant or None, timedelta(days=days)))
    except KimError as error:
        typer.echo(f"{error.title}: {error.detail}", err=True)
        if error.allowed:
            typer.echo(f"Erlaubt: {', '.join(error.allowed)}", err=True)
        raise typer.Exit(2) from None
    typer.echo(token)


def check(role: str, tenant: str) -> None:
    """Whether role and tenant fit together. Errors: TokenRefused."""
    if role not in ROLES:
        raise TokenRefused("Diese Rolle gibt es nicht.", field="role", allowed=ROLES)
    if role in _WITHOUT_TENANT and tenant:
        raise TokenRefused("Die Verwaltung gehört zu keinem Mandanten.", field="tenant")
    if role not in _WITHOUT_TENANT and not tenant:
        raise TokenRefused("Zu dieser Rolle gehört ein Mandant (--tenant).", field="tenant")


async def make(settings: Settings, role: str, label: str, tenant: str | None, lifetime: timedelta) -> str:
    """The token. A municipality that has no tenant yet gets one. Errors: UnknownMunicipality, DatabaseAway."""
    now = datetime.now(UTC)
    database = Database(settings.database_url, settings.keyring())
    try:
        async with database.transaction() as session:
            if tenant is not None and await find_tenant(session, tenant) is None:
                await create_tenant(session, tenant, load_catalogue().municipality(tenant).id, now=now)
            token = await create_token(session, role, label, tenant, now, lifetime)
            await audit.record(session, "kim-token", "operator", "token.created", role, None, tenant, now)
    finally:
        await database.close()
    return token
