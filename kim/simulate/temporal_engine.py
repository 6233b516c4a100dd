"""Engine `temporal`: the same scenario through the public API, on real workflows, records and mail, with time skipped.

Facts become known at six, people act at seven, the path does what is due at eight, checks look after that.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from kim.local.server import prepare_namespace, start_server
from kim.simulate.checks import CheckResult, Observation, evaluate, plain
from kim.simulate.engine import Report, act_result
from kim.simulate.scenario_file import Scenario, births_of
from kim.simulate.scenario_shape import ActLine
from kim.simulate.stage import Access, Json, Stage, StagedPath, StageRefused, at
from kim.simulate.timeline import Timeline, TimelineDay
from process_models.catalogue import Catalogue
from process_models.facts import CLIENT, Fact
from process_models.household import member_code
from process_models.names import BODY_KINDS, NAMESPACE, code_for_member
from process_models.plan import Plan

NAME: Final = "temporal"
Progress = Callable[[date], None]
"""Is told each day of the scenario when it begins."""


@dataclass(frozen=True, slots=True)
class People:
    """Who takes part in a play at the pages: which acts are theirs, and what they do in the evening."""

    acts: frozenset[str]
    """Kinds of acts that are theirs."""
    act: Callable[[ActLine, StagedPath], Awaitable[None]]
    """Does one of them; returns when it is done."""
    evening: Callable[[date, StagedPath], Awaitable[None]]
    """After the checks of a day."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of playing a scenario, and where it stands now."""

    report: Report
    stage: Stage
    path: StagedPath


class TemporalEngine:
    """Plays scenarios on a KIM-Lotse that runs already."""

    def __init__(self, access: Access, catalogue: Catalogue) -> None:
        self._access = access
        self._catalogue = catalogue

    async def play(self, scenario: Scenario) -> Report:
        """Plays a scenario from its first to its last day."""
        return (await play_on(scenario, self._access, self._catalogue)).report


@contextlib.asynccontextmanager
async def own_world() -> AsyncIterator[TemporalEngine]:
    """An engine on a server and a KIM-Lotse of its own, which end with the block."""
    from kim.world import whole_world  # the whole product: only here is it needed

    with tempfile.TemporaryDirectory(prefix="kim-simulate-") as name:
        server = start_server(Path(name) / "temporal", in_memory=True)
        try:
            await prepare_namespace(server.address, NAMESPACE, retention_days=1)
            client = await Client.connect(server.address, namespace=NAMESPACE, data_converter=pydantic_data_converter)
            async with whole_world(Path(name), client) as world:
                yield TemporalEngine(await world.access(), world.catalogue)
        finally:
            server.stop()


async def play_on(
    scenario: Scenario,
    access: Access,
    catalogue: Catalogue,
    *,
    until: date = date.max,
    progress: Progress = lambda _: None,
    name: str = "",
    people: People | None = None,
) -> Played:
    """Plays a scenario up to and including the day `until`, on a KIM-Lotse that runs already.

    `name`: of the invented person, for pages that may show it; the rules know nobody's name.
    """
    started = time.perf_counter()
    timeline = Timeline(scenario)
    days = [timeline.day(day) for day in timeline.days if day <= until]
    stage = await Stage.open(access, scenario.municipality, at(days[0].day, 6))
    for other in scenario.others:
        await stage.count_other_stalls(plain(other.model_dump(exclude_none=True)))
    await stage.count_answers([plain(line.model_dump()) for line in days[0].answered])
    path = await stage.start_path(
        scenario.place,
        {"born": scenario.person.born.isoformat(), "nationality": scenario.person.nationality, "name": name},
        [_member(member) for member in scenario.household],
        [_fact(fact) for fact in days[0].facts],
    )
    run = _Run(scenario, catalogue, stage, path, people)
    for day in days:
        progress(day.day)
        await run.play_day(day, first=day is days[0])
        if people is not None:
            await people.evening(day.day, path)
            await path.follow()
    return Played(Report(scenario.name, NAME, tuple(run.results), time.perf_counter() - started), stage, path)


