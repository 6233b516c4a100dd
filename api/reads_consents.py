"""Reading about consents: what is asked for, and what a revocation would do, foreseen from the rules that carry it out.

Nothing is changed but the audit: the opening is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.caller import Caller
from api.clock import path_now
from api.errors import ConsentNotFound
from api.reads import note_reading
from api.reads_intake import IntakeChoices, choices_of
from api.services import Services
from api.views import ConcernedView, ConsequencesView, OpenDate
from process_models.capacity import is_minor
from process_models.catalogue import Catalogue
from process_models.cautions import is_consent_missing
from process_models.consent import Consent, consents_of
from process_models.explain import agency_title
from process_models.facts import known_on
from process_models.look_again import day_at
from process_models.plan import PlannedHandover
from process_models.planning import plan_of_day
from process_models.release import categories_asked
from process_models.revocation import consequences_of
from store.facts import load_facts
from store.paths import load_case, load_path_person
from store.tables import Path
from store.tenants import get_tenant
from store.visible import get_visible_path, may_be_named


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


@dataclass(frozen=True, slots=True)
class AwaitedConsent:
    """A handover that cannot leave: for whom, and which data a consent has to name."""

    handover: str
    title: str
    kind: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """What the page offers on which somebody's answer is recorded."""

    path: Path
    name: str
    choices: IntakeChoices
    minor: bool
    awaited: tuple[AwaitedConsent, ...]
    receivers: tuple[tuple[str, str], ...]
    """Kind of agency and the name of the one that answers for the place."""
    may_begin: bool
    """The case management has not begun yet: it may begin with this consent."""


@dataclass(frozen=True, slots=True)
class WithdrawalPage:
    """A consent, and what its withdrawal would do today."""

    path: Path
    consent: Consent
    consequences: ConsequencesView
    catalogue: Catalogue


async def read_consent_page(tools: Services, caller: Caller, path_id: str) -> ConsentPage:
    """The page on which a consent is recorded. Errors: PathNotFound."""
    async with tools.database.reading() as session:
        scope = caller.scope(tools.now())
        path = await get_visible_path(session, scope, path_id)
        now = await path_now(session, await get_tenant(session, path.tenant_id), path.id, tools.now())
        case = await load_case(session, tools.database.keyring, path.id)
        catalogue = await tools.catalogues.of_path(session, path)
        named = await may_be_named(session, scope, path)
        person = await load_path_person(session, tools.database.keyring, path) if named else None
    await note_reading(tools, caller, "path.read", path)
    plan = plan_of_day(case, now, catalogue)
    choices = choices_of(catalogue, catalogue.municipality(path.municipality), plan.day)
    return ConsentPage(
        path=path,
        name=person.name if person else "",
        choices=choices,
        minor=is_minor(case.person.born, plan.day),
        awaited=tuple(
            AwaitedConsent(one.code, one.title, one.to_kind, _asked(one, catalogue, plan.day))
            for one in plan.handovers
            if is_consent_missing(one)
        ),
        receivers=tuple((kind, agency_title(case, plan, kind, catalogue)) for kind, _ in choices.services),
        may_begin=plan.standing.kim in ("prospect", "waiting_consent"),
    )


def _asked(planned: PlannedHandover, catalogue: Catalogue, day: date) -> tuple[str, ...]:
    """What the handover lacks, and what its receiver shall see: an agency that reads no name has to ask for it."""
    rule = catalogue.handover(planned.code, day)
    return tuple(dict.fromkeys((*planned.missing, *(categories_asked(rule, catalogue, day) if rule else ()))))


async def read_withdrawal(tools: Services, caller: Caller, path_id: str, ref: str) -> WithdrawalPage:
    """A consent and what its withdrawal would do. Errors: PathNotFound, ConsentNotFound."""
    consequences = await read_consequences(tools, caller, path_id, ref)
    async with tools.database.reading() as session:
        path = await get_visible_path(session, caller.scope(tools.now()), path_id)
        today = day_at(await path_now(session, await get_tenant(session, path.tenant_id), path.id, tools.now()))
        facts = await load_facts(session, tools.database.keyring, path)
        catalogue = await tools.catalogues.of_path(session, path)
    held = next(one for one in consents_of(known_on(facts, today), today) if one.id == ref)
    return WithdrawalPage(path, held, consequences, catalogue)
