"""One revision for both databases, from any directory, forwards and backwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from store.engines import make_sync_engine
from store.errors import DatabaseAway
from store.migrate import check, downgrade, upgrade
from store.tables import Record

_ONE_HANDOVER = (
    "INSERT INTO tenant (id, municipality, simulated, clock_offset_seconds, created_at)"
    " VALUES ('t', 'muenster', false, 0, '2022-02-14 08:00:00')",
    "INSERT INTO person (id, tenant_id, key_id, sealed, created_at) VALUES ('x', 't', 'k', '', '2022-02-14 08:00:00')",
    "INSERT INTO path (id, tenant_id, person_id, case_number, municipality, place, current_place, facts_version, state,"
    " created_at) VALUES ('p', 't', 'x', 'KIM', 'muenster', 'muenster', 'muenster', 1, 'open', '2022-02-14 08:00:00')",
    "INSERT INTO handover (id, tenant_id, path_id, code, trigger_on, from_kind, to_kind, to_agency, state, level,"
    " version, created_at) VALUES ('h', 't', 'p', 'H01', '2022-02-11', 'sozialamt', 'jobcenter', '', 'offered', 'E0',"
    " 1, '2022-02-14 08:00:00')",
)


_ONE_CONSENT = (
    "INSERT INTO consent (id, path_id, ref, purpose, categories, form, language, text_version, given_on, created_at)"
    " VALUES ('c', 'p', 'k1', 'P1', '[]', 'written', 'de', '', '2022-02-14', '2022-02-14 08:00:00')"
)


def tables_in(url: str) -> set[str]:
    engine = make_sync_engine(url)
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


def test_the_same_migration_makes_exactly_the_tables_of_the_models(empty_url: str) -> None:
    upgrade(empty_url)
    assert tables_in(empty_url) == set(Record.metadata.tables)
    check(empty_url)


def test_upgrading_again_changes_nothing(empty_url: str) -> None:
    upgrade(empty_url)
    upgrade(empty_url)
    check(empty_url)


def test_downgrading_to_base_leaves_nothing_and_the_way_up_is_open_again(empty_url: str) -> None:
    upgrade(empty_url)
    downgrade(empty_url, "base")
    assert tables_in(empty_url) == set()
    upgrade(empty_url)
    check(empty_url)


def test_handovers_from_before_the_count_of_offers_were_offered_once(empty_url: str) -> None:
    upgrade(empty_url)
    downgrade(empty_url, "0001")
    engine = make_sync_engine(empty_url)
    with engine.begin() as connection:
        for statement in _ONE_HANDOVER:
            connection.execute(text(statement))
    upgrade(empty_url)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT offers FROM handover")).scalar_one() == 1
    engine.dispose()


def test_consents_and_handovers_from_before_households_are_those_of_the_person(empty_url: str) -> None:
    upgrade(empty_url)
    downgrade(empty_url, "0008")
    engine = make_sync_engine(empty_url)
    with engine.begin() as connection:
        for statement in (*_ONE_HANDOVER, _ONE_CONSENT):
            connection.execute(text(statement))
    upgrade(empty_url)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT who, ref FROM consent")).one() == ("client", "k1")
        assert connection.execute(text("SELECT members FROM handover")).scalar_one() == ""
        connection.execute(
            text(_ONE_CONSENT.replace("'c'", "'d'").replace("(id", "(who, id").replace("('", "('w', '", 1))
        )
    downgrade(empty_url, "0008")
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM consent")).scalar_one() == 1
    engine.dispose()


def test_upgrading_works_from_any_directory(empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    upgrade(empty_url)
    assert "path" in tables_in(empty_url)


def test_two_processes_may_upgrade_at_the_same_time(empty_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(upgrade, empty_url) for _ in range(2)]:
            done.result()
    check(empty_url)


def test_upgrading_an_unreachable_database_says_that_it_is_away(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/missing/records.db", f"postgresql://nobody@/none?host={tmp_path}"):
        with pytest.raises(DatabaseAway):
            upgrade(url)


def test_every_constraint_has_a_name_so_that_later_revisions_can_change_it() -> None:
    unnamed = [
        f"{table.name}: {constraint}"
        for table in Record.metadata.tables.values()
        for constraint in table.constraints
        if not constraint.name
    ]
    assert unnamed == []
