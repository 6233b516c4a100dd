"""What a coordinator does about a stuck handover: remind now, put it before a body. Giving time is an answer.

The rules go on by themselves; these acts only come before them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final, Literal

from api.acts.telling import tell
from api.acts.writing import Act, Receipt, Writing
from process_models.applied import NoticeDraft
from process_models.consent import ConsentQuestion, check_consent
from process_models.errors import ConsentMissing, HandoverNotPossible
from process_models.escalation import LEVELS
from process_models.facts import known_on
from process_models.look_again import day_at
from process_models.names import BODY, body_workflow_id, notice_key
from process_models.work import Level
from store.body_items import NewBodyItem, put_on_agenda, similar_stalls
from store.errors import HandoverNotFound
from store.events import keep_handover
from store.facts import load_facts
from store.handovers import find_handover, item_of
from store.outbox import add_news
from store.tables import Handover, Path

_REMINDER: Final = "escalation_e1"
_NAMED: Final = "P3"


Table = Literal["fall", "verfahren"]
_LEVEL: Final[dict[Table, Level]] = {"fall": "E3", "verfahren": "E4"}


def remind_now(path_id: str, code: str) -> Act:
    """Reminds the receiver once today, beside the ladder. Errors: HandoverNotFound, HandoverNotPossible."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        moment = await writing.moment(path, None)
        row = await _waiting(writing, path, code)
        today = day_at(moment)
        key = notice_key(path.id, f"{row.code}:{row.offers}", "reminded", row.to_kind, today)
        draft = NoticeDraft(key, _REMINDER, row.code, row.to_kind, handover=row.code)
        await tell(writing, row, [draft], moment)
        await writing.audit("handover.reminded", row.code, path)
        return await writing.receipt(path, handover=row.code, state=row.state)

    return act


def put_before(path_id: str, code: str, body: Table) -> Act:
    """Puts the interface of a stuck handover on the agenda of a working group, before the ladder does.

    Errors: ConsentMissing for the AG Fallebene without consent to named discussion; as `remind_now`.
    """

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        today = await writing.today(path, None)
        row = await _waiting(writing, path, code)
        if body == "fall":
            await _require_named(writing, path)
        level = _LEVEL[body]
        item = item_of(row)
        if LEVELS.index(item.level) < LEVELS.index(level):
            at = writing.catalogue.working_day(path.municipality, today)
            raised = replace(item, level=level, escalated_on=today)
            await keep_handover(writing.session, path, raised, row.to_agency, at)
        await put_on_agenda(writing.session, await _agenda_item(writing, path, row, body))
        await add_news(writing.session, path.tenant_id, BODY, body_workflow_id(path.tenant_id, body), None)
        await writing.audit(f"handover.put_before_{body}", row.code, path)
        return await writing.receipt(path, handover=row.code, state=row.state)

    return act


async def _waiting(writing: Writing, path: Path, code: str) -> Handover:
    row = await find_handover(writing.session, path.id, code)
    if row is None:
        raise HandoverNotFound("Diese Übergabe gibt es nicht.", field="code")
    if not item_of(row).awaits_answer:
        raise HandoverNotPossible("Diese Übergabe wartet auf keine Antwort.", field="code")
    return row


async def _require_named(writing: Writing, path: Path) -> None:
    today = await writing.today(path, None)
    facts = known_on(await load_facts(writing.session, writing.tools.database.keyring, path), today)
    asked = ConsentQuestion(_NAMED, None, None, today)
    if not check_consent(writing.catalogue, facts, asked).allowed:
        raise ConsentMissing(
            "Für die Besprechung in der AG Fallebene fehlt die Einwilligung.",
            way_out="Das Case Management bitten, die Einwilligung einzuholen, oder die AG Verfahrensebene befassen.",
        )


async def _agenda_item(writing: Writing, path: Path, row: Handover, body: Table) -> NewBodyItem:
    today = await writing.today(path, None)
    reason = row.reason or "AGENCY_LATE"
    interface = f"{body}:{row.from_kind}>{row.to_kind}:{row.code}:{reason}:{row.detail or ''}"
    since = today - timedelta(days=writing.catalogue.ladder_of(path.municipality, today).pattern_days)
    alike = [
        stall.count
        for stall in await similar_stalls(writing.session, path.tenant_id, path.id)
        if (stall.handover, stall.reason, stall.since >= since) == (row.code, reason, True)
    ]
    count = 1 + sum(alike) if body == "verfahren" else 1
    return NewBodyItem(
        tenant_id=path.tenant_id,
        key=interface if body == "verfahren" else f"fall:{path.id}:{row.code}:{row.trigger_on}",
        body=body,
        handover=row.code,
        from_kind=row.from_kind,
        to_kind=row.to_kind,
        reason=reason,
        detail=row.detail,
        cause="impulse",
        raised_on=today,
        path_id=path.id,
        path_count=count,
        why={"rule": "office", "paths": count},
    )
