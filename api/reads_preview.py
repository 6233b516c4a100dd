"""What a fact would set going, before it is recorded: the plan of after, the mails, handovers and tasks that follow.

The same rules as recording it; nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.acts.facts import checked
from api.acts.writing import Call, Writing
from api.caller import Caller
from api.clock import path_now
from api.schemas import FactIn
from api.services import Services
from process_models.applied import notices_of
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.explain import agency_title
from process_models.look_again import day_at
from process_models.messages import Action, CancelHandover, OfferHandover, OpenTask
from process_models.model_diff import PlanChange, compare_plans
from process_models.names import HEAD_OF_UNIT_SUFFIX
from process_models.plan import Plan
from process_models.settling import settle
from store.paths import load_case
from store.scope import Scope
from store.tables import Path
from store.tenants import get_tenant
from store.visible import get_visible_path

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class MailAhead:
    """A mail that would leave: its kind, what it is about, and to whom."""

    kind: str
    about: str
    to: str


@dataclass(frozen=True, slots=True)
class HandoverAhead:
    """A handover that would be offered or taken back."""

    code: str
    title: str
    to: str


@dataclass(frozen=True, slots=True)
class ChangeAhead:
    """A difference in the plan, in words. `kind` as in `model_diff`; before or after are empty where there is none."""

    kind: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a fact would change today, and what it would set going at once."""

    changes: tuple[ChangeAhead, ...]
    waiting: str
    offers: tuple[HandoverAhead, ...]
    taken_back: tuple[HandoverAhead, ...]
    mails: tuple[MailAhead, ...]
    tasks: tuple[str, ...]
    """Words of the tasks that would be opened."""


async def preview_fact(tools: Services, caller: Caller, path_id: str, given: FactIn) -> Preview:
    """What the fact would change in the plan of today. Errors: those of recording it; nothing is kept."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        path = await get_visible_path(session, scope, path_id)
        writing = await _as_if_writing(tools, session, caller, scope, path)
        now = await path_now(session, writing.tenant, path.id, tools.now())
        case = await load_case(session, tools.database.keyring, path.id)
        facts = checked(writing, case, (given,), day_at(now))
        catalogue = await tools.catalogues.of_path(session, path)
    before = settle(case, now, catalogue)
    after = settle(replace(case, facts=(*case.facts, *facts)), now, catalogue)
    new = tuple(action for action in after.actions if action not in before.actions)
    words = _Words(case, after.plan, catalogue)
    return Preview(
        changes=tuple(words.changes(compare_plans(before.plan, after.plan))),
        waiting=after.plan.waiting.sentence if after.plan.waiting else "",
        offers=tuple(words.handovers(new, OfferHandover)),
        taken_back=tuple(words.handovers(new, CancelHandover)),
        mails=tuple(words.mails(new)),
        tasks=tuple(words.tasks(new)),
    )


async def _as_if_writing(tools: Services, session: AsyncSession, caller: Caller, scope: Scope, path: Path) -> Writing:
    call = Call(caller.actor, caller.role, caller.tenant, "", "", scope)
    tenant = await get_tenant(session, path.tenant_id)
    return Writing(session, tools, call, tenant, tools.now(), await tools.catalogues.of_path(session, path))


@dataclass(frozen=True, slots=True)
class _Words:
    """Words for actions: agencies by the name of the one that answers for the place."""

    case: Case
    plan: Plan
    catalogue: Catalogue

    def changes(self, found: PlanChange) -> Iterator[ChangeAhead]:
        """The differences, with titles of states and days as people write them."""
        for one in found.changes:
            standing = one.kind == "standing_changes"
            title = self.catalogue.label(f"axis.{one.code}") if standing else (one.title or self._label(one.code))
            before, after = (self._value(one.code if standing else "", said) for said in (one.before, one.after))
            yield ChangeAhead(one.kind, title, before, after)

    def handovers(
        self, actions: Iterable[Action], kind: type[OfferHandover | CancelHandover]
    ) -> Iterator[HandoverAhead]:
        """The handovers that actions of this kind are about."""
        for action in actions:
            if isinstance(action, kind):
                rule = self.catalogue.handover(action.handover, action.trigger_on)
                receiver = action.to_kind or (rule.to_kind if rule else "")
                yield HandoverAhead(action.handover, rule.title if rule else "", self._to(receiver))

    def mails(self, actions: Iterable[Action]) -> Iterator[MailAhead]:
        """The mails that the actions make."""
        for action in actions:
            for draft in notices_of(self.case.path_id, action, self.catalogue):
                yield MailAhead(draft.kind, draft.subject, self._to(draft.recipient))

    def tasks(self, actions: Iterable[Action]) -> Iterator[str]:
        """The tasks that the actions open."""
        for action in actions:
            if isinstance(action, OpenTask):
                yield f"{self.catalogue.label(f'task.{action.kind}')}: {action.subject}"

    def _value(self, axis: str, said: str | None) -> str:
        if not said:
            return ""
        if _DAY.fullmatch(said):
            return f"{date.fromisoformat(said):%d.%m.%Y}"
        state = self.catalogue.residence(said, self.plan.day) if axis == "residence" else None
        if state is not None:
            return state.title
        words = self.catalogue.label(f"{axis}.{said}") if axis else self._label(said)
        return said if words == f"{axis}.{said}" else words

    def _label(self, code: str) -> str:
        warning = self.catalogue.label(f"warning.{code}")
        return warning if warning != f"warning.{code}" else self.catalogue.label(code)

    def _to(self, recipient: str) -> str:
        kind = recipient.removesuffix(HEAD_OF_UNIT_SUFFIX)
        return agency_title(self.case, self.plan, kind, self.catalogue)
