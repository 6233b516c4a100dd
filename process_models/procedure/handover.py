"""The procedure of a handover rule: trigger, consent or statute, offer, receipt, answer, and the ladder beside it.

Derived from the rule, the ladder and the deadlines of the day; nothing is drawn by hand.
"""

from __future__ import annotations

from process_models.procedure.answering import answering, outcome, reactions, receiver_lane
from process_models.procedure.build import Build
from process_models.procedure.conditions import conditions, receivers
from process_models.procedure.shape import Procedure, Source
from process_models.procedure.stages import CASE_MANAGER, CLIENT, LAST, lane_title, stages
from process_models.procedure.words import Words
from process_models.rules import HandoverRule, Ladder, StatutoryBasis


def handover_procedure(words: Words, rule: HandoverRule, ladder: Ladder) -> Procedure:
    """The procedure of one handover rule."""
    build = Build()
    _lanes(build, words, rule, ladder)
    covered = _before_the_offer(build, words, rule)
    _offer(build, words, rule, covered)
    answering(build, words, rule, ladder)
    reactions(build, words, rule, ladder)
    outcome(build, words, rule)
    bounds = tuple(bound for code in (rule.needed_by, rule.at_deadline) if code for bound in words.bounds(code))
    known = (_trigger_sources(words, rule), _basis_sources(words, rule), (words.source(ladder),))
    sources = [words.source(rule), *(source for found in known for source in found), *(b.source for b in bounds)]
    return Procedure(
        code="-".join(filter(None, (rule.code, rule.variant))),
        kind="handover",
        title=rule.title,
        day=words.day,
        municipality=words.municipality.title if words.municipality else "",
        summary=_summary(words, rule),
        documents=rule.documents,
        bounds=bounds,
        sources=tuple(dict.fromkeys(sources)),
        stalls=_stalls(words, rule, ladder),
        **build.parts(),
    )


def _lanes(build: Build, words: Words, rule: HandoverRule, ladder: Ladder) -> None:
    """From who hands over, by the case management, to who takes over, to the bodies."""
    sender, receiver = words.agency(rule.from_kind), words.agency(rule.to_kind)
    if rule.from_kind == rule.to_kind:
        sender, receiver = words.say("lane.gives", agency=sender), words.say("lane.takes", agency=receiver)
    if rule.from_kind != CASE_MANAGER:
        build.lane(rule.from_kind, sender, words.agencies(rule.from_kind))
    build.lane(CLIENT, words.agency(CLIENT))
    build.lane(CASE_MANAGER, words.agency(CASE_MANAGER))
    build.lane(receiver_lane(rule), receiver, words.agencies(rule.to_kind))
    for stage in stages(words, ladder, rule.to_kind):
        build.lane(stage.lane, lane_title(words, stage.lane))
    build.lane(f"body.{LAST}", words.body_title(LAST))


# ---------------------------------------------------------------- before the offer


def _before_the_offer(build: Build, words: Words, rule: HandoverRule) -> str:
    """Trigger, documents, conditions; returns the last step."""
    title, triggers = _trigger(words, rule)
    details = (*triggers, *conditions(words, rule))
    last = build.step("start", "start", rule.from_kind, title, details=details, sources=_trigger_sources(words, rule))
    if rule.documents:
        step = build.step("documents", "task", rule.from_kind, words.say("documents"), details=rule.documents)
        last = build.then(last, step)
    if rule.needs:
        needs = tuple(words.say("need", what=fact) for fact in words.facts(rule.needs))
        last = build.then(last, build.step("needs", "task", CASE_MANAGER, words.say("needs"), details=needs))
    return last


