"""What moves the end of a running period: suspension, resumption, extension by the agency. Each move is explained.

Only periods whose rule names a legal basis move; the days themselves are settled in `deadlines`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from process_models.catalogue import Catalogue
from process_models.deadline_rules import DeadlineRule, MoveBasis
from process_models.deadline_starts import Begun, Situation, Start
from process_models.deadlines import Beginning, counted, settle
from process_models.errors import KimError
from process_models.facts import Fact
from process_models.german import day_text
from process_models.phrases import Phrase
from process_models.plan import Step
from process_models.rulebook import day_of

SUSPENDED: Final = "deadline.suspended"
RESUMED: Final = "deadline.resumed"
EXTENDED: Final = "deadline.extended"
OBSTACLE_ENDED: Final = "deadline.obstacle_ended"
REINSTATEMENT_REQUESTED: Final = "deadline.reinstatement_requested"
_MOVES: Final = (SUSPENDED, RESUMED, EXTENDED)
"""In the order in which they count on one day."""

_TELLING: Final = ("until", "ground", "shortens")
"""Fields of a move on which its effect and its explanation depend."""

_SAID: Final = {
    "suspended": "Gehemmt ab {day}{ground} ({statute}): noch {days}",
    "resumed": "Läuft weiter ab {day}: {days} angehängt",
    "standing": "Die Hemmung dauert an; liefe die Frist ab {day} weiter, endete sie am {end}",
    "extended": "Verlängert bis {day}{ground} ({statute})",
    "safe": "Sicherer Tag, um dieselben Tage verschoben: {day}",
}


class DeadlineFixed(KimError):
    """Nobody may move this period: it is set by statute. `allowed` lists the codes of periods that move."""

    status = 422
    title = "Diese Frist lässt sich nicht verschieben"


@dataclass(frozen=True, slots=True)
class _Clock:
    """The counted end of a period while its moves are followed."""

    end: date
    steps: tuple[Step, ...] = ()
    suspended_on: date | None = None
    stood: timedelta = timedelta()
    """How long it has stood still in all."""
    extensions: int = 0
    suspensions: int = 0


def moves_of(begun: Sequence[Begun], rule: DeadlineRule, situation: Situation) -> Mapping[Start, Sequence[Fact]]:
    """The moves of every start of a rule; a move that names no start is about the one that began last."""
    if rule.extendable is None and rule.suspendable is None:
        return {}
    found: dict[Start, list[Fact]] = {}
    for fact in sorted(situation.facts.of(*_MOVES), key=lambda fact: (fact.on, _MOVES.index(fact.kind), fact.id)):
        start = _start_of(fact, begun) if fact.data.get("deadline") == rule.code else None
        if start is not None:
            found.setdefault(start, []).append(fact)
    return found


def _start_of(fact: Fact, begun: Sequence[Begun]) -> Start | None:
    known = [one.start for one in begun if one.start.known_on <= fact.on]
    named = fact.data.get("start")
    if named is not None:
        return next((start for start in known if start.fact_id == named), None)
    return max(known, key=lambda start: (start.known_on, start.on, start.fact_id), default=None)


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the moves of a period leave it on a day."""

    end: date
    """Last day, or earliest day of a WAIT; of a period that stands still the day if it ran on now."""
    safe: date | None
    remaining_days: int | None
    """Days that are left once it runs on; None while it runs."""
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Mover:
    """Follows the moves of one period up to a day. `word` knows the German words of the grounds."""

    rule: DeadlineRule
    day: date
    word: Callable[[str], str]
    land: str = ""

    def moved(self, beginning: Beginning, safe: date | None, told: Sequence[Fact]) -> Moved | None:
        """Where the moves leave the period; None if none of them counts. `safe`: its safe day before them."""
        end, steps = counted(self.rule, beginning)
        clock = _Clock(end)
        for fact in told:
            clock = self._follow(clock, fact)
        return self._settled(clock, safe, steps) if clock.steps else None

    def what_counts(self, told: Sequence[Fact]) -> tuple[Hashable, ...]:
        """Everything about these moves, and about the day, on which the result depends."""
        day = self.day if any(fact.kind == SUSPENDED for fact in told) else None
        return (day, *((fact.kind, fact.on, *(fact.data.get(name) for name in _TELLING)) for fact in told))

    def _follow(self, clock: _Clock, fact: Fact) -> _Clock:
        if fact.kind == SUSPENDED:
            runs = clock.suspended_on is None and fact.on <= settle(self.rule, clock.end, self.land)[0]
            return self._suspend(clock, fact, self.rule.suspendable) if runs and self.rule.suspendable else clock
        if fact.kind == RESUMED:
            return _resume(clock, fact.on)
        return self._extend(clock, fact, self.rule.extendable) if self.rule.extendable else clock

    def _suspend(self, clock: _Clock, fact: Fact, basis: MoveBasis) -> _Clock:
        if basis.once and clock.suspensions:
            return clock
        left = _days(max(clock.end - fact.on, timedelta()))
        steps = (*clock.steps, self._said("suspended", fact, basis, day=day_text(fact.on), days=left))
        return replace(clock, steps=steps, suspended_on=fact.on, suspensions=clock.suspensions + 1)

    def _extend(self, clock: _Clock, fact: Fact, basis: MoveBasis) -> _Clock:
        """A new end, never an earlier one unless the agency says that it shortens the period it has set."""
        until = day_of(fact.data.get("until"))
        if until is None or (basis.once and clock.extensions) or (until < clock.end and not fact.data.get("shortens")):
            return clock
        steps = (*clock.steps, self._said("extended", fact, basis, day=day_text(until)))
        # Given while the period stands still, the new end counts from the day on which it was given.
        since = fact.on if clock.suspended_on is not None else None
        return replace(clock, end=until, steps=steps, suspended_on=since, extensions=clock.extensions + 1)

    def _said(self, key: str, fact: Fact, basis: MoveBasis, **words: str) -> Step:
        ground = fact.data.get("ground")
        named = f", Grund: {self.word(f'ground.{ground}')}" if ground else ""
        return Step(text=_SAID[key].format(ground=named, statute=basis.statute, **words), day=fact.on)

    def _settled(self, clock: _Clock, safe: date | None, steps: Sequence[Step]) -> Moved:
        since = clock.suspended_on
        standing = self.day - since if since is not None else timedelta()
        end, settled = settle(self.rule, clock.end + standing, self.land)
        if since is not None:
            said = _SAID["standing"].format(day=f"{self.day:%d.%m.%Y}", end=day_text(end))
            settled = (Step(text=said, day=end),)
        early = self._safe(clock, safe, clock.stood + standing, end)
        last = (Step(text=_SAID["safe"].format(day=day_text(early)), day=early),) if early else ()
        left = max(clock.end - since, timedelta()).days if since is not None else None
        return Moved(end, early, left, (*steps, *clock.steps, *settled, *last))

    def _safe(self, clock: _Clock, safe: date | None, by: timedelta, end: date) -> date | None:
        """The safe day moves with the period; what an agency has extended to a day is not disputed any more."""
        if safe is None or clock.extensions:
            return None
        early, _ = settle(self.rule, safe + by, self.land)
        return early if early != end else None


