"""A simulated tenant on a running KIM-Lotse: what people send through the public API, and a clock that can be moved.

Nothing is decided here, and nothing is written past the API; Temporal is only asked to skip time and how a path stands.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import httpx2
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from process_models.errors import KimError
from process_models.look_again import BERLIN
from process_models.messages import AgendaOutlook, PathStatus
from process_models.names import BODY_KINDS, QUERY_STATUS, SIGNAL_NEWS, body_workflow_id, path_workflow_id

_PATIENCE_SECONDS = 30.0
_POLL_SECONDS = 0.005
_BEFORE_A_BODY = frozenset({"E3", "E4", "E5", "E6"})
_SAID_TO_A_BODY = frozenset({"kim.referred"})
"""Kinds of facts that may be an impulse for a body."""
Json = dict[str, Any]


class StageRefused(KimError):
    """The API refused what the simulation asked for; `status` and `detail` are the API's."""

    title = "Die Schnittstelle hat abgelehnt"

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(
            f"{status} {problem.get('title', '')}: {problem.get('detail', '')}", field=problem.get("field")
        )
        self.status = status
        self.problem = problem


@dataclass(frozen=True)
class Access:
    """How to reach a running KIM-Lotse: its API, its Temporal, and the token of an administrator."""

    http: httpx2.AsyncClient
    client: Client
    admin_token: str


