"""Somebody comes in: their account with the role of today, a session, and a line in the audit.

Cookies and redirects stand in the pages.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import DemoOff
from api.services import Services
from process_models.catalogue import Catalogue
from process_models.errors import FactInvalid
from store import audit
from store.account_tables import SignIn
from store.accounts import Appointment, keep_account, new_session_token, open_session
from store.tables import Tenant
from store.tenants import create_tenant, find_tenant, list_tenants

DEMO_ISSUER: Final = "demo"
_PEOPLE: Final = Path(__file__).parents[1] / "demo_people.yaml"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody whom one can be on a local stack."""

    subject: str
    display_name: str
    role: str
    label: str
    what: str
    agency: str = ""
    """Kind of the agency; the agency itself is that of the municipality."""
    body: str = ""


def _read_people() -> dict[str, DemoPerson]:
    rows: list[dict[str, Any]] = yaml.safe_load(_PEOPLE.read_text(encoding="utf-8"))
    return {row["subject"]: DemoPerson(**row) for row in rows}


DEMO_PEOPLE: Final = _read_people()


async def enter(tools: Services, who: Appointment, *, sid: str = "", id_token: str = "") -> str:
    """Opens a session for this person; returns its token. Errors: UnknownMunicipality for a tenant that cannot be."""
    now, token = tools.now(), new_session_token()
    async with tools.database.transaction() as session:
        if who.tenant_id is not None and await find_tenant(session, who.tenant_id) is None:
            municipality = tools.catalogues.shipped.municipality(who.tenant_id).id
            await create_tenant(session, who.tenant_id, municipality, now=now)
        account = await keep_account(session, who, now)
        await open_session(session, account, token, now, sid=sid, id_token=_sealed(token, id_token))
        await audit.record(session, account.id, account.role, "sign_in", account.id, None, account.tenant_id, now)
    return token


def id_token_of(token: str, sign_in: SignIn) -> str:
    """The token of the identity provider, for signing out there; only who holds the session can open it."""
    return _fernet(token).decrypt(sign_in.id_token).decode() if sign_in.id_token else ""


def _sealed(token: str, id_token: str) -> str:
    return _fernet(token).encrypt(id_token.encode()).decode() if id_token else ""


def _fernet(token: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"id token {token}".encode()).digest()))


async def enter_demo(tools: Services, subject: str, tenant_id: str) -> str:
    """Opens a session as one of the demo people, in this tenant or the first one.

    Errors: DemoOff outside a local stack, FactInvalid for nobody of them or for no tenant.
    """
    if not tools.options.demo:
        raise DemoOff("Bitte prüfen Sie die Adresse.")
    person = DEMO_PEOPLE.get(subject)
    if person is None:
        raise FactInvalid("Diese Person gibt es nicht.", field="person", allowed=tuple(DEMO_PEOPLE))
    async with tools.database.reading() as session:
        tenant = await _tenant(session, tenant_id)
    if person.role == "admin":
        return await enter(tools, Appointment(DEMO_ISSUER, person.subject, person.display_name, person.role))
    found, municipality = (tenant.id, tenant.municipality) if tenant else _first(tools.catalogues.shipped)
    who = Appointment(
        DEMO_ISSUER,
        f"{person.subject}@{found}",
        person.display_name,
        person.role,
        found,
        _agency(tools, municipality, person.agency) if person.agency else "",
        person.body,
    )
    return await enter(tools, who)


async def _tenant(session: AsyncSession, tenant_id: str) -> Tenant | None:
    tenants = await list_tenants(session)
    if tenant_id and tenants and tenant_id not in {one.id for one in tenants}:
        raise FactInvalid("Diesen Mandanten gibt es nicht.", field="tenant")
    return next((one for one in tenants if one.id == tenant_id), tenants[0] if tenants else None)


def _first(catalogue: Catalogue) -> tuple[str, str]:
    first = min(catalogue.municipalities)
    return first, first


def _agency(tools: Services, municipality: str, kind: str) -> str:
    agencies = tools.catalogues.shipped.municipality(municipality).agencies
    return next((agency.id for agency in agencies if agency.kind == kind), kind)
