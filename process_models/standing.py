"""Where a person stands on every axis on a day: a fold over the known facts in a fixed order, with what follows by law.

Derived here: finality, expiry and fiction of a title, place obligations, the end of kim. Benefits: `livelihood`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from process_models.catalogue import Catalogue
from process_models.course import DAY, Course, Fired, PlacePeriod
from process_models.deadlines import compute, compute_plain
from process_models.facts import CLIENT, Fact
from process_models.plan import Standing
from process_models.residence_effects import count_lawful_stay, follow_benefits_act
from process_models.rulebook import Rulebook, day_of, matches, rulebook
from process_models.rules import FictionRule, PlaceRule, ResidenceState, Transition

_MORNING: Final = 0
_EVENING: Final = 1
_LANGUAGE_ORDER: Final = ("none", "may_be_admitted", "entitled", "obliged", "in_course", "passed")
_STAY_STARTS: Final = ("person.entered", "asylum.sought", "asylum.registered")
_KIM: Final = {"kim.opened": "active", "kim.paused": "paused", "kim.closed": "closed", "person.died": "closed"}
"""What opens, pauses and closes the case management; with a death it ends, whoever has still to record the closing."""


def in_order(facts: Iterable[Fact], catalogue: Catalogue) -> list[Fact]:
    """Facts in the one order that every computation uses: effective day, order of the vocabulary, id."""
    order = rulebook(catalogue).order
    return sorted(facts, key=lambda fact: (fact.on, order.get(fact.kind, 0), fact.id))


def follow(facts: Iterable[Fact], day: date, catalogue: Catalogue) -> Course:
    """Walks through the facts that count up to the end of this day. `facts`: known ones, in any order."""
    walk = _Walk(catalogue, day)
    for fact in in_order((fact for fact in facts if fact.on <= day and fact.who == CLIENT), catalogue):
        walk.advance((fact.on, _MORNING))
        walk.take(fact)
    walk.advance((day, _EVENING))
    return walk.course


def standing_of(course: Course, benefits: tuple[str, ...], catalogue: Catalogue) -> Standing:
    """The standing of the walk's day."""
    state = rulebook(catalogue).state(course.residence, course.day)
    return Standing(
        asylum=course.asylum,
        residence=course.residence,
        residence_since=course.residence_since,
        title_valid_until=course.title_until,
        fiction=course.fiction,
        benefits=benefits,
        language=max(course.language, state.language, key=_LANGUAGE_ORDER.index),
        work=_work(course, state),
        place=course.place,
        kim=course.kim,
        lawful_since=course.lawful_since,
        asylum_final_on=course.finality_on,
        finality_assumed=course.finality_assumed,
    )


def _work(course: Course, state: ResidenceState) -> str:
    permitted, since = course.work_permitted_on, course.residence_since
    if state.work == "consent_needed" and permitted is not None:
        return "permitted"
    if state.work == "forbidden" and permitted is not None and since is not None and permitted > since:
        return "permitted"
    return state.work