def _resume(clock: _Clock, on: date) -> _Clock:
    if clock.suspended_on is None:
        return clock
    stood = on - clock.suspended_on
    end, said = clock.end + stood, _SAID["resumed"].format(day=day_text(on), days=_days(stood))
    steps = (*clock.steps, Step(text=said, day=end))
    return replace(clock, end=end, steps=steps, suspended_on=None, stood=clock.stood + stood)


def check_move(catalogue: Catalogue, kind: str, on: date, data: Mapping[str, Any]) -> None:
    """Refuses to record a move of a period that does not move in this way. Errors: DeadlineFixed, with the way out."""
    how = _ALLOWED_BY.get(kind)
    if how is None:
        return
    field, refused, way_out = how
    codes = movable(catalogue, field, on)
    if data.get("deadline") not in codes:
        raise DeadlineFixed(refused, field="data.deadline", allowed=codes, way_out=way_out)


_STANDS_STILL: Final = (
    "suspendable",
    Phrase("Das Gesetz kennt für diese Frist keine Hemmung."),
    Phrase("Eine von der Behörde gesetzte Frist verlängern lassen und das erfassen (deadline.extended)."),
)
_MADE_UP_FOR: Final = (
    "reinstates_within",
    "Für diese Frist gibt es keine Wiedereinsetzung.",
    "Eine von der Behörde gesetzte Frist kann sie auch rückwirkend verlängern (deadline.extended).",
)
_ALLOWED_BY: Final[Mapping[str, tuple[str, str, str]]] = {
    SUSPENDED: _STANDS_STILL,
    RESUMED: _STANDS_STILL,
    EXTENDED: (
        "extendable",
        "Das Gesetz bestimmt diese Frist; keine Behörde kann sie verlängern.",
        "Vor dem letzten Tag handeln. War das ohne Verschulden nicht möglich, den Wegfall des Hindernisses erfassen "
        "(deadline.obstacle_ended); dann läuft die Frist der Wiedereinsetzung.",
    ),
    OBSTACLE_ENDED: _MADE_UP_FOR,
    REINSTATEMENT_REQUESTED: _MADE_UP_FOR,
}
"""Kind of fact -> what a rule must say to allow it, the refusal, and the way out."""


def movable(catalogue: Catalogue, field: str, on: date) -> tuple[str, ...]:
    """Codes of the periods that a law of that day moves so: by `extendable`, `suspendable` or `reinstates_within`."""
    rules = (rule for rule in catalogue.deadlines if getattr(rule, field) is not None and rule.holds_on(on))
    return tuple(dict.fromkeys(rule.code for rule in rules))


def _days(span: timedelta) -> str:
    return "1 Tag" if span.days == 1 else f"{span.days} Tage"
