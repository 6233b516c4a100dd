"""Simulated tenants, for trying out and for tests. Nothing but addresses, permissions and words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.acts.simulations import Simulation, create_simulation, take_over_answers, take_over_stalls
from api.caller import Caller, requires
from api.schemas import CountAnswers, CreateSimulation, OtherStalls, PathId
from api.services import Tools

router = APIRouter(tags=["Simulation"])
Admin = Annotated[Caller, Depends(requires("simulation.manage"))]


@router.post(
    "/v1/simulations",
    status_code=201,
    summary="Simulierten Mandanten anlegen / Create a simulated tenant",
    description="Mit eigener Uhr und eigenen Zugangsschlüsseln, die nur hier gezeigt werden.",
)
async def create(caller: Admin, tools: Tools, request: CreateSimulation) -> Simulation:
    """Creates a simulated tenant."""
    return await create_simulation(tools, caller, request)


@router.post(
    "/v1/simulations/{tenant}/stalls",
    status_code=204,
    summary="Weitere stockende Wege zählen / Count further stuck paths",
    description="Eine Wiederholung zählt nicht doppelt.",
)
async def stalls(caller: Admin, tools: Tools, tenant: PathId, request: OtherStalls) -> None:
    """Takes over counts of stalls."""
    await take_over_stalls(tools, caller, tenant, request)


@router.post(
    "/v1/simulations/{tenant}/answers",
    status_code=204,
    summary="Antworten auf weitere Übergaben zählen / Count answers to further handovers",
    description="Ereignisse ohne Weg, aus denen gelernt wird, was üblich ist. Eine Wiederholung zählt nicht doppelt.",
)
async def answers(caller: Admin, tools: Tools, tenant: PathId, request: CountAnswers) -> None:
    """Takes over answers."""
    await take_over_answers(tools, caller, tenant, request)
