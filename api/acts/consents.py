"""Consent: what stops at once when a consent ends, however it ended: revoked, refused, taken back or corrected.

The consent itself is a fact, and the rules say what it carries. What rests on a statute runs on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from api.acts.telling import call_off, tell
from api.acts.writing import Writing
from process_models.applied import carry_out
from process_models.case import Case
from process_models.consent import CONSENT_FACTS, Consent, consents_of
from process_models.facts import RETRACTED, Fact, known_on
from process_models.look_again import day_at
from process_models.messages import CancelHandover, TellAgency
from process_models.names import BODY_ROLES
from process_models.planning import make_plan
from process_models.reconcile import reconcile
from store.events import keep_handover
from store.handovers import find_handover_of_trigger
from store.notices import cancel_notices
from store.paths import reopen_path
from store.tables import Path

REVOKED = "consent.revoked"
_BY_PURPOSE = {"P3": BODY_ROLES["fall"], "P4": "client"}
"""Purposes whose consent covers one recipient as a whole: named discussion, contact with the client."""


@dataclass(frozen=True, slots=True)
class _Change:
    """The consents of a path before and after some facts, and the case after them."""

    before: tuple[Consent, ...]
    after: tuple[Consent, ...]
    case: Case

    @property
    def ended(self) -> bool:
        """A consent of before is gone, or covers less."""
        return any(held not in self.after for held in self.before)

    def recipients_lost(self) -> set[str]:
        """Recipients who were told by a consent to a purpose that no consent carries any more."""
        gone = {held.purpose for held in self.before} - {held.purpose for held in self.after}
        return {_BY_PURPOSE[purpose] for purpose in gone if purpose in _BY_PURPOSE}


async def withdraw(writing: Writing, path: Path, case: Case, new: Sequence[Fact], moment: datetime) -> int | None:
    """Calls off every mail and link and takes every offer back that lost its consent by the new facts.

    `case`: as it was before them. Returns how many mails were on their way already and cannot be called back, or None
    if no consent ended.
    """
    if not any(fact.kind in (*CONSENT_FACTS, RETRACTED) for fact in new):
        return None
    change = _change(case, new, moment)
    if not change.ended and all(fact.kind != REVOKED for fact in new):
        return None
    in_flight = 0
    for recipient in change.recipients_lost():
        in_flight += await cancel_notices(writing.session, path.id, writing.wall, recipient=recipient)
    in_flight += await _take_back(writing, path, change.case, moment)
    await writing.audit("consent.ended", f"in_flight={in_flight}", path)
    return in_flight


def _change(case: Case, new: Sequence[Fact], moment: datetime) -> _Change:
    # A simulation may date the knowledge of a fact ahead; what is being recorded is known to whoever records it.
    today = day_at(moment)
    facts = (*case.facts, *(replace(fact, recorded=min(fact.recorded, today)) for fact in new))
    before, after = (consents_of(known_on(one, today), today) for one in (case.facts, facts))
    return _Change(before, after, replace(case, facts=facts))


async def _take_back(writing: Writing, path: Path, case: Case, moment: datetime) -> int:
    """Carries out now what the path would do at its next look: the rules decide what may not stand."""
    in_flight = 0
    actions = reconcile(case, make_plan(case, moment, writing.catalogue), moment, writing.catalogue)
    if path.state == "ended" and any(isinstance(action, TellAgency) for action in actions):
        await reopen_path(
            writing.session, path.id
        )  # somebody has to be asked to erase: the path does it, and ends again
    for action in actions:
        if not isinstance(action, CancelHandover):
            continue
        row = await find_handover_of_trigger(writing.session, path.id, action.handover, action.trigger_on)
        if row is None:
            continue
        in_flight += await call_off(writing, row)
        after, drafts = carry_out(case, action, writing.catalogue)
        for item in after.work.handovers:
            if item not in case.work.handovers:
                at = writing.catalogue.working_day(path.municipality, day_at(moment))
                await keep_handover(writing.session, path, item, row.to_agency, at)
        await tell(writing, row, drafts, moment)
        await writing.audit("handover.cancelled", action.handover, path)
    return in_flight
