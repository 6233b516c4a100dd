"""The procedure of a handover rule: trigger, consent or statute, offer, receipt, answer, and the ladder beside it.

Derived from the rule, the ladder and the deadlines of the day; nothing is drawn by hand.
"""

from __future__ import annotations

from process_models.procedure.build import Build
from process_models.procedure.shape import Procedure, Source
from process_models.procedure.stages import CASE_MANAGER, LAST, Stage, lane_title, stages, wait_text, wait_title
from process_models.procedure.words import Words
from process_models.rules import HandoverRule, Ladder, StatutoryBasis

CLIENT = "client"
_GROUP = "answering"


def handover_procedure(words: Words, rule: HandoverRule, ladder: Ladder) -> Procedure:
    """The procedure of one handover rule."""
    build = Build()
    _lanes(build, words, rule, ladder)
    covered = _before_the_offer(build, words, rule)
    _offer(build, words, rule, covered)
    _answering(build, words, rule, ladder)
    _reactions(build, words, rule, ladder)
    _outcome(build, words, rule)
    bounds = tuple(bound for code in (rule.needed_by, rule.at_deadline) if code for bound in words.bounds(code))
    sources = [words.source(rule), *_basis_sources(words, rule), words.source(ladder), *(b.source for b in bounds)]
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
    build.lane(_receiver(rule), receiver, words.agencies(rule.to_kind))
    for stage in stages(words, ladder, rule.to_kind):
        build.lane(stage.lane, lane_title(words, stage.lane))
    build.lane(f"body.{LAST}", words.body_title(LAST))


def _receiver(rule: HandoverRule) -> str:
    """Lane of the receiver, a second one where an agency hands over to its own kind."""
    return f"{rule.to_kind}.takes" if rule.from_kind == rule.to_kind else rule.to_kind


# ---------------------------------------------------------------- before the offer


def _before_the_offer(build: Build, words: Words, rule: HandoverRule) -> str:
    """Trigger, documents, conditions; returns the last step."""
    title, details = _trigger(words, rule)
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
    told = words.say("offer_mail", receiver=words.agency(rule.to_kind))
    offer = build.step(
        "offer", "task", CASE_MANAGER, words.say("offer"), details=(told,), sources=(words.source(rule),)
    )
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


# ---------------------------------------------------------------- the answer and its clocks


def _answering(build: Build, words: Words, rule: HandoverRule, ladder: Ladder) -> None:
    """Receipt and answer lie with the receiver; the sender stays responsible meanwhile."""
    lane, receiver = _receiver(rule), words.agency(rule.to_kind)
    stays = words.say("sender_stays", sender=words.agency(rule.from_kind))
    build.step(_GROUP, "group", lane, words.say("answering", receiver=receiver), details=(stays,))
    until = words.say("within", days=ladder.receipt_normal, urgent=ladder.receipt_critical)
    inner = {"within": _GROUP}
    entered = build.step("entered", "start", lane, words.say("entered"), **inner)
    sources = (words.source(ladder),)
    receive = build.step("receive", "task", lane, words.say("receive"), until=until, sources=sources, **inner)
    answer = build.step("answer", "task", lane, words.say("answer"), **inner)
    answered = build.step("answered", "end", lane, words.say("answered"), **inner)
    build.then(build.then(build.then(entered, receive), answer), answered)
    build.then("offer", _GROUP)


def _reactions(build: Build, words: Words, rule: HandoverRule, ladder: Ladder) -> None:
    """What happens while the answer is missing: stall, query, the ladder. The clocks go on."""
    runs = build.step
    days = {"days": ladder.receipt_normal, "urgent": ladder.receipt_critical}
    until = words.say("unanswered", **days)
    clock = words.say("working_days_urgent", **days)
    more = {"until": until, "working_days": ladder.receipt_normal, "at": _GROUP, "sources": (words.source(ladder),)}
    runs("overdue_after", "timer", _receiver(rule), clock, **more)
    runs("overdue", "task", CASE_MANAGER, words.say("overdue"), details=(words.say("overdue_seen"),))
    runs("query", "message", _receiver(rule), words.say("query"), at=_GROUP)
    runs("query_cleared", "task", CASE_MANAGER, words.say("query_cleared"), details=(words.say("query_counts"),))
    build.then("overdue_after", "overdue")
    build.then("query", "query_cleared")
    found = stages(words, ladder, rule.to_kind)
    for stage in found:
        _stage(build, words, rule, stage)
    reminded = ["overdue", "query_cleared", *(stage.id for stage in found if stage.lane == CASE_MANAGER)]
    runs("clock_runs", "end", CASE_MANAGER, words.say("clock_runs"))
    for step in reminded:
        build.then(step, "clock_runs")
    for stage in found:
        if stage.lane != CASE_MANAGER:
            _body_goes_on(build, words, stage)


