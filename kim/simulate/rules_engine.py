"""Engine `rules`: the pure rules alone with a virtual calendar. No server, no input or output, no clock.

Facts become known at six in the morning, people act at seven, what is due is done at eight, checks look at midnight.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from datetime import time as clock

from kim.simulate.acts import perform
from kim.simulate.checks import CheckResult, Observation, evaluate
from kim.simulate.engine import Report, act_result
from kim.simulate.log import Log
from kim.simulate.scenario_file import Scenario, births_of
from kim.simulate.scenario_shape import ActLine, OtherStall
from kim.simulate.timeline import Timeline, TimelineDay
from process_models.applied import NoticeDraft, carry_out
from process_models.case import Case
from process_models.catalogue import SHIPPED, Catalogue, load_files
from process_models.catalogue_edits import Edit, edited
from process_models.catalogue_files import contents, model_files
from process_models.errors import KimError
from process_models.facts import Fact
from process_models.look_again import BERLIN, day_at, morning
from process_models.names import HEAD_OF_UNIT_SUFFIX
from process_models.plan import Plan
from process_models.planning import make_plan
from process_models.reconcile import reconcile
from process_models.work import SimilarStall

Watch = Callable[[Case, Plan, datetime], None]
"""Is shown every plan at which a person's path rests, with the case and the moment (UTC) that it was made from."""
_ROUNDS = 10
"""After so many rounds of actions without rest something contradicts itself."""


@dataclass
class _Play:
    """The state of a scenario that is being played."""

    scenario: Scenario
    catalogue: Catalogue
    case: Case
    mails: Counter[str] = field(default_factory=Counter)
    closed_items: set[str] = field(default_factory=set)
    results: list[CheckResult] = field(default_factory=list)
    log: Log = field(default_factory=Log)
    files: dict[str, bytes] = field(default_factory=dict)
    version: str = ""
    released_on: date | None = None
    plan: Plan | None = None
    watch: Watch = lambda _case, _plan, _now: None

    def look(self, now: datetime) -> Plan:
        """Plans and carries out until nothing is left to do at this moment."""
        self.case = replace(self.case, waits=self.log.waits(self.case.work.handovers))
        for _ in range(_ROUNDS):
            self.plan = make_plan(self.case, now, self.catalogue)
            actions = reconcile(self.case, self.plan, now, self.catalogue)
            if not actions:
                self.watch(self.case, self.plan, now)
                return self.plan
            for action in actions:
                self.case, drafts = carry_out(self.case, action, self.catalogue)
                self._count(drafts, self.plan)
        raise RuntimeError(f"{self.scenario.name}: the plan of {day_at(now)} does not come to rest")

    def _count(self, drafts: Iterable[NoticeDraft], plan: Plan) -> None:
        for draft in drafts:
            kind = draft.recipient.removesuffix(HEAD_OF_UNIT_SUFFIX)
            agency = self.catalogue.agency(self.case.municipality, kind, plan.place, plan.day)
            self.mails.update({draft.recipient, agency.id} if agency is not None else {draft.recipient})

    def learn(self, facts: tuple[Fact, ...]) -> None:
        """Facts become known."""
        self.case = replace(self.case, facts=self.case.facts + facts)

    def act(self, act: ActLine) -> None:
        """Somebody acts; what the rules refuse changes nothing."""
        refusal = None
        try:
            if act.act == "model.release":
                self.release(act)
                return
            before = self.case.work
            self.case = replace(self.case, work=perform(act, before, self.closed_items))
            self.log.note(before, self.case, act.on, self.catalogue)
        except KimError as error:
            refusal = error.detail
        if (result := act_result(act, refusal)) is not None:
            self.results.append(result)

    def release(self, act: ActLine) -> None:
        """The rules of a version are in force from now on."""
        version = self.scenario.version(act.version or "")
        files = edited(
            self.files or contents(model_files(SHIPPED)), [Edit(e.file, e.replace, e.by) for e in version.edits]
        )
        self.catalogue, self.files = load_files(files), files
        self.version, self.released_on = version.name, act.on

    def observe(self, day: TimelineDay) -> None:
        """Evaluates the checks of a day at its end."""
        now = _at(day.day, clock(23, 59))
        agenda = Counter(key.split(":", 1)[0] for key in self.case.work.agenda - self.closed_items)
        plan = make_plan(self.case, now, self.catalogue)
        self.watch(self.case, plan, now)
        tasks = frozenset(task.key for task in self.case.work.tasks if task.done_on is None)
        births = births_of(self.scenario, day.day)
        effects = self.log.effects(self.released_on, day.day) if self.released_on else {}
        observation = Observation(
            day.day, plan, self.case.facts, self.mails, agenda, tasks, self.version, effects, births
        )
        for check in day.checks:
            self.results += evaluate(check, observation, self.catalogue)


class RulesEngine:
    """Plays scenarios in memory."""

    name = "rules"

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    async def play(self, scenario: Scenario, watch: Watch = lambda _case, _plan, _now: None) -> Report:
        """Plays a scenario from its first to its last day; `watch` sees every plan on the way."""
        started = time.perf_counter()
        play = _Play(scenario, self.catalogue, opening_case(scenario, self.catalogue), watch=watch)
        for day in Timeline(scenario):
            self._rest_until(play, day.day)
            self._play_day(play, day)
        return Report(scenario.name, self.name, tuple(play.results), time.perf_counter() - started)

    def _rest_until(self, play: _Play, day: date) -> None:
        """Wakes on every morning that the plan asked for before this day."""
        while play.plan is not None and (wake := play.plan.look_again_at) is not None and day_at(wake) < day:
            play.look(wake)

    def _play_day(self, play: _Play, day: TimelineDay) -> None:
        play.log.take_in(day.answered, play.catalogue)
        if day.facts:
            play.learn(day.facts)
            play.look(_at(day.day, clock(6)))
        for act in day.acts:
            play.act(act)
            play.look(_at(day.day, clock(7)))
        if play.plan is not None and play.plan.look_again_at == morning(day.day):
            play.look(morning(day.day))
        if day.checks:
            play.observe(day)


def opening_case(scenario: Scenario, catalogue: Catalogue) -> Case:
    """The case of a scenario before its first fact."""
    return Case(
        path_id=scenario.name,
        municipality=scenario.municipality,
        place=scenario.place,
        person=scenario.person,
        household=scenario.household,
        similar=tuple(_similar(other, catalogue) for other in scenario.others),
    )


def _similar(other: OtherStall, catalogue: Catalogue) -> SimilarStall:
    rule = catalogue.handover(other.handover, other.since)
    return SimilarStall(
        handover=other.handover,
        from_kind=rule.from_kind if rule else "",
        to_kind=rule.to_kind if rule else "",
        reason=other.reason,
        detail=other.detail,
        since=other.since,
        count=other.count,
    )


def _at(day: date, moment: clock) -> datetime:
    return datetime.combine(day, moment, BERLIN).astimezone(UTC)