class Stage:
    """One simulated tenant with its own clock."""

    def __init__(self, access: Access, opened: Json) -> None:
        self._access = access
        self.token: str = opened["token"]
        self._headers = _bearer(self.token)
        self.coordinator_token: str = opened["coordinator_token"]
        self.tenant: str = opened["tenant"]
        self.municipality: str = opened["municipality"]
        self.offset = timedelta(seconds=opened["clock_offset_seconds"])
        self.has_bodies = False
        """Whether a path of this tenant has climbed so high that a body may know of it."""
        self.version = ""
        """The latest version of the rules that was released here."""
        self._skipper = TimeSkipper(access.client, config=TimeSkippingConfig(max_session_skip_count=100_000))

    @classmethod
    async def open(cls, access: Access, municipality: str, starts_at: datetime) -> Stage:
        """Creates the tenant, with its clock at `starts_at` (aware)."""
        body = {"municipality": municipality, "starts_at": starts_at.isoformat()}
        return cls(access, await _send(access.http, "POST", "/v1/simulations", _bearer(access.admin_token), body))

    async def count_other_stalls(self, stall: Json) -> None:
        """Takes over that further paths of the municipality stall in the same way."""
        headers = _bearer(self._access.admin_token)
        await _send(self._access.http, "POST", f"/v1/simulations/{self.tenant}/stalls", headers, stall)

    async def count_answers(self, answers: Sequence[Json]) -> None:
        """Takes over answers to handovers of other paths."""
        headers = _bearer(self._access.admin_token)
        for answer in answers:
            await _send(self._access.http, "POST", f"/v1/simulations/{self.tenant}/answers", headers, answer)

    async def release(self, label: str, edits: Sequence[Json]) -> str:
        """Drafts a version from the latest decision of the Lenkungsgruppe, previews and releases it; all paths follow.

        Gives the name of the version. Errors: StageRefused, TimeoutError.
        """
        decided = (await self.get("/v1/bodies/lenkung/resolutions"))["resolutions"]
        adopted = next((one["id"] for one in decided if one["decision"] == "adopt"), None)
        base = f"/v1/models/{self.tenant}"
        draft = {"edits": list(edits), "label": label, "by": "Koordinierende Stelle"}
        made = await self._send_as_admin(f"{base}/drafts", draft | ({"resolution": adopted} if adopted else {}))
        self.version = str(made["version"])
        await self._send_as_admin(f"{base}/{self.version}/preview", {})
        await self._until(lambda seen: bool(seen["preview"] and seen["preview"]["finished_at"]))
        await self._send_as_admin(f"{base}/{self.version}/release", {"by": "Leitung", "rate_per_minute": 6000})
        await self._until(lambda seen: seen["version"]["to_move"] == 0)
        return self.version

    async def effects(self) -> dict[str, tuple[int | None, int | None]]:
        """Median working days until the acceptance before and after the latest release, by handover."""
        coordinator = _bearer(self.coordinator_token)
        seen = await _send(self._access.http, "GET", f"/v1/models/{self.tenant}/{self.version}", coordinator, None)
        return {
            one["before"]["handover"]: (one["before"]["accept"]["median"], one["after"]["accept"]["median"])
            for one in seen["effects"]
        }

    async def _send_as_admin(self, url: str, body: Json) -> Json:
        sent: Json = await _send(self._access.http, "POST", url, _bearer(self._access.admin_token), body)
        return sent

    async def _until(self, reached: Callable[[Json], bool]) -> None:
        """Waits until the latest version stands so. Errors: TimeoutError."""
        url, headers = f"/v1/models/{self.tenant}/{self.version}", _bearer(self._access.admin_token)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not reached(  # noqa: ASYNC110 - another process has to move
                await _send(self._access.http, "GET", url, headers, None)
            ):
                await asyncio.sleep(_POLL_SECONDS)

    async def post(self, url: str, body: Json, *, key: str | None = None, as_coordinator: bool = False) -> Json:
        """Sends a command. Errors: StageRefused with the API's problem."""
        login = _bearer(self.coordinator_token) if as_coordinator else self._headers
        headers = {**login, "Idempotency-Key": key or uuid.uuid4().hex}
        written: Json = await _send(self._access.http, "POST", url, headers, body)
        return written

    async def get(self, url: str) -> Any:
        """Reads. Errors: StageRefused."""
        return await _send(self._access.http, "GET", url, self._headers, None)

    async def start_path(
        self, place: str, person: Json, household: Sequence[Json] = (), facts: Sequence[Json] = ()
    ) -> StagedPath:
        """Starts a path of this tenant."""
        body = {
            "municipality": self.municipality,
            "place": place,
            "person": person,
            "household": list(household),
            "facts": list(facts),
        }
        receipt = (await self.post("/v1/paths", body))["receipt"]
        self.note_facts(facts)
        return StagedPath(self, receipt)

    def note_facts(self, facts: Sequence[Json]) -> None:
        """Notes that a body may know of a path by one of these facts alone, before anything has stalled."""
        self.has_bodies = self.has_bodies or any(fact["fact"] in _SAID_TO_A_BODY for fact in facts)

    async def agenda(self, body: str) -> list[Json]:
        """The open items of a body."""
        items: list[Json] = (await self.get(f"/v1/bodies/{body}/agenda"))["items"]
        return items

    async def bodies(self) -> list[WorkflowHandle[Any, Any]]:
        """The bodies of this tenant that run, because something was put on their agenda."""
        if not self.has_bodies:
            return []
        agendas = [(body, await self.agenda(body)) for body in BODY_KINDS]
        return [self.handle(body_workflow_id(self.tenant, body)) for body, items in agendas if items]

    async def move_clock(self, handle: WorkflowHandle[Any, Any], by: timedelta) -> None:
        """Moves the clock of one workflow. Errors: TimeoutError if the server does not skip."""
        if by <= timedelta(0):
            return
        async with asyncio.timeout(_PATIENCE_SECONDS):
            if not await self._skipper.fast_forward(handle, by):
                raise TimeoutError(f"the clock of {handle.id} did not reach its goal")

    async def clock_of(self, handle: WorkflowHandle[Any, Any]) -> datetime:
        """The server's time for this workflow, without the offset of the simulation."""
        return await self._skipper.get_current_time(handle)

    def handle(self, workflow_id: str) -> WorkflowHandle[Any, Any]:
        """Handle of whatever run is the current one."""
        return self._access.client.get_workflow_handle(workflow_id)


