"""A procedure as a German text in Markdown: steps with who and by when, deadlines, documents, legal bases.

Order and words stand in the template; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from drawing.wording import one_line, word
from process_models.procedure.shape import Procedure, Source, Step

_TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True, slots=True)
class TextStep:
    """One line of the table of steps."""

    number: int
    title: str
    lane: str
    when: str
    details: tuple[str, ...]
    next: str
    bases: str


def procedure_text(procedure: Procedure, heading: int = 1) -> str:
    """The text of a procedure; `heading` is the level of its title."""
    template = environment().get_template("procedure.md.jinja")
    steps = tuple(text_steps(procedure))
    return template.render(procedure=procedure, steps=steps, level="#" * heading, word=word).strip() + "\n"


def text_steps(procedure: Procedure) -> Iterator[TextStep]:
    """Everything that somebody does or that happens, in the order in which it comes."""
    shown = [step for step in procedure.steps if not step.within or step.kind == "task"]
    numbers = {step.id: number for number, step in enumerate(shown, start=1)}
    for step in shown:
        yield TextStep(
            number=numbers[step.id],
            title=step.title,
            lane=procedure.lane(step.lane).title,
            when=step.until,
            details=step.details,
            next=_next(procedure, step, numbers),
            bases=", ".join(dict.fromkeys(source.code for source in step.sources)),
        )


def _next(procedure: Procedure, step: Step, numbers: dict[str, int]) -> str:
    """What follows: the numbers of the next steps with the answer that leads there."""
    first = next((one.id for one in procedure.inside(step.id) if one.id in numbers), "")
    found = [("", numbers[first])] if first else []
    found += [(flow.title, numbers[flow.target]) for flow in procedure.following(step.id) if flow.target in numbers]
    return "; ".join(f"{title}: {number}" if title else str(number) for title, number in found)


@cache
def environment() -> Environment:
    """The templates, with filters for Markdown and days."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  (Markdown; its own marks are escaped by the filter `md`)
    )
    environment.filters |= {"md": _markdown, "day": _day, "valid": _valid}
    return environment


def _markdown(text: str) -> str:
    """Text that Markdown shows as it is, also in a table."""
    plain = one_line(str(text))
    for sign in "\\`*_{}[]<>|#":
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("&", "&amp;")


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""


def _valid(source: Source) -> str:
    """Since when and until when a rule holds."""
    if source.valid_from and source.valid_to:
        return f"{_day(source.valid_from)} – {_day(source.valid_to)}"
    if source.valid_from:
        return word("text.since", day=_day(source.valid_from))
    return word("text.until", day=_day(source.valid_to)) if source.valid_to else ""
