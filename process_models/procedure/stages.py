"""The steps of the stall ladder as values: when each is due, who acts, who is told. Used wherever a clock runs.

Read from the ladder in force and the bodies of the municipality; how they are joined stands in `handover` and `ladder`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from process_models.procedure.shape import Source
from process_models.procedure.words import Words
from process_models.rules import Ladder, LadderStep

CASE_MANAGER: Final = "case_manager"
CLIENT: Final = "client"
LAST: Final = "lenkung"
"""The body that decides in the end."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the ladder. `lane` is a role, or `body.<kind>`."""

    level: str
    title: str
    lane: str
    normal: int
    urgent: int | None
    details: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def id(self) -> str:
        """Id of its step: `e1`."""
        return self.level.lower()


def stages(words: Words, ladder: Ladder, receiver: str) -> tuple[Stage, ...]:
    """E1 to E4: reminders, the single case, the procedure. What needs a body that is not there is left out."""
    known = [_stage(words, ladder, level, step, receiver) for level, step in ladder.steps.items()]
    found = [stage for stage in known if _has_place(words, stage)]
    return (*found, _procedure_stage(words, ladder)) if words.has_body("verfahren") else tuple(found)


def wait_title(words: Words, stage: Stage) -> str:
    """Short words of its clock: "10 AT, dringend 3 AT"."""
    if stage.urgent is None:
        return words.say("working_days", days=stage.normal)
    return words.say("working_days_urgent", days=stage.normal, urgent=stage.urgent)


def wait_text(words: Words, stage: Stage) -> str:
    """Its clock as a sentence."""
    if stage.urgent is None:
        return words.say("after_single", days=stage.normal)
    return words.say("after", days=stage.normal, urgent=stage.urgent)


def lane_title(words: Words, lane: str) -> str:
    """Title of the lane of a stage."""
    return words.body_title(lane.removeprefix("body.")) if lane.startswith("body.") else words.agency(lane)


def _stage(words: Words, ladder: Ladder, level: str, step: LadderStep, receiver: str) -> Stage:
    details = []
    if step.recipients:
        told = ", ".join(words.agency(_role(name, receiver)) for name in step.recipients)
        details.append(words.say("ladder.to", recipients=told))
    if step.purpose:
        purposes = words.shown(words.catalogue.consent_purposes, step.purpose)
        title = purposes[0].title if purposes else step.purpose
        details.append(words.say("ladder.purpose", purpose=step.purpose, title=title))
    lane = f"body.{step.body}" if step.body else CASE_MANAGER
    title = words.say("ladder.discuss" if step.body else "ladder.remind", level=level)
    return Stage(level, title, lane, step.normal, step.critical, tuple(details), (words.source(ladder),))


def _procedure_stage(words: Words, ladder: Ladder) -> Stage:
    pattern = words.say("pattern", count=ladder.pattern_count, days=ladder.pattern_days)
    details = (pattern, words.say("ladder.anonymous"))
    title = words.say("ladder.bring", level="E4")
    return Stage("E4", title, "body.verfahren", ladder.single_path_days, None, details, (words.source(ladder),))


def _role(name: str, receiver: str) -> str:
    return name.replace("receiver", receiver)


def _has_place(words: Words, stage: Stage) -> bool:
    return not stage.lane.startswith("body.") or words.has_body(stage.lane.removeprefix("body."))
