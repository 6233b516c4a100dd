"""How pages are made: one Jinja environment a language that escapes everything and fails on a missing word.

No route stands here; what a page knows about its visitor comes from `visit`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from api.pages.words import translations
from api.services import HERE
from process_models.look_again import BERLIN
from process_models.phrases import said


def render(language: str, name: str, context: dict[str, object]) -> str:
    """The text of a page."""
    return template(language, name).render(context)


def template(language: str, name: str) -> Template:
    """A page before anything is put in, in this language."""
    return _environment(language).get_template(name)


def german_day(day: date | None) -> str:
    """`03.03.2022`, as people here write a day; an en dash for none."""
    return f"{day:%d.%m.%Y}" if day else "–"


def german_moment(moment: datetime | None) -> str:
    """`03.03.2022, 14:05`, in Germany; an en dash for none."""
    return f"{moment.astimezone(BERLIN):%d.%m.%Y, %H:%M}" if moment else "–"


def in_own_direction(words: str) -> Markup:
    """Words of whatever script, so that what stands beside them keeps its place."""
    return Markup("<bdi>{}</bdi>").format(words)


def one_time_key() -> str:
    """A key for one form on one page: sent twice, the form acts once."""
    return secrets.token_urlsafe(18)


def words_in(translate: Callable[[str], str]) -> Callable[..., Markup]:
    """What pages call `_`: a text in this language, with escaped values put in.

    Does what Jinja's own does, but looks up a text without values only once: a page asks a thousand times.
    """

    @cache
    def plain(text: str) -> Markup:
        return Markup(translate(text)) % {}  # noqa: S704 - a text of our own, not what somebody typed

    def said_with(text: str, /, **values: object) -> Markup:
        return Markup(translate(text)) % values if values else plain(text)  # noqa: S704 - values are escaped

    return said_with


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.globals["_"] = words_in(translations(language).gettext)
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters["day"] = german_day
    environment.filters["moment"] = german_moment
    environment.filters["bdi"] = in_own_direction
    environment.globals["one_time_key"] = one_time_key
    environment.globals["told"] = lambda text: said(text, translations(language).gettext)
    return environment
