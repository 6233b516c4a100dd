"""Every route asks who calls, or stands on the short public list with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from api.app import create_app
from api.permissions import PERMISSIONS, PUBLIC, ROLES
from process_models.catalogue import Catalogue
from store.database import Database
from store.sealing import Keyring


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """The routes alone: no request is made, so no tool is needed."""
    database = Database("sqlite+aiosqlite:///unused.db", Keyring({"k1": bytes(32)}, "k1"))
    return create_app(database, cast(Catalogue, None), cast(Any, None))


def _routes(app: FastAPI) -> Iterator[tuple[str, str, set[str]]]:
    """Method, path and permissions of everything that answers."""
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        for method in sorted(context.methods or {"GET"}):
            if method == "HEAD" and not isinstance(dependant, Dependant):
                continue  # Starlette answers HEAD wherever it answers GET
            yield method, str(context.path), set(_permissions(dependant))


def _permissions(dependant: Dependant | None) -> Iterator[str]:
    for one in dependant.dependencies if dependant else ():
        if permission := getattr(one.call, "permission", None):
            yield permission
        yield from _permissions(one)


def test_every_route_asks_for_exactly_one_permission_or_is_public_with_a_reason(app: FastAPI) -> None:
    for method, path, permissions in _routes(app):
        public = (method, path) in PUBLIC
        assert public != bool(permissions), f"{method} {path}: requires(...) or an entry in PUBLIC, one of both"
        assert len(permissions) <= 1, f"{method} {path}: one permission a route"


def test_the_public_list_names_only_routes_that_exist(app: FastAPI) -> None:
    routes = {(method, path) for method, path, _ in _routes(app)}
    assert set(PUBLIC) <= routes
    assert all(PUBLIC.values())


def test_every_permission_is_used_and_held_by_a_known_role(app: FastAPI) -> None:
    used = {permission for _, _, permissions in _routes(app) for permission in permissions}
    assert used == set(PERMISSIONS)
    assert all(roles and roles <= set(ROLES) for roles in PERMISSIONS.values())


def test_every_write_below_v1_asks_for_an_idempotency_key_except_simulations(app: FastAPI) -> None:
    for context in iter_route_contexts(app.routes):
        if "POST" in (context.methods or ()) and str(context.path).startswith("/v1/paths"):
            names = {one.alias for one in _headers(context.dependant)}
            assert "Idempotency-Key" in names, context.path


def _headers(dependant: Dependant) -> Iterator[Any]:
    yield from dependant.header_params
    for one in dependant.dependencies:
        yield from _headers(one)
