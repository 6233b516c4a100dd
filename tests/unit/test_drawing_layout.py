"""The layout of procedures: nothing overlaps, lines run beside boxes, everything stays in its lane, A4 is enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise

import pytest

from drawing.layout import picture_of
from drawing.lettering import SIZE, lines_of, width_of
from drawing.picture import Box, DrawnFlow, Picture, Point
from process_models.catalogue import catalogue
from process_models.procedure.every import procedures
from process_models.procedure.shape import Flow, Lane, Procedure, Step

LAW = catalogue()
TODAY = date(2026, 11, 23)
NEUSS = "rhein-kreis-neuss"
PICTURES = {
    town or "everywhere": tuple(map(picture_of, procedures(LAW, town, TODAY))) for town in (None, *LAW.municipalities)
}
on_all = pytest.mark.parametrize("pictures", PICTURES.values(), ids=PICTURES)
A4_WIDTH_MM, A4_HEIGHT_MM, EDGE_MM = 297, 210, 8
LEAST_LETTER_MM = 1.75


def pieces(flow: DrawnFlow) -> list[Box]:
    """A line as boxes without thickness."""
    return [
        Box(min(one.x, two.x), min(one.y, two.y), abs(one.x - two.x), abs(one.y - two.y))
        for one, two in pairwise(flow.points)
    ]


def solid(picture: Picture) -> list[tuple[str, Box]]:
    """What no line may cross: steps that stand in the grid and those inside a group."""
    return [(drawn.step.id, drawn.box) for drawn in picture.steps if drawn.step.kind != "group" and not drawn.step.at]


@on_all
def test_no_two_steps_overlap(pictures: tuple[Picture, ...]) -> None:
    for picture in pictures:
        for (one, first), (two, second) in combinations(solid(picture), 2):
            assert not first.overlaps(second), (picture.procedure.code, one, two)


@on_all
def test_no_line_runs_over_a_step(pictures: tuple[Picture, ...]) -> None:
    for picture, flow in lines(pictures):
        for piece in pieces(flow):
            met = [name for name, box in solid(picture) if box.overlaps(piece, margin=1.0)]
            assert not set(met) - {flow.flow.source, flow.flow.target}, (picture.procedure.code, flow.flow, met)


@on_all
def test_lines_turn_at_right_angles_and_end_at_the_edge_of_their_steps(pictures: tuple[Picture, ...]) -> None:
    for picture, flow in lines(pictures):
        what = (picture.procedure.code, flow.flow)
        assert all(one.x == two.x or one.y == two.y for one, two in pairwise(flow.points)), what
        assert at_edge(flow.points[0], picture.place(flow.flow.source)), what
        assert at_edge(flow.points[-1], picture.place(flow.flow.target)), what


def lines(pictures: tuple[Picture, ...]) -> list[tuple[Picture, DrawnFlow]]:
    return [(picture, flow) for picture in pictures for flow in picture.flows]


def at_edge(point: Point, box: Box) -> bool:
    upright = point.x in (box.x, box.right) and box.y <= point.y <= box.bottom
    return upright or (point.y in (box.y, box.bottom) and box.x <= point.x <= box.right)


@on_all
def test_lines_of_different_ways_never_lie_on_each_other(pictures: tuple[Picture, ...]) -> None:
    for picture in pictures:
        for one, two in combinations(picture.flows, 2):
            if one.flow.source != two.flow.source and one.flow.target != two.flow.target:
                met = [1 for first in pieces(one) for second in pieces(two) if on_each_other(first, second)]
                assert not met, (picture.procedure.code, one.flow, two.flow)


def on_each_other(one: Box, two: Box) -> bool:
    if one.height == two.height == 0:
        return one.y == two.y and min(one.right, two.right) - max(one.x, two.x) > 1
    if one.width == two.width == 0:
        return one.x == two.x and min(one.bottom, two.bottom) - max(one.y, two.y) > 1
    return False


@on_all
def test_every_step_stands_in_its_lane_and_the_lanes_fill_the_pool(pictures: tuple[Picture, ...]) -> None:
    for picture in pictures:
        lanes = {drawn.lane.id: drawn.box for drawn in picture.lanes}
        for drawn in picture.steps:
            lane, what = lanes[drawn.step.lane], (picture.procedure.code, drawn.step.id)
            assert lane.y <= drawn.box.y, what
            assert drawn.box.bottom <= lane.bottom, what
            assert lane.x <= drawn.box.x, what
            assert drawn.box.right <= lane.right, what
        assert sum(lane.height for lane in lanes.values()) == pytest.approx(picture.pool.height)


@on_all
def test_labels_are_there_and_hide_neither_steps_nor_each_other(pictures: tuple[Picture, ...]) -> None:
    for picture in pictures:
        code = picture.procedure.code
        labels = [(drawn.step.id, drawn.label) for drawn in picture.steps if drawn.label]
        labels += [(flow.flow.title, flow.label) for flow in picture.flows if flow.label]
        titled = [flow for flow in picture.flows if flow.flow.title]
        assert len(labels) == len(titled) + sum(not drawn.inside for drawn in picture.steps), code
        for (one, first), (two, second) in combinations(labels, 2):
            assert not first.box.overlaps(second.box, margin=2.0), (code, one, two)
        for name, label in labels:
            met = [step for step, box in solid(picture) if step != name and box.overlaps(label.box, margin=2.0)]
            assert not met, (code, name, met)


@on_all
def test_texts_fit_into_their_boxes(pictures: tuple[Picture, ...]) -> None:
    for picture in pictures:
        for drawn in picture.steps:
            if drawn.step.kind in ("task", "state"):
                what = (picture.procedure.code, drawn.step.id)
                assert all(width_of(line) <= drawn.box.width for line in drawn.inside), what
                assert len(drawn.inside) * SIZE <= drawn.box.height, what


@on_all
def test_a_picture_on_a4_landscape_stays_readable(pictures: tuple[Picture, ...]) -> None:
    for picture in pictures:
        scale = min((A4_WIDTH_MM - 2 * EDGE_MM) / picture.width, (A4_HEIGHT_MM - 2 * EDGE_MM) / picture.height)
        assert SIZE * scale >= LEAST_LETTER_MM, picture.procedure.code


@on_all
def test_the_same_procedure_gives_the_same_picture(pictures: tuple[Picture, ...]) -> None:
    assert tuple(picture_of(picture.procedure) for picture in pictures) == pictures


def test_long_titles_make_room_for_themselves() -> None:
    procedure = next(picture.procedure for picture in PICTURES[NEUSS] if picture.procedure.code == "H01")
    lanes = tuple(Lane(lane.id, f"{lane.title} mit einem sehr langen Namen und Zusätzen") for lane in procedure.lanes)
    steps = tuple(replace(step, title=f"{step.title} nach Donaudampfschifffahrtsrecht") for step in procedure.steps)
    picture = picture_of(replace(procedure, lanes=lanes, steps=steps))
    assert all(len(lane.lines) <= 2 for lane in picture.lanes)
    for (one, first), (two, second) in combinations(solid(picture), 2):
        assert not first.overlaps(second), (one, two)


def test_words_are_divided_only_if_they_must_be() -> None:
    assert lines_of("Übergabe anbieten", 80) == ("Übergabe", "anbieten")
    assert lines_of("3\u00a0AT, dringend 1\u00a0AT", 100) == ("3\u00a0AT, dringend", "1\u00a0AT")
    divided = lines_of("Einbürgerungsbehörde", 60)
    assert len(divided) > 1
    assert "".join(line.removesuffix("-") for line in divided) == "Einbürgerungsbehörde"
    assert lines_of("", 60) == ("",)


def test_a_line_that_drops_through_a_lane_keeps_its_column_free() -> None:
    """The second clock leads past the lane of the first, whose steps go on to the right of it."""
    lanes = tuple(Lane(name, name) for name in ("high", "middle", "low"))
    steps = (
        Step("start", "start", "start", "high"),
        Step("work", "task", "work", "high"),
        Step("one", "timer", "one", "high", at="work"),
        Step("two", "timer", "two", "high", at="work"),
        Step("first", "task", "first", "middle"),
        Step("more", "task", "more", "middle"),
        Step("second", "task", "second", "low"),
        *(Step(f"{lane}_end", "end", "end", lane) for lane in ("high", "middle", "low")),
    )
    ways = ("start work", "work high_end", "one first", "first more", "more middle_end", "two second", "second low_end")
    flows = tuple(Flow(*way.split()) for way in ways)
    picture = picture_of(Procedure("X", "handover", "X", TODAY, lanes, steps, flows))
    for flow in picture.flows:
        for piece in pieces(flow):
            met = [name for name, box in solid(picture) if box.overlaps(piece, margin=1.0)]
            assert not set(met) - {flow.flow.source, flow.flow.target}, (flow.flow, met)
