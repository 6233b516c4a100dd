"""Needs of a path: recorded, referred to an offer, met or not. Lacks that repeat become one item for the procedure.

Only whoever accompanies the person writes here; what may follow on what says `process_models.needs`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from api.acts.offers import kind_of
from api.acts.writing import Act, Receipt, Writing
from api.errors import NoSuchNeed, NoSuchOffer, TaskNotFound
from api.schemas import Request, Slug
from process_models.errors import FactInvalid
from process_models.names import BODY, BodyKind, body_workflow_id
from process_models.needs import LACKS, NeedNotPossible, ReferralState, UnmetReason, Urgency, check_answer, check_end
from store.body_items import NewBodyItem, put_on_agenda
from store.need_figures import item_about, paths_without
from store.need_tables import Need
from store.needs import (
    NewNeed,
    Referred,
    add_need,
    end_need,
    find_need,
    find_referral,
    keep_referral,
    propose_offer,
    set_steps,
)
from store.offers import find_offer
from store.outbox import add_news
from store.tables import Path
from store.tasks import list_open_tasks

_BODY: Final[BodyKind] = "verfahren"
RowId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]


class RecordNeed(Request):
    """What a person needs. The detail is sealed in the file."""

    kind: Slug
    detail: Annotated[str, StringConstraints(max_length=2000)] = ""
    urgency: Urgency = "normal"
    since: date | None = None
    """Empty = today."""
    until: date | None = None
    task: Annotated[str, StringConstraints(max_length=200)] = ""
    """Key of the open task that it belongs to."""


class ProposeOffer(Request):
    """An offer for a need; `referred`: the person has been sent there already."""

    offer: RowId
    referred: bool = False


class AnswerReferral(Request):
    """What became of a referral; `not_possible` needs a reason."""

    state: ReferralState
    reason: UnmetReason | None = None


class EndNeed(Request):
    """A need is closed; `unmet` needs a reason."""

    state: Literal["met", "unmet", "dropped"]
    reason: UnmetReason | None = None


class TakeSteps(Request):
    """Which steps the person has taken: all of them, every time."""

    done: Annotated[tuple[Slug, ...], Field(max_length=20)] = ()


def record_need(path_id: str, wanted: RecordNeed) -> Act:
    """The act that records a need. Errors: PathNotFound, FactInvalid, TaskNotFound."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        today = await writing.today(path, None)
        kinds = tuple(kind.code for kind in writing.catalogue.need_kinds)
        if wanted.kind not in kinds:
            raise FactInvalid("Diese Art von Bedarf gibt es nicht.", field="kind", allowed=kinds)
        since = wanted.since or today
        _check_days(since, wanted.until, today)
        await _check_task(writing, path, wanted.task)
        new = NewNeed(wanted.kind, wanted.detail, wanted.urgency, since, today, wanted.until, wanted.task or None)
        keyring = writing.tools.database.keyring
        row = await add_need(writing.session, keyring, path, new, writing.call.actor, writing.wall)
        await writing.audit("need.recorded", row.id, path)
        return await writing.receipt(path, changed=False, refs=(row.id,))

    return act


def refer(path_id: str, need_id: str, wanted: ProposeOffer) -> Act:
    """The act that proposes an offer for a need, or refers to it. Errors: NoSuchNeed, NoSuchOffer, NeedNotPossible."""

    async def act(writing: Writing) -> Receipt:
        path, need = await _need(writing, path_id, need_id)
        if need.state != "open":
            raise NeedNotPossible("Dieser Bedarf ist schon abgeschlossen.", field="state")
        offer = await find_offer(writing.session, writing.call.scope, wanted.offer)
        if offer is None or offer.kind != need.kind:
            raise NoSuchOffer("Dieses Angebot gibt es für diesen Bedarf nicht.", field="offer")
        today = await writing.today(path, None)
        row = await propose_offer(writing.session, need, offer, today)
        if wanted.referred and row.state == "proposed":
            await keep_referral(writing.session, path, need, Referred(row, offer), "referred", "", today)
        await writing.audit("need.proposed", row.id, path)
        return await writing.receipt(path, changed=False, refs=(row.id,), state=row.state)

    return act


