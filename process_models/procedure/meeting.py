"""A meeting of a body as a procedure: agenda, invitation, discussion of an item, decision, what follows from it.

Derived from the rhythm of the body and the decisions it may take.
"""

from __future__ import annotations

from typing import Final

from process_models.decisions import DECISIONS, Decision, next_body
from process_models.german import MONTHS, WEEKDAYS
from process_models.names import BodyKind
from process_models.procedure.build import Build
from process_models.procedure.shape import Procedure
from process_models.procedure.stages import CASE_MANAGER
from process_models.procedure.words import Words
from process_models.rules import Body, Ladder

OFFICE: Final = "office"
COORDINATION: Final = "coordination"
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday")


def meeting_procedure(words: Words, kind: BodyKind, ladder: Ladder) -> Procedure:
    """The meeting of one body, as the municipality has configured it."""
    build = Build()
    config, title = words.body(kind), words.body_title(kind)
    lane = f"body.{kind}"
    build.lane(OFFICE, config.office if config else words.say("lane.office"))
    build.lane(lane, title)
    build.lane(CASE_MANAGER, words.agency(CASE_MANAGER))
    build.lane(
        COORDINATION, words.municipality.coordinating_unit if words.municipality else words.say("lane.coordination")
    )
    _prepare(build, words, kind, config)
    _discuss(build, words, lane)
    for decision in DECISIONS[kind]:
        _follow(build, words, kind, decision)
    return Procedure(
        code=f"SITZUNG-{kind.upper()}",
        kind="meeting",
        title=words.say("meeting.title", body=title),
        day=words.day,
        municipality=words.municipality.title if words.municipality else "",
        summary=_rhythm(words, config),
        sources=(words.source(ladder),),
        **build.parts(),
    )


def _prepare(build: Build, words: Words, kind: BodyKind, config: Body | None) -> None:
    start = build.step("start", "start", OFFICE, _start_title(words, config), details=_rhythm(words, config))
    about = (words.say(f"meeting.agenda.{kind}"),)
    agenda = build.step("agenda", "task", OFFICE, words.say("meeting.agenda"), details=about)
    named = config.members if config else ()
    members = (words.say("meeting.members", members="; ".join(named)),) if named else ()
    invite = build.step("invite", "task", OFFICE, words.say("meeting.invite"), details=members)
    build.then(build.then(start, agenda), invite)


def _discuss(build: Build, words: Words, lane: str) -> None:
    discuss = build.step("discuss", "task", lane, words.say("meeting.discuss"))
    gate = build.step("outcome", "decision", lane, words.say("meeting.outcome"))
    build.then(build.then("invite", discuss), gate)


def _follow(build: Build, words: Words, kind: BodyKind, decision: Decision) -> None:
    """What becomes of an item: carried out, filed, handed on, or on the next agenda."""
    said = words.say(f"meeting.{decision}")
    if decision == "postpone":
        build.then("outcome", "agenda", said)
        return
    receiver = next_body(decision)
    if receiver is not None:
        if words.has_body(receiver):
            title = words.say(f"meeting.handed_{receiver}")
            build.then("outcome", build.step(decision, "end", f"body.{kind}", title), said)
        return
    if decision == "reject":
        build.then("outcome", build.step("rejected", "end", f"body.{kind}", words.say("meeting.rejected")), said)
        return
    _adopted(build, words, kind, said)


def _adopted(build: Build, words: Words, kind: BodyKind, said: str) -> None:
    feedback = (words.say("meeting.feedback"),)
    minutes = build.step("minutes", "task", OFFICE, words.say("meeting.minutes"), details=feedback)
    lane = COORDINATION if kind == "lenkung" else CASE_MANAGER
    title = words.say("meeting.release" if kind == "lenkung" else "meeting.carry_out")
    details = (words.say("ladder.released"),) if kind == "lenkung" else ()
    act = build.step("adopted", "task", lane, title, details=details)
    build.then("outcome", minutes, said)
    build.then(build.then(minutes, act), build.step("adopted_done", "end", lane, words.say("meeting.adopted")))


def _start_title(words: Words, config: Body | None) -> str:
    if config is None:
        return words.say("meeting.start_any")
    weekday = WEEKDAYS[_WEEKDAYS.index(config.weekday)]
    return words.say("meeting.start", nth=config.week_of_month, weekday=weekday)


def _rhythm(words: Words, config: Body | None) -> tuple[str, ...]:
    if config is None:
        return ()
    months = ", ".join(MONTHS[month - 1] for month in config.months)
    return (
        words.say("meeting.rhythm", count=config.meetings_per_year),
        words.say("meeting.papers", days=config.paper_days),
        *((words.say("meeting.months", months=months),) if months else ()),
        *((words.say("meeting.ad_hoc"),) if config.ad_hoc else ()),
    )
