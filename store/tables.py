"""Tables of the records: the client's file that the law wants kept, corrected, disclosed and erased.

Columns only. Queries stand in the modules named after the noun; personal data only in `sealed*` columns.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import JSON, Column, Index, MetaData, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from store.columns import moment, written


def new_id() -> str:
    """A random identifier that says nothing: 32 hex characters."""
    return uuid4().hex


class Record(SQLModel):
    """Base of every table: constraints have names, so that later migrations can change them on both databases."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


class Tenant(Record, table=True):
    """A municipality, or one simulated run of it with its own clock."""

    __tablename__ = "tenant"
    id: str = Field(primary_key=True)
    municipality: str
    simulated: bool = False
    clock_offset_seconds: int = 0
    created_at: datetime = written()


class Person(Record, table=True):
    """A person. `sealed` holds born, nationality and name; destroying `wrapped_key` erases the person everywhere."""

    __tablename__ = "person"
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    wrapped_key: bytes | None = None
    key_id: str = ""
    sealed: bytes
    created_at: datetime = written()
    erased_at: datetime | None = moment(nullable=True)


class Path(Record, table=True):
    """A client's path. `facts_version` grows with every transaction that changes what the rules read."""

    __tablename__ = "path"
    __table_args__ = (
        # Lists and counts filter by these; no row is touched for a path that is not shown.
        Index(
            "ix_path_listing",
            *("tenant_id", "state", "next_due_on", "case_number", "waits_for", "current_place", "municipality", "id"),
        ),
    )
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    person_id: str = Field(foreign_key="person.id", index=True)
    case_number: str = Field(unique=True)
    """Pseudonym for mails and pages: `KIM-7F3K-92QD`."""
    municipality: str
    place: str
    """Where the path began."""
    current_place: str
    """Where the facts say that the person lives now; whose agencies answer for the path."""
    model_version_id: str | None = None
    """The version of the process models that the path plans under; None = the shipped one."""
    facts_version: int = 0
    state: str = Field(default="open", index=True)
    """open or ended."""
    created_at: datetime = written()
    ended_at: datetime | None = moment(nullable=True)
    wake_at: datetime | None = moment(nullable=True, index=True)
    """Next wake-up that the workflow published (its own clock)."""
    next_due_on: date | None = None
    """The earliest deadline that runs, as the last plan says; before today if it is overdue."""
    waits_for: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """Kind of agency or role that the path waits for, as the last plan says."""


