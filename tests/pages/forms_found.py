"""The forms of a page, read from its HTML as a browser without scripts reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final, Literal

Kind = Literal["text", "date", "area", "select", "radio", "tick"]
_TYPED: Final[dict[str, Kind]] = {
    "": "text",
    "text": "text",
    "search": "text",
    "email": "text",
    "number": "text",
    "month": "date",
    "date": "date",
}
_CHOSEN: Final[dict[str, Kind]] = {"radio": "radio", "checkbox": "tick"}


@dataclass
class FoundField:
    """A field that somebody types into or chooses from; a group of radios or ticks is one field."""

    name: str
    kind: Kind
    required: bool = False
    ids: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    """What it holds as the page stands: what is typed, or chosen."""
    options: list[str] = field(default_factory=list)
    invalid: bool = False
    """Whether the page says so to who cannot see it."""
    described: list[str] = field(default_factory=list)
    """Ids of what describes it."""


@dataclass
class FoundForm:
    """One form: where it goes, and what is in it."""

    method: str
    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    fields: dict[str, FoundField] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)


@dataclass
class FoundPage:
    """What a page says to a program that reads it aloud."""

    title: str = ""
    forms: list[FoundForm] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    """Words of an element by its id, as far as they stand in it directly or in a span."""
    links: list[str] = field(default_factory=list)
    summary: list[str] | None = None
    """Where the summary of errors at the top leads; None without one."""
    scripts: list[str] = field(default_factory=list)
    """Whatever would need a script or a looser policy."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = FoundPage()
        self._form: FoundForm | None = None
        self._group: dict[str, str] = {}
        self._field: FoundField | None = None
        self._in = ""
        self._described = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._note_scripts(tag, given)
        self._note_place(tag, given)
        if tag == "form":
            self._form = FoundForm(given.get("method", "get"), given.get("action", ""))
            self.page.forms.append(self._form)
        elif tag == "fieldset":
            self._group = given
        elif self._form is not None:
            self._note_field(self._form, tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "fieldset":
            self._group = {}
        elif tag == "select" and self._field and not self._field.values:
            self._field.values = self._field.options[:1]
        if tag in (self._in, "p"):
            self._described = ""
        if tag == self._in:
            self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "title":
            self.page.title += data
        elif self._in == "textarea" and self._field:
            self._field.values = [self._field.values[0] + data]
        if self._described:
            self.page.texts[self._described] = self.page.texts.get(self._described, "") + data.strip()

    def _note_scripts(self, tag: str, given: dict[str, str]) -> None:
        acting = [name for name in given if name.startswith("on") or name == "style"]
        links = [value for value in given.values() if value.strip().lower().startswith("javascript:")]
        self.page.scripts += [f"<{tag} {what}>" for what in (*acting, *links)]
        if tag in ("script", "style"):
            self.page.scripts.append(f"<{tag}>")

    def _note_place(self, tag: str, given: dict[str, str]) -> None:
        if "id" in given:
            self.page.ids.append(given["id"])
        if tag == "p" and "id" in given:
            self._described = given["id"]
        if tag in ("title", "textarea"):
            self._in = tag
        if given.get("class") == "summary" and given.get("role") == "alert":
            self.page.summary = []
            self._in = tag
        if tag == "a" and "href" in given:
            self.page.links.append(given["href"])
            if self.page.summary is not None and self._in == "div":
                self.page.summary.append(given["href"])

    def _note_field(self, form: FoundForm, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "")
        if tag == "button":
            form.buttons.append(given)
        elif tag == "option" and self._field:
            self._field.options.append(given.get("value", ""))
            if "selected" in given:
                self._field.values = [given.get("value", "")]
        elif tag == "input" and kind == "hidden":
            form.hidden[given.get("name", "")] = given.get("value", "")
        elif tag == "input" and kind in _CHOSEN:
            found = self._found(form, _CHOSEN[kind], given, self._group)
            found.options.append(given.get("value", ""))
            found.values += [given.get("value", "")] if "checked" in given else []
        elif tag == "input" and kind in _TYPED:
            self._found(form, _TYPED[kind], given).values = [given.get("value", "")]
        elif tag == "textarea":
            self._found(form, "area", given).values = [""]
        elif tag == "select":
            self._found(form, "select", given)

    def _found(
        self, form: FoundForm, kind: Kind, given: dict[str, str], group: dict[str, str] | None = None
    ) -> FoundField:
        name = given.get("name", "")
        self._field = one = form.fields.setdefault(name, FoundField(name, kind))
        one.required = one.required or "required" in given
        one.ids.append(given.get("id", ""))
        for said in (given, group or {}):
            one.invalid = one.invalid or said.get("aria-invalid") == "true"
            one.described += said.get("aria-describedby", "").split()
        return one


def read_whole(html: str) -> FoundPage:
    """Everything that is found on a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.page


def read_page(html: str) -> tuple[list[FoundForm], list[str]]:
    """The forms of a page, and whatever in it would need a script or a looser policy."""
    page = read_whole(html)
    return page.forms, page.scripts
