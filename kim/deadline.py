"""`kim deadline`: one date from one event, with the explanation, for whoever checks the product by hand.

Options and output only; the answers stand in `kim.deadline_answers`, the arithmetic in `process_models.deadlines`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final, NoReturn, cast, get_args

import typer

from kim.deadline_answers import Answer, Question, answers
from process_models.catalogue import catalogue
from process_models.deadlines import compute_plain
from process_models.errors import KimError
from process_models.german import day_text
from process_models.rule_base import DeadlineKind
from process_models.spelling import meant

_WRONG_INPUT: Final = 2
_KINDS: Final[tuple[str, ...]] = get_args(DeadlineKind)
_DAY_FORM: Final = "JJJJ-MM-TT, zum Beispiel 2026-03-20"
_SPAN_FORM: Final = "VON..BIS, zum Beispiel 2024-07-01..2024-07-15, oder VON.."

Word = str | None


def command(
    rule: Annotated[Word, typer.Option(help="Code der Frist, zum Beispiel F01.")] = None,
    event: Annotated[Word, typer.Option(help="Tag des Ereignisses (JJJJ-MM-TT).")] = None,
    on: Annotated[Word, typer.Option(help="Tag, dessen Recht gilt; sonst der Tag des Ereignisses.")] = None,
    municipality: Annotated[Word, typer.Option(help="Kommune, deren Kalender gilt.")] = None,
    land: Annotated[Word, typer.Option(help="Land, in dem zu handeln ist, zum Beispiel BY.")] = None,
    variant: Annotated[Word, typer.Option(help="Besonderer Fall, zum Beispiel instruction oder reinstatement.")] = None,
    known: Annotated[Word, typer.Option(help="Tag, an dem ein künftiges Ereignis bekannt wurde.")] = None,
    also: Annotated[Word, typer.Option(help="Beginn der zweiten Wartezeit, zum Beispiel die Eheschließung.")] = None,
    posted: Annotated[bool, typer.Option("--posted", help="Das Ereignis ist die Aufgabe zur Post.")] = False,
    suspended: Annotated[Word, typer.Option(help="Hemmung VON..BIS; ohne BIS dauert sie an.")] = None,
    extended_until: Annotated[Word, typer.Option(help="Tag, bis zu dem die Behörde verlängert hat.")] = None,
    kind: Annotated[Word, typer.Option(help="Ohne Regel: FRIST, EXPIRY, WAIT oder TERMIN.")] = None,
    length: Annotated[Word, typer.Option(help="Ohne Regel: Dauer, zum Beispiel P1M oder P2W.")] = None,
    calendar: Annotated[Word, typer.Option(help="Ohne Regel: Land des Kalenders.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Ein JSON-Objekt je Ergebnis.")] = False,
) -> None:
    """Berechnet eine Frist und zeigt jeden Schritt."""
    if (rule is None) == (kind is None):
        _refuse("Entweder --rule mit dem Code einer Frist oder --kind mit --length angeben.")
    day = _day("--event", event)
    of_rules = {"on": on, "municipality": municipality, "land": land, "variant": variant, "known": known}
    of_rules |= {"also": also, "suspended": suspended, "extended-until": extended_until}
    try:
        if rule is not None:
            _refuse_any({"length": length, "calendar": calendar}, "--kind; eine Regel bringt beides mit")
            found = list(answers(catalogue(), replace(_question(rule, day, of_rules), posted=posted)))
        else:
            _refuse_any(of_rules, "--rule; bei --kind gilt --calendar")
            found = [_plain(str(kind), length, day, calendar or "NW")]
    except KimError as error:
        _refuse(" ".join(said for said in (error.detail, error.way_out) if said), error.allowed)
    for answer in found:
        typer.echo(json.dumps(_as_json(answer), ensure_ascii=False) if as_json else _as_text(answer))


# ---------------------------------------------------------------- options


def _question(code: str, event: date, given: Mapping[str, Word]) -> Question:
    town = given["municipality"]
    of_town = catalogue().municipality(town).calendar if town else ""
    suspended, extended = given["suspended"], given["extended-until"]
    return Question(
        code=code,
        event=event,
        law_date=_day("--on", given["on"]) if given["on"] else event,
        variant=given["variant"] or "",
        land=given["land"] or of_town,
        known_on=_day("--known", given["known"]) if given["known"] else None,
        also=_day("--also", given["also"]) if given["also"] else None,
        suspended=_span("--suspended", suspended) if suspended else None,
        extended_until=_day("--extended-until", extended) if extended else None,
    )


def _plain(kind: str, length: str | None, event: date, calendar: str) -> Answer:
    if kind not in _KINDS:
        _refuse(f"Die Art '{kind}' gibt es nicht{meant(kind, _KINDS)}.", _KINDS)
    if length is None and kind != "TERMIN":
        _refuse("--length fehlt.", ("P2W", "P1M", "P3Y", "P30D"))
    try:
        computed = compute_plain(cast(DeadlineKind, kind), length, event, calendar)
    except ValueError as error:
        _refuse(str(error))
    return Answer(None, "Rechnung ohne Regel", kind, event, event, calendar, computed)


def _day(option: str, text: str | None) -> date:
    if text is None:
        _refuse(f"{option} fehlt.", (_DAY_FORM,))
    try:
        return date.fromisoformat(text)
    except ValueError:
        _refuse(f"{option}: '{text}' ist kein Tag.", (_DAY_FORM,))


def _span(option: str, text: str) -> tuple[date, date | None]:
    first, dots, last = text.partition("..")
    if not dots:
        _refuse(f"{option}: '{text}' ist kein Zeitraum.", (_SPAN_FORM,))
    since, until = _day(option, first), _day(option, last) if last else None
    if until is not None and until < since:
        _refuse(f"{option}: '{text}' endet vor seinem Beginn.", (_SPAN_FORM,))
    return since, until


def _refuse_any(given: Mapping[str, Word], belong_to: str) -> None:
    """Refuses options that do not go with what was asked, all of them at once."""
    if any(value is not None for value in given.values()):
        names = " und ".join(f"--{name}" for name in given)
        _refuse(f"{names} gehören zu {belong_to}.")


# ---------------------------------------------------------------- output


def _as_json(answer: Answer) -> dict[str, Any]:
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
    if answer.banner:
        found["banner"] = answer.banner
        found["readings"] = [{"assumption": said, "day": _iso(day)} for said, day in answer.readings]
    if answer.remaining_days is not None:
        found |= {"state": "suspended", "remaining_days": answer.remaining_days}
    return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _as_text(answer: Answer) -> str:
    said = "Frühester Tag" if answer.computed.earliest else "Letzter Tag"
    name = f"{answer.rule} {answer.title}" if answer.rule else answer.title
    lines = [f"{name} ({answer.kind}, Kalender {answer.calendar})", f"{said}: {day_text(answer.computed.due_on)}"]
    if answer.remaining_days is not None:
        lines[-1] = f"Gehemmt: noch {answer.remaining_days} Tage, sobald die Frist weiterläuft"
    if answer.banner:
        lines.append(f"Achtung, nicht freigegeben: {answer.banner}")
        lines += [f"  Lesart: {assumption}: {day_text(day)}" for assumption, day in answer.readings]
    lines += [f"  {number}. {step.text}" for number, step in enumerate(answer.computed.steps, start=1)]
    return "\n".join(lines)


def _refuse(what: str, allowed: tuple[str, ...] = ()) -> NoReturn:
    typer.echo(f"Fehler: {what}", err=True)
    if allowed:
        typer.echo(f"Erlaubt: {', '.join(allowed)}", err=True)
    raise typer.Exit(_WRONG_INPUT)
