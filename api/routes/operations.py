"""For operators: alive, ready, measures. Tells nothing about paths or persons."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from api.services import Tools
from store.errors import DatabaseAway

router = APIRouter(tags=["Betrieb"])


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether requests can be answered. Without Temporal facts are taken all the same and delivered later."""

    status: Literal["ready", "degraded", "away"]
    database: Literal["ok", "away"]
    temporal: Literal["ok", "away"]


@router.get("/healthz", summary="Lebt der Prozess? / Is the process alive?")
async def health() -> Health:
    """Alive."""
    return Health()


@router.get(
    "/readyz",
    summary="Sind Datenbank und Temporal erreichbar? / Are database and Temporal in reach?",
    responses={503: {"model": Readiness, "description": "Die Datenbank ist nicht erreichbar / the database is away"}},
)
async def ready(tools: Tools, response: Response) -> Readiness:
    """503 only without the database: that is what this service cannot do without."""
    temporal: Literal["ok", "away"] = "ok" if await tools.news.temporal_reachable() else "away"
    try:
        await tools.database.ping()
    except DatabaseAway:
        response.status_code = 503
        return Readiness(status="away", database="away", temporal=temporal)
    return Readiness(status="ready" if temporal == "ok" else "degraded", database="ok", temporal=temporal)


@router.get("/metrics", summary="Messwerte für Prometheus / Metrics", response_class=PlainTextResponse)
async def metrics(tools: Tools) -> Response:
    """Own measures, and those of the Temporal SDK if its exporter answers."""
    text = await tools.measures.text(tools.options.sdk_metrics_url)
    return Response(text, media_type=CONTENT_TYPE_LATEST)