class _Walk:
    """The fold: takes facts in order and lets happen what follows by law in between."""

    def __init__(self, catalogue: Catalogue, day: date) -> None:
        self.catalogue = catalogue
        self.book: Rulebook = rulebook(catalogue)
        self.course = Course(day=day)
        self.decision: Fact | None = None
        """The latest decision or judgment: what becomes final."""

    # ---------------------------------------------------------------- what follows by law

    def advance(self, limit: tuple[date, int]) -> None:
        """Everything that follows by law up to this moment, in its order."""
        while (due := self._next_due()) is not None and due[:2] <= limit:
            getattr(self, due[2])(due[0])

    def _next_due(self) -> tuple[date, int, str] | None:
        course, due = self.course, []
        if course.title_until is not None and not course.title_expired:
            end = max(course.title_until + DAY, course.title_issued_on or course.title_until)
            due.append((end, _MORNING, "_title_expires"))
        if course.places and (until := course.places[-1].until) is not None:
            due.append((until + DAY, _MORNING, "_place_ends"))
        if course.pending_final is not None:
            due.append((course.pending_final, _EVENING, "_becomes_final"))
        return min(due) if due else None

    def _title_expires(self, on: date) -> None:
        course = self.course
        extended = self._extended_by_law(on)
        if extended is not None and extended >= on:
            course.title_until = extended
            return
        course.title_expired = True
        if course.applied_on is not None:
            course.fiction = "p81_4"
        else:
            self._expire(on)

    def _extended_by_law(self, on: date) -> date | None:
        """An ordinance lets titles of some states run on without a new card."""
        keys: dict[str, str] = self.catalogue.constant("title.extended_by", on)
        key = keys.get(self.course.residence)
        return day_of(self.catalogue.constant(key, on)) if key else None

    def _expire(self, on: date) -> None:
        if rule := self.book.derived_transition("expiry", self.course.residence, on, None):
            self._enter(rule, rule.to, on, None)

    def _place_ends(self, on: date) -> None:
        self.course.places.append(PlacePeriod("none", on))

    def _becomes_final(self, on: date) -> None:
        course = self.course
        course.pending_final, course.final_on, course.asylum = None, on, "final"
        if course.spans and course.spans[-1].served is not None and course.spans[-1].ends is None:
            course.spans[-1].ends = on
        if rule := self.book.derived_transition("finality", course.residence, on, self.decision):
            self._enter(rule, rule.to, on, None)

    # ---------------------------------------------------------------- facts

    def take(self, fact: Fact) -> None:
        """What one fact changes on every axis."""
        self._stay(fact)
        self._procedure(fact)
        rule = self.book.transition(fact, self.course.residence)
        if rule is not None:
            self._enter(rule, str(fact.data.get("state", "")) if rule.to == "data.state" else rule.to, fact.on, fact)
        else:
            self._oblige(self.book.place_rule(fact, "", fact.on), fact)
        self._title(fact)
        self._fiction(fact)
        self._language_and_work(fact)
        self._kim(fact)

    def _stay(self, fact: Fact) -> None:
        course = self.course
        if fact.kind in _STAY_STARTS and course.stay_since is None:
            course.stay_since = fact.on
        if fact.kind in ("person.unreachable", "person.found"):
            course.unreachable = fact.kind == "person.unreachable"
        course.gone = course.gone or fact.kind == "person.died"

    def _procedure(self, fact: Fact) -> None:
        course, final_already = self.course, self.course.final_on is not None
        if fact.kind == "asylum.suit_filed" and final_already:
            return
        if fact.kind in ("asylum.sought", "asylum.decided"):
            course.final_on, course.finality_recorded = None, False
        if fact.kind == "asylum.final":
            self._confirm_finality(fact)
            return
        if rule := self.book.first(self.book.asylum_steps, fact):
            course.asylum = rule.to
        if fact.kind in ("asylum.decided", "asylum.judgment"):
            self.decision = fact
        if fact.kind == "asylum.lodged":
            course.lodged_on = fact.on
        if fact.kind == "asylum.decided":
            course.pending_final = self._last_day_for_suit(fact)
        elif fact.kind in ("asylum.suit_filed", "asylum.withdrawn"):
            course.pending_final = None
        elif fact.kind == "asylum.judgment" and fact.data.get("final"):
            course.pending_final, course.finality_recorded = fact.on, True

    def _confirm_finality(self, fact: Fact) -> None:
        self.course.finality_recorded = True
        if self.course.pending_final is None and self.course.final_on is None:
            self.course.pending_final = fact.on

    def _last_day_for_suit(self, fact: Fact) -> date | None:
        key = ("suit", fact.on, fact.data.get("outcome"))
        if key not in self.book.computed:
            self.book.computed[key] = self._compute_last_day_for_suit(fact)
        last: date | None = self.book.computed[key]
        return last

    def _compute_last_day_for_suit(self, fact: Fact) -> date | None:
        days = [
            computed.hard
            for rule in self.book.suits
            if rule.holds_on(fact.on) and rule.anchor.fact and matches(rule.anchor.fact, fact)
            if (computed := compute(rule, fact.on)).hard is not None
        ]
        return min(days, default=None)

    def _title(self, fact: Fact) -> None:
        course = self.course
        if fact.kind == "residence.title_issued" and self.book.state(course.residence, fact.on).is_title:
            course.title_issued_on, course.title_until = fact.on, day_of(fact.data.get("valid_until"))
            course.titles.append((course.residence, fact.on))
            course.title_fact = fact.id
            course.title_expired, course.applied_on, course.fiction = False, None, "none"
            if course.spans and course.spans[-1].ends is None and course.spans[-1].served is not None:
                course.spans[-1].ends = fact.on
        elif fact.kind == "residence.refused":
            course.applied_on, course.fiction = None, "none"
            if course.title_expired:
                self._expire(fact.on)

    def _fiction(self, fact: Fact) -> None:
        for rule in self.book.fictions.get(fact.kind, ()):
            if not rule.holds_on(fact.on) or not matches(rule.by, fact):
                continue
            if not rule.when_residence or self.course.residence in rule.when_residence:
                self._take_fiction(rule, fact)

    def _take_fiction(self, rule: FictionRule, fact: Fact) -> None:
        course = self.course
        state = self.book.state(course.residence, fact.on)
        if rule.needs_running_title:
            if state.is_title and not course.title_expired:
                course.applied_on = fact.on
        elif not state.is_title and course.fiction == "none":
            course.fiction = rule.to

    def _language_and_work(self, fact: Fact) -> None:
        course = self.course
        if rule := self.book.first(self.book.languages, fact):
            course.language = max(course.language, rule.to, key=_LANGUAGE_ORDER.index)
        if fact.kind == "work.permitted":
            course.work_permitted_on = fact.on

    def _kim(self, fact: Fact) -> None:
        course = self.course
        if fact.kind == "kim.referred":
            course.referred_on = fact.on
        if fact.kind not in _KIM:
            return
        course.kim = _KIM[fact.kind]
        if fact.kind == "kim.opened":
            course.kim_opened_on, course.kim_closed_on = fact.on, None
        elif course.kim == "closed":
            course.kim_closed_on = fact.on

    # ---------------------------------------------------------------- residence

    def _enter(self, rule: Transition, to: str, on: date, fact: Fact | None) -> None:
        """Enters a residence state, with everything that hangs on it: lawful stay, AsylbLG span, title, place."""
        if to not in self.book.states:
            return
        course = self.course
        old, new = self.book.state(course.residence, on), self.book.state(to, on)
        by_procedure = fact is not None and fact.kind.startswith("asylum.")
        course.fired.append(Fired(rule.code, on, fact))
        if to != course.residence:
            course.residence, course.residence_since = to, on
            course.history.append((to, on))
        count_lawful_stay(course, (old, new), on, by_procedure)
        follow_benefits_act(course, (old, new), on, by_procedure)
        if not new.is_title:
            course.title_until = course.applied_on = None
            course.fiction = "none"
        self._oblige(self.book.place_rule(fact, rule.code, on), fact, on)
        if new.final:
            course.kim, course.kim_closed_on = "closed", on
            course.gone = True

    def _oblige(self, rule: PlaceRule | None, fact: Fact | None, on: date | None = None) -> None:
        since = on or (fact.on if fact else None)
        if rule is None or since is None:
            return
        if rule.to == self.course.place and (not self.course.places or self.course.places[-1].until is not None):
            return
        if fact is not None and fact.kind == "place.restriction_lifted" and fact.data.get("kind") != self.course.place:
            return
        until = day_of(fact.data.get("until")) if fact and fact.kind == "place.restricted" else None
        if until is None and rule.length is not None:
            until = self._last_day_of(rule.length, since)
        self.course.places.append(PlacePeriod(rule.to, since, until))

    def _last_day_of(self, length: str, since: date) -> date | None:
        key = ("place", length, since)
        if key not in self.book.computed:
            self.book.computed[key] = compute_plain("EXPIRY", length, since).hard
        last: date | None = self.book.computed[key]
        return last
