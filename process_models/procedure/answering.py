"""The second half of a handover: receipt and answer with their clocks, what happens meanwhile, and the outcome.

The sender stays responsible until the receiver accepts. What comes before the offer stands in `handover`.
"""

from __future__ import annotations

from typing import Final

from process_models.procedure.build import Build, More
from process_models.procedure.stages import CASE_MANAGER, LAST, Stage, stages, wait_text, wait_title
from process_models.procedure.words import Words
from process_models.rules import HandoverRule, Ladder

_GROUP: Final = "answering"


def receiver_lane(rule: HandoverRule) -> str:
    """Lane of the receiver, a second one where an agency hands over to its own kind."""
    return f"{rule.to_kind}.takes" if rule.from_kind == rule.to_kind else rule.to_kind


def answering(build: Build, words: Words, rule: HandoverRule, ladder: Ladder) -> None:
    """Receipt and answer lie with the receiver; the sender stays responsible meanwhile."""
    lane = receiver_lane(rule)
    stays = words.say("sender_stays", sender=words.agency(rule.from_kind))
    build.step(_GROUP, "group", lane, words.say("answering"), details=(stays,))
    until = words.say("within", days=ladder.receipt_normal, urgent=ladder.receipt_critical)
    entered = build.step("entered", "start", lane, words.say("entered"), within=_GROUP)
    sources = (words.source(ladder),)
    title = words.say("receive")
    receive = build.step("receive", "task", lane, title, until=until, sources=sources, within=_GROUP)
    answer = build.step("answer", "task", lane, words.say("answer"), within=_GROUP)
    answered = build.step("answered", "end", lane, words.say("answered"), within=_GROUP)
    build.then(build.then(build.then(entered, receive), answer), answered)
    build.then("offer", _GROUP)


def reactions(build: Build, words: Words, rule: HandoverRule, ladder: Ladder) -> None:
    """What happens while the answer is missing: stall, query, the ladder. The clocks go on."""
    runs = build.step
    days = {"days": ladder.receipt_normal, "urgent": ladder.receipt_critical}
    until = words.say("unanswered", **days)
    clock = words.say("working_days_urgent", **days)
    more: More = {
        "until": until,
        "working_days": ladder.receipt_normal,
        "at": _GROUP,
        "sources": (words.source(ladder),),
    }
    runs("overdue_after", "timer", receiver_lane(rule), clock, **more)
    runs("overdue", "task", CASE_MANAGER, words.say("overdue"), details=(words.say("overdue_seen"),))
    runs("query", "message", receiver_lane(rule), words.say("query"), at=_GROUP)
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
    clock: More = {"until": wait_text(words, stage), "working_days": stage.normal, "at": _GROUP}
    clock["sources"] = stage.sources
    build.step(timer, "timer", receiver_lane(rule), wait_title(words, stage), **clock)
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


def outcome(build: Build, words: Words, rule: HandoverRule) -> None:
    lane, receiver, sender = receiver_lane(rule), words.agency(rule.to_kind), words.agency(rule.from_kind)
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
    return (*words.facts(rule.done_by), *(words.code(code) for code in rule.receiving_regimes))
