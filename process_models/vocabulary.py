"""The check of a fact against the vocabulary: kind, fields, types, values, and no date before birth.

What kinds and fields there are stands in `law/facts.yaml`; what facts mean is decided by the other rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

from process_models.catalogue import Catalogue
from process_models.errors import FactInvalid
from process_models.phrases import Phrase
from process_models.rules import FactField, FactKind
from process_models.spelling import meant

_DAY_FORM: Final = "JJJJ-MM-TT"
_LAST_DAY: Final = date(2199, 12, 31)
_MAX_TEXT: Final = 500
_MAX_WORD: Final = 40
_WORD: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{0,{_MAX_WORD - 1}}}")


def check_fact(catalogue: Catalogue, kind: str, on: date, data: Mapping[str, Any], person_born: date) -> None:
    """Refuses a fact that the vocabulary does not have. Dates in `data` may be dates or ISO texts.

    Errors: FactInvalid with `field` (`fact`, `on`, `data.<name>`) and what is allowed; its text names the field and the
    nearest allowed word and repeats nothing of what was sent, which may be about a person.
    """
    found = _kind(catalogue, kind)
    _check_names(found, data)
    for name, value in data.items():
        if value is None and not found.fields[name].required:
            continue
        _check_value(catalogue, found.fields[name], f"data.{name}", value)
    _check_days(on, data, found, person_born)


def allowed_values(catalogue: Catalogue, field: FactField) -> tuple[str, ...]:
    """The codes that a field takes; empty if any text is allowed."""
    if not field.of:
        return field.allowed
    return tuple(dict.fromkeys(rule.code for rule in getattr(catalogue, field.of)))


def _kind(catalogue: Catalogue, kind: str) -> FactKind:
    if kind in catalogue.fact_kinds:
        return catalogue.fact_kinds[kind]
    allowed = tuple(catalogue.fact_kinds)
    raise FactInvalid(
        Phrase("Diese Tatsache gibt es nicht%(meant)s.", meant=meant(kind, allowed)), field="fact", allowed=allowed
    )


def _check_names(kind: FactKind, data: Mapping[str, Any]) -> None:
    names = tuple(kind.fields)
    for name in data:
        if name not in kind.fields:
            what = Phrase("'%(fact)s' hat dieses Feld nicht%(meant)s.", fact=kind.code, meant=meant(name, names))
            raise FactInvalid(what, field=f"data.{name}", allowed=names)
    for name, field in kind.fields.items():
        if field.required and data.get(name) is None:
            raise FactInvalid(
                Phrase("'%(fact)s' braucht das Feld '%(field)s'.", fact=kind.code, field=name),
                field=f"data.{name}",
                allowed=names,
            )


def _check_value(catalogue: Catalogue, field: FactField, where: str, value: Any) -> None:
    fits, said = _TYPES[field.type]
    if not fits(value):
        raise FactInvalid(
            Phrase("'%(field)s' muss %(what)s sein.", field=where, what=said),
            field=where,
            allowed=_hint(catalogue, field),
        )
    allowed = allowed_values(catalogue, field)
    for word in _words(value) if allowed else ():
        if word not in allowed:
            what = Phrase("'%(field)s' kennt diesen Wert nicht%(meant)s.", field=where, meant=meant(word, allowed))
            raise FactInvalid(what, field=where, allowed=allowed)


def _hint(catalogue: Catalogue, field: FactField) -> tuple[str, ...]:
    return {"date": (_DAY_FORM,), "bool": ("true", "false")}.get(field.type, allowed_values(catalogue, field))


def _words(value: Any) -> Iterable[str]:
    return (value,) if isinstance(value, str) else value


def _check_days(on: date, data: Mapping[str, Any], kind: FactKind, born: date) -> None:
    days = {"on": on}
    for name, field in kind.fields.items():
        if field.type == "date" and not field.before_birth and data.get(name) is not None:
            days[f"data.{name}"] = _as_day(data[name])
    for where, day in days.items():
        if day < born:
            raise FactInvalid(
                Phrase("'%(field)s' liegt vor der Geburt.", field=where),
                field=where,
                allowed=("ab dem Tag der Geburt",),
            )
        if day > _LAST_DAY:
            raise FactInvalid(
                Phrase("'%(field)s' liegt zu weit in der Zukunft.", field=where),
                field=where,
                allowed=(f"bis {_LAST_DAY}",),
            )


def _as_day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _is_day(value: Any) -> bool:
    if isinstance(value, date):
        return True
    try:
        return isinstance(value, str) and len(value) == len(_DAY_FORM) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MAX_TEXT


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(_WORD.fullmatch(value))


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(_is_text(item) for item in value)


def _is_pair(value: Any) -> bool:
    return _is_list_of_text(value) and len(value) == len(("from", "to"))


_TYPES: Final[Mapping[str, tuple[Callable[[Any], bool], Phrase]]] = {
    "date": (_is_day, Phrase("ein Tag (%(form)s)", form=_DAY_FORM)),
    "bool": (lambda value: isinstance(value, bool), Phrase("true oder false")),
    "int": (
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
        Phrase("eine ganze Zahl"),
    ),
    "text": (_is_text, Phrase("ein Text bis %(most)s Zeichen", most=_MAX_TEXT)),
    "word": (_is_word, Phrase("eine Kennung aus Buchstaben, Ziffern, - und _ bis %(most)s Zeichen", most=_MAX_WORD)),
    "code": (_is_text, Phrase("ein Code")),
    "codes": (_is_list_of_text, Phrase("eine Liste von Codes")),
    "pair": (_is_pair, Phrase("ein Paar [von, an]")),
}
