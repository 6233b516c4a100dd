"""The walk through the facts of a path in a fixed order, with what follows by law in between.

Derived here: finality, expiry and fiction of a title, place obligations, the end of kim. Values only: `course`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from process_models.catalogue import Catalogue
from process_models.course import DAY, Course, Fired, Ineffective, Lapsed, PlacePeriod
from process_models.deadline_starts import land_of
from process_models.deadlines import Beginning, compute_from, compute_plain
from process_models.facts import Fact
from process_models.language_axis import claim, note
from process_models.residence_effects import apply_asylblg_rule, concerns, count_lawful_stay, follow_benefits_act
from process_models.rulebook import LAPSED, Rulebook, day_of, matches, rulebook
from process_models.rules import FictionRule, PlaceRule, Transition

MORNING: Final = 0
EVENING: Final = 1
NAMED_BY_FACT: Final = "data.state"
_STAY_STARTS: Final = ("person.entered", "asylum.sought", "asylum.registered")
_KIM: Final = {"kim.opened": "active", "kim.paused": "paused", "kim.closed": "closed", "person.died": "closed"}
"""What opens, pauses and closes the case management; with a death it ends, whoever has still to record the closing."""


class Walk:
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
            due.append((end, MORNING, "_title_expires"))
        if course.places and (until := course.places[-1].until) is not None:
            due.append((until + DAY, MORNING, "_place_ends"))
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
        if rule := self.book.derived_transition("expiry", course.residence, on, None):
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
        """What one fact changes on every axis; nothing at all if it has no effect."""
        rule = self.book.transition(fact, self.course.residence, self.course.lapsed)
        if self._has_no_effect(fact, rule):
            return
        self._stay(fact)
        self._procedure(fact)
        if rule is not None:
            self._enter(rule, self._target(rule, fact), fact.on, fact)
        else:
            self._oblige(self.book.place_rule(fact, "", fact.on), fact)
        self._title(fact)
        self._application(fact)
        self._benefits_act(fact)
        self._work(fact)
        note(self.course, fact, self.book)
        self._kim(fact)

    def _has_no_effect(self, fact: Fact, rule: Transition | None) -> bool:
        course, book = self.course, self.book
        guard = book.guard(fact, course.residence, course.asylum, self.decision)
        if guard is None and (rule is not None or fact.kind not in book.moves):
            return False
        wanted, why = str(fact.data.get("state", "")), guard.code if guard else ""
        course.without_effect.append(Ineffective(fact.id, fact.kind, fact.on, course.residence, wanted, why))
        return True

    def _target(self, rule: Transition, fact: Fact) -> str:
        if rule.to == LAPSED and self.course.lapsed is not None:
            return self.course.lapsed.title
        return str(fact.data.get("state", "")) if rule.to == NAMED_BY_FACT else rule.to

    def _stay(self, fact: Fact) -> None:
        course = self.course
        if fact.kind in _STAY_STARTS and course.stay_since is None:
            course.stay_since = fact.on
        if fact.kind in ("person.unreachable", "person.found"):
            course.unreachable = fact.kind == "person.unreachable"
        course.gone = course.gone or fact.kind == "person.died"

    def _procedure(self, fact: Fact) -> None:
        course = self.course
        if fact.kind in ("asylum.sought", "asylum.decided"):
            course.final_on, course.finality_recorded = None, False
        if fact.kind == "asylum.final":
            self._confirm_finality(fact)
            return
        step = self.book.first(self.book.asylum_steps, fact)
        if step and course.asylum not in step.unless:
            course.asylum = step.to
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
        key = ("suit", fact.on, *sorted(fact.data.items()))
        if key not in self.book.computed:
            self.book.computed[key] = self._compute_last_day_for_suit(fact)
        last: date | None = self.book.computed[key]
        return last

    def _compute_last_day_for_suit(self, fact: Fact) -> date | None:
        days = [
            computed.hard
            for rule in self.book.suits
            if rule.holds_on(fact.on) and rule.anchor.fact and matches(rule.anchor.fact, fact)
            if (computed := compute_from(rule, Beginning(fact.on, land=land_of(fact, rule, {})))).hard is not None
        ]
        return min(days, default=None)

    def _title(self, fact: Fact) -> None:
        course = self.course
        if fact.kind == "residence.title_issued" and self.book.state(course.residence, fact.on).is_title:
            course.title_issued_on, course.title_until = fact.on, day_of(fact.data.get("valid_until"))
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
        old, new = self.book.state(course.residence, on), self.book.state(to, on)
        by_procedure = fact is not None and fact.kind.startswith("asylum.")
        course.fired.append(Fired(rule.code, on, fact))
        if to != course.residence:
            course.residence, course.residence_since = to, on
            course.history.append((to, on))
            if old.target_status != new.target_status or new.work == "forbidden":
                course.work_permitted = False
        count_lawful_stay(course, (old, new), on, by_procedure)
        follow_benefits_act(course, (old, new), on, by_procedure)
        if rule.to == LAPSED and course.lapsed is not None:
            course.lawful_since, course.disputed_since = course.lapsed.lawful_since, course.lapsed.disputed_since
            course.title_expired = True
        if not new.is_title:
            course.title_until = course.applied_on = None
            course.fiction = "none"
            course.title_expired = rule.derived == "expiry"
        self._begin_fiction(rule, on)
        self._oblige(self.book.place_rule(fact, rule.code, on), fact, on)
        if new.final:
            course.kim, course.kim_closed_on = "closed", on
            course.gone = True

    def _begin_fiction(self, rule: Transition, on: date) -> None:
        for fiction in self.book.fictions_by_transition.get(rule.code, ()):
            if fiction.holds_on(on):
                self.course.fiction = fiction.to

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
        key = ("expiry", length, since)
        if key not in self.book.computed:
            self.book.computed[key] = compute_plain("EXPIRY", length, since).hard
        last: date | None = self.book.computed[key]
        return last
