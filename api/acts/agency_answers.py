"""What an agency sees and does behind its link: exactly one handover, for as long as consent or statute covers it.

The visit stands for the agency; the answer itself is recorded by `handovers`.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, cast

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from api.acts.agency_access import WRONG_RECIPIENT, writing_of, wrong_recipient
from api.acts.agency_links import Found, by_visit
from api.acts.handovers import Given, answer_row
from api.acts.writing import Writing
from api.services import Services
from process_models.answer_day import AnswerDay, answer_day
from process_models.catalogue import Catalogue
from process_models.errors import ConsentMissing, FactInvalid, HandoverNotPossible
from process_models.handover import STALL_REASONS
from process_models.look_again import day_at
from process_models.names import member_of_code, rule_code
from process_models.plan import Plan, PlannedHandover
from process_models.planning import plan_of_day
from process_models.release import Released, released_to
from process_models.work import HandoverItem, HandoverState, StallReason
from store.agency_tables import AgencyVisit
from store.agency_visits import end_visit, find_visit, note_deed
from store.idempotency import Answer, find_answer, keep_answer
from store.links import link_invalid
from store.paths import load_path_person

NOT_RESPONSIBLE: Final = "not_responsible"
UNKNOWN: Final = "unknown"
"""Stands for a right agency that the wrong one does not know."""
ANSWERS: Final[dict[HandoverState, tuple[str, ...]]] = {
    "offered": ("receive", "accept", "query", "refuse", NOT_RESPONSIBLE, WRONG_RECIPIENT),
    "received": ("accept", "query", "refuse", NOT_RESPONSIBLE, WRONG_RECIPIENT),
    "accepted": ("complete",),
}
"""What an agency may answer in which state; taking back and giving time are for the office."""
ENDING: Final = ("refuse", "forward", NOT_RESPONSIBLE, WRONG_RECIPIENT, "complete")
"""Deeds after which the page is closed."""
_NOT_FOR_AGENCIES: Final = ("AGENCY_LATE", "NOT_RESPONSIBLE")
"""Reasons that no agency chooses: that it is late itself, and what has an answer of its own."""


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """Everything that the page shows."""

    case_number: str
    code: str
    what: str
    """Who hands over to whom."""
    agency: str
    unit: str
    contact: str
    state: str
    version: int
    answers: tuple[str, ...]
    answer_by: AnswerDay | None
    latest_on: date | None
    """The last day on which the handover still does what it is for."""
    clock: str
    """The same in words of the law."""
    statute: str
    valid_until: date
    documents: Mapping[str, str]
    """What is asked for: `D1` is the first document."""
    released: Released
    reasons: Mapping[str, str]
    receivers: Mapping[str, str]
    """Kinds of agencies of the place that it may be passed on to."""
    concerns_person: bool = True
    """Whether the person of the path is handed over; False: a member of the household alone."""
    relations: tuple[tuple[str, int], ...] = ()
    """Members of the household who are handed over: what they are to the person, and how many. Never a name."""
    outdated: bool = False
    """The form belonged to an older state of the task; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Thanks:
    """A page that its own answer has closed: what was answered, and nothing else."""

    deed: str


class AgencyAnswer(BaseModel):
    """An answer as it was given, in codes."""

    answer: str
    version: str
    key: str
    fingerprint: str
    reason: str = ""
    documents: tuple[str, ...] = ()
    to: str = ""


async def see_task(tools: Services, visit_id: str, token: str) -> TaskSeen | Thanks:
    """The task of a visit, or the thanks for the answer that closed it. Changes nothing. Errors: LinkInvalid."""
    async with tools.database.reading() as session:
        visit = await _visit(tools, session, visit_id, token)
        return Thanks(visit.answered) if visit.answered else await _seen(tools, session, visit)


async def answer_task(tools: Services, visit_id: str, token: str, given: AgencyAnswer) -> TaskSeen | str:
    """Records the answer of the agency and returns the deed; or the page as it is now, if the form was older.

    The same form sent twice acts once and gets the same answer, also when the first one closed the page.
    Errors: LinkInvalid, HandoverNotPossible, FactInvalid (`reason`, `documents`, `to`), IdempotencyConflict.
    """
    async with tools.database.transaction() as session:
        visit = await _visit(tools, session, visit_id, token)
        actor = f"visit:{visit.id}"
        kept = await find_answer(session, actor, given.key, given.fingerprint)
        if kept is not None:
            return str(kept.body["deed"])
        if visit.answered:
            raise link_invalid()
        found = await by_visit(tools, session, visit)
        if given.version != str(found.row.version):
            return replace(await _seen(tools, session, visit), outdated=True)
        deed = await _record(writing_of(tools, session, found, given.key, given.fingerprint), found, given)
        visit.answered = deed if deed in ENDING else ""
        await keep_answer(session, actor, given.key, given.fingerprint, Answer(200, {"deed": deed}))
    tools.news.wake()
    return deed


async def leave(tools: Services, visit_id: str, token: str) -> None:
    """Ends a visit; one that is over already stays so."""
    async with tools.database.transaction() as session:
        visit = await find_visit(session, visit_id, token, tools.now())
        if visit is not None:
            await end_visit(session, visit)


async def _visit(tools: Services, session: AsyncSession, visit_id: str, token: str) -> AgencyVisit:
    visit = await find_visit(session, visit_id, token, tools.now())
    if visit is None:
        raise link_invalid()
    return visit


# ---------------------------------------------------------------- answering


