"""`kim municipality new`: the commented skeleton of a configuration, made from what the released rules need.

Arguments and output only. The words stand in the template, what is a hole in `process_models.municipality_holes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from jinja2 import Environment, PackageLoader, StrictUndefined

from process_models.catalogue import SHIPPED, catalogue
from process_models.catalogue_files import Shelf, model_files, read_shelf
from process_models.look_again import day_at
from process_models.needed_agencies import kinds_that_head_mails_reach, needed_kinds

WRONG_INPUT: Final = 2
TEMPLATE: Final = "municipality_skeleton.yaml.jinja"
_SLUG: Final = r"Kleinbuchstaben, Ziffern und Bindestriche"

app = typer.Typer(no_args_is_help=True, help="Kommunen: eine weitere kostet eine YAML-Datei.")


@app.callback()
def _group() -> None:
    """Kommunen: eine weitere kostet eine YAML-Datei."""


class Kind(StrEnum):
    """What the municipality is."""

    kreis = "kreis"
    kreisfreie_stadt = "kreisfreie_stadt"


@dataclass(frozen=True, slots=True)
class SkeletonAgency:
    """An agency that the rules need, as the skeleton proposes it."""

    id: str
    kind: str
    title: str
    place: str = ""
    """Empty = it answers for every place."""
    head: bool = False
    """The ladder may tell its head of unit."""
    users: str = ""
    """What needs it."""


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(metavar="ID", help=f"Kennung: {_SLUG}.")],
    kind: Annotated[Kind, typer.Option("--type", help="Kreis oder kreisfreie Stadt.")],
    places: Annotated[str, typer.Option(help="Orte, durch Kommas getrennt; bei einer Stadt sonst die ID.")] = "",
    out: Annotated[Path | None, typer.Option(metavar="DATEI", help="Wohin; sonst auf den Bildschirm.")] = None,
) -> None:
    """Schreibt das Gerüst einer Konfiguration; `kim model check` nennt danach jede Lücke."""
    named = tuple(place.strip() for place in places.split(",") if place.strip())
    if not named and kind is Kind.kreisfreie_stadt:
        named = (name,)
    _check(name, named, out)
    text = skeleton(name, kind, named)
    if out is None:
        typer.echo(text, nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    typer.echo(f"{out} geschrieben. Als Nächstes: kim model check {out.parent.parent}")


def skeleton(name: str, kind: Kind, places: Sequence[str]) -> str:
    """The YAML text: valid in its form, with every hole that only the municipality can fill."""
    shelf = read_shelf(model_files(SHIPPED))
    environment = Environment(
        loader=PackageLoader("kim", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - YAML for a person, not a page
    )
    return environment.get_template(TEMPLATE).render(
        id=name,
        title=name.replace("-", " ").title(),
        kind=kind.value,
        places=places,
        today=day_at(datetime.now(UTC)),
        label=shelf.label,
        agencies=list(agencies(shelf, name, kind, places)),
    )


def agencies(shelf: Shelf, name: str, kind: Kind, places: Sequence[str]) -> Iterator[SkeletonAgency]:
    """Every agency that the released rules need, one a place where the places have their own."""
    heads = kinds_that_head_mails_reach(shelf)
    needed = needed_kinds(shelf, ())
    for known in catalogue().agency_kinds:
        if known.code not in needed:
            continue
        users = ", ".join(sorted(needed[known.code])[:4])
        for place in places if known.by_place and kind is Kind.kreis else ("",):
            yield SkeletonAgency(
                id=f"{known.code}-{place or name}".replace("_", "-"),
                kind=known.code,
                title=f"{known.title} {place.replace('-', ' ').title()}".strip(),
                place=place,
                head=known.code in heads,
                users=users,
            )


def _check(name: str, places: Sequence[str], out: Path | None) -> None:
    for word in (name, *places):
        if not _is_slug(word):
            _refuse(f"'{word}' ist keine Kennung.", _SLUG)
    if not places:
        _refuse("Ein Kreis braucht Orte (--places).", "musterstadt,beispielhausen")
    if len(set(places)) != len(places):
        _refuse("Ein Ort steht doppelt.")
    if name in catalogue().municipalities:
        _refuse(f"'{name}' gibt es schon.")
    if out is not None and out.exists():
        _refuse(f"{out} gibt es schon; nichts wurde überschrieben.")


def _is_slug(word: str) -> bool:
    return word[:1].isalnum() and word.isascii() and word == word.lower() and word.replace("-", "").isalnum()


def _refuse(what: str, allowed: str = "") -> NoReturn:
    typer.echo(f"Fehler: {what}", err=True)
    if allowed:
        typer.echo(f"Erlaubt: {allowed}", err=True)
    raise typer.Exit(WRONG_INPUT)
