"""From a link or a visit of an agency to the one handover behind it, if that agency may see it at this moment.

One refusal for whatever is wrong: unknown, expired, revoked, answered, passed on, no longer covered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import path_now
from api.services import Services
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.handover import towards
from process_models.handover_consent import covered
from process_models.look_again import day_at
from process_models.rules import HandoverRule, Municipality
from process_models.work import HandoverItem
from store.agency_tables import AgencyDeed, AgencyVisit
from store.errors import PersonErased
from store.handovers import get_handover, item_of
from store.links import find_link, get_link, link_invalid
from store.paths import get_path, load_case
from store.tables import Handover, Path, TaskLink, Tenant
from store.tenants import get_tenant

_ANY_DAY = date.min


@dataclass(frozen=True, slots=True)
class Found:
    """What lies behind a link."""

    link: TaskLink
    row: Handover
    path: Path
    tenant: Tenant
    case: Case
    catalogue: Catalogue
    rule: HandoverRule
    moment: datetime
    """On the clock of the path."""

    @property
    def item(self) -> HandoverItem:
        """The handover as the rules see it."""
        return item_of(self.row)

    @property
    def municipality(self) -> Municipality:
        """The configuration of the path's municipality."""
        return self.catalogue.municipality(self.path.municipality)

    @property
    def agency(self) -> str:
        """Name of the agency."""
        titles = (one.title for one in self.municipality.agencies if one.id == self.link.agency)
        return next(titles, self.catalogue.label(self.row.to_kind))

    def deed(self, deed: str, **more: Any) -> AgencyDeed:
        """What the agency of the link does, as a row. `more`: reason, documents, to_kind."""
        return AgencyDeed(
            handover_id=self.row.id, agency=self.link.agency, deed=deed, done_on=day_at(self.moment), **more
        )


async def by_token(tools: Services, session: AsyncSession, token: str) -> Found:
    """What lies behind the link of this token. Errors: LinkInvalid."""
    return await _follow(tools, session, await find_link(session, token, _ANY_DAY))


async def by_visit(tools: Services, session: AsyncSession, visit: AgencyVisit) -> Found:
    """What lies behind the link of a visit. Errors: LinkInvalid."""
    return await _follow(tools, session, await get_link(session, visit.link_id, _ANY_DAY))


async def _follow(tools: Services, session: AsyncSession, link: TaskLink) -> Found:
    row = await get_handover(session, link.handover_id, None)
    path = await get_path(session, row.path_id, None)
    tenant = await get_tenant(session, path.tenant_id)
    moment = await path_now(session, tenant, path.id, tools.now())
    # Asked again, with the path locked and the day on its clock: the link may have ended meanwhile.
    await get_link(session, link.id, day_at(moment))
    catalogue = await tools.catalogues.of_path(session, path)
    case = await _case(tools, session, path)
    rule = _rule_for(row, catalogue, case, day_at(moment))
    if rule is None or not item_of(row).is_open or row.to_agency != link.agency:
        raise link_invalid()
    return Found(link, row, path, tenant, case, catalogue, rule, moment)


async def _case(tools: Services, session: AsyncSession, path: Path) -> Case:
    try:
        return await load_case(session, tools.database.keyring, path.id)
    except PersonErased:
        raise link_invalid() from None


def _rule_for(row: Handover, catalogue: Catalogue, case: Case, day: date) -> HandoverRule | None:
    """The rule, towards who was asked, if consent or statute covers it today."""
    rule = catalogue.handover(row.code, day) or catalogue.handover(row.code, row.trigger_on)
    if rule is None:
        return None
    asked = towards(rule, row.to_kind)
    return asked if covered(case, row.code, asked, day, catalogue).allowed else None