class StagedPath:
    """A path on the stage."""

    def __init__(self, stage: Stage, receipt: Json) -> None:
        self.stage = stage
        self.id: str = receipt["path_id"]
        self.case_number: str = receipt["case_number"]
        self.handle = stage.handle(path_workflow_id(self.id))
        self._version = int(receipt["facts_version"])

    async def record(self, facts: Sequence[Json], *, now: str | None = None) -> Json:
        """Records facts, as of `now` on the path's clock."""
        body = {"facts": list(facts)} | ({"now": now} if now else {})
        self.stage.note_facts(facts)
        return await self.act("facts", body)

    async def act(self, url: str, body: Json) -> Json:
        """A command of this path."""
        written = await self.stage.post(f"/v1/paths/{self.id}/{url}", body)
        self._version = int(written["receipt"]["facts_version"])
        return written

    async def follow(self) -> None:
        """Waits until the path has planned under the rules that it was moved to."""
        self._version = int((await self.read())["facts_version"])
        await self.rest()

    async def have_decided(self, body: str, decided: Json) -> None:
        """The body decides everything on its agenda. Errors: StageRefused, also if nothing lies there."""
        items = await self.stage.agenda(body)
        if not items:
            raise StageRefused(409, {"title": "Nichts auf der Tagesordnung", "detail": body})
        for item in items:
            await self.stage.post(f"/v1/items/{item['id']}/decision", decided, as_coordinator=True)
        self._version = int((await self.read())["facts_version"])

    async def read(self) -> Json:
        """The path as the API shows it."""
        found: Json = await self.stage.get(f"/v1/paths/{self.id}")
        return found

    async def nudge(self) -> None:
        """A nudge without content: look at your plan. A path that has ended hears nothing."""
        if not await self._has_ended():
            await self.handle.signal(SIGNAL_NEWS)

    async def status(self) -> PathStatus | None:
        """Where the workflow stands; None before it has started, and while Temporal or the worker does not answer."""
        try:
            status: PathStatus = await self.handle.query(
                QUERY_STATUS, result_type=PathStatus, rpc_timeout=timedelta(seconds=10)
            )
        except RPCError:
            return None
        return status

    async def settle(self) -> Json:
        """Waits until the path has planned for all that is in its file and rests; returns what the API shows then."""
        await self.rest()
        return await self.read()

    async def rest(self) -> None:
        """Waits until the path (and every body that it reached) has planned for all that is in its file and rests."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not await self._rests():  # noqa: ASYNC110 - another process has to move
                await asyncio.sleep(_POLL_SECONDS)
            for body in await self.stage.bodies():
                items = len(await self.stage.agenda(body.id.rpartition("-")[2]))
                while not await _body_knows(body, items):  # noqa: ASYNC110 - another process has to move
                    await asyncio.sleep(_POLL_SECONDS)

    async def _rests(self) -> bool:
        status = await self.status()
        if status is None:
            return False
        self.stage.has_bodies = self.stage.has_bodies or status.escalation in _BEFORE_A_BODY
        return (status.idle and status.facts_version >= self._version) or await self._has_ended()

    async def _has_ended(self) -> bool:
        description = await self.handle.describe()
        return description.status not in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW)

    async def move_to(self, moment: datetime) -> None:
        """Moves all clocks of the tenant in lockstep to this moment on the path's clock. An ended path stays."""
        if await self._has_ended():
            return
        now = await self.now()
        by = moment - now
        bodies = await self.stage.bodies()
        await self.stage.move_clock(self.handle, by)
        for body in bodies:
            await self.stage.move_clock(body, by)

    async def now(self) -> datetime:
        """The moment on the path's clock."""
        return await self.stage.clock_of(self.handle) + self.stage.offset


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of day in Germany, as aware UTC."""
    return datetime.combine(day, time(hour, minute), tzinfo=BERLIN).astimezone(UTC)


async def _body_knows(body: WorkflowHandle[Any, Any], items: int) -> bool:
    try:
        agenda: dict[str, Any] | None = await body.query(QUERY_STATUS)
    except RPCError:
        return False
    return agenda is not None and AgendaOutlook.model_validate(agenda).open_items >= items


async def _send(http: httpx2.AsyncClient, method: str, url: str, headers: Mapping[str, str], body: Json | None) -> Any:
    answer = await http.request(method, url, headers=dict(headers), json=body)
    found = answer.json() if answer.content else {}
    if answer.is_error:
        raise StageRefused(answer.status_code, found)
    return found


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
