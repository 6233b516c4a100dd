"""What people in the simulated year need and what is offered: needs recorded, referred, met or not; offers kept up.

Who needs what and how owners answer is drawn here; what follows from it, as an item for a body, says the product.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, cast

from activities.upkeep import ASKED_BY
from api.acts.needs import AnswerReferral, EndNeed, ProposeOffer, RecordNeed, answer_referral, close_need, record_need
from api.acts.needs import refer as refer_to
from api.acts.offers import OfferIn, OfferReceipt, answer_upkeep, end, put_into_register, see_upkeep
from api.acts.writing import Act, Receipt
from api.reads_needs import read_needs
from kim.simulate.year.drawing_lots import Lots
from kim.simulate.year.journal import Line
from kim.simulate.year.lives import FactLine, Life
from kim.simulate.year.office import Office
from kim.simulate.year.roster import Roster
from kim.simulate.year.timeline import Doing, Timeline
from process_models.look_again import day_at
from process_models.names import BODY, body_workflow_id
from process_models.needs import UnmetReason
from store.outbox import add_news

Questions = Callable[[], list[str]]
"""Tokens of the links that owners of offers got by mail since it was asked last."""
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """An offer that comes into the register so many days after the first one, and ends after so many."""

    kind: str
    title: str
    agency_kind: str
    after: int = 0
    ends_after: int | None = None


_OFFERS: Final = (
    _Drawn("language", "Deutschkurs A1 bis B1 am Vormittag", "kurstraeger"),
    _Drawn("language", "Sprachcafé am Abend", "ki", 40),
    _Drawn("work", "Bewerbungen schreiben", "jobcenter", ends_after=250),
    _Drawn("training", "Lotsen in Ausbildung", "jmd"),
    _Drawn("school", "Anmeldung an der Schule begleiten", "ki", 20),
    _Drawn("housing", "Wohnungssuche mit Ehrenamtlichen", "wohlfahrtsverband", 170),
)
"""Nobody helps with housing in the first months: that is a lack until the register has something."""
_KINDS: Final[Mapping[str, float]] = {"language": 0.35, "housing": 0.25, "work": 0.2, "training": 0.1, "school": 0.1}
_COUNT: Final[Mapping[int, float]] = {0: 0.35, 1: 0.35, 2: 0.2, 3: 0.1}
_MET: Final = "met"
_BECOMES: Final[Mapping[str, Mapping[str, float]]] = {
    "language": {_MET: 0.6, "capacity": 0.2, "waiting_time": 0.1, "childcare": 0.05, "declined": 0.05},
    "housing": {_MET: 0.2, "capacity": 0.7, "cost": 0.1},
    "work": {_MET: 0.65, "language": 0.2, "declined": 0.15},
    "training": {_MET: 0.5, "language": 0.3, "not_entitled": 0.2},
    "school": {_MET: 0.8, "capacity": 0.2},
}
_OWNERS: Final[Mapping[str, float]] = {"confirmed": 0.7, "ended": 0.08, "": 0.22}
_NOBODYS: Final = 5
"""Days after which somebody looks again at a need of a path that is nobody's."""


