"""The form of a fact, made from the vocabulary: which fields its kind has, and what was typed as a fact to record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from api.pages.forms import Form
from api.schemas import FactIn
from process_models.case import Case
from process_models.facts import CLIENT, RETRACTED
from process_models.look_again import day_at
from process_models.rules import FactField, FactKind

_CONSENT: Final = "consent."
_LIST_TYPES: Final = ("codes", "pair")


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """A field of the form."""

    name: str
    type: str
    required: bool
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FactForm:
    """The form of one kind of fact; without a kind only the list of kinds."""

    kind: str
    title: str
    kinds: tuple[tuple[str, str], ...]
    fields: tuple[FieldSeen, ...]
    people: tuple[tuple[str, str], ...]
    """Reference and words of everybody the fact can be about."""
    today: date
    places: Mapping[str, str] = field(default_factory=dict)
    """Name of a field for the rules -> name on the page."""


def fact_form(kinds: Mapping[str, FactKind], kind: str, case: Case, now: datetime) -> FactForm:
    """The form of this kind; an unknown one gives the list of kinds alone."""
    chosen = kinds.get(kind)
    offered = sorted(
        (entry.title, code) for code, entry in kinds.items() if code != RETRACTED and entry.release.state == "released"
    )
    fields = tuple(_field(name, one) for name, one in chosen.fields.items()) if chosen else ()
    return FactForm(
        kind=kind if chosen else "",
        title=chosen.title if chosen else "",
        kinds=tuple((code, title) for title, code in offered),
        fields=fields,
        people=((CLIENT, ""), *((member.id, member.id) for member in case.household)),
        today=day_at(now),
        places={f"facts.0.data.{one.name}": f"data-{one.name}" for one in fields},
    )


def _field(name: str, one: FactField) -> FieldSeen:
    return FieldSeen(name, one.type, one.required, tuple((code, code) for code in one.allowed))


def given_fact(form: Form, kind: FactForm, corrects: str) -> FactIn:
    """What was typed as a fact. Errors: FormRefused with the fields that are wrong."""
    data: dict[str, Any] = {}
    for one in kind.fields:
        value = _value(form, one)
        if value not in ("", [], None):
            data[one.name] = value
        elif one.required:
            form.wrong(f"data-{one.name}", "Diese Angabe fehlt.")
    on = _day(form, "on")
    if not kind.kind:
        form.wrong("kind", "Diese Angabe fehlt.")
    if form.errors or on is None:
        raise form.refused()
    return FactIn(fact=kind.kind, on=on, data=data, who=form.value("who") or CLIENT, corrects=corrects or None)


def _day(form: Form, name: str) -> date | None:
    try:
        return date.fromisoformat(form.value(name))
    except ValueError:
        form.wrong(name, "Bitte ein Datum angeben.")
        return None


def _value(form: Form, one: FieldSeen) -> Any:
    name = f"data-{one.name}"
    text = form.value(name).strip()
    if one.type == "bool":
        return text == "yes" if text else None
    if one.type in _LIST_TYPES:
        return form.chosen(name) if one.choices else [part.strip() for part in text.split(",") if part.strip()]
    if one.type == "int" and text:
        if not text.isdigit():
            form.wrong(name, "Bitte eine Zahl angeben.")
            return None
        return int(text)
    return text
