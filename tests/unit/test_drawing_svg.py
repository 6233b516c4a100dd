"""Pictures as SVG: well-formed, told in words too, safe in a strict page, readable in light and dark."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest

from drawing.colours import DARK, LIGHT, Role, colour, stylesheet
from drawing.svg import picture_file, picture_svg
from process_models.catalogue import catalogue
from process_models.procedure.every import procedures
from process_models.procedure.shape import Procedure

LAW = catalogue()
TODAY = date(2026, 11, 23)
SVG = "{http://www.w3.org/2000/svg}"
ODD = 'Übergabe "sofort" & <ohne> Verzug \' – ÄÖÜß'
ON: dict[Role, tuple[Role, ...]] = {
    "text": ("paper", "lane", "task", "state", "group", "note"),
    "warn": ("note",),
    "line": ("paper", "lane", "task", "state", "group"),
}
LEAST = {"text": 4.5, "warn": 4.5, "line": 3.0}


def of(code: str) -> Procedure:
    return next(found for found in procedures(LAW, "rhein-kreis-neuss", TODAY) if found.code == code)


@pytest.mark.parametrize("town", [None, *LAW.municipalities])
def test_every_picture_is_well_formed_named_and_described(town: str | None) -> None:
    for procedure in procedures(LAW, town, TODAY):
        root = ElementTree.fromstring(picture_svg(procedure))
        named = root.attrib["aria-labelledby"].split()
        title, description = (root.find(f"{SVG}{tag}") for tag in ("title", "desc"))
        assert title is not None
        assert description is not None
        assert [title.attrib["id"], description.attrib["id"]] == named
        assert procedure.title in str(title.text)
        assert procedure.lanes[0].title in str(description.text)


def test_a_picture_in_a_page_has_neither_style_nor_script_nor_links() -> None:
    for procedure in procedures(LAW, None, TODAY):
        found = picture_svg(procedure)
        assert not re.search(r"<style|style=|<script|href|url\(| on\w+=", found), procedure.code


def test_a_picture_as_a_file_carries_both_palettes() -> None:
    found = picture_file(of("H01"))
    assert found.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    assert "prefers-color-scheme: dark" in found
    ElementTree.fromstring(found)


def test_odd_titles_stay_what_they_are() -> None:
    procedure = replace(of("H01"), title=ODD, documents=(ODD,))
    procedure = replace(procedure, steps=tuple(replace(step, title=ODD) for step in procedure.steps))
    root = ElementTree.fromstring(picture_svg(procedure))
    assert ODD in str(root.findtext(f"{SVG}title"))
    words = " ".join(str(text.text) for text in root.iter(f"{SVG}text"))
    assert '"sofort"' in words
    assert "<ohne>" in words


def test_the_same_procedure_gives_the_same_bytes() -> None:
    assert picture_file(of("WEG")) == picture_file(of("WEG"))


def test_every_colour_is_a_variable_with_a_light_fallback() -> None:
    found = picture_svg(of("H01"))
    used = set(re.findall(r'(?:fill|stroke)="([^"]+)"', found)) - {"none"}
    assert used <= {colour(role) for role in LIGHT}
    assert all(f"--procedure-{role}:" in stylesheet() for role in LIGHT)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_lines_stand_out_from_every_ground(palette: dict[Role, str]) -> None:
    for role, grounds in ON.items():
        for ground in grounds:
            assert contrast(palette[role], palette[ground]) >= LEAST[role], (role, ground)


def test_contrast_is_measured_as_the_guideline_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    lights = sorted((luminance(one), luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(value: str) -> float:
    parts = [int(value[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_both_palettes_name_the_same_roles() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert all(re.fullmatch(r"#[0-9a-f]{6}", value) for value in (*LIGHT.values(), *DARK.values()))
