"""What callers get back: a path as the rules see it now, lists for coordinators, agendas. No names, no free text.

Shapes only; they are filled in `reads`. The parts of a plan are those of the rules.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from api.acts.writing import Receipt
from process_models.plan import (
    Capacity,
    Eligibility,
    FactWithoutEffect,
    Forecast,
    Gap,
    MemberPlan,
    Plan,
    PlannedDeadline,
    PlannedHandover,
    PossibleRegime,
    Standing,
    UnreleasedDeadline,
    Waiting,
)


class HandoverView(BaseModel):
    """Eine angebotene Übergabe / a handover that was offered."""

    code: str
    trigger_on: date
    from_kind: str
    to_kind: str
    to_agency: str
    state: str
    offered_on: date | None
    received_on: date | None
    accepted_on: date | None
    refused_on: date | None
    completed_on: date | None
    cancelled_on: date | None
    reason: str | None
    detail: str | None
    level: str
    first_opened_on: date | None = None
    """Tag, an dem die Stelle ihre Seite zuerst geöffnet hat / day on which the agency first opened its page."""
    members: tuple[str, ...] = ()
    """Kennzeichen der Mitglieder des Haushalts, die mitgehen / codes of the members who go along."""
    allowed_answers: tuple[str, ...]


class ConcernedView(BaseModel):
    """Eine Übergabe und die Art der Stelle / a handover and the kind of agency."""

    handover: str
    kind: str


class OpenDate(BaseModel):
    """Ein Datum, das die Person selbst wahren muss / a date that the person has to keep alone."""

    code: str
    last_day: date


class ConsequencesView(BaseModel):
    """Was ein Widerruf heute bewirken würde / what a revocation would do today."""

    consent: str
    taken_back: tuple[ConcernedView, ...]
    asked_to_erase: tuple[ConcernedView, ...]
    goes_on: tuple[ConcernedView, ...]
    deadlines: tuple[OpenDate, ...]
    case_management_stops: bool


class TaskView(BaseModel):
    """Eine offene Aufgabe des Büros / an open task of the office."""

    key: str
    kind: str
    subject: str
    opened_on: date


class NoticeView(BaseModel):
    """Eine Mitteilung und was aus ihr wurde / a notice and what became of it."""

    id: str
    path_id: str | None
    kind: str
    subject: str
    recipient: str
    agency: str
    due_on: date | None
    made_on: date
    status: str
    attempts: int
    error_class: str


class PersonView(BaseModel):
    """Die Person, nur für das Fallmanagement / the person, for case management only."""

    born: date
    nationality: str


class MemberView(MemberPlan):
    """Ein Mitglied des Haushalts / a member of the household."""

    born: date | None = None
    """Nur für das Fallmanagement / for case management only."""
    path_id: str | None = None
    """Eigener Weg des Mitglieds / the member's own path."""


class PathView(BaseModel):
    """Ein Weg, gerechnet für einen Tag / a path, computed for a day."""

    path_id: str
    case_number: str
    municipality: str
    place: str
    state: str
    """open or ended."""
    computed_for: date
    """Der Tag, für den gerechnet wurde / the day on the path's clock."""
    facts_version: int
    planned_version: int | None
    """Version of the facts that the workflow has seen; smaller than `facts_version` while news is on its way."""
    planned_for: date | None
    model_version: str
    phase: str
    standing: Standing
    eligibility: Eligibility | None
    waiting: Waiting | None
    """Die eine Zeile, die sagt, worauf der Weg wartet / the one line that says what the path waits for."""
    stalled_since: date | None
    stall_reason: str | None
    level: str
    deadlines: tuple[PlannedDeadline, ...]
    unreleased: tuple[UnreleasedDeadline, ...] = ()
    """Dates of rules that are not released, with every reading and the banner."""
    """Each with the steps of its computation."""
    planned_handovers: tuple[PlannedHandover, ...]
    handovers: tuple[HandoverView, ...] = ()
    gaps: tuple[Gap, ...]
    could_pay: tuple[PossibleRegime, ...] = ()
    """Wer die Lücke schließen könnte, und womit es beginnt / who could close the gap, and by which act."""
    warnings: tuple[str, ...]
    forecasts: tuple[Forecast, ...]
    capacities: tuple[Capacity, ...] = ()
    """Wer für eine minderjährige Person gefragt wird / who is asked for a person under age."""
    members: tuple[MemberView, ...] = ()
    """Der Haushalt, jede Person für sich / the household, person by person."""
    part_of: tuple[str, ...] = ()
    """Wege, zu deren Haushalt diese Person gehört / paths whose household this person belongs to."""
    tasks: tuple[TaskView, ...] = ()
    notices: tuple[NoticeView, ...] = ()
    look_again_at: datetime | None
    temporal_url: str | None = None
    person: PersonView | None = None