class _Run:
    """A scenario that is being played."""

    def __init__(
        self, scenario: Scenario, catalogue: Catalogue, stage: Stage, path: StagedPath, people: People | None
    ) -> None:
        self._scenario = scenario
        self._catalogue = catalogue
        self._stage = stage
        self._path = path
        self._people = people
        self.results: list[CheckResult] = []
        self._versions: dict[str, str] = {}
        """Version of the model -> its name in the scenario."""

    async def play_day(self, day: TimelineDay, *, first: bool) -> None:
        """Facts at six, acts at seven, checks after eight."""
        if not first:
            await self._stage.count_answers([plain(line.model_dump()) for line in day.answered])
        if first:
            await self._path.rest()
        elif day.facts:
            await self._path.move_to(at(day.day, 6))
            await self._record(day)
            await self._path.rest()
        for act in day.acts:
            await self._path.move_to(at(day.day, 7))
            await self._act(act)
            await self._path.rest()
        if day.checks:
            await self._path.move_to(at(day.day, 8, 1))
            await self._path.nudge()
            await self._check(day, await self._path.settle())

    async def _record(self, day: TimelineDay) -> None:
        """Facts that the API refuses fail the file and not the run: the other files are played all the same."""
        try:
            await self._path.record([_fact(fact) for fact in day.facts], now=at(day.day, 6).isoformat())
        except StageRefused as refused:
            self.results.append(CheckResult(day.day, "facts", "recorded", refused.detail, False))

    async def _act(self, act: ActLine) -> None:
        if self._people is not None and act.act in self._people.acts:
            await self._watch(act, self._people)
            return
        refusal = None
        try:
            if act.act == "body.decide":
                await self._path.have_decided(act.body or "", _decided(act))
            elif act.act == "model.release":
                await self._release(act)
            else:
                await self._path.act(*_command(act))
        except StageRefused as refused:
            refusal = refused.detail
        if (result := act_result(act, refusal)) is not None:
            self.results.append(result)

    async def _watch(self, act: ActLine, people: People) -> None:
        """Somebody acts at the pages, on the day that the path has planned for."""
        await self._path.nudge()
        await self._path.rest()
        await people.act(act, self._path)
        await self._path.follow()
        if act.act == "model.release":
            self._stage.version = str((await self._path.read())["model_version"])
            self._versions[self._stage.version] = act.version or ""

    async def _release(self, act: ActLine) -> None:
        """From the latest decision of the Lenkungsgruppe to a draft, its preview and its release."""
        await self._path.nudge()  # the day of the release is the one that the path has planned for
        await self._path.rest()
        version = self._scenario.version(act.version or "")
        edits = [plain(edit.model_dump()) for edit in version.edits]
        self._versions[await self._stage.release(version.label or version.name, edits)] = version.name
        await self._path.follow()

    async def _check(self, day: TimelineDay, shown: Json) -> None:
        observation = Observation(
            day=day.day,
            plan=plan_of(shown),
            facts=self._scenario.facts,
            mails=mails_of(shown),
            agenda={body: len(await self._stage.agenda(body)) for body in BODY_KINDS if self._stage.has_bodies},
            tasks=frozenset(task["key"] for task in shown["tasks"]),
            version=self._versions.get(shown["model_version"], ""),
            effects=await self._stage.effects() if any(check.effect for check in day.checks) else {},
            births=births_of(self._scenario, day.day),
        )
        for check in day.checks:
            self.results += evaluate(check, observation, self._catalogue)


def plan_of(shown: Json) -> Plan:
    """The plan inside the API's picture of a path."""
    renamed = {"day": shown["computed_for"], "handovers": shown["planned_handovers"]}
    return Plan.model_validate({name: value for name, value in shown.items() if name in Plan.model_fields} | renamed)


def mails_of(shown: Json) -> Counter[str]:
    """Notices by recipient, and by the agency that they went to."""
    counts: Counter[str] = Counter()
    for notice in shown["notices"]:
        counts.update({notice["recipient"], notice["agency"]} - {""})
    return counts


def _fact(fact: Fact) -> Json:
    return {
        "id": fact.id,
        "on": fact.on.isoformat(),
        "recorded": fact.recorded.isoformat(),
        "fact": fact.kind,
        "data": plain(fact.data),
        "who": fact.who,
    }


def _member(member: Any) -> Json:
    found = {"id": member.id, "born": member.born.isoformat(), "relation": member.relation}
    return found | ({"nationality": member.nationality} if member.nationality else {})


def _decided(act: ActLine) -> Json:
    """A decision as the API takes it."""
    found: Json = {"decision": act.decision or "", "owner": act.owner, "now": at(act.on, 7).isoformat()}
    days = {"valid_from": act.valid_from, "evaluate_on": act.evaluate_on}
    return found | {name: day.isoformat() for name, day in days.items() if day is not None}


def _command(act: ActLine) -> tuple[str, Json]:
    """Address and body of the command that the act is."""
    now = {"now": at(act.on, 7).isoformat()}
    why = {name: value for name, value in (("reason", act.reason), ("detail", act.detail)) if value}
    if act.act == "task.complete":
        return f"tasks/{act.task}/completion", now
    code = act.handover if act.who == CLIENT else code_for_member(act.handover or "", member_code(act.who))
    if act.act == "stall.reason":
        return f"handovers/{code}/stall", now | why
    to = {"to": act.to} if act.to else {}
    return f"handovers/{code}/answer", now | why | to | {"answer": act.act.removeprefix("handover.")}
