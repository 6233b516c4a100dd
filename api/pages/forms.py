"""Forms as they come in: read once, checked into a strict shape, kept with what was typed when something is wrong.

Nothing here knows a page; errors end up next to the field by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar, get_origin
from urllib.parse import parse_qs

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.errors import UnsupportedMedia
from api.problems import place_of, sentence_of
from process_models.errors import KimError
from process_models.phrases import Phrase

FORM: Final = "application/x-www-form-urlencoded"
CSRF: Final = "csrf"
ONE_TIME_KEY: Final = "once"
PART: Final = "part"
"""Says which form of a page with several was sent."""
_MAX_FIELDS: Final = 300

Shape = TypeVar("Shape", bound=BaseModel)


class FormRefused(KimError):
    """Something in the form is wrong or missing; `field` names the first place, the form knows all of them."""

    status = 422
    title = "Bitte prüfen Sie Ihre Angaben"


class Form:
    """What was typed, and what is wrong with it. An empty one belongs to a page that was only opened.

    A page may have several forms: between `begin` and `end` stands one of them, and only the one that was sent has
    something typed in it, or something wrong.
    """

    def __init__(self, fields: Mapping[str, list[str]] | None = None) -> None:
        self._fields = dict(fields or {})
        self._part: str | None = None
        self._shown: set[str] = set()
        self.about = ""
        """What the form that is being shown is about, read aloud after its labels."""
        self.errors: dict[str, str] = {}
        """Field -> what is wrong; `""` for what belongs to no field."""

    def begin(self, part: str, about: str = "") -> str:
        """From here on this form of the page is shown; writes nothing."""
        self._part, self.about = part, about
        return ""

    def end(self) -> str:
        """The form is over; writes nothing."""
        self._part, self.about = None, ""
        return ""

    def came_back(self, part: str) -> bool:
        """Whether this form of the page was sent and is shown again."""
        return bool(self._fields) and part == self._sent

    def place(self, name: str) -> str:
        """What the ids of a field are made of: each is there once on a page."""
        part = self._sent if self._part is None else self._part
        if part == self._sent:
            self._shown.add(name)
        return f"{part}-{name}" if part else name

    def is_shown(self, name: str) -> bool:
        """Whether the page shows this field of the form that was sent."""
        return name in self._shown

    def value(self, name: str, default: object = "") -> str:
        """What was typed, or the default on a page that was only opened."""
        if self._is_sent:
            return self._fields.get(name, [""])[-1]
        return "" if default is None else str(default)

    def chosen(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        """What was ticked."""
        return list(self._fields.get(name, [])) if self._is_sent else list(default)

    def has(self, name: str) -> bool:
        """Whether the form has this field."""
        return name in self._fields

    def offer(self, name: str, *values: str) -> None:
        """Fills a field that the form sent did not have yet: on the second page of a form in steps."""
        self._fields.setdefault(name, list(values))

    def error(self, name: str) -> str:
        """What is wrong with this field, or empty."""
        return self.errors.get(name, "") if self._is_here else ""

    def read(self, shape: type[Shape]) -> Shape:
        """The form as this shape; empty fields count as missing. Errors: FormRefused, with `errors` filled."""
        try:
            return shape.model_validate(self._as_data(shape))
        except ValidationError as error:
            for finding in error.errors():
                self.errors.setdefault(place_of(finding), sentence_of(finding))
            raise self.refused() from None

    def wrong(self, field: str, sentence: str) -> None:
        """Notes what is wrong; `refused` says so. For checks that no shape can do."""
        self.errors.setdefault(field, sentence)

    def refused(self) -> FormRefused:
        """The refusal that tells the first error."""
        field = next(iter(self.errors), "")
        return FormRefused(self.errors.get(field, "Die Angaben passen nicht."), field=field or None)

    def note(self, refusal: KimError, fields: Mapping[str, str] | None = None) -> None:
        """Shows a refusal of the rules at its field. `fields`: name in the rules -> name on the page."""
        if isinstance(refusal, FormRefused):
            return
        field = (fields or {}).get(refusal.field or "", refusal.field or "")
        told = Phrase("%(refused)s %(advice)s", refused=_phrase(refusal.detail), advice=_phrase(refusal.way_out))
        self.errors.setdefault(field if field in self._fields else "", told if refusal.way_out else refusal.detail)

    def forget(self, name: str) -> None:
        """What was typed here is a secret: the page that tells what is wrong with it does not say it again."""
        self._fields.pop(name, None)

    def same(self) -> str:
        """What two sendings of the same form have in common: everything but its keys."""
        kept = {name: values for name, values in self._fields.items() if name not in (CSRF, ONE_TIME_KEY)}
        return repr(sorted(kept.items()))

    @property
    def _sent(self) -> str:
        return self._fields.get(PART, [""])[-1]

    @property
    def _is_here(self) -> bool:
        """Whether what is being shown is the form that was sent, or belongs to no form of several."""
        return self._part in (None, self._sent)

    @property
    def _is_sent(self) -> bool:
        return bool(self._fields) and self._is_here

    def _as_data(self, shape: type[BaseModel]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for name, field in shape.model_fields.items():
            values = [value.strip() for value in self._fields.get(name, []) if value.strip()]
            if get_origin(field.annotation) in (list, tuple, set, frozenset):
                data[name] = values
            elif values:
                data[name] = values[-1]
        return data


async def read_form(request: Request) -> Form:
    """The form of a request. Errors: UnsupportedMedia if it is no form, or one with too many fields."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise UnsupportedMedia("Hier wird nur das Formular dieser Seite angenommen.", allowed=(FORM,))
    body = (await request.body()).decode("ascii", "replace")
    try:
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise UnsupportedMedia("Dieses Formular hat zu viele Felder.") from None
    return Form({name: [_one_kind_of_line_end(value) for value in values] for name, values in fields.items()})


def _phrase(text: str) -> Phrase:
    return text if isinstance(text, Phrase) else Phrase(text)


def _one_kind_of_line_end(value: str) -> str:
    return value.replace("\r\n", "\n")