def _trigger(words: Words, rule: HandoverRule) -> tuple[str, tuple[str, ...]]:
    transitions = [t for code in rule.transition for t in words.shown(words.catalogue.transitions, code)[:1]]
    deadlines = words.shown(words.catalogue.deadlines, rule.at_deadline)[:1] if rule.at_deadline else []
    named = [(t.code, words.say("trigger", what=t.title, code=t.code)) for t in transitions]
    named += [(fact, fact) for fact in words.facts(rule.by)]
    named += [(d.code, words.say("trigger_day", what=d.title, code=d.code)) for d in deadlines]
    texts = tuple(text for _, text in named)
    if len(named) > 1:
        return words.say("triggers", codes=", ".join(code for code, _ in named)), texts
    return (texts[0] if texts else words.say("trigger_unnamed")), ()


def _trigger_sources(words: Words, rule: HandoverRule) -> tuple[Source, ...]:
    rules = [t for code in rule.transition for t in words.shown(words.catalogue.transitions, code)[:1]]
    rules += words.shown(words.catalogue.deadlines, rule.at_deadline)[:1] if rule.at_deadline else []
    return tuple(words.source(found) for found in rules)


def _offer(build: Build, words: Words, rule: HandoverRule, last: str) -> None:
    """Consent or statute first, then the offer."""
    key = f"check_{rule.basis}"
    categories = ", ".join(words.catalogue.label(f"category.{category}") for category in rule.categories)
    details = (words.say("categories", categories=categories),) if categories else ()
    title = words.say(key, purpose=rule.purpose)
    sources = _basis_sources(words, rule)
    check = build.step("check", "task", CASE_MANAGER, title, details=details, sources=sources)
    gate = build.step("covered", "decision", CASE_MANAGER, words.say("covered"))
    build.then(build.then(last, check), gate)
    if rule.basis == "consent":
        _ask_for_consent(build, words, gate)
    told = (words.say("offer_mail", receiver=words.agency(rule.to_kind)), *receivers(words, rule))
    offer = build.step("offer", "task", CASE_MANAGER, words.say("offer"), details=told, sources=(words.source(rule),))
    build.then(gate, offer, words.say("yes"))
    if rule.basis == "consent":
        build.then("given", offer, words.say("yes"))
    else:
        build.step("not_offered", "end", CASE_MANAGER, words.say("not_offered"))
        build.then(gate, "not_offered", words.say("no"))


def _ask_for_consent(build: Build, words: Words, gate: str) -> None:
    details = (words.say("consent_voluntary"),)
    consent = build.step("consent", "task", CLIENT, words.say("consent"), details=details)
    given = build.step("given", "decision", CLIENT, words.say("given"))
    not_offered = build.step("not_offered", "end", CLIENT, words.say("not_offered"))
    build.then(gate, consent, words.say("no"))
    build.then(consent, given)
    build.then(given, not_offered, words.say("no"))


def _basis_sources(words: Words, rule: HandoverRule) -> tuple[Source, ...]:
    if rule.basis == "consent":
        found = words.shown(words.catalogue.consent_purposes, rule.purpose)
    elif rule.basis == "statute":
        found = [basis for basis in words.shown(words.catalogue.statutory_bases) if _names(basis, rule)]
    else:
        found = []
    return tuple(dict.fromkeys(words.source(basis) for basis in found))


def _names(basis: StatutoryBasis, rule: HandoverRule) -> bool:
    return rule.to_kind in basis.recipients and bool(set(basis.categories) & set(rule.categories))


# ---------------------------------------------------------------- beside the picture


def _summary(words: Words, rule: HandoverRule) -> tuple[str, ...]:
    stays = words.say("sender_stays", sender=words.agency(rule.from_kind))
    clock = (words.say("clock", clock=rule.clock),) if rule.clock else ()
    return (*clock, stays, words.say("forward_anew"), words.say("ladder.legal"))


def _stalls(words: Words, rule: HandoverRule, ladder: Ladder) -> tuple[str, ...]:
    typical = (words.say("stall", cause=rule.typical_stall),) if rule.typical_stall else ()
    reasons = (words.say("stall_reason", code=code, reason=text) for code, text in ladder.reasons.items())
    return (*typical, *reasons, words.say("urgent", days=ladder.critical_within))
