"""One revision for both databases, from any directory, forwards and backwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect

from store.engines import make_sync_engine
from store.errors import DatabaseAway
from store.migrate import check, downgrade, upgrade
from store.tables import Record


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
