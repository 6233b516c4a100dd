"""Reading for bodies: meetings and decisions. Interfaces and counts, never persons.

Nothing is changed here; agendas stand in `reads`.
"""

from __future__ import annotations

from api.caller import Caller
from api.services import Services
from api.views import MeetingsView, MeetingView, ResolutionsView, ResolutionView
from process_models.names import BodyKind
from store.meetings import list_meetings, list_resolutions


async def read_meetings(tools: Services, caller: Caller, body: BodyKind) -> MeetingsView:
    """The meetings of a body of the caller's tenant."""
    async with tools.database.reading() as session:
        rows = await list_meetings(session, caller.tenant, body)
    names = MeetingView.model_fields
    return MeetingsView(meetings=tuple(MeetingView(**{name: getattr(row, name) for name in names}) for row in rows))


async def read_resolutions(tools: Services, caller: Caller, body: BodyKind) -> ResolutionsView:
    """The decisions of a body of the caller's tenant."""
    async with tools.database.reading() as session:
        rows = await list_resolutions(session, caller.tenant, body)
    names = ResolutionView.model_fields
    shown = tuple(ResolutionView(**{name: getattr(row, name) for name in names}) for row in rows)
    return ResolutionsView(resolutions=shown)
