"""From a request that writes to its answer: carry it out once, then tell what the rules say now.

The one way in which routes of commands answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from api.acts.writing import Act, Call, Key, call_of, write
from api.caller import Caller
from api.clock import start_of
from api.reads import short_look
from api.services import Services, Tools
from api.views import Written


class Command:
    """One request that writes: who calls, under which key, with which tools."""

    def __init__(self, request: Request, response: Response, tools: Tools, key: Key) -> None:
        self._request = request
        self._response = response
        self._tools: Services = tools
        self._key = key

    async def answer(self, caller: Caller, body: BaseModel, act: Act) -> Written:
        """Carries the act out, or gives the receipt of its first time; `now` is fresh in both cases."""
        call: Call = call_of(self._request, caller, self._key, body, self._tools.now())
        outcome = await write(self._tools, call, act)
        if outcome.replayed:
            self._response.headers["Idempotent-Replayed"] = "true"
        moment = latest_moment(getattr(body, "now", None), _recorded_days(body))
        now = await short_look(self._tools, call.scope, outcome.receipt.path_id, moment)
        return Written(receipt=outcome.receipt, now=now)


def latest_moment(now: datetime | None, recorded: Iterable[date]) -> datetime | None:
    """The moment that a simulated request speaks of; None in real tenants, where it may speak of none."""
    moments = [start_of(day) for day in recorded]
    return max([*moments, now] if now else moments, default=None)


def _recorded_days(body: BaseModel) -> list[date]:
    parts = (body, *getattr(body, "facts", ()))
    days = (getattr(part, "recorded", None) for part in parts)
    return [day for day in days if day is not None]


Commands = Annotated[Command, Depends()]
