"""What a revocation would do, foreseen from the same rules that carry it out. Reading only; the opening is recorded."""

from __future__ import annotations

from api.caller import Caller
from api.clock import path_now
from api.errors import ConsentNotFound
from api.reads import note_reading
from api.services import Services
from api.views import ConcernedView, ConsequencesView, OpenDate
from process_models.consent import consents_of
from process_models.facts import known_on
from process_models.look_again import day_at
from process_models.revocation import consequences_of
from store.paths import load_case
from store.tenants import get_tenant
from store.visible import get_visible_path


async def read_consequences(tools: Services, caller: Caller, path_id: str, ref: str) -> ConsequencesView:
    """The consequences of revoking this consent now. Errors: PathNotFound, ConsentNotFound with the valid ones."""
    async with tools.database.reading() as session:
        path = await get_visible_path(session, caller.scope(tools.now()), path_id)
        tenant = await get_tenant(session, path.tenant_id)
        now = await path_now(session, tenant, path.id, tools.now())
        case = await load_case(session, tools.database.keyring, path.id)
        catalogue = await tools.catalogues.of_path(session, path)
    held = {consent.id: consent.who for consent in consents_of(known_on(case.facts, day_at(now)), day_at(now))}
    if ref not in held:
        raise ConsentNotFound(
            "Der Weg hat keine Einwilligung dieser Kennung, die noch gilt.", field="ref", allowed=tuple(sorted(held))
        )
    found = consequences_of(case, ref, now, catalogue, held[ref])
    await note_reading(tools, caller, "consent.foreseen", path)
    return ConsequencesView(
        consent=ref,
        taken_back=tuple(ConcernedView(handover=one.handover, kind=one.kind) for one in found.taken_back),
        asked_to_erase=tuple(ConcernedView(handover=one.handover, kind=one.kind) for one in found.asked_to_erase),
        goes_on=tuple(ConcernedView(handover=one.handover, kind=one.kind) for one in found.goes_on),
        deadlines=tuple(OpenDate(code=code, last_day=day) for code, day in found.deadlines),
        case_management_stops=found.case_management_stops,
    )
