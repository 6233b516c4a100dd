"""Reading for an impulse: the interfaces of a path, those with an open handover first, and the reasons there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.caller import Caller
from api.clock import path_now
from api.services import Services
from process_models.look_again import day_at
from process_models.work import StallReason
from store.handovers import list_handovers
from store.tables import Path
from store.tenants import get_tenant
from store.visible import get_visible_path

_OPEN = ("offered", "received", "accepted")


@dataclass(frozen=True, slots=True)
class ImpulsePage:
    """What the form of an impulse offers."""

    path: Path
    interfaces: Sequence[tuple[str, str]]
    """Code of a handover; its title with sender and receiver."""
    reasons: Mapping[StallReason, str]


async def read_impulse_page(tools: Services, caller: Caller, path_id: str) -> ImpulsePage:
    """What the form of an impulse offers. Errors: PathNotFound."""
    async with tools.database.reading() as session:
        path = await get_visible_path(session, caller.scope(tools.now()), path_id)
        today = day_at(await path_now(session, await get_tenant(session, path.tenant_id), path.id, tools.now()))
        catalogue = await tools.catalogues.of_path(session, path)
        rows = await list_handovers(session, path.id)
    waiting = {row.code for row in rows if row.state in _OPEN}
    rules = sorted(
        catalogue.in_force(catalogue.handovers, today), key=lambda rule: (rule.code not in waiting, rule.code)
    )
    named = [
        (rule.code, f"{rule.code} {rule.title}: {catalogue.label(rule.from_kind)} → {catalogue.label(rule.to_kind)}")
        for rule in rules
    ]
    return ImpulsePage(path, named, catalogue.ladder(today).reasons)
