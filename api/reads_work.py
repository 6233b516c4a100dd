"""Reading the worklist: whose turn it is, in the order of deadlines. Case numbers and codes; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.caller import Caller
from api.clock import tenant_today
from api.services import Services
from process_models.catalogue import Catalogue
from store.filter_tables import WorkFilter
from store.tenants import get_tenant
from store.visible import find_visible_path
from store.work_filters import list_filters
from store.worklist import SOON, WantedWork, WorkCounts, WorkLine, count_work, list_work


@dataclass(frozen=True, slots=True)
class WorkSeen:
    """The worklist."""

    today: date
    soon: date
    lines: Sequence[WorkLine]
    counts: WorkCounts
    titles: Mapping[str, str]
    """Code of a deadline -> its title."""
    labels: Mapping[str, str]
    """Kind of agency -> its name."""
    places: tuple[str, ...]
    more: bool
    filters: tuple[WorkFilter, ...]
    """What this caller keeps."""


async def read_work(tools: Services, caller: Caller, wanted: WantedWork) -> WorkSeen:
    """One page of the worklist of this caller."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        today = await tenant_today(session, tenant, tools.now())
        lines = await list_work(session, scope, wanted, today)
        counts = await count_work(session, scope, wanted, today)
        kept = await list_filters(session, caller.account_id) if caller.account_id else []
    return WorkSeen(
        today=today,
        soon=today + SOON,
        lines=lines,
        counts=counts,
        titles={line.next_due: _title(catalogue, line.next_due, today) for line in lines if line.next_due},
        labels={line.waits_for: catalogue.label(line.waits_for) for line in lines if line.waits_for},
        places=catalogue.municipality(tenant.municipality).places,
        more=len(lines) == wanted.limit,
        filters=tuple(kept),
    )


def _title(catalogue: Catalogue, code: str, today: date) -> str:
    rule = catalogue.deadline(code, today)
    return rule.title if rule else code


async def find_case(tools: Services, caller: Caller, typed: str) -> str:
    """The id of the path with this case number, however it was typed; empty if there is none for this caller."""
    number = "".join(typed.upper().split()).removeprefix("KIM").replace("-", "")
    async with tools.database.reading() as session:
        found = await find_visible_path(session, caller.scope(tools.now()), f"KIM-{number[:4]}-{number[4:]}")
    return found.id if found else ""
