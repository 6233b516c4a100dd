"""Nothing that names a person can be found in the bytes of the databases, and an erased person is gone for good."""

from __future__ import annotations

from datetime import date
from pathlib import Path as FilePath

import pytest
from sqlalchemy.engine import make_url

from process_models.facts import Person
from store.consents import list_evidence
from store.database import Database
from store.errors import PersonErased
from store.facts import add_facts, load_facts
from store.paths import NewPath, create_path, erase_path_person, load_case, load_path_person, touch
from store.persons import open_key, rewrap_keys
from store.plans import get_plan, save_plan
from store.sealing import Keyring
from store.tables import Path
from store.tables import Person as PersonRow
from tests.postgres import PostgresServer
from tests.store.examples import KEYRING, NOW, TENANT, fact, plan

PLANTED = ("Zarathustrasdottir", "1977-07-17", "1978-08-18", "QZ-Staatenlos", "Kranichgasse", "Quittenweiler")


async def plant(database: Database) -> Path:
    new = NewPath(
        tenant_id=TENANT,
        municipality="rhein-kreis-neuss",
        place="meerbusch",
        born=date(1977, 7, 17),
        nationality="QZ-Staatenlos",
        name="Xenia Zarathustrasdottir",
        household=(Person(date(1978, 8, 18), "QZ-Staatenlos", "wife", "spouse"),),
    )
    said = fact("a1", "place.moved", place="Quittenweiler", street="Kranichgasse 7")
    async with database.transaction() as session:
        path = await create_path(session, KEYRING, new, NOW)
        await add_facts(session, KEYRING, path, [said], "me", NOW)
        await touch(session, path)
        await save_plan(session, path.id, 1, plan(), NOW)
    return path


def all_bytes(url: str, request: pytest.FixtureRequest) -> bytes:
    """Everything that lies on disk (SQLite: file, log, shared memory) or that a dump tells (PostgreSQL)."""
    parsed = make_url(url)
    assert parsed.database
    if parsed.get_backend_name() == "sqlite":
        file = FilePath(parsed.database)
        return b"".join(part.read_bytes() for part in sorted(file.parent.glob(f"{file.name}*")))
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.dump(parsed.database)


async def test_planted_names_are_in_no_byte_of_the_database(
    database: Database, url: str, request: pytest.FixtureRequest
) -> None:
    path = await plant(database)
    found = all_bytes(url, request)
    assert path.case_number.encode() in found
    assert [word for word in PLANTED if word.encode() in found or word.encode("utf-16-le") in found] == []
    assert [word for word in PLANTED if word.encode().hex().encode() in found] == []
    async with database.reading() as session:
        assert (await load_path_person(session, KEYRING, path)).name == "Xenia Zarathustrasdottir"


async def test_a_person_whose_key_is_destroyed_is_gone_for_good(database: Database) -> None:
    path, other = await plant(database), await plant(database)
    async with database.transaction() as session:
        await erase_path_person(session, path, NOW)
    async with database.reading() as session:
        for load in (load_path_person(session, KEYRING, path), load_facts(session, KEYRING, path)):
            with pytest.raises(PersonErased):
                await load
        with pytest.raises(PersonErased):
            await load_case(session, KEYRING, path.id)
        assert await get_plan(session, path.id) is None
        assert (await load_path_person(session, KEYRING, other)).name
        assert await list_evidence(session, path.id) == []


async def test_an_erased_person_takes_no_new_facts(database: Database) -> None:
    path = await plant(database)
    async with database.transaction() as session:
        await erase_path_person(session, path, NOW)
    with pytest.raises(PersonErased):
        async with database.transaction() as session:
            await add_facts(session, KEYRING, path, [fact("b")], "me", NOW)


async def test_the_destroyed_key_itself_is_in_no_byte_of_the_database(
    database: Database, url: str, request: pytest.FixtureRequest
) -> None:
    path = await plant(database)
    async with database.reading() as session:
        person = await session.get(PersonRow, path.person_id)
    assert person is not None
    assert person.wrapped_key is not None
    wrapped = person.wrapped_key
    before = all_bytes(url, request)
    assert wrapped in before or wrapped.hex().encode() in before
    async with database.transaction() as session:
        await erase_path_person(session, path, NOW)
    await database.scrub()
    after = all_bytes(url, request)
    assert wrapped not in after
    assert wrapped.hex().encode() not in after


async def test_keys_of_an_old_master_key_are_wrapped_anew_without_touching_the_data(database: Database) -> None:
    before = Keyring({"old": b"o" * 32}, current="old")
    async with database.transaction() as session:
        path = await create_path(session, before, NewPath(TENANT, "x", "y", date(1990, 1, 1), "SY", "Nur"), NOW)
        assert await rewrap_keys(session, KEYRING, "now") == 1
        assert await rewrap_keys(session, KEYRING, "now") == 0
    only_new = Keyring({"now": b"n" * 32}, current="now")
    async with database.reading() as session:
        assert (await load_path_person(session, only_new, path)).name == "Nur"
        assert await open_key(session, only_new, path.person_id)
