"""The words of mails in two languages: German is the text in the templates, English comes from `locale`.

Words only. The files are compiled in memory: there is no compiled copy that could be stale.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from process_models.configuration import Language

LOCALE: Final = Path(__file__).parent / "locale"
_ENGLISH_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def N_(label: str) -> str:  # noqa: N802 - the usual name of the mark for words that are translated later
    """Marks a word for the translators."""
    return label


@cache
def words(language: str, locale: Path = LOCALE) -> gettext.NullTranslations:
    """Every area of a language in one; what is not translated stays German."""
    merged = Catalog(locale=language)
    for file in sorted((locale / language / "LC_MESSAGES").glob("*.po")):
        for message in read_po(BytesIO(file.read_bytes())):
            if message.id and any(message.string or ()) and not merged.get(message.id, message.context):
                merged.add(message.id, message.string, context=message.context, flags=message.flags)
    return _compiled(merged)


def german_date(day: date) -> str:
    """A day as DIN 5008 writes it: 01.03.2022."""
    return f"{day:%d.%m.%Y}"


def english_date(day: date) -> str:
    """A day that nobody reads the other way round: 1 March 2022."""
    return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"


DAYS: Final[dict[Language, Callable[[date], str]]] = {"de": german_date, "en": english_date}
"""How each language writes a day."""


def _compiled(catalog: Catalog) -> gettext.GNUTranslations:
    file = BytesIO()
    write_mo(file, catalog)
    file.seek(0)
    return gettext.GNUTranslations(file)
