"""Guards of what is written into Temporal for years: names, timeouts, ids, search attributes, the Schedule.

They read the source and the registrations; no server is asked.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from temporalio import activity, workflow
from temporalio.client import ScheduleActionStartWorkflow
from temporalio.common import VersioningBehavior

import worker
import workflows
from activities import references, registry
from process_models import names
from process_models.catalogue import catalogue
from process_models.messages import ShownPath
from store.database import Database
from store.sealing import Keyring
from store.tables import new_id
from workflows.showing import search_attribute_updates

ROOT = Path(__file__).parents[2]
REFERENCES = ROOT / "activities" / "references.py"
BERLIN = ZoneInfo("Europe/Berlin")
NAME = re.compile(r"[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)?")
SQL_LIMITS = {"keyword": 10, "keyword_list": 3, "datetime": 3, "bool": 3, "int": 3}
COMPOSITION_ROOTS = ("worker.py", "settings.py", "telemetry.py", "api/main.py", "kim/", "tests/", "benchmarks/")
OF_COMPOSITION_ROOTS = {"worker", "settings", "telemetry"}
OPTIONS = {"_RECORDS", "_MAIL", "_PAGE", "_SWEEP"}
DECORATORS = ("activity.defn", "workflow.defn", "workflow.signal", "workflow.query", "workflow.update")


def registered_activities() -> dict[str, Any]:
    """Temporal name -> activity, as the worker registers them. No tool is used, so none is needed."""
    database = Database("sqlite+aiosqlite:///unused.db", Keyring({"k1": bytes(32)}, "k1"))
    parts = worker.Parts(cast(Any, None), database, catalogue(), cast(Any, None), cast(Any, _NoNews()), "")
    found = worker.all_activities(parts)
    by_name = {str(activity._Definition.must_from_callable(one).name): one for one in found}
    assert len(by_name) == len(found), "two activities of one name"
    return by_name


class _NoNews:
    def wake(self) -> None:
        """Nobody listens."""


def calls() -> Iterator[ast.Call]:
    """Every call in the references that leads to an activity."""
    for node in ast.walk(ast.parse(REFERENCES.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("_call", "workflow.execute_activity"):
            yield node


def called_names() -> list[str]:
    return [str(first.value) for call in calls() if isinstance(first := call.args[0], ast.Constant)]


def definition_of(kind: type) -> workflow._Definition:
    return workflow._Definition.must_from_class(kind)


@cache
def sources() -> list[tuple[str, ast.Module]]:
    """The product and its tests as syntax trees, with their paths from the root."""
    packages = [path.parent for path in ROOT.glob("*/__init__.py")]
    files = [*ROOT.glob("*.py"), *(file for package in packages for file in package.rglob("*.py"))]
    return [(str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))) for file in files]


# ---------------------------------------------------------------- activities


def test_every_activity_that_is_called_is_registered_and_every_registered_one_is_called() -> None:
    assert sorted(called_names()) == sorted(registered_activities())


def test_the_registry_lists_every_class_that_has_an_activity() -> None:
    found = {
        kind
        for module in _modules("activities")
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if any(hasattr(member, "__temporal_activity_definition") for member in vars(kind).values())
    }
    assert found == set(registry.ALL)


def test_every_call_of_an_activity_has_a_time_limit_and_says_its_name_as_a_word() -> None:
    for call in calls():
        spread = {ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg is None}
        if ast.unparse(call.func) == "_call":
            assert isinstance(call.args[0], ast.Constant)
        else:
            assert len(spread & OPTIONS) == 1, ast.unparse(call)


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_the_options_of_calls_limit_each_attempt_and_repeat_for_ever(name: str) -> None:
    options: dict[str, Any] = getattr(references, name)
    assert timedelta(0) < options["start_to_close_timeout"] <= timedelta(minutes=30)
    assert "schedule_to_close_timeout" not in options
    assert options["retry_policy"].maximum_attempts == 0


def test_an_activity_that_beats_is_called_with_a_heartbeat_timeout() -> None:
    beating = {name for name in ("_MAIL", "_PAGE", "_SWEEP") if references.__dict__[name]["heartbeat_timeout"]}
    assert beating == OPTIONS - {"_RECORDS"}
    assert "heartbeat_timeout" not in references._RECORDS
    for name, one in registered_activities().items():
        source = inspect.getsource(inspect.getmodule(one) or one)
        if "activity.heartbeat" in source:
            call = next(
                call for call in calls() if isinstance(call.args[0], ast.Constant) and call.args[0].value == name
            )
            assert ast.unparse(call.func) == "workflow.execute_activity", name


# ---------------------------------------------------------------- workflows


def test_every_workflow_is_registered() -> None:
    found = {
        kind
        for module in _modules("workflows")
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if hasattr(kind, "__temporal_workflow_definition")
    }
    assert found == set(workflows.ALL)


@pytest.mark.parametrize("kind", workflows.ALL)
def test_no_workflow_is_pinned_to_a_version_of_the_worker(kind: type) -> None:
    """Paths last for years and must move to every new worker: patches and `refresh` keep them in step."""
    found = definition_of(kind)
    assert found.versioning_behavior in (None, VersioningBehavior.UNSPECIFIED)
    assert found.dynamic_config_fn is None


@pytest.mark.parametrize("kind", workflows.ALL)
def test_a_workflow_takes_no_state_by_update_and_nothing_dynamic(kind: type) -> None:
    """News is a signal without content: nothing is lost in it, and no argument can be wrong."""
    found = definition_of(kind)
    assert found.updates == {}
    assert None not in {*found.signals, *found.queries}
    assert all(list(inspect.signature(signal.fn).parameters) == ["self"] for signal in found.signals.values())


def test_names_in_temporal_are_lower_case_words_joined_by_dots_and_dashes() -> None:
    found = [definition_of(kind) for kind in workflows.ALL]
    told = [*registered_activities(), names.TASK_QUEUE, names.NAMESPACE, names.DAILY_SWEEP_SCHEDULE]
    told += [str(name) for one in found for name in (one.name, *one.signals, *one.queries)]
    assert [name for name in told if not NAME.fullmatch(name)] == []


def test_names_in_temporal_are_written_down_and_do_not_follow_from_names_in_the_code() -> None:
    unnamed = [
        f"{path}:{decorator.lineno}"
        for path, tree in sources()
        if path.startswith(("activities/", "workflows/"))
        for decorator in _decorators(tree)
        if not isinstance(decorator, ast.Call) or not any(keyword.arg == "name" for keyword in decorator.keywords)
    ]
    assert unnamed == []


# ---------------------------------------------------------------- search attributes


def test_the_search_attributes_fit_into_the_columns_of_an_sql_database() -> None:
    counted = Counter(names.SEARCH_ATTRIBUTES.values())
    assert {kind: count for kind, count in counted.items() if count > SQL_LIMITS[kind]} == {}


def test_a_path_shows_exactly_the_registered_search_attributes() -> None:
    full = ShownPath(
        municipality="rhein-kreis-neuss",
        phase="stay",
        waits_for=("jobcenter",),
        stalled_since=date(2022, 2, 14),
        stall_reason="DOC_MISSING",
        escalation="E2",
        next_deadline=date(2022, 3, 31),
        model_version="test",
    )
    written = {one.key.name: one.key.indexed_value_type.name.lower() for one in search_attribute_updates(None, full)}
    assert written == names.SEARCH_ATTRIBUTES
    bare = ShownPath(municipality=full.municipality, phase=full.phase, escalation=full.escalation)
    unset = {one.key.name for one in search_attribute_updates(full, bare) if one.value is None}
    assert unset == {"KimStallReason", "KimModelVersion", "KimWaitsFor", "KimStalledSince", "KimNextDeadline"}
    assert search_attribute_updates(full, full) == []


# ---------------------------------------------------------------- the Schedule


def test_the_daily_sweep_runs_once_a_day_at_a_time_that_every_day_has_once() -> None:
    """02:00 to 03:00 is skipped or repeated when the clocks change; from 22:00 UTC the day is another one in Berlin."""
    spec = worker.daily_sweep_schedule().spec
    assert (spec.time_zone_name, spec.intervals, spec.cron_expressions) == ("Europe/Berlin", [], [])
    [calendar] = spec.calendars
    [hour], [minute] = calendar.hour, calendar.minute
    assert (hour.end, minute.end) == (hour.start, minute.start)
    for number in range(2 * 366):
        day = date(2026, 1, 1) + timedelta(days=number)
        moments = {_utc(day, hour.start, minute.start, fold) for fold in (0, 1)}
        assert len(moments) == 1, f"{day}: skipped or repeated"
        assert moments.pop().hour not in (22, 23)


def test_a_sweep_that_was_missed_is_made_up_for_on_the_same_day_and_never_twice_at_once() -> None:
    schedule = worker.daily_sweep_schedule()
    window = schedule.policy.catchup_window
    assert window is not None
    assert timedelta(hours=1) <= window < timedelta(days=1)
    assert schedule.policy.overlap.name == "SKIP"
    assert isinstance(schedule.action, ScheduleActionStartWorkflow)
    assert schedule.action.workflow == names.DAILY_SWEEP
    assert schedule.action.task_queue == names.TASK_QUEUE


# ---------------------------------------------------------------- imports and ids


def test_only_composition_roots_know_worker_settings_and_telemetry() -> None:
    knowing = {
        path
        for path, tree in sources()
        if not path.startswith(COMPOSITION_ROOTS) and OF_COMPOSITION_ROOTS & set(_imported(tree))
    }
    assert knowing == set()


def test_the_id_of_a_path_can_never_look_like_a_command_of_the_web_pages() -> None:
    """The read-only switch of Temporal's web pages lets everything through whose address has `query` in it."""
    alphabet = set("".join(new_id() for _ in range(200)))
    assert alphabet <= set("0123456789abcdef")
    assert not set("query") <= alphabet | set("path-")
    assert names.WORKFLOW_ID.fullmatch(names.path_workflow_id(new_id()))


