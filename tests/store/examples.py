"""Examples for the tests of the records: fictitious persons, fixed days, a keyring of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from process_models.facts import Fact, Person
from process_models.plan import Plan, Standing
from process_models.work import HandoverItem
from store.body_items import NewBodyItem, NewStall
from store.notices import NewNotice
from store.paths import NewPath
from store.scope import Scope
from store.sealing import Keyring
from store.tables import Path

TENANT = "rhein-kreis-neuss"
NOW = datetime(2022, 2, 14, 8, 0, tzinfo=UTC)
DAY = date(2022, 2, 14)
SCOPE = Scope(TENANT, "coordinator", DAY)
"""Somebody who sees every path of the tenant."""
KEYRING = Keyring({"old": b"o" * 32, "now": b"n" * 32}, current="now")
WIFE = Person(born=date(1996, 2, 1), nationality="SY", id="wife", relation="spouse")
NEW_PATH = NewPath(
    tenant_id=TENANT,
    municipality="rhein-kreis-neuss",
    place="meerbusch",
    born=date(1994, 3, 12),
    nationality="SY",
    name="Zarathustra Beispielsdottir",
    household=(WIFE,),
)


def fact(ref: str, kind: str = "asylum.decided", on: date = DAY, recorded: date | None = None, **data: Any) -> Fact:
    """A fact, known from its own day unless told."""
    return Fact(ref, kind, on, recorded or on, data)


def plan(day: date = DAY, stalled_since: date | None = None) -> Plan:
    """A plan of a day."""
    return Plan(
        day=day,
        municipality="rhein-kreis-neuss",
        place="meerbusch",
        model_version="test",
        standing=Standing(),
        phase="stay",
        stalled_since=stalled_since,
        level="E1" if stalled_since else "none",
    )


def item(code: str = "H01", trigger_on: date = DAY) -> HandoverItem:
    """An offered handover from the Sozialamt to the Jobcenter."""
    return HandoverItem(code, trigger_on, from_kind="sozialamt", to_kind="jobcenter", offered_on=trigger_on)


def notice(path: Path, key: str = "offer", **changes: Any) -> NewNotice:
    """A notice about H01 to the Jobcenter."""
    columns = {"kind": "offer", "subject": "H01", "recipient": "jobcenter", "made_on": DAY, **changes}
    return NewNotice(key=f"{path.id}:{key}", tenant_id=path.tenant_id, path_id=path.id, **columns)


def body_item(key: str = "verfahren:H01", **changes: Any) -> NewBodyItem:
    """An item for the AG Verfahrensebene about H01."""
    columns = {"reason": "DOC_MISSING", "detail": None, "cause": "ladder", "raised_on": DAY, **changes}
    return NewBodyItem(
        tenant_id=TENANT,
        key=key,
        body="verfahren",
        handover="H01",
        from_kind="sozialamt",
        to_kind="jobcenter",
        **columns,
    )


def stall(path_id: str | None = None, **changes: Any) -> NewStall:
    """A stall at H01: a document is missing."""
    columns = {"reason": "DOC_MISSING", "detail": "DOC_EAT_REQUIRED", "since": DAY, **changes}
    return NewStall(
        tenant_id=TENANT, handover="H01", from_kind="sozialamt", to_kind="jobcenter", path_id=path_id, **columns
    )
