"""The walk through the facts of a path in a fixed order, with what follows by law in between.

Derived here: finality, expiry and fiction of a title, the end of an absence, the end of kim. Values only: `course`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from process_models.absence import follow_absence, leave_for_good
from process_models.asylum_axis import follow_procedure
from process_models.catalogue import Catalogue
from process_models.course import DAY, Course, Ineffective, Lapsed
from process_models.facts import Fact
from process_models.language_axis import claim, note
from process_models.place_axis import lift, oblige
from process_models.residence_effects import (
    apply_asylblg_rule,
    concerns,
    count_lawful_stay,
    follow_benefits_act,
    recognise,
)
from process_models.rulebook import LAPSED, NAMED_BY_FACT, SAME, Rulebook, day_of, matches, rulebook
from process_models.rules import FictionRule, ResidenceState, Transition

MORNING: Final = 0
EVENING: Final = 1
_STAY_STARTS: Final = ("person.entered", "asylum.sought", "asylum.registered")
_KIM: Final = {"kim.opened": "active", "kim.paused": "paused", "kim.closed": "closed", "person.died": "closed"}
"""What opens, pauses and closes the case management; with a death it ends, whoever has still to record the closing."""


class Walk:
    """The fold: takes facts in order and lets happen what follows by law in between."""

    def __init__(self, catalogue: Catalogue, day: date) -> None:
        self.catalogue = catalogue
        self.book: Rulebook = rulebook(catalogue)
        self.course = Course(day=day)

    # ---------------------------------------------------------------- what follows by law

    def advance(self, limit: tuple[date, int]) -> None:
        """Everything that follows by law up to this moment, in its order."""
        while (due := self._next_due()) is not None and due[:2] <= limit:
            getattr(self, due[2])(due[0])

    def _next_due(self) -> tuple[date, int, str] | None:
        course, due = self.course, []
        if course.title_until is not None and not course.title_expired:
            end = max(course.title_until + DAY, course.title_issued_on or course.title_until)
            due.append((end, MORNING, "_title_expires"))
        if course.places and (until := course.places[-1].until) is not None:
            due.append((until + DAY, MORNING, "_place_ends"))
        if course.abroad_until is not None:
            due.append((course.abroad_until + DAY, MORNING, "_stays_away"))
        if course.pending_final is not None:
            due.append((course.pending_final, EVENING, "_becomes_final"))
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
        course = self.course
        course.lapsed = Lapsed(course.residence, on, course.lawful_since, course.disputed_since)
        if rule := self.book.derived_transition("expiry", on, course):
            self._enter(rule, rule.to, on, None)

    def _stays_away(self, on: date) -> None:
        self.course.abroad_until = None
        if rule := self.book.derived_transition("absence", on, self.course):
            self._enter(rule, rule.to, on, None)

    def _place_ends(self, on: date) -> None:
        lift(self.course, on)

    def _becomes_final(self, on: date) -> None:
        course = self.course
        course.pending_final, course.final_on, course.asylum = None, on, "final"
        if course.spans and course.spans[-1].served is not None and course.spans[-1].ends is None:
            course.spans[-1].ends = on
        if rule := self.book.derived_transition("finality", on, course, course.decision):
            self._enter(rule, rule.to, on, None)

    # ---------------------------------------------------------------- facts

    def take(self, fact: Fact) -> None:
        """What one fact changes on every axis; nothing at all if it has no effect."""
        course, book = self.course, self.book
        self._uncover(fact)
        rule = book.transition(fact, course.residence, course)
        if self._has_no_effect(fact, rule):
            return
        self._stay(fact)
        follow_absence(course, fact, book)
        follow_procedure(course, fact, book)
        if rule is not None:
            self._enter(rule, self._target(rule, fact), fact.on, fact)
        else:
            oblige(course, fact.on, fact, "", book)
        self._title(fact)
        self._application(fact)
        self._benefits_act(fact)
        self._work(fact)
        note(course, fact, book)
        self._kim(fact)

    def _uncover(self, fact: Fact) -> None:
        """A fact that leads out of the covering state: what went on underneath is seen again."""
        course = self.course
        rule = self.book.transition(fact, course.covered_by, course) if course.covered_by else None
        if rule is not None and course.covered_by in rule.sources:
            course.note(rule.code, fact.on, fact)
            course.covered_by = ""

    def _has_no_effect(self, fact: Fact, rule: Transition | None) -> bool:
        course, book = self.course, self.book
        guard = book.guard(fact, course.residence, course.asylum, course.decision)
        if guard is None and (rule is not None or fact.kind not in book.moves):
            return False
        wanted, why = str(fact.data.get("state", "")), guard.code if guard else ""
        course.without_effect.append(Ineffective(fact.id, fact.kind, fact.on, course.residence, wanted, why))
        return True

    def _target(self, rule: Transition, fact: Fact) -> str:
        if rule.to == LAPSED and self.course.lapsed is not None:
            return self.course.lapsed.title
        if rule.to == SAME:
            return self.course.residence
        return str(fact.data.get("state", "")) if rule.to == NAMED_BY_FACT else rule.to

    def _stay(self, fact: Fact) -> None:
        course = self.course
        if fact.kind in _STAY_STARTS and course.stay_since is None:
            course.stay_since = fact.on
        if fact.kind in ("person.unreachable", "person.found"):
            course.unreachable = fact.kind == "person.unreachable"
        course.died = course.died or fact.kind == "person.died"

    def _title(self, fact: Fact) -> None:
        course = self.course
        state = self.book.state(course.residence, fact.on)
        if fact.kind == "residence.title_issued" and state.is_title:
            until = None if state.unlimited else day_of(fact.data.get("valid_until"))
            course.title_issued_on, course.title_until = fact.on, until
            course.titles.append((course.residence, fact.on))
            course.lapsed = None
            claim(course, fact.on, self.book)
            course.title_fact = fact.id
            course.title_expired, course.applied_on, course.fiction = False, None, "none"
            if course.spans and course.spans[-1].ends is None and course.spans[-1].served is not None:
                course.spans[-1].ends = fact.on
        elif fact.kind == "residence.refused":
            course.applied_on, course.fiction = None, "none"
            if course.title_expired:
                self._expire(fact.on)

    def _application(self, fact: Fact) -> None:
        course = self.course
        if fact.kind == "residence.applied":
            course.applied_for = str(fact.data.get("state", ""))
            if course.lapsed is not None and course.lapsed.applied_on is None:
                course.lapsed = replace(course.lapsed, applied_on=fact.on)
        for rule in self.book.fictions.get(fact.kind, ()):
            if not rule.holds_on(fact.on) or rule.by is None or not matches(rule.by, fact):
                continue
            if not rule.when_residence or course.residence in rule.when_residence:
                self._take_fiction(rule, fact)

    def _take_fiction(self, rule: FictionRule, fact: Fact) -> None:
        course = self.course
        state = self.book.state(course.residence, fact.on)
        if rule.needs_running_title:
            if state.is_title and not course.title_expired:
                course.applied_on = fact.on
        elif not state.is_title and course.fiction == "none":
            course.fiction = rule.to

    def _benefits_act(self, fact: Fact) -> None:
        course = self.course
        if fact.kind == "residence.duldung_issued" and course.suspended_since is None:
            course.suspended_since = fact.on
        for income in self.book.income_rules.get(fact.kind, ()):
            if income.holds_on(fact.on) and any(matches(match, fact) for match in income.by):
                course.note(income.code, fact.on, fact)
        for rule in self.book.asylblg_rules.get(fact.kind, ()):
            if not rule.holds_on(fact.on) or not any(matches(match, fact) for match in rule.by):
                continue
            if concerns(rule, course):
                apply_asylblg_rule(course, rule, fact.on)

    def _work(self, fact: Fact) -> None:
        course = self.course
        if fact.kind == "work.permitted":
            course.work_permitted = True
        elif fact.kind == "asylum.registered" or (fact.kind == "asylum.lodged" and course.registered_on is None):
            course.registered_on = fact.on
        elif fact.kind == "residence.fiction_certificate_issued":
            course.certificate_on = fact.on

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
        course.note(rule.code, on, fact)
        procedure_since = course.procedure_since
        if rule.to == SAME:
            if rule.recognises:
                recognise(course, procedure_since, on, anew=False)
            oblige(course, on, fact, rule.code, self.book)
            return
        old, new = self.book.state(course.residence, on), self.book.state(to, on)
        if new.covers:
            course.covered_by = to
            return
        if to != course.residence:
            course.residence, course.residence_since = to, on
            course.history.append((to, on))
            if old.target_status != new.target_status or new.work == "forbidden":
                course.work_permitted = False
        count_lawful_stay(course, (old, new), on)
        if rule.recognises:
            recognise(course, procedure_since, on, anew=True)
        follow_benefits_act(course, (old, new), on, rule.recognises)
        self._change_paper(rule, new)
        self._begin_fiction(rule, on)
        oblige(course, on, fact, rule.code, self.book)
        course.away = new.final or new.away
        if new.final:
            course.kim, course.kim_closed_on = "closed", on
        elif new.away:
            leave_for_good(course)

    def _change_paper(self, rule: Transition, new: ResidenceState) -> None:
        """The title and the fiction of the state that was left end; a lapsed title goes on with its lawful stay."""
        course = self.course
        if rule.to == LAPSED and course.lapsed is not None:
            course.lawful_since, course.disputed_since = course.lapsed.lawful_since, course.lapsed.disputed_since
            course.title_expired = True
        if not new.is_title:
            course.title_until = course.applied_on = None
            course.fiction = "none"
            course.title_expired = rule.derived == "expiry"

    def _begin_fiction(self, rule: Transition, on: date) -> None:
        for fiction in self.book.fictions_by_transition.get(rule.code, ()):
            if fiction.holds_on(on):
                self.course.fiction = fiction.to
