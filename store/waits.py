"""How long answers took at an interface of a tenant, counted from its event log. No path is named.

What the counts mean for an open handover says `process_models.waits`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from dateutil.relativedelta import relativedelta
from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from process_models.interface_review import Interface
from process_models.names import rule_code
from process_models.waits import LEARNING_MONTHS, Answers, learned_until
from process_models.work import HandoverItem
from store.tables import PathEvent

_ANSWERED: Final = ("handover_accepted", "handover_refused")
Asked = tuple[str, date]
"""Code of a handover, and the day from which on answers are not learned from."""


def asked_of(items: Iterable[HandoverItem]) -> frozenset[Asked]:
    """What has to be counted for the handovers that await an answer."""
    return frozenset(
        (rule_code(item.code), learned_until(item.offered_on))
        for item in items
        if item.awaits_answer and item.offered_on is not None
    )


async def count_answers(session: AsyncSession, tenant_id: str, asked: frozenset[Asked]) -> tuple[Answers, ...]:
    """The answers of a tenant for each code and day that is asked for; one query a day."""
    found: list[Answers] = []
    for until in sorted({until for _code, until in asked}):
        codes = sorted(code for code, day in asked if day == until)
        found += await _until(session, tenant_id, codes, until)
    return tuple(found)


async def _until(session: AsyncSession, tenant_id: str, codes: list[str], until: date) -> list[Answers]:
    interface = (col(PathEvent.code), col(PathEvent.from_kind), col(PathEvent.to_kind))
    is_recent = case((col(PathEvent.happened_on) >= until, 1), else_=0)
    query = (
        select(*interface, is_recent, col(PathEvent.working_days), func.count())
        .where(
            col(PathEvent.tenant_id) == tenant_id,
            col(PathEvent.activity).in_(_ANSWERED),
            col(PathEvent.code).in_(codes),
            col(PathEvent.happened_on) >= until - relativedelta(months=LEARNING_MONTHS),
            col(PathEvent.working_days).is_not(None),
        )
        .group_by(*interface, is_recent, col(PathEvent.working_days))
    )
    learned: dict[Interface, tuple[dict[int, int], dict[int, int]]] = {}
    for code, sender, receiver, recent, days, count in await session.execute(query):
        found = learned.setdefault(Interface(code, sender, receiver), ({}, {}))[recent]
        found[days] = found.get(days, 0) + count
    return [
        Answers(one, until, tuple(sorted(old.items())), tuple(sorted(new.items())))
        for one, (old, new) in sorted(learned.items())
    ]
