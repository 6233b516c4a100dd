"""Reading before a path begins: what a form may offer, what the target group says, the text of a consent.

Nothing is kept and nothing is logged: there is no path yet that somebody could have opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.acts.intakes import judge
from api.acts.writing import Call, Writing
from api.caller import Caller
from api.clock import tenant_now
from api.schemas_intake import Intake
from api.services import Services
from process_models.catalogue import Catalogue
from process_models.configuration import ConsentText, Municipality
from process_models.consent_texts import (
    GERMAN,
    ConsentSheet,
    SheetWanted,
    controller_of,
    sheet_of,
    texts_on,
    wordings_of,
)
from process_models.intake import StayChoice, Verdict, stay_choices
from process_models.look_again import day_at
from store.tenants import get_tenant


@dataclass(frozen=True, slots=True)
class TextOffered:
    """A text that may be used: its version, by whom, and its languages under their own names."""

    version: str
    employer: str
    controller: str
    languages: tuple[tuple[str, str], ...]
    """Code and name of the language; `drafts` says which of them nobody has checked."""
    drafts: frozenset[str]


@dataclass(frozen=True, slots=True)
class IntakeChoices:
    """What the form of a new path offers in this municipality on this day."""

    municipality: Municipality
    today: date
    stays: Sequence[StayChoice]
    services: tuple[tuple[str, str], ...]
    """Kinds of agencies that may refer somebody, with their names."""
    managed_by: tuple[tuple[str, str], ...]
    criteria: tuple[str, ...]
    """Criteria of need that the table asks for; empty where it asks for none."""
    texts: Sequence[TextOffered]
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """A sheet in the language that is wanted, beside the German one that counts."""

    sheet: ConsentSheet
    german: ConsentSheet
    """The same as `sheet` where German is wanted."""


async def read_intake_choices(tools: Services, caller: Caller) -> IntakeChoices:
    """What the form of a new path offers."""
    async with tools.database.reading() as session:
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
    today = day_at(tenant_now(tenant, tools.now()))
    return choices_of(catalogue, catalogue.municipality(tenant.municipality), today)


def choices_of(catalogue: Catalogue, config: Municipality, today: date) -> IntakeChoices:
    """As `read_intake_choices`, from rules that are at hand."""
    here = {agency.kind for agency in config.agencies}
    managed = catalogue.fact_kinds["kim.referred"].fields["case_management"].allowed
    released = catalogue.in_force(config.target_group, today)
    return IntakeChoices(
        municipality=config,
        today=today,
        stays=stay_choices(catalogue, today),
        services=tuple((kind.code, kind.title) for kind in catalogue.agency_kinds if kind.code in here),
        managed_by=tuple((code, catalogue.label(code)) for code in managed if code != "none"),
        criteria=tuple(dict.fromkeys(code for rule in released for code in rule.criteria)),
        texts=tuple(_texts(catalogue, config, today)),
        catalogue=catalogue,
    )


async def read_verdict(tools: Services, caller: Caller, intake: Intake) -> Verdict:
    """What the target group says. Errors: those of starting the path; nothing is kept."""
    async with tools.database.reading() as session:
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        call = Call(caller.actor, caller.role, caller.tenant, "", "", caller.scope(tools.now()))
        return judge(Writing(session, tools, call, tenant, tools.now(), catalogue), intake)


async def read_sheet(tools: Services, caller: Caller, wanted: SheetWanted, day: date | None = None) -> SheetSeen:
    """The text of a consent, in the language that is wanted and in German. Errors: ConsentTextMissing."""
    async with tools.database.reading() as session:
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
    today = day or day_at(tenant_now(tenant, tools.now()))
    return sheets_of(catalogue, catalogue.municipality(tenant.municipality), wanted, today)


def sheets_of(catalogue: Catalogue, config: Municipality, wanted: SheetWanted, day: date) -> SheetSeen:
    """As `read_sheet`, from rules that are at hand."""
    sheet = sheet_of(catalogue, config, wanted, day)
    if wanted.language == GERMAN:
        return SheetSeen(sheet, sheet)
    german = SheetWanted(
        wanted.version, GERMAN, wanted.purposes, wanted.recipient, wanted.categories, wanted.until, wanted.employer
    )
    return SheetSeen(sheet, sheet_of(catalogue, config, german, day))


def _texts(catalogue: Catalogue, config: Municipality, today: date) -> list[TextOffered]:
    return [
        TextOffered(
            version=text.version,
            employer=employer,
            controller=controller_of(config, text, employer),
            languages=tuple((one.language, one.name) for one in wordings_of(catalogue, text, today)),
            drafts=frozenset(
                one.language for one in wordings_of(catalogue, text, today) if one.release.state != "released"
            ),
        )
        for text in texts_on(config, today)
        for employer in _employers(text)
    ]


def _employers(text: ConsentText) -> tuple[str, ...]:
    return text.employers or ("*",)
