"""A procedure as an SVG picture: the shapes of BPMN, title and description, colours by CSS variables, no script.

Draws what `layout` has placed. Inline in a page it needs no style of its own; as a file it carries both palettes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from drawing.colours import Role, colour, stylesheet
from drawing.layout import picture_of
from drawing.lettering import LINE, SIZE, SMALL, lines_of
from drawing.picture import Box, DrawnFlow, DrawnLane, DrawnStep, Label, Note, Picture, Point
from drawing.sizes import EVENT, HEADER, LABEL_LINE, PADDING
from drawing.wording import word
from process_models.procedure.shape import Procedure

FONT: Final = "Arial, 'Liberation Sans', Helvetica, 'Fira Sans', sans-serif"
_ARROW: Final = (9.0, 4.0)
_SET_BACK: Final = 0.35
"""Share of a letter's size from the middle of a line of text down to its baseline."""


def picture_svg(procedure: Procedure) -> str:
    """The picture for a page: one `<svg class="picture">` without style or script."""
    return _drawn(picture_of(procedure), "", 'class="picture" ')


def picture_file(procedure: Procedure) -> str:
    """The picture as a file of its own, with a light and a dark palette."""
    body = _drawn(picture_of(procedure), f"<style>{stylesheet('svg')}</style>\n")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _drawn(picture: Picture, style: str, kind: str = "") -> str:
    procedure = picture.procedure
    name = _name(procedure)
    size = f"{_n(picture.width)} {_n(picture.height)}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {kind}role="img" viewBox="0 0 {size}" '
        f'aria-labelledby="{name}-title {name}-desc" font-family={quoteattr(FONT)} font-size="{_n(SIZE)}">\n'
        f'<title id="{name}-title">{escape(_title(procedure))}</title>\n'
        f'<desc id="{name}-desc">{escape(_description(procedure))}</desc>\n'
    )
    return "\n".join(
        [head + style + _rect(Box(0, 0, picture.width, picture.height), "paper"), *_parts(picture), "</svg>"]
    )


def _parts(picture: Picture) -> Iterator[str]:
    for lane in picture.lanes:
        yield from _lane(lane)
    yield from _pool(picture)
    order = sorted(picture.steps, key=lambda drawn: (drawn.step.kind != "group", bool(drawn.step.at)))
    groups = [drawn for drawn in order if drawn.step.kind == "group"]
    for drawn in groups:
        yield from _step(drawn)
    for flow in picture.flows:
        yield from _flow(flow)
    for drawn in order:
        if drawn not in groups:
            yield from _step(drawn)
    for note in picture.notes:
        yield from _note(note)


# -------------------------------------------------------------------- words for those who do not see it


def _title(procedure: Procedure) -> str:
    where = f" ({procedure.municipality})" if procedure.municipality else ""
    return f"{procedure.code} {procedure.title}{where}"


def _description(procedure: Procedure) -> str:
    lanes = ", ".join(lane.title for lane in procedure.lanes)
    steps = "; ".join(step.title for step in procedure.steps if step.kind in ("task", "state"))
    return word("picture.description", lanes=lanes, steps=steps)


def _name(procedure: Procedure) -> str:
    return f"procedure-{procedure.code}".lower()


# -------------------------------------------------------------------- frame


def _lane(drawn: DrawnLane) -> Iterator[str]:
    yield _rect(drawn.box, "lane", "quiet")
    x = drawn.box.x + HEADER / 2
    yield _upright(drawn.lines, Point(x, drawn.box.middle.y), SMALL)


def _pool(picture: Picture) -> Iterator[str]:
    pool = picture.pool
    yield _rect(Box(pool.x, pool.y, HEADER, pool.height), "lane", "quiet")
    yield f'<rect {_at(pool)} fill="none" stroke="{colour("line")}" stroke-width="1.5"/>'
    yield _upright(picture.pool_lines, Point(pool.x + HEADER / 2, pool.middle.y), SIZE, bold=True)


def _note(note: Note) -> Iterator[str]:
    role: Role = "warn" if note.id == "banner" else "text"
    box = note.box
    yield _rect(box, "note", "warn" if note.id == "banner" else "quiet")
    lines = (note.heading, *note.lines)
    for number, line in enumerate(lines):
        y = box.y + PADDING + LABEL_LINE * (number + 0.5)
        yield _text(line, Point(box.x + PADDING, y), SMALL, role=role, anchor="start", bold=number == 0)


# -------------------------------------------------------------------- steps


def _step(drawn: DrawnStep) -> Iterator[str]:
    kind = drawn.step.kind
    yield "<g>" + f"<title>{escape(_said(drawn))}</title>"
    if kind == "decision":
        yield from _decision(drawn.box)
    elif kind in ("start", "end", "timer", "message"):
        yield from _event(drawn)
    else:
        yield from _box(drawn)
    if drawn.label:
        yield from _label(drawn.label)
    yield "</g>"


def _said(drawn: DrawnStep) -> str:
    return "\n".join(filter(None, (drawn.step.title, drawn.step.until, *drawn.step.details)))


def _box(drawn: DrawnStep) -> Iterator[str]:
    box, kind = drawn.box, drawn.step.kind
    role: Role = "state" if kind == "state" else "group" if kind == "group" else "task"
    dashes = ' stroke-dasharray="6 3"' if kind == "group" else ""
    yield (f'<rect {_at(box)} rx="8" fill="{colour(role)}" stroke="{colour("line")}" stroke-width="1.3"{dashes}/>')
    if kind == "group":
        yield _text(" ".join(drawn.inside), Point(box.middle.x, box.y + 26), SMALL, bold=True)
        return
    first = box.middle.y - (len(drawn.inside) - 1) * LINE / 2
    bold = len(drawn.inside) - len(_members(drawn)) if kind == "state" else 0
    for number, line in enumerate(drawn.inside):
        y = first + number * LINE
        if kind == "state" and number >= bold:
            yield _text(line, Point(box.x + PADDING, y), SMALL, anchor="start")
        else:
            yield _text(line, Point(box.middle.x, y), SIZE, bold=number < bold)


