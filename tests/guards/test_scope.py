"""One filter for everything: what the API asks of the records goes through a scope."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Final

API: Final = Path(__file__).parents[2] / "api"

UNSCOPED: Final = {
    "store.paths.get_path": {
        "api/acts/agency_links.py": "the link is the key to its own path",
        "api/acts/bodies.py": "a decision goes back into the paths that its item counts",
    },
    "store.handovers.get_handover": {"api/acts/agency_links.py": "the link is the key to its own handover"},
    "store.links.find_link": {"api/acts/agency_links.py": "the link itself"},
    "store.links.get_link": {"api/acts/agency_links.py": "the link of a visit"},
    "store.agency_visits.find_visit": {"api/acts/agency_answers.py": "the visit itself"},
}
"""Functions that find a path, or what belongs to one, for nobody in particular: who may call them, and why."""

FOR_NOBODY: Final = ("list_open_paths", "find_overdue_paths", "find_path", "find_path_by_case_number")
"""For workflows and the relay only."""

BY_TENANT: Final = {
    "store.accounts.list_accounts": "colleagues, no clients",
    "store.assignments.deputise": "colleagues, no clients",
    "store.assignments.find_deputy": "colleagues, no clients",
    "store.assignments.list_deputies": "colleagues, no clients",
    "store.need_figures.item_about": "whether an item is open, no path",
    "store.need_figures.paths_without": "one count, no path",
    "store.offers.add_offer": "an offer, no path",
    "store.posts.absent_on": "colleagues, no clients",
    "store.posts.find_holding": "colleagues, no clients",
    "store.posts.held_meanwhile": "a post, no clients",
    "store.posts.hold_post": "colleagues, no clients",
    "store.posts.keep_change": "a post, no clients",
    "store.posts.keep_refugee_count": "a public number, no clients",
    "store.posts.list_changes": "posts, no clients",
    "store.posts.list_holders": "colleagues, no clients",
    "store.posts.list_refugee_counts": "public numbers, no clients",
    "store.access.create_token": "makes, finds nothing",
    "store.outbox.add_news": "writes, finds nothing",
    "store.tenants.create_tenant": "a tenant, no path",
    "store.tenants.find_tenant": "a tenant, no path",
    "store.tenants.get_tenant": "a tenant, no path",
    "store.plans.latest_moment": "a moment, no path",
    "store.model_moves.count_to_move": "one count, no path",
    "store.model_versions.find_version": "rules, no path",
    "store.model_versions.list_versions": "rules, no path",
    "store.model_versions.version_in_force": "rules, no path",
    "store.waits.count_waits": "interfaces, working days and counts, no path",
    "store.meetings.next_planned": "a day, no path",
    "store.body_items.similar_stalls": "interfaces, reasons and counts, no path",
    "store.meetings.list_items": "interfaces and counts, no path; asked only for a body that the scope sits in",
    "store.meetings.list_meetings": "interfaces and counts, no path; the body of the caller is checked before",
    "store.meetings.list_resolutions": "interfaces and counts, no path; the body of the caller is checked before",
    "store.events.note_waits": "writes counts of a simulation, finds nothing",
    "store.version_links.get_resolution": "a decision, no path; that it is the caller's own tenant is checked before",
    "store.meetings.write_review": "interfaces and counts, no path",
}
"""Functions that take a tenant instead of a scope: what they give, and why that shows no path."""


def _imported() -> Iterator[tuple[str, str, str]]:
    """File of the API, module of the records, name."""
    for file in sorted(API.rglob("*.py")):
        place = str(file.relative_to(API.parent))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("store."):
                yield from ((place, str(node.module), alias.name) for alias in node.names)


def test_the_api_finds_paths_through_a_scope_only() -> None:
    for place, module, name in _imported():
        assert name not in FOR_NOBODY, f"{place}: {name} sees every path; use store.visible"
        allowed = UNSCOPED.get(f"{module}.{name}")
        assert allowed is None or place in allowed, f"{place}: {name} asks nobody's permission; use store.visible"


def test_functions_of_the_records_that_the_api_calls_take_a_scope_and_not_a_tenant() -> None:
    seen: dict[str, str] = {}
    for place, module, name in _imported():
        found = getattr(importlib.import_module(module), name)
        if not inspect.isfunction(found) or "tenant_id" not in inspect.signature(found).parameters:
            continue
        seen[f"{found.__module__}.{name}"] = place
    unknown = {name: place for name, place in seen.items() if name not in BY_TENANT and name not in UNSCOPED}
    assert unknown == {}, "these take a tenant: give them a Scope"
    assert set(BY_TENANT) - set(seen) == set(), "no longer called by the API"


def test_no_page_and_no_route_asks_the_database_itself() -> None:
    for folder in ("pages", "routes"):
        for file in sorted((API / folder).rglob("*.py")):
            words = file.read_text(encoding="utf-8")
            assert "select(" not in words, f"{file.name}: queries stand in store"


def test_every_exception_is_still_needed() -> None:
    used = {(f"{module}.{name}", place) for place, module, name in _imported()}
    assert {(name, place) for name, places in UNSCOPED.items() for place in places} <= used
