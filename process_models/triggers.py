"""Which handovers the facts of a path set going, whether they may leave, and who answers until they are accepted.

Planning only: offering, reminding and escalating stand in `reconcile`, the two-sided contract in `handover`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from process_models.catalogue import Catalogue
from process_models.children import children_of, has_fact, of_age
from process_models.consent import ConsentQuestion, check_consent, check_handover
from process_models.escalation import LadderView, Position, expectation, position, reason_of
from process_models.ground import Ground
from process_models.handover import informing, responsible, towards
from process_models.handover_clock import critical_day, latest_day
from process_models.known import KnownFacts
from process_models.parties import UNCLEAR, receiver_of, sender_of
from process_models.plan import Information, PlannedHandover
from process_models.rulebook import rulebook
from process_models.rules import HandoverRule, Informed
from process_models.trigger_days import trigger_days
from process_models.waits import Usual, usual_waits
from process_models.work import HandoverItem


@dataclass(frozen=True, slots=True)
class Planned:
    """A planned handover with the days on which its ladder has to be looked at again."""

    handover: PlannedHandover
    look_again_on: tuple[date, ...] = ()


def planned_handovers(ground: Ground, catalogue: Catalogue) -> tuple[Planned, ...]:
    """Every handover whose trigger is known: the latest of each code, and older ones that have an item."""
    found: list[Planned] = []
    for rule in rulebook(catalogue).handovers:
        items = {item.trigger_on: item for item in ground.work.handovers if item.code == rule.code}
        triggers = trigger_days(rule, ground, catalogue)
        standing = _standing_for(triggers, items)
        found += [_plan(rule, on, standing.get(on), ground, catalogue) for on in _wanted(triggers, standing)]
        for item in () if triggers else _orphans(triggers, items):
            if rule.holds_on(item.trigger_on):
                found.append(_without_trigger(_plan(rule, item.trigger_on, item, ground, catalogue)))
    return tuple(sorted(found, key=lambda planned: (planned.handover.trigger_on, planned.handover.code)))


def _without_trigger(planned: Planned) -> Planned:
    """What is left of a handover whose reason was taken back: it is not needed, but its receiver may answer for it."""
    gone = {"triggered": False, "needed": False, "stalled_since": None, "next_level": "none", "next_level_on": None}
    return Planned(planned.handover.model_copy(update=gone))


def _wanted(triggers: list[date], items: dict[date, HandoverItem]) -> list[date]:
    return [on for on in triggers if on in items or on == triggers[-1]]


def _orphans(triggers: list[date], items: dict[date, HandoverItem]) -> list[HandoverItem]:
    """The items whose own trigger is gone, unless they were taken back."""
    return [item for on, item in sorted(items.items()) if on not in triggers and item.state != "cancelled"]


def _standing_for(triggers: list[date], items: dict[date, HandoverItem]) -> dict[date, HandoverItem]:
    """The item of each trigger; after a corrected date the one whose own trigger is gone stands for the nearest."""
    found = {on: items[on] for on in triggers if on in items}
    for orphan in _orphans(triggers, items):
        free = [on for on in triggers if on not in found]
        if free:
            found[min(free, key=lambda on: abs(on - orphan.trigger_on))] = orphan
    return found


def _plan(
    rule: HandoverRule, trigger_on: date, item: HandoverItem | None, ground: Ground, catalogue: Catalogue
) -> Planned:
    item = _as_blocked(rule, item, ground, catalogue)
    settled = item is not None and item.state != "cancelled"
    kind = item.to_kind if item is not None and settled else receiver_of(rule, trigger_on, ground, catalogue)
    sender = item.from_kind if item else sender_of(rule, trigger_on, ground, catalogue)
    receiver = kind or rule.to_kind
    covered = check_handover(catalogue, ground.known, towards(rule, receiver), ground.day, ground.situation.born)
    place = _position(rule, trigger_on, item, ground, catalogue) if item is not None and item.awaits_answer else None
    needed = _is_needed(rule, trigger_on, item, ground)
    handover = PlannedHandover(
        code=rule.code,
        title=rule.title,
        statute=rule.statute,
        trigger_on=item.trigger_on if item else trigger_on,
        from_kind=sender,
        to_kind=receiver,
        receiver_unclear=kind == UNCLEAR,
        after_case=rule.after_case,
        basis=covered.basis if covered.allowed else rule.basis,
        allowed=covered.allowed and kind != UNCLEAR,
        missing=covered.missing,
        needed=needed,
        state=item.state if item else "none",
        responsible=responsible(item, sender, receiver),
        documents=rule.documents,
        latest_on=latest_day(rule, trigger_on, ground, catalogue) if needed else None,
        informs=tuple(_information(rule, one, ground, catalogue) for one in rule.informs),
        level=item.level if item is not None and item.awaits_answer else "none",
    )
    if item is not None and item.accepted_on is not None and needed:
        return _as_expected(Planned(handover), item, item.accepted_on, ground, catalogue)
    if place is None or item is None:
        return Planned(handover)
    return Planned(handover.model_copy(update=_on_ladder(item, place, needed)), place.look_again_on)


def _as_expected(planned: Planned, item: HandoverItem, begun: date, ground: Ground, catalogue: Catalogue) -> Planned:
    """What was accepted and is not done yet, held against how long it usually takes from there. No ladder runs."""
    ladder = catalogue.ladder_of(ground.case.municipality, ground.day)
    usual = usual_waits(item, ground.case.waits, ladder)
    if not usual:
        return planned
    found = expectation(item, LadderView(ground.day, ground.situation.calendar, ladder, usual=usual), begun)
    told = _by_usual(found.usual, late=found.late, slower=found.slower)
    return Planned(planned.handover.model_copy(update=told), found.late_on)


def _information(rule: HandoverRule, informed: Informed, ground: Ground, catalogue: Catalogue) -> Information:
    told = informing(rule, informed)
    covered = check_handover(catalogue, ground.known, told, ground.day, ground.situation.born)
    return Information(kind=informed.kind, allowed=covered.allowed, missing=covered.missing)


def _as_blocked(
    rule: HandoverRule, item: HandoverItem | None, ground: Ground, catalogue: Catalogue
) -> HandoverItem | None:
    """The item with the reason that a rule gives it, unless somebody named another one."""
    if item is None or item.reason is not None or not item.awaits_answer:
        return item
    return replace(item, reason="RULE_CHANGE") if _blocked_since(rule, ground, catalogue) else item


def _blocked_since(rule: HandoverRule, ground: Ground, catalogue: Catalogue) -> date | None:
    """The day since which a rule stops the receiver; None if none does today."""
    if rule.blocked_by is None:
        return None
    constant = catalogue.find_constant(rule.blocked_by.constant, ground.day)
    blocks = constant is not None and constant.value == rule.blocked_by.value
    return (constant.valid_from or date.min) if constant and blocks else None


def _on_ladder(item: HandoverItem, place: Position, needed: bool) -> dict[str, object]:
    return {
        "critical": place.critical,
        "receipt_due_on": place.receipt_due_on if item.received_on is None else None,
        "next_level": place.next_level if needed else "none",
        "next_level_on": place.next_level_on if needed else None,
        "next_cause": place.cause,
        "blocked_by_purpose": place.blocked_by_purpose if needed else "",
        "reason": reason_of(item, place.stalled_since is not None),
        "detail": item.detail,
        "stalled_since": place.stalled_since if needed else None,
        "working_days_open": place.working_days_open,
        **_by_usual(place.usual, late=place.late_by_usual and needed, slower=place.slower and needed),
    }


def _by_usual(usual: Usual | None, *, late: bool, slower: bool) -> dict[str, object]:
    if usual is None:
        return {}
    return {
        "usual_step": usual.step,
        "usual_days": usual.days,
        "learned_from": usual.count,
        "recent": usual.recent,
        "slower_count": usual.slower,
        "late_by_usual": late,
        "slower": slower,
    }


def _position(
    rule: HandoverRule, trigger_on: date, item: HandoverItem, ground: Ground, catalogue: Catalogue
) -> Position:
    ladder = catalogue.ladder_of(ground.case.municipality, ground.day)
    view = LadderView(
        day=ground.day,
        calendar=ground.situation.calendar,
        ladder=ladder,
        critical_on=critical_day(rule, trigger_on, ground, catalogue),
        similar=ground.case.similar,
        impulses=tuple(_impulses(item, ground.situation.facts)),
        blocked_since=_blocked_since(rule, ground, catalogue),
        lacking=frozenset(_lacking({step.purpose for step in ladder.steps.values()}, ground, catalogue)),
        usual=usual_waits(item, ground.case.waits, ladder),
    )
    return position(item, view)


def _lacking(purposes: Iterable[str], ground: Ground, catalogue: Catalogue) -> Iterable[str]:
    """Purposes of the steps that no consent covers; with the case management every consent has ended."""
    over = ground.situation.course.kim == "closed"
    for purpose in filter(None, purposes):
        question = ConsentQuestion(purpose, None, None, ground.day, born=ground.situation.born)
        if over or not check_consent(catalogue, ground.known, question).allowed:
            yield purpose


def _impulses(item: HandoverItem, facts: KnownFacts) -> Iterable[date]:
    for fact in facts.of("impulse.raised"):
        if list(fact.data.get("interface", ())) == [item.from_kind, item.to_kind]:
            yield fact.on


def _is_needed(rule: HandoverRule, trigger_on: date, item: HandoverItem | None, ground: Ground) -> bool:
    """False once a regime of the receiver ran on or after the trigger, or a fact that makes it needless is known.

    What neither regime nor fact ends has reached its goal with the acceptance: the file has been taken over.
    """
    if ground.situation.course.asylum in rule.frozen_by_asylum:
        return False
    if not (rule.receiving_regimes or rule.done_by or rule.child_done_by):
        return item is None or item.accepted_on is None
    return not (_is_received(rule, trigger_on, ground) or _is_done(rule, trigger_on, ground))


def _is_received(rule: HandoverRule, trigger_on: date, ground: Ground) -> bool:
    opened_on = ground.situation.course.kim_opened_on
    opened_late = opened_on is None or opened_on > trigger_on
    regimes = (*rule.receiving_regimes, *(rule.starts_regimes if opened_late else ()))
    return any(
        period.regime in regimes and period.starts <= ground.day and (period.ends is None or period.ends >= trigger_on)
        for period in ground.situation.periods
    )


def _is_done(rule: HandoverRule, trigger_on: date, ground: Ground) -> bool:
    if rule.child_done_by and rule.child_ages:
        children = of_age(children_of(ground.case, ground.known, ground.day), rule.child_ages, ground.day)
        return all(has_fact(child, rule.child_done_by, ground.known, ground.day) for child in children)
    return any(fact.on >= trigger_on for match in rule.done_by for fact in ground.situation.facts.matching(match))
