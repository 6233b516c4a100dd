"""The case managers of the simulated year: who takes and leaves posts, who is away, whose path goes to whom and why.

Who is when away is drawn here; what follows from it, and whom a path is proposed to, says the product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from api.acts.assigning import give_path
from api.acts.posts import (
    ChangePost,
    ConflictReason,
    CountRefugees,
    EndPost,
    HoldPost,
    NoteConflict,
    PostReceipt,
    change_post,
    count_refugees,
    leave_post,
    refuse_path,
    take_post,
)
from api.caller import Caller
from api.reads_posts import read_proposal, read_unassigned
from kim.simulate.year.drawing_lots import Lots
from kim.simulate.year.journal import Line
from kim.simulate.year.lives import Life
from kim.simulate.year.office import Office
from kim.simulate.year.roster import Roster
from kim.simulate.year.timeline import Doing, Timeline
from process_models.look_again import day_at
from process_models.posts import Post, posts_of
from process_models.rules import Municipality

_LEAVER: Final = 3
"""Number of the post whose holder leaves in the middle of the year."""
_LEAVES_AFTER: Final = 180
_VACANT_DAYS: Final = 31
_FIRST_HOLIDAY: Final = 40
_HOLIDAYS_APART: Final = 25
_HOLIDAY_DAYS: Final = 14
_MOVES_AFTER: Final = 120
"""When a post gets another place of work."""
_IN_CONFLICT: Final = 0.04
_CONFLICTS: Final[tuple[ConflictReason, ...]] = ("private", "earlier_decision", "wish_of_client")


@dataclass
class Staffing:
    """What becomes of the posts of one office."""

    time: Timeline
    office: Office
    roster: Roster
    _holdings: dict[str, str] = field(default_factory=dict)
    """Ids of holdings by account."""

    def begin(self) -> None:
        """Plans the year."""
        first = self.time.plan.first
        self._on(first, 8, self._fill_posts)
        self._on(first + timedelta(days=_MOVES_AFTER), 8, self._move_a_post)
        posts = self._posts(first)
        if len(posts) > _LEAVER and len(self.roster.managers) > len(posts):
            self._on(first + timedelta(days=_LEAVES_AFTER - 30), 8, self._announce)
        for number in range(len(posts)):
            since = first + timedelta(days=_FIRST_HOLIDAY + _HOLIDAYS_APART * number)
            self._on(since - timedelta(days=7), 8, self._plan_holiday(number, since))

    def follow(self, life: Life, path_id: str, now: datetime) -> None:
        """A path has begun; of some the case manager must not keep it."""
        self.roster.numbers[path_id] = life.number
        lots = Lots(self.time.plan.seed, "conflict", life.number)
        if lots.happens(_IN_CONFLICT):
            reason = lots.one_of(_CONFLICTS)
            self._on(day_at(now) + timedelta(days=1), 8, self._pass_on(path_id, reason))

    # ------------------------------------------------------------ posts

    async def _fill_posts(self, now: datetime) -> None:
        for number, (post, manager) in enumerate(zip(self._posts(day_at(now)), self.roster.managers, strict=False)):
            await self._take(manager, post, now)
            place = self._config.places[number % len(self._config.places)]
            change = change_post(ChangePost(post=post.key, valid_from=day_at(now), workplace=place))
            await self.office.note(self.office.coordinator, change, PostReceipt, now)
        for place in self._config.places:
            people = Lots(self.time.plan.seed, "refugees", place).between(120, 1900)
            counted = CountRefugees(place=place, counted_on=day_at(now), count=people, source="Meldung der Kommune")
            await self.office.note(self.office.coordinator, count_refugees(counted), PostReceipt, now)

    async def _take(self, manager: Caller, post: Post, now: datetime) -> None:
        line = Line(day_at(now), "post_taken", self.office.municipality, code=post.key, who=manager.name)
        wanted = HoldPost(post=post.key, account=manager.actor, since=day_at(now))
        receipt = await self.office.note(self.office.coordinator, take_post(wanted), PostReceipt, now)
        self._holdings[manager.actor] = receipt.id
        self.roster.posts[manager.actor] = post
        self.time.journal.add(line)

    async def _move_a_post(self, now: datetime) -> None:
        post = self._posts(day_at(now))[0]
        place = self._config.places[-1]
        change = change_post(ChangePost(post=post.key, valid_from=day_at(now), workplace=place))
        await self.office.note(self.office.coordinator, change, PostReceipt, now)
        self.time.journal.add(Line(day_at(now), "post_moved", self.office.municipality, code=post.key, detail=place))

    async def _announce(self, now: datetime) -> None:
        """A month before: the office knows the last day, and from then on every path of this post ends with it."""
        leaver = self.roster.managers[_LEAVER]
        last_day = self.time.plan.first + timedelta(days=_LEAVES_AFTER)
        act = leave_post(self._holdings[leaver.actor], EndPost(last_day=last_day))
        await self.office.note(self.office.coordinator, act, PostReceipt, now)
        self.time.journal.add(Line(last_day, "post_left", self.office.municipality, who=leaver.name))
        self._on(last_day + timedelta(days=1), 7, self._leave)
        self._on(last_day + timedelta(days=_VACANT_DAYS), 7, self._succeed)

    async def _leave(self, now: datetime) -> None:
        self.roster.leave(self.roster.managers[_LEAVER].actor)
        self._on(day_at(now), 8, self._give_away)

    async def _succeed(self, now: datetime) -> None:
        post = self._posts(day_at(now))[_LEAVER]
        await self._take(self.roster.managers[len(self._posts(day_at(now)))], post, now)
        await self._give_away(now)

    # ------------------------------------------------------------ paths

    async def _give_away(self, now: datetime) -> None:
        """Every path of nobody goes to whom it is proposed."""
        while True:
            seen = await read_unassigned(self.office.tools, self.office.coordinator)
            proposed = [(one.path_id, one.proposal.first) for one in seen.paths]
            if not any([await self._give(path_id, first.account, now) for path_id, first in proposed if first]):
                return

    async def _give(self, path_id: str, account: str, now: datetime) -> bool:
        number, name = self.roster.numbers[path_id], self.roster.named(account)
        line = Line(day_at(now), "given", self.office.municipality, number, who=name)
        act = give_path(path_id, account)
        if not await self.time.done(line, self.office.write(self.office.coordinator, act, now)):
            return False
        self.roster.owners[path_id] = account
        return True

    def _pass_on(self, path_id: str, reason: ConflictReason) -> Doing:
        async def act(now: datetime) -> None:
            owner = self.roster.owners.get(path_id)
            if owner is None:
                return
            number = self.roster.numbers[path_id]
            line = Line(day_at(now), "conflict", self.office.municipality, number, reason=reason)
            noted = refuse_path(path_id, NoteConflict(account=owner, reason=reason))
            if await self.time.done(line, self.office.write(self.office.coordinator, noted, now)):
                seen = await read_proposal(self.office.tools, self.office.coordinator, path_id)
                others = [one.actor for one in self.roster.managers if one.actor in self.roster.posts.keys() - {owner}]
                await self._give(path_id, seen.proposal.first.account if seen.proposal.first else others[0], now)

        return act

    # ------------------------------------------------------------ holidays

    def _plan_holiday(self, number: int, since: date) -> Doing:
        async def act(_now: datetime) -> None:
            working = [one for one in self.roster.managers if one.actor in self.roster.posts]
            absent = self.roster.managers[number]
            if absent not in working or len(working) < 2:
                return
            deputy = working[(working.index(absent) + 1) % len(working)]
            until = since + timedelta(days=_HOLIDAY_DAYS - 1)
            await self.office.stand_in(absent, deputy, since, until)
            self.time.journal.add(Line(since, "away", self.office.municipality, who=absent.name, detail=deputy.name))
            self.time.on(self.office.municipality, since, 7, 30, self._away(absent, deputy))
            self.time.on(self.office.municipality, until + timedelta(days=1), 7, 30, self._back(absent))

        return act

    def _away(self, absent: Caller, deputy: Caller) -> Doing:
        async def act(_now: datetime) -> None:
            self.roster.deputies[absent.actor] = deputy.actor

        return act

    def _back(self, absent: Caller) -> Doing:
        async def act(_now: datetime) -> None:
            self.roster.deputies.pop(absent.actor, None)

        return act

    # ------------------------------------------------------------ what is there

    @property
    def _config(self) -> Municipality:
        return self.time.catalogue.municipality(self.office.municipality)

    def _posts(self, day: date) -> tuple[Post, ...]:
        return posts_of(self._config, (), day)

    def _on(self, day: date, hour: int, do: Doing) -> None:
        self.time.on(self.office.municipality, day, hour, 0, do)
