"""Looks at every part that a process depends on and says in German what is wrong and what helps.

Reads only; changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.service import RPCError

from process_models.errors import KimError
from process_models.names import SEARCH_ATTRIBUTES
from settings import Settings, connect
from store.database import Database

_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Finding:
    """What was seen of one part."""

    part: str
    good: bool
    text: str


class _Trouble(Exception):
    """A part does not do its work; the text says what helps."""


async def examine(settings: Settings) -> list[Finding]:
    """One finding a part, always the same parts in the same order."""
    checks: dict[str, Callable[[Settings], Awaitable[str]]] = {
        "Einstellungen": _settings,
        "Datenbank": _database,
        "Temporal": _temporal,
        "Mailserver": _mail_server,
    }
    return [await _look(part, check, settings) for part, check in checks.items()]


async def _look(part: str, check: Callable[[Settings], Awaitable[str]], settings: Settings) -> Finding:
    try:
        async with asyncio.timeout(_SECONDS):
            return Finding(part, True, await check(settings))
    except KimError as error:
        return Finding(part, False, error.detail)
    except TimeoutError:
        return Finding(part, False, f"keine Antwort in {_SECONDS:.0f} Sekunden")
    except (_Trouble, OSError) as error:
        return Finding(part, False, str(error))


async def _settings(settings: Settings) -> str:
    weak = settings.weaknesses()
    if weak and settings.mode == "production":
        raise _Trouble("; ".join(weak))
    return f"Betriebsart {settings.mode}" + (f"; für den Betrieb fehlt noch: {'; '.join(weak)}" if weak else "")


async def _database(settings: Settings) -> str:
    database = Database(settings.database_url, settings.keyring())
    try:
        await database.ping()
    finally:
        await database.close()
    return "antwortet"


async def _temporal(settings: Settings) -> str:
    try:
        client = await connect(settings)
        request = ListSearchAttributesRequest(namespace=settings.temporal_namespace)
        known = (await client.operator_service.list_search_attributes(request)).custom_attributes
    except (RPCError, RuntimeError):  # the SDK reports a failed connection as RuntimeError
        raise _Trouble(f"{settings.temporal_address} antwortet nicht, oder der Namensraum fehlt") from None
    missing = sorted(set(SEARCH_ATTRIBUTES) - set(known))
    if missing:
        raise _Trouble(f"Suchattribute fehlen: {', '.join(missing)} (kim local prepare-namespace)")
    return f"{settings.temporal_address}, Namensraum {settings.temporal_namespace}, alle Suchattribute vorhanden"


async def _mail_server(settings: Settings) -> str:
    _, writer = await asyncio.open_connection(settings.smtp_host, settings.smtp_port)
    writer.close()
    await writer.wait_closed()
    return f"{settings.smtp_host}:{settings.smtp_port} nimmt Verbindungen an"
