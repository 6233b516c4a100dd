"""The two languages of the pages: German is the text in the code, English comes from `api/locale`.

One file an area (`shell.po`, `deputies.po` ...), compiled in memory at start: there is nothing that could be stale.
"""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from api.services import HERE

LANGUAGES: Final = {"de": "Deutsch", "en": "English"}
DEFAULT: Final = "de"
LOCALE: Final = HERE / "locale"


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Every area of a language in one; what is not translated stays German."""
    merged = gettext.NullTranslations()
    for file in sorted((LOCALE / language / "LC_MESSAGES").glob("*.po"), reverse=True):
        area = _compiled(file.read_bytes())
        area.add_fallback(merged)
        merged = area
    return merged


def chosen_language(cookie: str | None, accepted: str) -> str:
    """The language that was chosen, else the first one of the browser that there is, else German."""
    if cookie in LANGUAGES:
        return cookie
    for part in accepted.split(","):
        if (language := part.partition(";")[0].strip()[:2].lower()) in LANGUAGES:
            return language
    return DEFAULT


def _compiled(po: bytes) -> gettext.GNUTranslations:
    file = BytesIO()
    write_mo(file, read_po(BytesIO(po)))
    file.seek(0)
    return gettext.GNUTranslations(file)