def answer_referral(path_id: str, need_id: str, referral_id: str, wanted: AnswerReferral) -> Act:
    """The act that notes what became of a referral; one that is taken up meets the need.

    Errors: NoSuchNeed, NeedNotPossible.
    """

    async def act(writing: Writing) -> Receipt:
        path, need = await _need(writing, path_id, need_id)
        referred = await find_referral(writing.session, writing.call.scope, need.id, referral_id)
        if referred is None:
            raise NoSuchNeed("Diese Vermittlung gibt es nicht.", field="referral")
        reason = wanted.reason or ""
        check_answer(referred.row.state, wanted.state, reason)
        today = await writing.today(path, None)
        await keep_referral(writing.session, path, need, referred, wanted.state, reason, today)
        if wanted.state == "taken_up" and need.state == "open":
            await end_need(writing.session, path, need, "met", "", today)
        await writing.audit(f"referral.{wanted.state}", referral_id, path)
        return await writing.receipt(path, changed=False, refs=(referral_id,), state=wanted.state)

    return act


def close_need(path_id: str, need_id: str, wanted: EndNeed) -> Act:
    """The act that closes a need. Errors: NoSuchNeed, NeedNotPossible."""

    async def act(writing: Writing) -> Receipt:
        path, need = await _need(writing, path_id, need_id)
        reason = wanted.reason or ""
        check_end(need.state, wanted.state, reason)
        today = await writing.today(path, None)
        await end_need(writing.session, path, need, wanted.state, reason, today)
        if wanted.state == "unmet" and reason in LACKS:
            await _tell_the_body(writing, need, today)
        await writing.audit(f"need.{wanted.state}", need.id, path)
        return await writing.receipt(path, changed=False, refs=(need.id,), state=wanted.state)

    return act


def take_steps(path_id: str, need_id: str, wanted: TakeSteps) -> Act:
    """The act that notes which steps the person has taken. Errors: NoSuchNeed, FactInvalid."""

    async def act(writing: Writing) -> Receipt:
        path, need = await _need(writing, path_id, need_id)
        kind = kind_of(writing.catalogue, need.kind)
        known = tuple(step.code for step in kind.steps) if kind else ()
        if not set(wanted.done) <= set(known):
            raise FactInvalid("Diesen Schritt gibt es bei diesem Bedarf nicht.", field="done", allowed=known)
        await set_steps(writing.session, need, [code for code in known if code in wanted.done])
        await writing.audit("need.steps", need.id, path)
        return await writing.receipt(path, changed=False, refs=(need.id,))

    return act


async def _tell_the_body(writing: Writing, need: Need, today: date) -> None:
    """Once so many paths lack the same for the same reason, the AG Verfahrensebene gets one item with its figures.

    What was decided counts no more: only lacks from after the decision raise the next one.
    """
    tenant = writing.tenant
    support = writing.catalogue.municipality(tenant.municipality).support
    key = f"unmet:{need.kind}:{need.reason}"
    is_open, decided_on = await item_about(writing.session, tenant.id, key)
    since = today - timedelta(days=support.unmet_days)
    if decided_on is not None:
        since = max(since, decided_on + timedelta(days=1))
    paths = await paths_without(writing.session, tenant.id, need.kind, need.reason, since)
    if is_open or paths < support.unmet_paths:
        return
    item = await put_on_agenda(writing.session, _item(need, key, today, paths))
    item.why = {"paths": paths, "since": since.isoformat(), "threshold": support.unmet_paths}
    await add_news(writing.session, tenant.id, BODY, body_workflow_id(tenant.id, _BODY), None)


def _item(need: Need, key: str, today: date, paths: int) -> NewBodyItem:
    return NewBodyItem(
        tenant_id=need.tenant_id,
        key=key,
        body=_BODY,
        handover=f"need.{need.kind}",
        from_kind="client",
        to_kind="offers",
        reason=f"unmet.{need.reason}",
        detail=None,
        cause="unmet_needs",
        raised_on=today,
        path_count=paths,
    )


def _check_days(since: date, until: date | None, today: date) -> None:
    if since > today:
        raise FactInvalid("Ein Bedarf besteht seit heute oder einem früheren Tag.", field="since")
    if until is not None and until < since:
        raise FactInvalid("Der letzte Tag liegt vor dem ersten.", field="until")


async def _check_task(writing: Writing, path: Path, key: str) -> None:
    tasks = await list_open_tasks(writing.session, writing.call.scope, path.id) if key else []
    if key and key not in {task.key for task in tasks}:
        raise TaskNotFound("Diese Aufgabe gibt es nicht oder nicht mehr.", field="task")


async def _need(writing: Writing, path_id: str, need_id: str) -> tuple[Path, Need]:
    path = await writing.path(path_id)
    need = await find_need(writing.session, writing.call.scope, path.id, need_id)
    if need is None:
        raise NoSuchNeed("Diesen Bedarf gibt es nicht.", field="need")
    return path, need
