"""The form of a fact, made from the vocabulary: which fields its kind has, and what was typed as a fact to record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from api.pages.forms import Form
from api.pages.navigation import N_
from api.reads_path import kinds_to_record
from api.schemas import FactIn
from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.fact_words import code_title, field_title
from process_models.facts import CLIENT, Fact
from process_models.look_again import day_at
from process_models.rules import FactField
from process_models.vocabulary import allowed_values

_LIST_TYPES: Final = ("codes", "pair")
_MISSING: Final = N_("Diese Angabe fehlt.")


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """A field of the form. `value`: what the fact says that is corrected; several where the field is a list."""

    name: str
    title: str
    type: str
    required: bool
    choices: tuple[tuple[str, str], ...]
    value: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactForm:
    """The form of one kind of fact; without a kind only the list of kinds."""

    kind: str
    title: str
    kinds: tuple[tuple[str, str], ...]
    fields: tuple[FieldSeen, ...]
    people: tuple[tuple[str, str], ...]
    """Reference and words of everybody the fact can be about."""
    on: date
    who: str = CLIENT
    places: Mapping[str, str] = field(default_factory=dict)
    """Name of a field for the rules -> name on the page."""

    @property
    def is_complete(self) -> bool:
        """Nothing more has to be typed: its preview can be shown at once."""
        return bool(self.kind) and all(one.value or one.values or not one.required for one in self.fields)

    def as_opened(self) -> Form:
        """What is sent if nothing is changed."""
        typed = {"on": [self.on.isoformat()], "who": [self.who]}
        for one in self.fields:
            typed[f"data-{one.name}"] = list(one.values) or [one.value]
        return Form(typed)


def fact_form(catalogue: Catalogue, kind: str, case: Case, now: datetime, corrects: str = "") -> FactForm:
    """The form of this kind, with what the corrected fact says; an unknown kind gives the list of kinds alone."""
    chosen = catalogue.fact_kinds.get(kind)
    old = next((fact for fact in case.facts if fact.id == corrects and fact.kind == kind), None)
    names = chosen.fields.items() if chosen else ()
    fields = tuple(_field(catalogue, kind, name, one, old) for name, one in names)
    return FactForm(
        kind=kind if chosen else "",
        title=chosen.title if chosen else "",
        kinds=kinds_to_record(catalogue.fact_kinds),
        fields=fields,
        people=((CLIENT, ""), *((member.id, member.id) for member in case.household)),
        on=old.on if old else day_at(now),
        who=old.who if old else CLIENT,
        places={f"facts.0.data.{one.name}": f"data-{one.name}" for one in fields},
    )


def _field(catalogue: Catalogue, kind: str, name: str, one: FactField, old: Fact | None) -> FieldSeen:
    choices = tuple((code, code_title(catalogue, kind, name, code)) for code in allowed_values(catalogue, one))
    said = old.data.get(name) if old else None
    listed = tuple(str(part) for part in said) if isinstance(said, list | tuple) else ()
    return FieldSeen(
        name,
        field_title(catalogue, kind, name),
        one.type,
        one.required and one.type != "codes",
        choices,
        "" if listed else _as_typed(said),
        listed,
    )


def _as_typed(said: Any) -> str:
    if isinstance(said, bool):
        return "yes" if said else "no"
    if isinstance(said, date):
        return said.isoformat()
    return "" if said is None else str(said)


def given_fact(form: Form, kind: FactForm, corrects: str) -> FactIn:
    """What was typed as a fact. Errors: FormRefused with the fields that are wrong."""
    data: dict[str, Any] = {}
    for one in kind.fields:
        value = _value(form, one)
        if value not in ("", None) and (value != [] or one.type == "codes"):
            data[one.name] = value
        elif one.required:
            form.wrong(f"data-{one.name}", _MISSING)
    on = _day(form, "on")
    if not kind.kind:
        form.wrong("kind", _MISSING)
    if form.errors or on is None:
        raise form.refused()
    return FactIn(fact=kind.kind, on=on, data=data, who=form.value("who") or CLIENT, corrects=corrects or None)


def _day(form: Form, name: str) -> date | None:
    try:
        return date.fromisoformat(form.value(name))
    except ValueError:
        form.wrong(name, N_("Bitte ein Datum angeben."))
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
            form.wrong(name, N_("Bitte eine Zahl angeben."))
            return None
        return int(text)
    return text
