"""Whether a notice may leave at this moment: consent or statute for this recipient, on this day. Pure.

Consent is asked in the transaction that takes the notice for sending; nobody can override the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from notifications.contexts import COORDINATOR
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.consent import ConsentQuestion, check_consent
from process_models.facts import CLIENT, known_on
from process_models.handover import informing, towards
from process_models.handover_consent import covered
from process_models.names import BODY_ROLES, CASE_MANAGER, HEAD_OF_UNIT_SUFFIX
from process_models.work import HandoverItem

ANONYMOUS_KINDS: Final = ("agenda_item", "agenda_papers", "minutes_missing", "evaluation_due", "offer_upkeep")
"""Mails of no path: about an interface, a meeting or an offer, never about a person."""
WITHDRAWAL: Final = "withdrawal"
ERASURE: Final = "erasure"
INFORMATION: Final = "information"
WITHOUT_ANSWER: Final = (WITHDRAWAL, ERASURE, INFORMATION)
"""Kinds of mails to agencies that open nothing: there is nothing to answer."""
_CASE_DISCUSSION: Final = "P3"


@dataclass(frozen=True, slots=True)
class NoticeQuestion:
    """May a mail of this kind go to this recipient on this day? `handover` is the one that the notice is about."""

    kind: str
    recipient: str
    day: date
    handover: HandoverItem | None = None


def is_covered(question: NoticeQuestion, case: Case, catalogue: Catalogue) -> bool:
    """True if the notice may leave.

    - A withdrawal says only that an offer is taken back, a request to erase no more, under a pseudonym that the agency
      knows: both need no basis.
    - Whoever is only informed of a handover is told what consent covers for them.
    - The own office (case management, coordinating unit) is always told: its mails hold a case number, a date and a
      link that asks for a login, nothing of the person, and a missing consent is just what it has to be told.
    - The AG Fallebene hears of a single case only with consent to its discussion there.
    - The AG Verfahrensebene and the Lenkungsgruppe never hear of a single case; their mails belong to no path.
    - The client is never written to: the records hold no address, the case manager tells them.
    - An agency is told what the handover's own basis allows: consent for every category to this recipient, or statute.
      A reminder that names no handover rests on an open handover of the path from or to that kind of agency.
    """
    if question.kind in (WITHDRAWAL, ERASURE):
        return True
    if question.kind == INFORMATION:
        return question.handover is not None and _may_be_informed(question, question.handover, case, catalogue)
    if question.recipient == CLIENT:
        return False
    if question.recipient in (CASE_MANAGER, COORDINATOR):
        return True
    if question.recipient in BODY_ROLES.values():
        of_cases = question.recipient == BODY_ROLES["fall"]
        return of_cases and _has_consent(_CASE_DISCUSSION, question.day, case, catalogue)
    return any(_is_handover_covered(item, question.day, case, catalogue) for item in _concerned(question, case))


def _concerned(question: NoticeQuestion, case: Case) -> Iterable[HandoverItem]:
    agency = question.recipient.removesuffix(HEAD_OF_UNIT_SUFFIX)
    items = (question.handover,) if question.handover else case.work.handovers
    return (item for item in items if item.is_open and agency in (item.from_kind, item.to_kind))


def _is_handover_covered(item: HandoverItem, day: date, case: Case, catalogue: Catalogue) -> bool:
    """By consent or by statute, nothing else; a forwarded handover is covered only if its new receiver is."""
    rule = catalogue.handover(item.code, day)
    if rule is None:
        return False
    found = covered(case, item.code, towards(rule, item.to_kind), day, catalogue)
    return found.allowed and found.basis != "none"


def _may_be_informed(question: NoticeQuestion, item: HandoverItem, case: Case, catalogue: Catalogue) -> bool:
    rule = catalogue.handover(item.code, item.trigger_on)
    named = [one for one in rule.informs if one.kind == question.recipient] if rule else []
    if rule is None or not named or not item.is_open:
        return False
    return covered(case, item.code, informing(rule, named[0]), question.day, catalogue).allowed


def _has_consent(purpose: str, day: date, case: Case, catalogue: Catalogue) -> bool:
    question = ConsentQuestion(purpose=purpose, recipient=None, category=None, day=day, born=case.person.born)
    return check_consent(catalogue, known_on(case.facts, day), question).allowed
