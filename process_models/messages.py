"""What workflows and activities say to each other: ids, codes and dates, never a name and never free text.

One model a message; new fields get defaults, because a message may have been written years ago.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from process_models.names import BodyKind
from process_models.work import Level


class Message(BaseModel):
    """Base: unknown fields are kept out silently (a rollback must read newer state), values never appear in errors."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    @model_serializer(mode="wrap")
    def _without_defaults(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Only what differs from the default is written: histories are kept for years, and read with the defaults."""
        fields = type(self).model_fields
        written: dict[str, Any] = serialize(self)
        return {
            name: value
            for name, value in written.items()
            if name == "do" or fields[name].is_required() or getattr(self, name) != fields[name].default
        }


class OfferHandover(Message):
    """Offer a handover to its receiver: consent or statute was checked by the rules and is checked again at sending."""

    do: Literal["offer"] = "offer"
    handover: str
    trigger_on: date
    on: date
    from_kind: str = ""
    """Sender, if it is another one than the rule names."""
    to_kind: str = ""
    """Receiver, if it is another one than the rule names (forwarded, or by the person's circumstances)."""
    members: tuple[str, ...] = ()
    """Codes of the members of the household who go along. The same offer with others changes only these."""
    number: int = 1
    """The how many-th offer of this trigger it is: each is made once and told once, whatever happens."""
    summary: str = ""


class CancelHandover(Message):
    """End a handover: taken back (consent withdrawn, trigger gone, path closed), or `done` when the path closes.

    What is done was accepted and has reached its goal: it ends as completed, and nobody is told of a withdrawal.
    """

    do: Literal["cancel"] = "cancel"
    handover: str
    trigger_on: date
    on: date
    reason: Literal["consent_revoked", "trigger_gone", "path_closed", "done"]
    to_kind: str = ""
    """Receiver, if it is another one than the rule names (forwarded)."""
    number: int = 1
    """The offer that ends; a later one is not touched."""
    summary: str = ""


class TellAgency(Message):
    """Tell an agency about a handover that it has nothing to answer to: it is informed, or asked to erase.

    `erasure` asks whoever was told to erase what rested on a consent that ended on the day `since`.
    """

    do: Literal["tell"] = "tell"
    handover: str
    trigger_on: date
    number: int
    kind: Literal["information", "erasure"]
    recipient: str
    on: date
    since: date | None = None
    summary: str = ""


class Remind(Message):
    """Tell a recipient about a date that comes near. `key` is the notice key: made once, whatever happens."""

    do: Literal["remind"] = "remind"
    key: str
    kind: str
    subject: str
    """Code of the deadline, gap or handover."""
    recipient: str
    due_on: date
    on: date
    summary: str = ""


class Escalate(Message):
    """Climb the ladder: the handover reaches `level`; one notice a recipient, one item on the agenda of a body."""

    do: Literal["escalate"] = "escalate"
    handover: str
    trigger_on: date
    level: Level
    on: date
    recipients: tuple[str, ...] = ()
    body: BodyKind | None = None
    reason: str = "AGENCY_LATE"
    detail: str | None = None
    cause: Literal["ladder", "pattern", "forty_days", "impulse"] = "ladder"
    number: int = 1
    """The offer that stalls."""
    why: dict[str, int | str] = {}
    """The figures behind it, for whoever reads the item: see `reasons`."""
    summary: str = ""


class RaiseImpulse(Message):
    """Put a barrier of the system on the agenda of the working group for the procedure: an interface, no person."""

    do: Literal["impulse"] = "impulse"
    code: str
    """Criterion that names it: M4."""
    from_kind: str
    to_kind: str
    on: date
    reason: str = "LAW_GAP"
    cause: Literal["impulse", "slower_than_usual"] = "impulse"
    why: dict[str, int | str] = {}
    body: BodyKind = "verfahren"
    summary: str = ""


class OpenTask(Message):
    """Ask a person of the office to do something (obtain a consent, clear an unclear delivery)."""

    do: Literal["open_task"] = "open_task"
    key: str
    kind: str
    subject: str
    on: date
    summary: str = ""


class CloseTask(Message):
    """The reason of a task is gone."""

    do: Literal["close_task"] = "close_task"
    key: str
    on: date
    summary: str = ""


Action = Annotated[
    OfferHandover | CancelHandover | TellAgency | Remind | Escalate | RaiseImpulse | OpenTask | CloseTask,
    Field(discriminator="do"),
]


class PathStart(Message):
    """Input of `client-path`, also carried into the next run."""

    path_id: str
    tenant: str
    clock_offset_seconds: int = 0
    """Zero in production; a simulated path adds it to the clock so that 2021 runs under the law of 2021."""
    news_seen: int = 0
    last_phase: str = ""
    shown: ShownPath | None = None


class LookAgain(Message):
    """Asks the planning activity for a fresh plan as of this moment of the path's clock."""

    path_id: str
    now: datetime


class ShownPath(Message):
    """What a coordinator sees of a path in the Temporal UI: search attributes and current details."""

    municipality: str
    phase: Literal["arrival", "procedure", "stay", "settled", "naturalisation"]
    waits_for: tuple[str, ...] = ()
    stalled_since: date | None = None
    stall_reason: str = ""
    escalation: str = "none"
    next_deadline: date | None = None
    model_version: str = ""
    summary: str = ""
    """One German line: what the path waits for."""
    details: str = ""
    """Markdown, German: phase, open handovers, next deadlines, why it waits."""


class PathOutlook(Message):
    """Answer of the planning activity: what to do now, what to show, and when to look again."""

    path_id: str
    day: date
    facts_version: int
    closed: bool
    """kim is closed and no handover or deadline is open: the path may end."""
    look_again_at: datetime | None
    wait_summary: str = ""
    """German name of the timer: "auf Annahme H01 durch das Jobcenter warten, bis 03.03.2022"."""
    actions: tuple[Action, ...] = ()
    pending_notices: tuple[str, ...] = ()
    """Ids of notices that were made but not delivered yet and may be tried now."""
    shown: ShownPath


class EndPath(Message):
    """Ends a path in the records if they are still as the plan saw them."""

    path_id: str
    facts_version: int
    now: datetime


class CarryOut(Message):
    """Actions of one look for one path, for one activity."""

    path_id: str
    now: datetime
    actions: tuple[Action, ...]


class MadeNotices(Message):
    """Ids of the notices that an activity made; each is then sent on its own."""

    notice_ids: tuple[str, ...] = ()


class SendNotice(Message):
    """Send one notice now. `now` is the path's clock: consent is checked as of it."""

    notice_id: str
    now: datetime


class SendNotices(Message):
    """Send these notices now, one after the other."""

    notice_ids: tuple[str, ...]
    now: datetime


class Delivery(Message):
    """What became of a notice."""

    notice_id: str
    status: Literal["created", "sending", "delivered", "temporary-failure", "permanent-failure", "unclear", "cancelled"]


class Deliveries(Message):
    """What became of notices, in their order."""

    deliveries: tuple[Delivery, ...] = ()

    @property
    def some_to_repeat(self) -> bool:
        """Whether one of them failed for now, or waits for its digest: the path looks when that is."""
        return any(delivery.status in ("temporary-failure", "created") for delivery in self.deliveries)


class BodyStart(Message):
    """Input of `body`."""

    tenant: str
    body: BodyKind
    clock_offset_seconds: int = 0
    news_seen: int = 0


class LookAtAgenda(Message):
    """Asks for the agenda of a body as of this moment."""

    tenant: str
    body: BodyKind
    now: datetime


class AgendaOutlook(Message):
    """The agenda of a body in counts, and its next meeting."""

    open_items: int
    next_meeting_on: date | None
    look_again_at: datetime | None
    made: MadeNotices = MadeNotices()
    details: str = ""


class ReleaseProgress(Message):
    """How far the paths of a tenant are under the rules in force, in counts."""

    paths: int = 0
    """Open paths of the tenant."""
    to_move: int = 0
    """Those that do not plan under the rules in force yet."""
    need_person: int = 0
    """Those that a person was asked to look at."""
    staying: int = 0
    """Those for which the new rules gave no plan at the last try: they keep their old ones, and a person is asked."""


class PreviewStart(Message):
    """Input of `model-preview`, also carried into the next run."""

    version_id: str
    version: str
    clock_offset_seconds: int = 0
    news_seen: int = 0


class PreviewPage(Message):
    """Compare the next page of open paths under this version."""

    version_id: str
    now: datetime


class PreviewProgress(Message):
    """How far a preview is, in counts."""

    finished: bool = False
    paths: int = 0
    changed: int = 0
    need_person: int = 0


class ReleaseStart(Message):
    """Input of `model-release`, also carried into the next run."""

    tenant: str
    version_id: str
    clock_offset_seconds: int = 0
    news_seen: int = 0
    after: str = ""
    """The last path of the last page of the pass under way."""
    moved_some: bool = False
    """Whether the pass under way has moved any path."""
    paused: bool = False


class LookAtRelease(Message):
    """Asks the records which way the paths are to go."""

    tenant: str
    version_id: str


class ReleaseOrder(Message):
    """What is in force now, whether this release has to lead the paths there, and how fast."""

    version: str
    target_version: str
    municipality: str
    leads: bool
    """False when another version was released since: its own release leads the paths."""
    back: bool = False
    """The version was withdrawn: the paths go back."""
    rate_per_minute: int = 1
    progress: ReleaseProgress = ReleaseProgress()


class MovePage(Message):
    """Move the next page of paths to the rules in force."""

    tenant: str
    version_id: str
    after: str
    size: int
    now: datetime


class MovedPage(Message):
    """A page of paths was moved; `last` is its last path, empty if there was none left."""

    last: str = ""
    moved: int = 0
    progress: ReleaseProgress = ReleaseProgress()


class ReleaseStatus(Message):
    """Answer of the query `status` of a release."""

    progress: ReleaseProgress
    paused: bool = False


class SweepResult(Message):
    """What the daily sweep found and mended."""

    paths_started: int = 0
    news_delivered: int = 0
    overdue_nudged: int = 0
    notices_stuck: int = 0


class PathStatus(Message):
    """Answer of the query `status`: where the workflow stands, in codes and dates."""

    path_id: str
    day: date | None
    facts_version: int
    idle: bool
    """True when the path waits for news or for its next day and has nothing in hand."""
    news_seen: int
    look_again_at: datetime | None
    waits_for: str = ""
    escalation: str = "none"


PathStart.model_rebuild()
