"""The simulated year, moment by moment: what people do, what agencies answer, when bodies meet.

Who does what is drawn in `lives` and `agencies`; here it is put into time. What follows is the business of the product.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from api.acts.bodies import Decided
from kim.simulate.stage import at
from kim.simulate.year.agencies import BAD_INTERFACE, BAD_TOWN, Agencies, Answer, Asked
from kim.simulate.year.drawing_lots import Lots
from kim.simulate.year.journal import Journal, Line
from kim.simulate.year.lives import FactLine, Life, Plan
from kim.simulate.year.looking import Looked
from kim.simulate.year.office import Office
from kim.simulate.year.roster import Roster
from kim.simulate.year.staffing import Staffing
from kim.simulate.year.supporting import Questions, Supporting
from kim.simulate.year.timeline import Doing, Timeline
from process_models.catalogue import Catalogue
from process_models.decisions import Decision
from process_models.household import member_code
from process_models.look_again import day_at
from process_models.names import BODY_KINDS, BodyKind, member_of_code, rule_code
from store.database import Database
from store.handovers import get_handover, list_handovers
from store.meetings import list_items, list_meetings, paths_of_item
from store.notices import list_failed_notices, list_notices
from store.tables import BodyItem, Handover, Meeting

_WAITS: Final = ("offered", "received")
_SECURED: Final = ("H01", "H04", "H05")
"""Handovers after whose acceptance basic benefits are granted."""
_DECISIONS: Final[Mapping[Decision, float]] = {"adopt": 0.5, "postpone": 0.3, "reject": 0.2}
_WEEK: Final = timedelta(days=7)
_HOURS: Final[Mapping[str, int]] = {"receive": 14, "query": 15, "reason": 16}
"""When on its day an agency answers, so that the answers of one day have an order."""
_RESOLVED: Final[Mapping[str, str]] = {
    "DOC_MISSING": "Die Stellen warten den Nachweis nicht mehr ab: Bescheid und bisheriges Papier genügen.",
    "AGENCY_LATE": "Die Stellen bestätigen den Eingang binnen drei Arbeitstagen und nennen je eine Ansprechstelle.",
}
_AGREED: Final = "Die Stellen vereinbaren ein gemeinsames Vorgehen."

Progress = Callable[[date], None]
"""Is told each day on which something happens."""


class Course(Protocol):
    """How paths and bodies go through time: with workflows on Temporal, or led without it."""

    def next_wake(self) -> datetime | None:
        """The earliest moment at which one of them wants to look."""
        ...

    async def reach(self, now: datetime) -> None:
        """Time has come to this moment, before somebody acts in it."""
        ...

    def wake(self, now: datetime) -> AsyncIterator[Looked]:
        """Has everything look whose moment has come."""
        ...

    def hear_news(self, now: datetime) -> AsyncIterator[Looked]:
        """Has everything look that acts have left news for."""
        ...


@dataclass
class Clock:
    """The moment that the year has reached; API and mail server read it."""

    moment: datetime

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self.moment


@dataclass
class Year:
    """One year that is being played."""

    plan: Plan
    catalogue: Catalogue
    database: Database
    clock: Clock
    course: Course
    offices: Mapping[str, Office]
    progress: Progress = lambda _: None
    questions: Questions = list
    """What owners of offers have been asked by mail since the last time."""
    paths: dict[str, Life] = field(default_factory=dict)
    """Lives by the id of their path."""
    ids: dict[int, str] = field(default_factory=dict)
    """Ids of paths by the number of their life."""
    _told: set[tuple[str, int]] = field(default_factory=set)
    """Offers that their agency knows of: handover and number of the offer."""
    _meetings: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.agencies = Agencies(self.plan.seed)
        self.time = Timeline(self.plan, self.catalogue)
        self.rosters = {name: Roster(office.managers) for name, office in self.offices.items()}
        real = {name: office for name, office in self.offices.items() if not office.told_time}
        self.staff = {name: Staffing(self.time, office, self.rosters[name]) for name, office in real.items()}
        self.support = {
            name: Supporting(self.time, office, self.rosters[name], self.questions) for name, office in real.items()
        }

    async def play(self, lives: Iterable[Life]) -> Journal:
        """From the first to the last day; returns what was done."""
        for life in lives:
            for day, facts in life.days:
                self.time.at(at(day, 9, life.number % 60), self._live(life, facts, first=day == life.starts_on))
        for office in self.offices.values():
            self.time.at(at(self.plan.first + _WEEK, 8, 30), self._look_after_mail(office))
        for staff in self.staff.values():
            staff.begin()
        for support in self.support.values():
            support.begin()
        while (moment := self._next()) is not None and day_at(moment) <= self.plan.last:
            if day_at(moment) != day_at(self.clock.moment):
                self.progress(day_at(moment))
            self.clock.moment = moment
            await self._step(moment)
        return self.time.journal

    # ------------------------------------------------------------ time

    def _next(self) -> datetime | None:
        return min(filter(None, (self.time.next(), self.course.next_wake())), default=None)

    async def _step(self, moment: datetime) -> None:
        """The product first: what is due at a moment is done before people act."""
        wake = self.course.next_wake()
        if wake is not None and wake <= moment:
            await self._follow(self.course.wake(moment), moment)
            return
        do = self.time.take()
        await self.course.reach(moment)
        await do(moment)
        await self._follow(self.course.hear_news(moment), moment)

    async def _follow(self, looks: AsyncIterator[Looked], now: datetime) -> None:
        """Agencies read their mail, bodies plan their meetings."""
        async for looked in looks:
            if looked.path_id in self.paths and looked.wrote:
                await self._read_mail(looked.path_id, now)
            elif looked.body:
                office = next(one for one in self.offices.values() if one.tenant == looked.tenant)
                await self._plan_meetings(office, now)

    # ------------------------------------------------------------ people

    def _live(self, life: Life, facts: tuple[FactLine, ...], *, first: bool) -> Doing:
        async def act(now: datetime) -> None:
            office = self.offices[life.municipality]
            line = self._line(now, "started" if first else "recorded", life)
            roster = self.rosters[life.municipality]
            if first:
                there = roster.on_duty(life.place)
                manager = there[life.number % len(there)]
                receipt = await office.start(manager, life, facts, now)
                self.paths[receipt.path_id] = life
                self.ids[life.number] = receipt.path_id
                roster.owners[receipt.path_id] = manager.actor
                line = replace(line, code=receipt.case_number, who=manager.name)
            elif not await self.time.attempt(line, office.record(self.ids[life.number], facts, now)):
                return
            self.time.journal.add(line)
            for fact in facts:
                self.time.journal.add(Line(line.on, fact["fact"], line.tenant, life.number, detail=_detail(fact)))
            if first and life.municipality in self.staff:
                self.staff[life.municipality].follow(life, self.ids[life.number], now)
            if life.municipality in self.support:
                self.support[life.municipality].follow(life, self.ids[life.number], facts, now)

        return act

    def _line(self, now: datetime, what: str, life: Life) -> Line:
        return Line(day_at(now), what, life.municipality, life.number, detail=life.kind if what == "started" else "")

    # ------------------------------------------------------------ agencies

    async def _read_mail(self, path_id: str, now: datetime) -> None:
        async with self.database.reading() as session:
            rows = [row for row in await list_handovers(session, path_id) if self._is_untold(row)]
            notices = await list_notices(session, path_id) if rows else []
        delivered = {one.handover_id for one in notices if one.kind == "offer" and one.status == "delivered"}
        for row in rows:
            if row.id in delivered:
                self._told.add((row.id, row.offers))
                self.time.journal.add(self._offered(self.paths[path_id], row, now))
                self._answer_offer(path_id, row, now)

    def _is_untold(self, row: Handover) -> bool:
        return row.state in _WAITS and (row.id, row.offers) not in self._told

    def _offered(self, life: Life, row: Handover, now: datetime) -> Line:
        about = (row.code, row.from_kind, row.to_kind)
        return Line(day_at(now), "offered", life.municipality, life.number, *about, since=row.offered_on)

    def _answer_offer(self, path_id: str, row: Handover, now: datetime) -> None:
        life, today = self.paths[path_id], day_at(now)
        asked = Asked(life.municipality, row.to_kind, row.code, today)
        for answer in self.agencies.answers(asked, life.number, row.code, row.trigger_on, row.offers):
            self.time.at(self._hour(life, today, answer), self._answer(path_id, row, answer))

    def _hour(self, life: Life, offered: date, answer: Answer) -> datetime:
        """Agencies work in the afternoon; what comes later within an hour was answered later."""
        day = self.catalogue.municipality(life.municipality).product_calendar.add(offered, answer.after)
        order = (
            ("receive", "query", "reason").index(answer.word) if answer.word in ("receive", "query", "reason") else 3
        )
        return at(day, 14 + order, life.number % 60)

    def _answer(self, path_id: str, row: Handover, answer: Answer) -> Doing:
        async def act(now: datetime) -> None:
            async with self.database.reading() as session:
                current = await get_handover(session, row.id, None)
            states = ("accepted",) if answer.word == "complete" else _WAITS
            if current.offers != row.offers or current.state not in states:
                return  # taken back, forwarded or decided meanwhile
            life = self.paths[path_id]
            line = Line(
                *(day_at(now), answer.word, life.municipality, life.number, row.code),
                *(current.from_kind, current.to_kind, answer.reason, answer.detail),
                since=current.accepted_on if answer.word == "complete" else current.offered_on,
            )
            if not await self.time.attempt(
                line, self.offices[life.municipality].answer(path_id, row.code, answer, now)
            ):
                return
            self.time.journal.add(line)
            if answer.word == "accept":
                self._live_on(path_id, current, now)

        return act

    def _live_on(self, path_id: str, row: Handover, now: datetime) -> None:
        """What follows in a life from an acceptance."""
        life = self.paths[path_id]
        lots = Lots(self.plan.seed, "after", life.number, row.code, row.trigger_on)
        code = rule_code(row.code)
        if code in _SECURED:
            self._become(life, now, lots.between(2, 12), _benefits("B05", row, life))
        elif code == "H08b":
            self._become(life, now, lots.between(5, 20), _benefits("B12", row, life))
        elif code == "H11":
            self._become(life, now, lots.between(3, 15), [{"fact": "naturalisation.applied"}])
            self._become(life, now, lots.between(50, 110), [{"fact": "naturalisation.certificate_handed_over"}])

    def _become(self, life: Life, now: datetime, after: int, facts: list[FactLine]) -> None:
        day = self.catalogue.municipality(life.municipality).product_calendar.add(day_at(now), after)
        dated = tuple({"on": day.isoformat(), **fact} for fact in facts)
        self.time.at(at(day, 11, life.number % 60), self._live(life, dated, first=False))

    def _look_after_mail(self, office: Office) -> Doing:
        """Once a week the coordinator has mails sent again that did not arrive."""

        async def act(now: datetime) -> None:
            async with self.database.reading() as session:
                failed = await list_failed_notices(session, office.coordinator.scope(now))
            for notice in failed:
                if notice.error_class.startswith("smtp"):
                    line = Line(day_at(now), "sent_again", office.municipality, detail=notice.kind)
                    if await self.time.attempt(line, office.send_again(notice.id, now)):
                        self.time.journal.add(line)
            self.time.at(now + _WEEK, self._look_after_mail(office))

        return act

    # ------------------------------------------------------------ bodies

    async def _plan_meetings(self, office: Office, now: datetime) -> None:
        async with self.database.reading() as session:
            found = [
                meeting
                for body in BODY_KINDS
                for meeting in await list_meetings(session, office.tenant, body)
                if meeting.id not in self._meetings and meeting.held_on > day_at(now)
            ]
        for meeting in found:
            self._meetings.add(meeting.id)
            self.time.at(at(meeting.held_on, 10), self._meet(office, meeting))
            self.time.at(at(meeting.held_on + timedelta(days=1), 9), self._minute(office, meeting))

    def _minute(self, office: Office, meeting: Meeting) -> Doing:
        async def act(now: datetime) -> None:
            await office.minute(meeting.id, now)

        return act

    def _meet(self, office: Office, meeting: Meeting) -> Doing:
        async def act(now: datetime) -> None:
            body: BodyKind = next(kind for kind in BODY_KINDS if kind == meeting.body)
            async with self.database.reading() as session:
                items = await list_items(session, office.tenant, body, "open")
            for item in items:
                await self._decide(office, body, item, meeting, now)

        return act

    async def _decide(self, office: Office, body: BodyKind, item: BodyItem, meeting: Meeting, now: datetime) -> None:
        today = day_at(now)
        decision = self._decision(office, body, item)
        adopted = decision == "adopt" and body != "fall"
        decided = Decided(
            decision,
            text=_RESOLVED.get(item.reason, _AGREED) if adopted else "",
            owner="Kommunale Koordinierung" if adopted else "",
            meeting=meeting.id,
            valid_from=today + timedelta(days=12) if adopted else None,
            evaluate_on=today + timedelta(days=120) if adopted else None,
            now=now if office.told_time else None,
        )
        line = Line(
            *(today, f"decided_{decision}", office.municipality, -1, item.handover, item.from_kind, item.to_kind),
            *(item.reason, item.detail or ""),
            since=item.raised_on,
        )
        receipt = await office.decide(item.id, decided, now)
        self.time.journal.add(line)
        if adopted:
            self.time.at(at(today + timedelta(days=120), 11), self._review(office, body, receipt.resolution))
            if _is_bad(item) and office.municipality == BAD_TOWN:
                self.agencies.improved_from = self.agencies.improved_from or decided.valid_from
        if body == "fall" and decision == "adopt":
            await self._agree(item, now)

    def _decision(self, office: Office, body: BodyKind, item: BodyItem) -> Decision:
        if body == "fall" or (body == "lenkung" and _is_bad(item)):
            return "adopt"
        bodies = {one.kind for one in self.catalogue.municipality(office.municipality).bodies}
        if _is_bad(item) and office.municipality == BAD_TOWN:
            return "to_lenkung" if body == "verfahren" and "lenkung" in bodies else "adopt"
        return Lots(self.plan.seed, "item", office.municipality, body, *_named(item)).weighted(_DECISIONS)

    async def _agree(self, item: BodyItem, now: datetime) -> None:
        """The AG Fallebene has spoken about the path: the agency takes over within days."""
        async with self.database.reading() as session:
            for path_id in await paths_of_item(session, item.id):
                for row in await list_handovers(session, path_id):
                    life = self.paths[path_id]
                    if rule_code(row.code) == item.handover and row.state in _WAITS:
                        lots = Lots(self.plan.seed, "agreed", life.number, row.code, row.offers)
                        answer = Answer(lots.between(1, 5), "accept")
                        self.time.at(self._hour(life, day_at(now), answer), self._answer(path_id, row, answer))

    def _review(self, office: Office, body: BodyKind, resolution: str) -> Doing:
        async def act(now: datetime) -> None:
            await office.review(resolution, body, now)

        return act


def _is_bad(item: BodyItem) -> bool:
    return (item.handover, item.from_kind, item.to_kind) == BAD_INTERFACE


def _named(item: BodyItem) -> tuple[object, ...]:
    return (item.handover, item.from_kind, item.to_kind, item.reason, item.detail, item.raised_on)


def _benefits(regime: str, row: Handover, life: Life) -> list[FactLine]:
    """Granted from the month after the trigger, for everybody who was handed over."""
    begins = (row.trigger_on.replace(day=1) + timedelta(days=32)).replace(day=1)
    data = {"regime": regime, "from": begins.isoformat(), "until": (begins + timedelta(days=364)).isoformat()}
    member = member_of_code(row.code)
    wanted = {member} if member else {"", *row.members.split()}
    ids = {member_code(one["id"]): one["id"] for one in life.household}
    people = ["client"] * ("" in wanted) + [known_as for code, known_as in ids.items() if code in wanted]
    return [{"fact": "benefits.granted", "data": data, "who": who} for who in people]


def _detail(fact: FactLine) -> str:
    data = fact.get("data", {})
    return str(data.get("purpose") or data.get("regime") or data.get("outcome") or "")
