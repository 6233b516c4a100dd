"""The web application: routes, pages, wrappers, errors. Built from tools that the caller chose.

No tool is chosen here; the composition root of the running service is `main`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from api import description, problems
from api.measures import Measures
from api.pages import (
    agency_link,
    agency_task,
    board,
    calendar,
    deliveries,
    deputies,
    desk,
    entrance,
    impulses,
    information,
    intake,
    mails,
    offers,
    procedures,
    review,
    shell,
    sign_in_elsewhere,
    start,
    worklist,
)
from api.pages import bodies as body_pages
from api.pages import consents as consent_pages
from api.pages import facts as fact_pages
from api.pages import figures as figure_pages
from api.pages import models as model_pages
from api.pages import needs as need_pages
from api.pages import paths as path_pages
from api.pages import posts as post_pages
from api.routes import (
    bodies,
    consents,
    facts,
    figures,
    handovers,
    household,
    intakes,
    models,
    needs,
    operations,
    overviews,
    paths,
    posts,
    simulations,
    tasks,
)
from api.services import HERE, ApiOptions, NewsPort, Services
from api.wrappers import BodyLimit, ProtectiveHeaders, SafetyNet
from process_models.catalogue import Catalogue
from store.catalogues import Catalogues
from store.database import Database

MAX_BODY_BYTES = 64 * 1024

_DESCRIPTION = """
Begleitet Menschen durch die Verwaltung, ohne Lücke an den Übergängen zwischen Rechtskreisen.

* Jede schreibende Anfrage trägt einen `Idempotency-Key`; eine Wiederholung wirkt nicht zweimal.
* Fehler kommen als `application/problem+json` und nennen das Feld und was erlaubt ist.
* Tage sind Tage in Deutschland (`JJJJ-MM-TT`), Zeitpunkte tragen eine Zeitzone.

*Carries newcomers through German administration without gaps.
Every write needs an `Idempotency-Key`; errors are problem+json.*
"""
_ROUTERS = (
    paths,
    intakes,
    facts,
    consents,
    handovers,
    household,
    tasks,
    needs,
    posts,
    overviews,
    bodies,
    figures,
    models,
    simulations,
)
_PAGES = (
    start,
    entrance,
    sign_in_elsewhere,
    information,
    procedures,
    desk,
    intake,
    consent_pages,
    worklist,
    fact_pages,
    impulses,
    path_pages,
    board,
    body_pages,
    calendar,
    deliveries,
    review,
    figure_pages,
    model_pages,
    deputies,
    post_pages,
    offers,
    need_pages,
    mails,
    agency_link,
    agency_task,
)


def create_app(database: Database, catalogue: Catalogue, news: NewsPort, options: ApiOptions | None = None) -> FastAPI:
    """The application over these records, shipped rules and this way for news."""
    options = options or ApiOptions()
    services = Services(database, Catalogues(catalogue), news, options, Measures())
    app = FastAPI(
        title="KIM-Lotse",
        summary="Kommunales Integrationsmanagement: Wege, Übergaben, Fristen",
        description=_DESCRIPTION,
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.services = services
    _add_routes(app)
    problems.install(app)
    shell.install(app)
    description.install(app)
    app.add_middleware(BodyLimit, max_bytes=MAX_BODY_BYTES, page=shell.refusal_page_for)
    app.add_middleware(ProtectiveHeaders)
    app.add_middleware(SafetyNet, page=shell.refusal_page_for)
    return app


def _add_routes(app: FastAPI) -> None:
    for module in _ROUTERS:
        app.include_router(module.router, responses=problems.PROBLEM_RESPONSES)
    app.include_router(operations.router)
    for pages in _PAGES:
        app.include_router(pages.router)
    app.include_router(sign_in_elsewhere.back_channel)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    background = services.options.background
    running: asyncio.Task[Any] | None = asyncio.create_task(background()) if background else None
    try:
        yield
    finally:
        if running:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
