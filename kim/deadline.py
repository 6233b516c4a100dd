"""`kim deadline`: one date from one event, with the explanation, for whoever checks the product by hand.

Arguments and output only; the arithmetic stands in `process_models.deadlines`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, NoReturn, cast, get_args

import typer

from process_models.catalogue import Catalogue, catalogue
from process_models.deadlines import ComputedDate, compute, compute_plain
from process_models.errors import KimError
from process_models.german import day_text
from process_models.rules import DeadlineKind, DeadlineRule
from process_models.spelling import meant

_WRONG_INPUT = 2
_KINDS: tuple[str, ...] = get_args(DeadlineKind)
_DAY_FORM = "JJJJ-MM-TT, zum Beispiel 2026-03-20"


@dataclass(frozen=True, slots=True)
class _Answer:
    """A computed date and what it was computed from."""

    rule: str | None
    title: str
    kind: str
    event: date
    law_date: date
    calendar: str
    computed: ComputedDate
    banner: str = ""


def command(
    rule: Annotated[str | None, typer.Option(help="Code der Frist, zum Beispiel F01.")] = None,
    event: Annotated[str | None, typer.Option(help="Tag des Ereignisses (JJJJ-MM-TT).")] = None,
    on: Annotated[str | None, typer.Option(help="Tag, dessen Recht gilt; sonst der Tag des Ereignisses.")] = None,
    municipality: Annotated[str | None, typer.Option(help="Kommune, deren Kalender gilt.")] = None,
    kind: Annotated[str | None, typer.Option(help="Ohne Regel: FRIST, EXPIRY, WAIT oder TERMIN.")] = None,
    length: Annotated[str | None, typer.Option(help="Ohne Regel: Dauer, zum Beispiel P1M oder P2W.")] = None,
    calendar: Annotated[str | None, typer.Option(help="Ohne Regel: Land des Kalenders.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Ein JSON-Objekt je Ergebnis.")] = False,
) -> None:
    """Berechnet eine Frist und zeigt jeden Schritt."""
    if (rule is None) == (kind is None):
        _refuse("Entweder --rule mit dem Code einer Frist oder --kind mit --length angeben.")
    day = _day("--event", event)
    try:
        if rule is not None:
            _refuse_mixed(length, calendar)
            answers = list(_by_rule(catalogue(), rule, day, _law_date(on, day), municipality))
        else:
            _refuse_rule_options(on, municipality)
            answers = [_plain(str(kind), length, day, calendar or "NW")]
    except KimError as error:
        _refuse(error.detail, error.allowed)
    for answer in answers:
        typer.echo(json.dumps(_as_json(answer), ensure_ascii=False) if as_json else _as_text(answer))


def _by_rule(rules: Catalogue, code: str, event: date, law_date: date, municipality: str | None) -> Iterator[_Answer]:
    land = rules.municipality(municipality).calendar if municipality else None
    seen: set[tuple[str, date]] = set()
    for rule in _rules(rules, code, law_date):
        placed = rule.model_copy(update={"calendar": land}) if land else rule
        computed = compute(placed, event, law_date=law_date)
        if (rule.kind, computed.due_on) in seen:
            continue
        seen.add((rule.kind, computed.due_on))
        banner = "" if rule.release.state == "released" else rule.release.banner or "noch nicht freigegeben"
        yield _Answer(code, rule.title, rule.kind, event, law_date, placed.calendar, computed, banner)


def _rules(rules: Catalogue, code: str, law_date: date) -> list[DeadlineRule]:
    same = [rule for rule in rules.deadlines if rule.code == code]
    if not same:
        codes = tuple(dict.fromkeys(rule.code for rule in rules.deadlines))
        _refuse(f"Die Frist '{code}' gibt es nicht{meant(code, codes)}.", codes)
    held = [rule for rule in same if rule.holds_on(law_date)]
    if not held:
        editions = tuple(f"{rule.valid_from or '…'} bis {rule.valid_to or '…'}" for rule in same)
        _refuse(f"Für '{code}' gilt am {law_date} keine Fassung.", editions)
    return held


def _plain(kind: str, length: str | None, event: date, calendar: str) -> _Answer:
    if kind not in _KINDS:
        _refuse(f"Die Art '{kind}' gibt es nicht{meant(kind, _KINDS)}.", _KINDS)
    if length is None and kind != "TERMIN":
        _refuse("--length fehlt.", ("P2W", "P1M", "P3Y", "P30D"))
    try:
        computed = compute_plain(cast(DeadlineKind, kind), length, event, calendar)
    except ValueError as error:
        _refuse(str(error))
    return _Answer(None, "Rechnung ohne Regel", kind, event, event, calendar, computed)


def _law_date(on: str | None, event: date) -> date:
    return event if on is None else _day("--on", on)


def _day(option: str, text: str | None) -> date:
    if text is None:
        _refuse(f"{option} fehlt.", (_DAY_FORM,))
    try:
        return date.fromisoformat(text)
    except ValueError:
        _refuse(f"{option}: '{text}' ist kein Tag.", (_DAY_FORM,))


def _refuse_mixed(length: str | None, calendar: str | None) -> None:
    if length is not None or calendar is not None:
        _refuse("--length und --calendar gehören zu --kind; eine Regel bringt beides mit.")


def _refuse_rule_options(on: str | None, municipality: str | None) -> None:
    if on is not None or municipality is not None:
        _refuse("--on und --municipality gehören zu --rule; bei --kind gilt --calendar.")


def _as_json(answer: _Answer) -> dict[str, Any]:
    computed = answer.computed
    found: dict[str, Any] = {
        "rule": answer.rule,
        "kind": answer.kind,
        "event": answer.event.isoformat(),
        "law_date": answer.law_date.isoformat(),
        "hard": _iso(computed.hard),
        "safe": _iso(computed.safe),
        "earliest": _iso(computed.earliest),
        "calendar": answer.calendar,
        "steps": [{"text": step.text, "day": _iso(step.day)} for step in computed.steps],
    }
    return {**found, "banner": answer.banner} if answer.banner else found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _as_text(answer: _Answer) -> str:
    said = "Frühester Tag" if answer.computed.earliest else "Letzter Tag"
    name = f"{answer.rule} {answer.title}" if answer.rule else answer.title
    lines = [f"{name} ({answer.kind}, Kalender {answer.calendar})", f"{said}: {day_text(answer.computed.due_on)}"]
    if answer.banner:
        lines.append(f"Achtung, nicht freigegeben: {answer.banner}")
    lines += [f"  {number}. {step.text}" for number, step in enumerate(answer.computed.steps, start=1)]
    return "\n".join(lines)


def _refuse(what: str, allowed: tuple[str, ...] = ()) -> NoReturn:
    typer.echo(f"Fehler: {what}", err=True)
    if allowed:
        typer.echo(f"Erlaubt: {', '.join(allowed)}", err=True)
    raise typer.Exit(_WRONG_INPUT)