class HouseholdMember(Record, table=True):
    """A member of the household of a path; details sealed with the key of the path's person."""

    __tablename__ = "household_member"
    __table_args__ = (UniqueConstraint("path_id", "ref"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    path_id: str = Field(foreign_key="path.id")
    ref: str
    sealed: bytes


class HouseholdPath(Record, table=True):
    """A member of the household of a path who has a path of their own."""

    __tablename__ = "household_path"
    __table_args__ = (UniqueConstraint("path_id", "ref"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    path_id: str = Field(foreign_key="path.id")
    ref: str
    own_path_id: str = Field(foreign_key="path.id", index=True)
    created_at: datetime = written()


class Fact(Record, table=True):
    """A dated fact of a path. `sealed_data` holds its data; kind and dates are plain codes."""

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("path_id", "ref"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    path_id: str = Field(foreign_key="path.id")
    ref: str
    """Identity inside the path, chosen by the caller or made here; a retraction names it."""
    kind: str
    effective_on: date
    recorded_on: date
    who: str = "client"
    sealed_data: bytes
    recorded_by: str
    created_at: datetime = written()


class ConsentEvidence(Record, table=True):
    """Evidence of a consent fact: form, language, version of the text. The consent itself is the fact."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("path_id", "who", "ref"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    path_id: str = Field(foreign_key="path.id")
    ref: str
    """The consent's id in the facts (`k1`)."""
    who: str = Field(default="client", sa_column_kwargs={"server_default": "client"})
    """Whose consent it is: the person of the path, or a member of the household; ids may repeat between persons."""
    purpose: str
    recipient: str | None = None
    categories: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    form: str
    language: str = "de"
    text_version: str = ""
    evidence_ref: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """Where the signed sheet or the electronic proof lies; a reference, never a name."""
    given_on: date
    valid_until: date | None = None
    revoked_on: date | None = None
    retracted_on: date | None = None
    """The consent fact was taken back: it had never been given."""
    created_at: datetime = written()


class Handover(Record, table=True):
    """A handover of a path between two agencies."""

    __tablename__ = "handover"
    __table_args__ = (UniqueConstraint("path_id", "code", "trigger_on"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    path_id: str = Field(foreign_key="path.id")
    code: str
    trigger_on: date
    from_kind: str
    to_kind: str
    to_agency: str = Field(default="", index=True)
    state: str = Field(index=True)
    offered_on: date | None = None
    received_on: date | None = None
    accepted_on: date | None = None
    refused_on: date | None = None
    completed_on: date | None = None
    cancelled_on: date | None = None
    reason: str | None = None
    detail: str | None = None
    level: str = "E0"
    escalated_on: date | None = None
    answer_until: date | None = None
    """The office gave the receiver time until then."""
    offers: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """How often it was offered or passed on; each offer has mails of its own."""
    members: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """Codes of the members of the household who go along, separated by blanks."""
    version: int = 0
    created_at: datetime = written()


class Task(Record, table=True):
    """A task of the office, made by the rules; one row a key."""

    __tablename__ = "task"
    __table_args__ = (UniqueConstraint("path_id", "key"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    path_id: str = Field(foreign_key="path.id")
    key: str
    kind: str
    subject: str
    opened_on: date
    done_on: date | None = None
    created_at: datetime = written()


class TaskLink(Record, table=True):
    """The link in an agency's mail: opaque, hashed, one handover, one recipient, ends with the task."""

    __tablename__ = "task_link"
    id: str = Field(default_factory=new_id, primary_key=True)
    token_hash: str = Field(unique=True)
    handover_id: str = Field(foreign_key="handover.id", index=True)
    agency: str
    expires_on: date
    revoked_at: datetime | None = moment(nullable=True)
    created_at: datetime = written()


class Notice(Record, table=True):
    """A mail to be sent, sent, or not deliverable. One row a key: a notice is never made twice."""

    __tablename__ = "notice"
    id: str = Field(default_factory=new_id, primary_key=True)
    key: str = Field(unique=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    path_id: str | None = Field(default=None, foreign_key="path.id", index=True)
    handover_id: str | None = Field(default=None, foreign_key="handover.id", index=True)
    body_item_id: str | None = Field(default=None, foreign_key="body_item.id")
    kind: str
    """Folder of the mail: offer, reminder, escalation_e1 ..."""
    subject: str
    """Code that the notice is about: H01, F12."""
    recipient: str = Field(index=True)
    """Kind of agency or role."""
    agency: str = ""
    due_on: date | None = None
    made_on: date
    status: str = Field(default="created", index=True)
    attempts: int = 0
    error_class: str = ""
    message_id: str = Field(default="", index=True)
    """Identity of the mail that carried it last; a delivery report names it."""
    next_try_at: datetime | None = moment(nullable=True)
    claimed_at: datetime | None = moment(nullable=True)
    """When the sender took it last; a notice that stays `sending` long after it is stuck."""
    created_at: datetime = written()
    settled_at: datetime | None = moment(nullable=True)


class Outbox(Record, table=True):
    """News for a workflow: a nudge without content, written in the transaction that makes it true."""

    __tablename__ = "outbox"
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    workflow: str
    """client-path, body or model-release."""
    workflow_id: str = Field(index=True)
    path_id: str | None = None
    state: str = Field(default="waiting", index=True)
    """waiting, delivered, closed (the path has ended)."""
    attempts: int = 0
    created_at: datetime = written()
    settled_at: datetime | None = moment(nullable=True)


class BodyItem(Record, table=True):
    """An item on the agenda of a body: an interface and a reason, never a person (named only in the AG Fallebene)."""

    __tablename__ = "body_item"
    __table_args__ = (UniqueConstraint("tenant_id", "key"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    key: str
    body: str
    handover: str
    from_kind: str
    to_kind: str
    reason: str
    detail: str | None = None
    cause: str
    """ladder, pattern, forty_days, impulse."""
    raised_on: date
    path_count: int = 1
    state: str = Field(default="open", index=True)
    """open, adopted, rejected, handed_on."""
    why: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON))
    """The figures that raised it, in codes and numbers."""
    paper: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON))
    """Its decision paper by parts (`store.meetings.PAPER`); texts about interfaces, never about persons."""
    handed_from: str | None = Field(default=None, foreign_key="body_item.id")
    decided_on: date | None = None
    version: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Grows with every change of its paper."""
    created_at: datetime = written()


class Meeting(Record, table=True):
    """A meeting of a body: regular by its rhythm, or on demand. Minutes name interfaces, never persons."""

    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("tenant_id", "body", "held_on"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    body: str
    held_on: date
    kind: str
    """regular or ad_hoc."""
    papers_due_on: date
    reason: str = ""
    """Why it meets on demand."""
    state: str = "planned"
    """planned or held."""
    present: str = ""
    """Which members were represented; agencies and offices, never persons."""
    minutes: str = ""
    written_on: date | None = None
    created_at: datetime = written()


class Resolution(Record, table=True):
    """What a body decided about an item: the decision, its owner and days."""

    __tablename__ = "resolution"
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    item_id: str = Field(foreign_key="body_item.id", index=True)
    meeting_id: str | None = Field(default=None, foreign_key="meeting.id", index=True)
    body: str
    decision: str
    """adopt, reject, postpone, to_verfahren, to_lenkung."""
    decided_on: date
    text: str = ""
    owner: str = ""
    """Agency or office that carries it out, never a person."""
    valid_from: date | None = None
    evaluate_on: date | None = None
    review: str = ""
    """What came of it, written at the evaluation."""
    reviewed_on: date | None = None
    model_version: str = ""
    """Version of the process models that it led to."""
    decided_by: str
    created_at: datetime = written()


class BodyItemPath(Record, table=True):
    """Which paths an item counts; read by the path's own plan, never shown to the AG Verfahrensebene."""

    __tablename__ = "body_item_path"
    item_id: str = Field(foreign_key="body_item.id", primary_key=True)
    path_id: str = Field(foreign_key="path.id", primary_key=True)


class StallNote(Record, table=True):
    """A stall of a path at an interface, for patterns. `path_id` is empty for counts taken over from outside."""

    __tablename__ = "stall_note"
    __table_args__ = (Index("ix_stall_note_open", "tenant_id", "ended_on", "path_id"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    path_id: str | None = Field(default=None, foreign_key="path.id", index=True)
    handover: str
    from_kind: str
    to_kind: str
    reason: str
    detail: str | None = None
    since: date
    ended_on: date | None = None
    count: int = 1


class PlanRow(Record, table=True):
    """The last plan of a path. An older plan never overwrites a newer one."""

    __tablename__ = "plan"
    path_id: str = Field(foreign_key="path.id", primary_key=True)
    facts_version: int
    planned_for: date
    planned_at: datetime = moment()
    """The moment on the path's clock that the plan was made for."""
    plan: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    stalled_since: date | None = Field(default=None, index=True)
    level: str = "none"
    next_due_on: date | None = Field(default=None, index=True)
    """As in `Path`, where lists read it; here for the release before, which still does."""
    next_due: str = ""
    """Code of the earliest deadline that runs."""
    waits_for: str = ""
    """As `next_due_on`."""


class PathEvent(Record, table=True):
    """What happened on a path or to an item of a body: codes, days and working days, for figures and export."""

    __tablename__ = "path_event"
    __table_args__ = (
        # In the order of the groups of a review: counted along the index, no row is touched and nothing sorted.
        # Place and agency are in it for counts of one of them and of a year.
        Index(
            "ix_path_event_counting",
            *("tenant_id", "activity", "code", "from_kind", "to_kind"),
            *("reason", "level", "working_days", "days", "place", "agency", "happened_on"),
        ),
        # Who was in case management on a day is read along this one: a change is one event in two dozen.
        Index(
            "ix_path_event_care",
            *("tenant_id", "path_id", "happened_on", "code"),
            sqlite_where=text("activity = 'case_management_changed'"),
            postgresql_where=text("activity = 'case_management_changed'"),
        ),
        # Few events belong to an item of a body: those of paths are not in this index.
        Index(
            "ix_path_event_body_item_id",
            "body_item_id",
            sqlite_where=text("body_item_id IS NOT NULL"),
            postgresql_where=text("body_item_id IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    path_id: str | None = Field(default=None, foreign_key="path.id", index=True)
    handover_id: str | None = Field(default=None, foreign_key="handover.id")
    body_item_id: str | None = Field(default=None, foreign_key="body_item.id")
    activity: str
    happened_on: date
    """On the clock of the path."""
    code: str = ""
    from_kind: str = ""
    to_kind: str = ""
    agency: str = ""
    place: str = ""
    reason: str = ""
    detail: str = ""
    level: str = ""
    working_days: int | None = None
    """Since the offer; for a completion since the acceptance, for an item since it was raised."""
    days: int | None = None
    """Calendar days: without livelihood, of a gap that ended; since it was recorded, of a need; since the arrival, of
    a state or regime entered."""
    created_at: datetime = written()


class AccessToken(Record, table=True):
    """A bearer token by role; only its hash is kept."""

    __tablename__ = "access_token"
    id: str = Field(default_factory=new_id, primary_key=True)
    token_hash: str = Field(unique=True)
    role: str
    label: str
    tenant_id: str | None = Field(default=None, foreign_key="tenant.id")
    created_at: datetime = written()
    expires_at: datetime | None = moment(nullable=True)
    revoked_at: datetime | None = moment(nullable=True)


class IdempotencyRecord(Record, table=True):
    """The answer that was given to an Idempotency-Key of a caller."""

    __tablename__ = "idempotency"
    __table_args__ = (UniqueConstraint("actor", "key"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    actor: str
    key: str
    request_hash: str
    status: int
    response: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = written()


class AuditEntry(Record, table=True):
    """Who did or saw what, when: codes and ids only."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_path_at", "path_id", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = moment()
    actor: str
    role: str
    action: str
    subject: str
    reason: str | None = None
    """Why a file was opened that is not one's own: deputy, supervision, body."""
    path_id: str | None = None
    tenant_id: str | None = None
