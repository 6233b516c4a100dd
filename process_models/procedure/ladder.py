"""The stall ladder as a procedure of its own: offer, reminders, single case, interface, decision, new version.

Derived from the ladder of the day and the bodies of the municipality.
"""

from __future__ import annotations

from process_models.procedure.build import Build, More
from process_models.procedure.shape import Procedure
from process_models.procedure.stages import LAST, Stage, lane_title, stages, wait_text, wait_title
from process_models.procedure.words import Words
from process_models.rules import Ladder

RECEIVER = "receiver"


def ladder_procedure(words: Words, ladder: Ladder) -> Procedure:
    """The ladder: after each clock the question whether an answer has come, and if not the next step."""
    build = Build()
    found = stages(words, ladder, RECEIVER)
    build.lane(RECEIVER, words.say("lane.receiver"))
    for stage in found:
        build.lane(stage.lane, lane_title(words, stage.lane))
    build.lane(f"body.{LAST}", words.body_title(LAST))
    last = _offered(build, words, ladder)
    for stage in found:
        last = _stage(build, words, stage, last)
    _decided(build, words, last)
    build.step("answered", "end", RECEIVER, words.say("ladder.done"))
    for stage in found:
        build.then(f"{stage.id}_open", "answered", words.say("yes"))
    return Procedure(
        code=ladder.code,
        kind="ladder",
        title=ladder.title,
        day=words.day,
        municipality=words.municipality.title if words.municipality else "",
        summary=(words.say("urgent", days=ladder.critical_within), words.say("ladder.legal")),
        sources=(words.source(ladder),),
        stalls=tuple(words.say("stall_reason", code=code, reason=text) for code, text in ladder.reasons.items()),
        **build.parts(),
    )


def _offered(build: Build, words: Words, ladder: Ladder) -> str:
    start = build.step("start", "start", RECEIVER, words.say("ladder.offered"))
    until = words.say("within", days=ladder.receipt_normal, urgent=ladder.receipt_critical)
    sources = (words.source(ladder),)
    return build.then(
        start, build.step("receive", "task", RECEIVER, words.say("receive"), until=until, sources=sources)
    )


def _stage(build: Build, words: Words, stage: Stage, last: str) -> str:
    clock: More = {"until": wait_text(words, stage), "working_days": stage.normal, "sources": stage.sources}
    timer = build.step(f"{stage.id}_after", "timer", RECEIVER, wait_title(words, stage), **clock)
    gate = build.step(f"{stage.id}_open", "decision", RECEIVER, words.say("ladder.answered"))
    step = build.step(stage.id, "task", stage.lane, stage.title, details=stage.details, sources=stage.sources)
    build.then(build.then(last, timer), gate)
    return build.then(gate, step, words.say("no"))


def _decided(build: Build, words: Words, last: str) -> None:
    """The Lenkungsgruppe decides on the proposal and a new version follows; without one the heads decide."""
    lane = build.steps[-1].lane
    if last == "e4" and words.has_body(LAST):
        lane = f"body.{LAST}"
        details = (words.say("ladder.decision"),)
        last = build.then(last, build.step("e5", "task", lane, words.say("ladder.decide"), details=details))
        details = (words.say("ladder.released"),)
        last = build.then(last, build.step("e6", "task", lane, words.say("ladder.new_version"), details=details))
    title = words.say("ladder.decided" if last == "e6" else "ladder.elsewhere")
    build.then(last, build.step("decided", "end", lane, title))
