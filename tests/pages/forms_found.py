"""The forms of a page, read from its HTML as a browser without scripts reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_TYPED: Final = ("text", "date", "email", "number", "search", "month", "")


@dataclass
class FoundForm:
    """One form: where it goes, and what is in it."""

    method: str
    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    """Fields that somebody types into, by name, with their type."""
    chosen: set[str] = field(default_factory=set)
    """Fields that offer a choice."""
    buttons: list[dict[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self.scripts: list[str] = []
        self._form: FoundForm | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._note_scripts(tag, given)
        if tag == "form":
            self._form = FoundForm(given.get("method", "get"), given.get("action", ""))
            self.forms.append(self._form)
        elif self._form is not None:
            self._note_field(self._form, tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None

    def _note_scripts(self, tag: str, given: dict[str, str]) -> None:
        acting = [name for name in given if name.startswith("on") or name == "style"]
        links = [value for value in given.values() if value.strip().lower().startswith("javascript:")]
        self.scripts += [f"<{tag} {what}>" for what in (*acting, *links)]
        if tag in ("script", "style"):
            self.scripts.append(f"<{tag}>")

    def _note_field(self, form: FoundForm, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "")
        if tag == "button":
            form.buttons.append(given)
        elif tag == "textarea" or (tag == "input" and kind in _TYPED):
            form.typed[name] = kind or tag
        elif tag == "select" or (tag == "input" and kind in ("radio", "checkbox")):
            form.chosen.add(name)
        elif tag == "input" and kind == "hidden":
            form.hidden[name] = given.get("value", "")


def read_page(html: str) -> tuple[list[FoundForm], list[str]]:
    """The forms of a page, and whatever in it would need a script or a looser policy."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms, reader.scripts
