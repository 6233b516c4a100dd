"""What somebody sees: one filter for get, list, search, count and export. Deny by default.

Predicates only; whoever asks the records for paths, handovers or agenda items puts one of them into the query.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from sqlalchemy import ColumnElement, Select, and_, false, not_, or_, select, true
from sqlmodel import col

from process_models.facts import CLIENT
from process_models.names import BODY_ROLES
from store.account_tables import Assignment
from store.assignments import active
from store.need_tables import Need, Offer
from store.post_tables import Supervision
from store.tables import BodyItem, BodyItemPath, ConsentEvidence, Handover, Notice, Path, PathEvent, Task, Tenant

Sight = Literal["tenant", "own", "agenda", "task", "none"]
"""Which paths: all of the tenant, one's own, those on one's agenda, none but single tasks, none at all."""

SEES: Final[dict[str, Sight]] = {
    "case_manager": "own",
    "coordinator": "tenant",
    "auditor": "tenant",
    "body": "agenda",
    "clerk": "task",
    "land": "none",
    "admin": "none",
}
COUNTS: Final = ("case_manager", "coordinator", "body", "land")
"""Who sees how often something happened, once small counts are taken out."""
_NAMED_BY_ROLE: Final = ("case_manager",)
_CONSENT_TO_NAME: Final = "P3"
_ACCOMPANY: Final = ("case_manager", "coordinator")
"""Who accompanies people, or supervises those who do: bodies and agencies are told no needs."""
_USE_OFFERS: Final = ("case_manager", "coordinator", "body", "clerk")


@dataclass(frozen=True, slots=True)
class Scope:
    """One caller's view of the records on a day. Made once a request; every query takes it."""

    tenant_id: str | None
    role: str
    today: date
    account_id: str | None = None
    """None = a token of a whole office, which has no paths of its own and sees those of its tenant."""
    agency: str = ""
    body: str = ""
    municipalities: tuple[str, ...] = ()
    """Municipalities or places; empty = no further limit inside the tenant."""

    def paths(self) -> ColumnElement[bool]:
        """Paths that may be opened, listed, searched, counted and exported."""
        return _visible(self)

    def held(self) -> ColumnElement[bool]:
        """Those of `paths` that are one's own or a colleague's whom one stands in for; not those of nobody."""
        if SEES.get(self.role) != "own" or self.account_id is None:
            return self.paths()
        mine = select(col(Assignment.path_id)).where(
            col(Assignment.path_id).is_not(None),
            active(self.today),
            or_(col(Assignment.account_id) == self.account_id, self.deputised()),
        )
        return and_(self.paths(), col(Path.id).in_(mine))

    def named(self) -> ColumnElement[bool]:
        """Paths whose person may be named; all others of `paths` are shown by case number only."""
        if self.role in _NAMED_BY_ROLE:
            return self.paths()
        if self.role == "coordinator":
            return and_(self.paths(), self._supervised())
        if self.role == "body" and self.body == "fall":
            return and_(self.paths(), _consented(self.today))
        return false()

    def needs(self) -> ColumnElement[bool]:
        """Needs: those of paths whose person may be named, for those who accompany people."""
        if self.role not in _ACCOMPANY:
            return false()
        return col(Need.path_id).in_(select(col(Path.id)).where(self.named()))

    def offers(self) -> ColumnElement[bool]:
        """The register of offers of the tenant; nothing in it is about a person."""
        if self.tenant_id is None or self.role not in _USE_OFFERS:
            return false()
        return col(Offer.tenant_id) == self.tenant_id

    def tasks(self) -> ColumnElement[bool]:
        """Tasks of the office: those of visible paths."""
        return col(Task.path_id).in_(self._path_ids())

    def notices(self) -> ColumnElement[bool]:
        """Mails: those of visible paths, and for who coordinates those of the bodies, which belong to no path."""
        of_paths = col(Notice.path_id).in_(self._path_ids())
        if self.tenant_id is None or SEES.get(self.role) != "tenant":
            return of_paths
        return or_(of_paths, and_(col(Notice.path_id).is_(None), col(Notice.tenant_id) == self.tenant_id))

    def handovers(self) -> ColumnElement[bool]:
        """Handovers that may be seen: those of visible paths, and for a clerk the open ones of the own agency."""
        if SEES.get(self.role) == "task":
            if self.tenant_id is None or not self.agency:
                return false()
            return and_(
                col(Handover.tenant_id) == self.tenant_id,
                col(Handover.to_agency) == self.agency,
                col(Handover.state).in_(("offered", "received", "accepted")),
            )
        return col(Handover.path_id).in_(self._path_ids())

    def events(self) -> ColumnElement[bool]:
        """Events that may be counted for this caller; what is told of the counts says `small_cells`."""
        if self.tenant_id is None or self.role not in COUNTS:
            return false()
        own = col(PathEvent.tenant_id) == self.tenant_id
        if not self.municipalities:
            return own
        within = list(self.municipalities)
        whole = select(col(Tenant.id)).where(col(Tenant.id) == self.tenant_id, col(Tenant.municipality).in_(within))
        return and_(own, or_(col(PathEvent.place).in_(within), whole.exists()))

    def agenda(self, body: str) -> ColumnElement[bool]:
        """Agenda items of a body: interfaces and counts, for its members and for those who prepare it."""
        if not self.sits_in(body):
            return false()
        return and_(col(BodyItem.tenant_id) == self.tenant_id, col(BodyItem.body) == body)

    def sits_in(self, body: str) -> bool:
        """Whether meetings and decisions of this body are shown: to its members and to those who prepare it."""
        if self.tenant_id is None or self.role not in ("case_manager", "coordinator", "body"):
            return False
        return self.role != "body" or not self.body or self.body == body

    def _path_ids(self) -> Select[str]:
        return select(col(Path.id)).where(self.paths())

    def _places(self) -> ColumnElement[bool]:
        if not self.municipalities:
            return true()
        within = list(self.municipalities)
        return or_(col(Path.municipality).in_(within), col(Path.current_place).in_(within))

    def _by_sight(self, sight: Sight) -> ColumnElement[bool]:
        if sight == "tenant":
            return true()
        if sight == "agenda":
            return self._on_the_agenda()
        if self.account_id is None:
            return true()
        others = and_(active(self.today), col(Assignment.account_id) != self.account_id, not_(self.deputised()))
        of_others = select(col(Assignment.id)).where(col(Assignment.path_id) == col(Path.id), others).correlate(Path)
        return ~of_others.exists()  # what is nobody's may be claimed

    def _supervised(self) -> ColumnElement[bool]:
        """The Fachaufsicht has said why it opens the file, and the time for it is not over."""
        if self.account_id is None:
            return false()
        opened = select(col(Supervision.path_id)).where(
            col(Supervision.account_id) == self.account_id,
            col(Supervision.since) <= self.today,
            col(Supervision.until) >= self.today,
        )
        return col(Path.id).in_(opened)

    def deputised(self) -> ColumnElement[bool]:
        """Assignments of whom the caller deputises today."""
        other = Assignment.__table__.alias("deputy")  # type: ignore[attr-defined]
        colleagues = select(other.c.deputy_for).where(
            other.c.account_id == self.account_id,
            other.c.deputy_for.is_not(None),
            other.c.since <= self.today,
            or_(other.c.until.is_(None), other.c.until >= self.today),
        )
        return col(Assignment.account_id).in_(colleagues)

    def _on_the_agenda(self) -> ColumnElement[bool]:
        if self.body != "fall":
            return false()
        on_it = select(col(BodyItemPath.path_id)).join(BodyItem, col(BodyItem.id) == col(BodyItemPath.item_id))
        return col(Path.id).in_(on_it.where(self.agenda("fall"), col(BodyItem.state) == "open"))


@lru_cache(maxsize=512)
def _visible(scope: Scope) -> ColumnElement[bool]:
    """The same words for the same visitor of a day: a page asks with them half a dozen times."""
    sight = SEES.get(scope.role, "none")
    if scope.tenant_id is None or sight in ("none", "task"):
        return false()
    return and_(col(Path.tenant_id) == scope.tenant_id, scope._places(), scope._by_sight(sight))


def _consented(today: date) -> ColumnElement[bool]:
    """A consent to be named in the AG Fallebene is in force."""
    given = select(col(ConsentEvidence.path_id)).where(
        col(ConsentEvidence.who) == CLIENT,
        col(ConsentEvidence.purpose) == _CONSENT_TO_NAME,
        or_(col(ConsentEvidence.recipient).is_(None), col(ConsentEvidence.recipient) == BODY_ROLES["fall"]),
        col(ConsentEvidence.given_on) <= today,
        or_(col(ConsentEvidence.valid_until).is_(None), col(ConsentEvidence.valid_until) >= today),
        or_(col(ConsentEvidence.revoked_on).is_(None), col(ConsentEvidence.revoked_on) > today),
        col(ConsentEvidence.retracted_on).is_(None),
    )
    return col(Path.id).in_(given)