class NowView(BaseModel):
    """Der Weg nach dieser Änderung, in Kürze / the path after this change, in short."""

    computed_for: date
    standing: Standing
    waiting: Waiting | None
    stalled_since: date | None
    level: str
    gaps: tuple[Gap, ...]
    warnings: tuple[str, ...]
    facts_without_effect: tuple[FactWithoutEffect, ...] = ()
    handovers: dict[str, str]
    """Code -> state."""

    @classmethod
    def of(cls, plan: Plan) -> NowView:
        """The short form of a plan."""
        return cls(
            computed_for=plan.day,
            standing=plan.standing,
            waiting=plan.waiting,
            stalled_since=plan.stalled_since,
            level=plan.level,
            gaps=plan.gaps,
            warnings=plan.warnings,
            facts_without_effect=plan.facts_without_effect,
            handovers={handover.code: handover.state for handover in plan.handovers},
        )


class Written(BaseModel):
    """Antwort auf eine Änderung / answer to a change."""

    receipt: Receipt
    """The same whenever the same Idempotency-Key comes again."""
    now: NowView
    """What the rules say now; it moves on with the path."""


class FactView(BaseModel):
    """Eine Tatsache der Akte / a fact of the file."""

    id: str
    fact: str
    on: date
    recorded: date
    who: str
    data: dict[str, object]
    retracted: bool


class FactsView(BaseModel):
    """Alle Tatsachen eines Weges / all facts of a path."""

    path_id: str
    facts_version: int
    facts: tuple[FactView, ...]


class StalledView(BaseModel):
    """Ein Weg, der stockt / a path that is stuck."""

    path_id: str
    case_number: str
    place: str
    stalled_since: date
    computed_for: date
    days: int
    """Calendar days since then, on the path's clock."""
    level: str
    reason: str | None
    waiting: Waiting | None
    temporal_url: str | None


class StalledList(BaseModel):
    """Die Wege, die stocken, der älteste Stillstand zuerst / stuck paths, the longest first."""

    paths: tuple[StalledView, ...]


class AgendaItemView(BaseModel):
    """Ein Punkt der Tagesordnung: eine Schnittstelle und ein Grund, nie eine Person / an interface and a reason."""

    id: str
    handover: str
    title: str
    from_kind: str
    to_kind: str
    reason: str
    detail: str | None
    cause: str
    raised_on: date
    paths: str
    """Number of paths; below five only as "unter 5" for bodies that must not see persons."""
    state: str = "open"
    why: dict[str, Any] = {}
    """The figures that raised it."""
    paper: dict[str, str] = {}
    """Finding, root cause, options, recommendation, effect: what is written of them."""


class AgendaView(BaseModel):
    """Die Tagesordnung eines Gremiums / the agenda of a body."""

    body: str
    title: str
    open_items: int
    items: tuple[AgendaItemView, ...]


class MeetingView(BaseModel):
    """Eine Sitzung / a meeting."""

    id: str
    body: str
    held_on: date
    kind: str
    papers_due_on: date
    reason: str
    state: str
    present: str
    minutes: str


class ResolutionView(BaseModel):
    """Ein Beschluss / a decision."""

    id: str
    item_id: str
    body: str
    decision: str
    decided_on: date
    text: str
    owner: str
    valid_from: date | None
    evaluate_on: date | None
    review: str
    reviewed_on: date | None
    model_version: str
    meeting_id: str | None


class MeetingsView(BaseModel):
    """Die Sitzungen eines Gremiums, die letzte zuerst / the meetings of a body, the latest first."""

    meetings: tuple[MeetingView, ...]


class ResolutionsView(BaseModel):
    """Die Beschlüsse eines Gremiums, der letzte zuerst / the decisions of a body, the latest first."""

    resolutions: tuple[ResolutionView, ...]


class AuditEntryView(BaseModel):
    """Wer hat wann was getan oder gesehen / who did or saw what, when."""

    at: datetime
    actor: str
    role: str
    action: str
    subject: str
    reason: str | None
    """Warum jemand eine fremde Akte geöffnet hat: deputy, supervision, nobody, body."""


class AuditView(BaseModel):
    """Das Protokoll eines Weges, das Neueste zuerst / the log of a path, the newest first."""

    case_number: str
    entries: tuple[AuditEntryView, ...]


class FailedNotices(BaseModel):
    """Mitteilungen, um die sich ein Mensch kümmern muss / notices that a person must look after."""

    notices: tuple[NoticeView, ...]