async def _record(writing: Writing, found: Found, given: AgencyAnswer) -> str:
    allowed = ANSWERS.get(cast(HandoverState, found.row.state), ())
    if given.answer not in allowed:
        raise HandoverNotPossible(
            "Diese Antwort ist im jetzigen Stand nicht möglich.",
            field="answer",
            allowed=allowed,
            way_out="Die Seite noch einmal öffnen; sie zeigt, was möglich ist.",
        )
    if given.answer == WRONG_RECIPIENT:
        await wrong_recipient(writing, found)
        return WRONG_RECIPIENT
    if given.answer == NOT_RESPONSIBLE:
        return await _pass_on(writing, found, given)
    await _answer(writing, found, _checked(found, given), given)
    return given.answer


async def _answer(writing: Writing, found: Found, answer: Given, given: AgencyAnswer, deed: str = "") -> None:
    await answer_row(writing, found.path, found.row, answer)
    named = "" if given.to == UNKNOWN else given.to
    done = found.deed(deed or answer.answer, reason=answer.reason or "", documents=list(given.documents), to_kind=named)
    await note_deed(writing.session, done)


async def _pass_on(writing: Writing, found: Found, given: AgencyAnswer) -> str:
    """To the agency that is named, if consent or statute covers it; otherwise the office has to find the way."""
    if given.to != UNKNOWN and given.to not in _receivers(found):
        raise FactInvalid("Bitte eine der genannten Stellen auswählen.", field="to")
    if given.to != UNKNOWN:
        with contextlib.suppress(ConsentMissing):  # refused before anything is written
            await _answer(writing, found, Given("forward", to=given.to), given)
            return "forward"
    await _answer(writing, found, Given("refuse", "NOT_RESPONSIBLE"), given, NOT_RESPONSIBLE)
    return NOT_RESPONSIBLE


def _checked(found: Found, given: AgencyAnswer) -> Given:
    """The answer with its reason. Missing documents are a reason of their own."""
    reason = _reason(given.reason)
    if not set(given.documents) <= set(_documents(found)):
        raise FactInvalid("Diese Unterlage gehört nicht zu dieser Übergabe.", field="documents")
    if given.answer == "query":
        if reason is None and not given.documents:
            raise FactInvalid("Bitte angeben, welche Unterlage fehlt oder was sonst hindert.", field="documents")
        return Given("query", reason or "DOC_MISSING")
    if given.answer == "refuse" and reason is None:
        raise FactInvalid("Bitte einen Grund auswählen.", field="reason")
    return Given(given.answer, reason if given.answer == "refuse" else None)


def _reason(text: str) -> StallReason | None:
    if not text:
        return None
    if text not in STALL_REASONS or text in _NOT_FOR_AGENCIES:
        raise FactInvalid("Diesen Grund gibt es nicht.", field="reason")
    return text


# ---------------------------------------------------------------- seeing


async def _seen(tools: Services, session: AsyncSession, visit: AgencyVisit) -> TaskSeen:
    found = await by_visit(tools, session, visit)
    row, catalogue = found.row, found.catalogue
    plan = plan_of_day(found.case, found.moment, catalogue)
    planned = next((one for one in plan.handovers if one.code == row.code), None)
    person = await load_path_person(session, tools.database.keyring, found.path)
    ladder = catalogue.ladder_of(found.path.municipality, plan.day)
    return TaskSeen(
        case_number=found.path.case_number,
        code=rule_code(row.code),
        what=f"{catalogue.label(row.from_kind)} an {catalogue.label(row.to_kind)}",
        agency=found.agency,
        unit=found.municipality.coordinating_unit,
        contact=found.municipality.coordinating_mail,
        state=row.state,
        version=row.version,
        answers=ANSWERS.get(cast(HandoverState, row.state), ()),
        answer_by=answer_day(found.item, planned, ladder, found.municipality.product_calendar),
        latest_on=planned.latest_on if planned else None,
        clock=found.rule.clock,
        statute=found.rule.statute,
        valid_until=found.link.expires_on,
        documents=_documents(found),
        released=released_to(found.case, plan, found.item, found.rule, person.name, catalogue),
        reasons=_reasons(catalogue, plan.day),
        receivers=_receivers(found),
        concerns_person=not member_of_code(row.code),
        relations=_relations(plan, found.item, planned),
    )


def _documents(found: Found) -> dict[str, str]:
    return {f"D{number}": title for number, title in enumerate(found.rule.documents, start=1)}


def _receivers(found: Found) -> dict[str, str]:
    """Kinds that have an agency at the place, by name; not the one that is asked."""
    kinds = {one.kind for one in found.municipality.agencies} - {found.row.to_kind}
    path, day = found.path, day_at(found.moment)
    answering = [
        kind for kind in kinds if found.catalogue.agency(path.municipality, kind, path.current_place, day) is not None
    ]
    return {kind: found.catalogue.label(kind) for kind in sorted(answering, key=found.catalogue.label)}


def _relations(plan: Plan, item: HandoverItem, planned: PlannedHandover | None) -> tuple[tuple[str, int], ...]:
    """Only those who are covered now; after the acceptance those who were handed over."""
    along = planned.members if planned is not None and item.awaits_answer else item.members
    wanted = {*along, member_of_code(item.code)}
    found = Counter(member.relation for member in plan.members if member.code in wanted)
    return tuple(sorted(found.items()))


def _reasons(catalogue: Catalogue, day: date) -> dict[str, str]:
    """What an agency may give as a reason."""
    reasons = catalogue.ladder(day).reasons
    return {code: words for code, words in reasons.items() if code not in _NOT_FOR_AGENCIES}
