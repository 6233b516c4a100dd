"""Tasks of the office: completing one. Nothing but addresses, permissions and words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.acts.tasks import complete_task
from api.caller import Caller, requires
from api.routes.writing import Commands
from api.schemas import CompleteTask, PathId, PathKey
from api.views import Written

router = APIRouter(tags=["Aufgaben"])


@router.post(
    "/v1/paths/{path_id}/tasks/{key}/completion",
    status_code=201,
    summary="Aufgabe erledigen / Complete a task",
)
async def complete(
    caller: Annotated[Caller, Depends(requires("task.complete"))],
    command: Commands,
    path_id: PathId,
    key: PathKey,
    request: CompleteTask | None = None,
) -> Written:
    """Completes a task."""
    request = request or CompleteTask()
    return await command.answer(caller, request, complete_task(path_id, key, request))