@dataclass
class Supporting:
    """Needs and offers of one office."""

    time: Timeline
    office: Office
    roster: Roster
    questions: Questions

    def begin(self) -> None:
        """Plans the register of the year and its upkeep."""
        first = self.time.plan.first
        for drawn in _OFFERS:
            self._on(first + timedelta(days=drawn.after), 10, 0, self._offer(drawn))
        self._on(first + _WEEK, 6, 15, self._keep_up)

    def follow(self, life: Life, path_id: str, facts: Sequence[FactLine], now: datetime) -> None:
        """What somebody needs comes out in the first weeks of the case management."""
        if not any(fact["fact"] == "kim.opened" for fact in facts):
            return
        lots = Lots(self.time.plan.seed, "needs", life.number)
        for _ in range(lots.weighted(_COUNT)):
            kind, after = lots.weighted(_KINDS), lots.between(1, 60)
            becomes, takes = lots.weighted(_BECOMES[kind]), lots.between(5, 40)
            course = _Course(life, path_id, kind, becomes, takes)
            self._on(day_at(now) + timedelta(days=after), 12, life.number % 60, self._record(course))

    # ------------------------------------------------------------ needs

    def _record(self, course: _Course) -> Doing:
        async def act(now: datetime) -> None:
            if self._later(course, self._record, now):
                return
            receipt = await self._do(
                course, "need_recorded", record_need(course.path_id, RecordNeed(kind=course.kind)), now
            )
            if receipt is None:
                return
            [need] = receipt.refs
            helps = await self._find(course, need)
            soon = day_at(now) + timedelta(days=course.takes)
            minute = course.life.number % 60
            if helps is None:
                self._on(soon, 12, minute, self._close(course, need, "no_offer"))
                return
            referred = refer_to(course.path_id, need, ProposeOffer(offer=helps, referred=True))
            sent = await self._do(course, "need_referred", referred, now)
            if sent is not None:
                self._on(soon, 12, minute, self._answer(course, need, sent.refs[0]))

        return act

    async def _find(self, course: _Course, need: str) -> str | None:
        """The first offer of the page that fits; None if there is none."""
        who = self.roster.acting(course.path_id)
        assert who is not None
        seen = await read_needs(self.office.tools, who, course.path_id)
        [shown] = [one for one in seen.needs if one.row.id == need]
        return next((one.row.id for one in shown.offers if not one.obstacles and one.standing == "current"), None)

    def _answer(self, course: _Course, need: str, referral: str) -> Doing:
        async def act(now: datetime) -> None:
            if self._later(course, lambda again: self._answer(again, need, referral), now):
                return
            if course.becomes == _MET:
                taken = AnswerReferral(state="taken_up")
                await self._do(course, "need_met", answer_referral(course.path_id, need, referral, taken), now)
                return
            reason = cast(UnmetReason, course.becomes)
            refused = AnswerReferral(state="not_possible", reason=reason)
            who = self.roster.acting(course.path_id)
            assert who is not None
            line = self._line("referral_refused", course, now)
            answered = answer_referral(course.path_id, need, referral, refused)
            if await self.time.done(line, self.office.write(who, answered, now)):
                await self._close(course, need, reason)(now)

        return act

    def _close(self, course: _Course, need: str, reason: UnmetReason) -> Doing:
        async def act(now: datetime) -> None:
            if self._later(course, lambda again: self._close(again, need, reason), now):
                return
            ended = EndNeed(state="unmet", reason=reason)
            await self._do(course, "need_unmet", close_need(course.path_id, need, ended), now, reason)

        return act

    def _later(self, course: _Course, again: Callable[[_Course], Doing], now: datetime) -> bool:
        """While the path is nobody's, nobody does anything about it."""
        if self.roster.acting(course.path_id) is not None:
            return False
        self._on(day_at(now) + timedelta(days=_NOBODYS), 12, course.life.number % 60, again(course))
        return True

    async def _do(self, course: _Course, what: str, act: Act, now: datetime, reason: str = "") -> Receipt | None:
        who = self.roster.acting(course.path_id)
        assert who is not None
        found: list[Receipt] = []

        async def write() -> None:
            found.append(await self.office.write(who, act, now))

        await self.time.done(self._line(what, course, now, reason), write())
        return found[0] if found else None

    def _line(self, what: str, course: _Course, now: datetime, reason: str = "") -> Line:
        number = course.life.number
        return Line(day_at(now), what, self.office.municipality, number, course.kind, reason=reason)

    # ------------------------------------------------------------ offers

    def _offer(self, drawn: _Drawn) -> Doing:
        async def act(now: datetime) -> None:
            agencies = self.time.catalogue.municipality(self.office.municipality).agencies
            agency = next((one.id for one in agencies if one.kind == drawn.agency_kind), agencies[0].id)
            wanted = OfferIn(kind=drawn.kind, agency=agency, title=drawn.title)
            receipt = await self.office.note(self.office.coordinator, put_into_register(wanted), OfferReceipt, now)
            about = (self.office.municipality, -1, drawn.kind)
            self.time.journal.add(Line(day_at(now), "offer_added", *about, detail=drawn.title))
            if drawn.ends_after is not None:
                day = self.time.plan.first + timedelta(days=drawn.ends_after)
                self._on(day, 10, 0, self._end_offer(receipt.id, drawn))

        return act

    def _end_offer(self, offer_id: str, drawn: _Drawn) -> Doing:
        async def act(now: datetime) -> None:
            await self.office.note(self.office.coordinator, end(offer_id), OfferReceipt, now)
            about = (self.office.municipality, -1, drawn.kind)
            self.time.journal.add(Line(day_at(now), "offer_ended", *about, detail=drawn.title))

        return act

    async def _keep_up(self, now: datetime) -> None:
        """Once a week, as the daily sweep does: the body looks at offers whose owners are to be asked."""
        for token in self.questions():
            await self._hear_owner(token, now)
        workflow_id = body_workflow_id(self.office.tenant, ASKED_BY)
        async with self.office.tools.database.transaction() as session:
            await add_news(session, self.office.tenant, BODY, workflow_id, None)
        self._on(day_at(now) + _WEEK, 6, 15, self._keep_up)

    async def _hear_owner(self, token: str, now: datetime) -> None:
        offer = (await see_upkeep(self.office.tools, token)).offer
        lots = Lots(self.time.plan.seed, "owner", offer.tenant_id, offer.title, day_at(now))
        answer, after = lots.weighted(_OWNERS), lots.between(0, 4)

        async def act(then: datetime) -> None:
            line = Line(day_at(then), f"owner_{answer}", offer.tenant_id, code=offer.kind, detail=offer.title)
            await self.time.done(line, answer_upkeep(self.office.tools, token, answer, {}))

        if answer:
            self._on(day_at(now) + timedelta(days=after), 13, 0, act)

    def _on(self, day: date, hour: int, minute: int, do: Doing) -> None:
        self.time.on(self.office.municipality, day, hour, minute, do)


@dataclass(frozen=True, slots=True)
class _Course:
    """What becomes of one need."""

    life: Life
    path_id: str
    kind: str
    becomes: str
    takes: int