def test_the_ids_of_bodies_are_plain_for_every_municipality_and_simulated_tenant() -> None:
    for tenant in (*catalogue().municipalities, f"sim-{new_id()[:16]}"):
        for body in names.BODY_KINDS:
            found = names.body_workflow_id(tenant, body)
            assert re.fullmatch(r"[a-z0-9-]+", found)
            assert "query" not in found


def test_the_ids_of_releases_are_plain_whatever_an_edition_is_called() -> None:
    for version in (catalogue().version, "2027.01 Entwurf Ä-00ff00ff", "A_B/query?"):
        for tenant in (*catalogue().municipalities, f"sim-{new_id()[:16]}"):
            assert re.fullmatch(r"[a-z0-9-]+", names.release_workflow_id(tenant, version))


@pytest.mark.parametrize("bad", ["../x", "Ä", "a b", "A", "a/query", "a.b", "a_b", "", "a\n"])
def test_an_id_of_other_characters_is_refused(bad: str) -> None:
    if bad:
        with pytest.raises(ValueError, match="may only have"):
            names.path_workflow_id(bad)
    assert names.path_id_of(names.path_workflow_id("0f")) == "0f"


def _modules(package: str) -> Iterator[Any]:
    for found in pkgutil.iter_modules([str(ROOT / package)]):
        yield importlib.import_module(f"{package}.{found.name}")


def _decorators(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        for decorator in getattr(node, "decorator_list", []):
            if ast.unparse(decorator).startswith(DECORATORS):
                yield decorator


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0]


def _utc(day: date, hour: int, minute: int, fold: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN, fold=fold).astimezone(UTC)