def _members(drawn: DrawnStep) -> tuple[str, ...]:
    """The lines of a state behind its title."""
    return drawn.inside[len(lines_of(drawn.step.title, drawn.box.width - 2 * PADDING)) :]


def _decision(box: Box) -> Iterator[str]:
    middle, half = box.middle, box.width / 2
    corners = ((0, -half), (half, 0), (0, half), (-half, 0))
    points = " ".join(f"{_n(middle.x + x)},{_n(middle.y + y)}" for x, y in corners)
    yield f'<polygon points="{points}" fill="{colour("task")}" stroke="{colour("line")}" stroke-width="1.3"/>'
    arm = 8.0
    for sign in (1, -1):
        yield _line(Point(middle.x - arm, middle.y - sign * arm), Point(middle.x + arm, middle.y + sign * arm), 2.5)


def _event(drawn: DrawnStep) -> Iterator[str]:
    step, middle = drawn.step, drawn.box.middle
    ring = "4" if step.kind == "end" else "1.4"
    dashes = ' stroke-dasharray="4 2"' if step.at else ""
    yield _circle(middle, EVENT / 2 - (1 if step.kind == "end" else 0), ring, dashes)
    if step.kind in ("timer", "message"):
        yield _circle(middle, EVENT / 2 - 3.5, "1.2", dashes)
        yield from (_clock if step.kind == "timer" else _envelope)(middle)


def _clock(middle: Point) -> Iterator[str]:
    yield _circle(middle, 9.5, "1.2", "")
    yield _line(middle, Point(middle.x + 1.5, middle.y - 7), 1.3)
    yield _line(middle, Point(middle.x + 5.5, middle.y), 1.3)


def _envelope(middle: Point) -> Iterator[str]:
    box = Box(middle.x - 8.5, middle.y - 6, 17, 12)
    yield f'<rect {_at(box)} fill="none" stroke="{colour("line")}" stroke-width="1.2"/>'
    yield _line(Point(box.x, box.y), middle, 1.2)
    yield _line(Point(box.right, box.y), middle, 1.2)


# -------------------------------------------------------------------- lines and labels


def _flow(drawn: DrawnFlow) -> Iterator[str]:
    points = " ".join(f"{_n(point.x)},{_n(point.y)}" for point in drawn.points)
    yield f'<polyline points="{points}" fill="none" stroke="{colour("line")}" stroke-width="1.3"/>'
    yield _arrow(drawn.points[-2], drawn.points[-1])
    if drawn.label:
        yield from _label(drawn.label)


def _arrow(before: Point, tip: Point) -> str:
    length, half = _ARROW
    across, along = (tip.x - before.x, tip.y - before.y)
    x, y = ((1 if across > 0 else -1), 0) if across else (0, (1 if along > 0 else -1))
    back = Point(tip.x - x * length, tip.y - y * length)
    corners = (tip, Point(back.x - y * half, back.y + x * half), Point(back.x + y * half, back.y - x * half))
    return f'<polygon points="{" ".join(f"{_n(p.x)},{_n(p.y)}" for p in corners)}" fill="{colour("line")}"/>'


def _label(label: Label) -> Iterator[str]:
    for number, line in enumerate(label.lines):
        yield _text(line, Point(label.box.middle.x, label.box.y + LABEL_LINE * (number + 0.5)), SMALL)


# -------------------------------------------------------------------- marks


def _rect(box: Box, fill: Role, stroke: Role | None = None) -> str:
    line = f' stroke="{colour(stroke)}"' if stroke else ""
    return f'<rect {_at(box)} fill="{colour(fill)}"{line}/>'


def _circle(middle: Point, radius: float, width: str, dashes: str) -> str:
    place = f'cx="{_n(middle.x)}" cy="{_n(middle.y)}" r="{_n(radius)}"'
    return f'<circle {place} fill="{colour("task")}" stroke="{colour("line")}" stroke-width="{width}"{dashes}/>'


def _line(one: Point, two: Point, width: float) -> str:
    ends = f'x1="{_n(one.x)}" y1="{_n(one.y)}" x2="{_n(two.x)}" y2="{_n(two.y)}"'
    return f'<line {ends} stroke="{colour("line")}" stroke-width="{_n(width)}"/>'


def _text(
    line: str, middle: Point, size: float, *, role: Role = "text", anchor: str = "middle", bold: bool = False
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    place = f'x="{_n(middle.x)}" y="{_n(middle.y + size * _SET_BACK)}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{_n(size)}" fill="{colour(role)}"{weight}>{escape(line)}</text>'


def _upright(lines: Iterable[str], middle: Point, size: float, *, bold: bool = False) -> str:
    """Text that runs upwards, its lines from left to right around a middle."""
    found = list(lines)
    first = middle.x - (len(found) - 1) * LABEL_LINE / 2
    texts = (
        _text(line, Point(0, first - middle.x + number * LABEL_LINE), size, bold=bold)
        for number, line in enumerate(found)
    )
    return f'<g transform="translate({_n(middle.x)} {_n(middle.y)}) rotate(-90)">{"".join(texts)}</g>'


def _at(box: Box) -> str:
    return f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'


def _n(value: float) -> str:
    """A number as short as it can be."""
    return f"{value:.1f}".removesuffix(".0")
