"""Every page and every form that there is: taken from the routes, with something real for every name in an address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from api.acts.entering import DEMO_PEOPLE
from api.app import create_app
from api.permissions import PERMISSIONS
from process_models.catalogue import Catalogue
from store.database import Database

NO_PAGES: Final = ("/v1", "/static", "/openapi.json", "/healthz", "/readyz", "/metrics")


@dataclass(frozen=True, slots=True)
class PageRoute:
    """A page or a form of the application."""

    method: str
    path: str
    permission: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names in its address."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    @property
    def person(self) -> str:
        """A demo person who may open it; empty if everybody may, or none of them."""
        allowed = PERMISSIONS.get(self.permission, frozenset())
        return next((name for name, one in DEMO_PEOPLE.items() if one.role in allowed), "")

    def fits(self, address: str) -> bool:
        """Whether this address leads here."""
        pattern = re.sub(r"\\\{\w+\\\}", "[^/?]+", re.escape(self.path))
        return re.fullmatch(pattern, address.partition("?")[0]) is not None


def page_routes(method: str) -> tuple[PageRoute, ...]:
    """All of them, in a steady order."""
    app = create_app(cast(Database, None), cast(Catalogue, None), cast(Any, None))
    found = set()
    for context in iter_route_contexts(app.routes):
        path, dependant = str(context.path), getattr(context, "dependant", None)
        if method in (context.methods or ()) and isinstance(dependant, Dependant) and not path.startswith(NO_PAGES):
            found.add(PageRoute(method, path, next(_permissions(dependant), "")))
    return tuple(sorted(found, key=lambda route: (route.path, route.permission)))


def _permissions(dependant: Dependant) -> Iterator[str]:
    for one in dependant.dependencies:
        if permission := getattr(one.call, "permission", None):
            yield permission
        yield from _permissions(one)
