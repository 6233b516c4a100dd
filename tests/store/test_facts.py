"""Facts are recorded once, come back as they were said, and are never overwritten."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from process_models.facts import Fact
from store.consents import list_evidence
from store.database import Database
from store.errors import FactConflict
from store.facts import add_facts, load_facts
from store.paths import get_path
from store.tables import ConsentEvidence, Path
from tests.store.examples import DAY, KEYRING, NOW, fact

CONSENT = fact(
    "a1", "consent.given", consent="k1", purpose="P2", recipient="jobcenter", categories=["benefits"], form="written"
)


async def record(database: Database, path: Path, *facts: Fact) -> tuple[str, ...]:
    async with database.transaction() as session:
        return await add_facts(session, KEYRING, path, facts, "case-manager", NOW)


async def recorded(database: Database, path: Path) -> tuple[Fact, ...]:
    async with database.reading() as session:
        return await load_facts(session, KEYRING, path)


async def evidence(database: Database, path: Path) -> list[ConsentEvidence]:
    async with database.reading() as session:
        return await list_evidence(session, path.id)


async def test_a_fact_comes_back_with_its_dates_as_dates(database: Database, path: Path) -> None:
    said = fact("t1", "residence.title_issued", recorded=date(2022, 3, 1), state="R12", valid_until=date(2025, 4, 19))
    await record(database, path, said)
    assert await recorded(database, path) == (said,)


async def test_the_same_facts_again_change_nothing_also_when_recorded_on_another_day(
    database: Database, path: Path
) -> None:
    first = fact("a", outcome="refugee", interface=("sozialamt", "jobcenter"))
    assert await record(database, path, first, fact("b")) == ("a", "b")
    later = fact("a", recorded=date(2022, 3, 1), outcome="refugee", interface=("sozialamt", "jobcenter"))
    assert await record(database, path, later, fact("b"), fact("c")) == ("c",)
    assert [known.recorded for known in await recorded(database, path)] == [DAY, DAY, DAY]


@pytest.mark.parametrize(
    "other",
    [
        fact("a", outcome="rejected"),
        fact("a", kind="asylum.judgment", outcome="refugee"),
        fact("a", on=date(2022, 2, 15), outcome="refugee"),
    ],
)
async def test_another_content_under_the_same_identity_is_a_conflict_and_changes_nothing(
    database: Database, path: Path, other: Fact
) -> None:
    await record(database, path, fact("a", outcome="refugee"))
    with pytest.raises(FactConflict) as conflict:
        await record(database, path, fact("b"), other)
    assert conflict.value.field == "facts.1.id"
    assert [known.id for known in await recorded(database, path)] == ["a"]


async def test_a_batch_that_contradicts_itself_is_a_conflict(database: Database, path: Path) -> None:
    with pytest.raises(FactConflict):
        await record(database, path, fact("a", outcome="refugee"), fact("a", outcome="rejected"))


async def test_a_fact_without_an_identity_gets_one(database: Database, path: Path) -> None:
    (made,) = await record(database, path, fact(""))
    assert [known.id for known in await recorded(database, path)] == [made]
    assert made


async def test_the_same_fact_from_ten_callers_at_once_is_recorded_once(database: Database, path: Path) -> None:
    async def tell() -> int:
        async with database.transaction() as session:
            mine = await get_path(session, path.id, None)
            return len(await add_facts(session, KEYRING, mine, [fact("a", outcome="refugee")], "api", NOW))

    assert sum(await asyncio.gather(*(tell() for _ in range(10)))) == 1


async def test_a_consent_leaves_evidence_and_its_withdrawal_a_day(database: Database, path: Path) -> None:
    await record(database, path, CONSENT)
    (given,) = await evidence(database, path)
    assert (given.ref, given.purpose, given.recipient, given.categories, given.form) == (
        "k1",
        "P2",
        "jobcenter",
        ["benefits"],
        "written",
    )
    await record(database, path, fact("a2", "consent.revoked", on=date(2022, 3, 1), consent="k1"))
    (revoked,) = await evidence(database, path)
    assert revoked.revoked_on == date(2022, 3, 1)


async def test_a_withdrawal_that_was_recorded_by_mistake_leaves_no_day(database: Database, path: Path) -> None:
    await record(database, path, CONSENT, fact("a2", "consent.revoked", consent="k1"))
    await record(database, path, fact("a3", "fact.retracted", fact="a2"))
    (row,) = await evidence(database, path)
    assert row.revoked_on is None


async def test_the_evidence_of_a_retracted_consent_stays_and_says_so(database: Database, path: Path) -> None:
    await record(database, path, CONSENT)
    await record(database, path, fact("a3", "fact.retracted", on=date(2022, 3, 2), fact="a1"))
    (row,) = await evidence(database, path)
    assert row.retracted_on == date(2022, 3, 2)