def _stage(build: Build, words: Words, rule: HandoverRule, stage: Stage) -> None:
    timer = f"{stage.id}_after"
    clock = {"until": wait_text(words, stage), "working_days": stage.normal, "sources": stage.sources}
    build.step(timer, "timer", _receiver(rule), wait_title(words, stage), at=_GROUP, **clock)
    build.step(stage.id, "task", stage.lane, stage.title, details=stage.details, sources=stage.sources)
    build.then(timer, stage.id)


def _body_goes_on(build: Build, words: Words, stage: Stage) -> None:
    """After the AG Verfahrensebene the Lenkungsgruppe decides, where there is one."""
    lane, last = stage.lane, stage.id
    if stage.level == "E4" and words.has_body(LAST):
        lane = f"body.{LAST}"
        details = (words.say("ladder.decision"),)
        last = build.then(last, build.step("e5", "task", lane, words.say("ladder.decide"), details=details))
        details = (words.say("ladder.released"),)
        last = build.then(last, build.step("e6", "task", lane, words.say("ladder.new_version"), details=details))
    title = words.say("ladder.decided" if last == "e6" else "clock_runs")
    build.then(last, build.step(f"{last}_done", "end", lane, title))


# ---------------------------------------------------------------- the outcome


def _outcome(build: Build, words: Words, rule: HandoverRule) -> None:
    lane, receiver, sender = _receiver(rule), words.agency(rule.to_kind), words.agency(rule.from_kind)
    gate = build.step("outcome", "decision", lane, words.say("outcome"))
    build.then(_GROUP, gate)
    finished = tuple(words.say("finished_by", what=what) for what in _finishers(words, rule))
    details = (words.say("responsible_now", receiver=receiver), *finished)
    build.step("take_over", "task", lane, words.say("take_over"), details=details)
    build.step("finished", "end", lane, words.say("finished"))
    build.step("clarify", "task", CASE_MANAGER, words.say("clarify"), details=(words.say("clarify_how"),))
    build.step("stays", "end", CASE_MANAGER, words.say("stays", sender=sender))
    build.then(gate, "take_over", words.say("accepted"))
    build.then(gate, "clarify", words.say("refused"))
    build.then(gate, "offer", words.say("forwarded"))
    build.then("take_over", "finished")
    build.then("clarify", "stays")


def _finishers(words: Words, rule: HandoverRule) -> tuple[str, ...]:
    regimes = [r for code in rule.receiving_regimes for r in words.shown(words.catalogue.benefit_regimes, code)[:1]]
    return (*words.facts(rule.done_by), *(f"{regime.code} {regime.title}" for regime in regimes))


# ---------------------------------------------------------------- beside the picture


def _summary(words: Words, rule: HandoverRule) -> tuple[str, ...]:
    stays = words.say("sender_stays", sender=words.agency(rule.from_kind))
    clock = (words.say("clock", clock=rule.clock),) if rule.clock else ()
    return (*clock, stays, words.say("forward_anew"), words.say("ladder.legal"))


def _stalls(words: Words, rule: HandoverRule, ladder: Ladder) -> tuple[str, ...]:
    typical = (words.say("stall", cause=rule.typical_stall),) if rule.typical_stall else ()
    reasons = (words.say("stall_reason", code=code, reason=text) for code, text in ladder.reasons.items())
    return (*typical, *reasons, words.say("urgent", days=ladder.critical_within))
